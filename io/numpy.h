#pragma once
#include "core/result.h"
#include <filesystem>
#include <map>
#include <vector>

namespace mp4d {

/// An array as NumPy saves it, values converted to double, last index fastest.
struct NumpyArray {
  std::vector<std::size_t> shape;
  std::vector<double> values;
};

/// Reads a .npy file of little-endian floats or integers of 4 or 8 bytes, in C or Fortran order. Errors (kInput) name the
/// file: not .npy, another type, cut short.
Result<NumpyArray> read_npy(const std::filesystem::path& path);

/// Writes floats of 4 bytes as a .npy file, last index fastest; `values` has as many as `shape` says. Errors: those of write_atomically().
Result<void> write_npy(const std::filesystem::path& path, const std::vector<std::size_t>& shape, const std::vector<float>& values);

/// All arrays of a .npz file, by name without ".npy", which unpack to `most_bytes` or fewer together.
Result<std::map<std::string, NumpyArray>> read_npz(const std::filesystem::path& path, std::size_t most_bytes = 800'000'000);

}  // namespace mp4d
