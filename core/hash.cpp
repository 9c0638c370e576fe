#include "core/hash.h"
#include "core/rng.h"
#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

namespace mp4d {
namespace {

constexpr std::uint64_t kOdd1 = 0x9e3779b97f4a7c15ULL;  // golden ratio
constexpr std::uint64_t kOdd2 = 0xb7e151628aed2a6bULL;  // e

/// One word into two lanes, each a bijection of its state, that mix by rotation and multiplication.
void absorb(std::array<std::uint64_t, 2>& state, std::uint64_t word) {
  state[0] = std::rotl((state[0] ^ word) * kOdd1, 31);
  state[1] = std::rotl((state[1] + word) * kOdd2, 29) ^ word;
}

}  // namespace

ContentHash& ContentHash::bytes(const void* data, std::size_t size) {
  absorb(state_, size);
  const char* at = static_cast<const char*>(data);
  for (; size >= 8; size -= 8, at += 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    absorb(state_, word);
  }
  if (size > 0) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, size);
    absorb(state_, word);
  }
  return *this;
}

Result<void> ContentHash::path(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::is_directory(path, error)) {
    std::vector<fs::path> files;
    for (fs::recursive_directory_iterator it(path, error), end; !error && it != end; it.increment(error))
      if (std::error_code unknown; it->is_regular_file(unknown)) files.push_back(it->path());
    if (error) return fail(ErrorCode::kInput, "{}: cannot read the folder: {}", path.string(), error.message());
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
      text(fs::relative(file, path, error).string());
      MP4D_CHECK(this->path(file));
    }
    return {};
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::kInput, "{}: cannot read: {}", path.string(), std::strerror(errno));
  std::vector<char> block(std::size_t{1} << 20);
  do {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    bytes(block.data(), static_cast<std::size_t>(file.gcount()));
  } while (file);
  if (file.bad()) return fail(ErrorCode::kInput, "{}: cannot read: {}", path.string(), std::strerror(errno));
  return {};
}

std::string ContentHash::hex() const {
  const std::uint64_t high = rng::mix(state_[0] + std::rotl(state_[1], 17));
  const std::uint64_t low = rng::mix(state_[1] ^ high);
  return fmt::format("{:016x}{:016x}", high, low);
}

}  // namespace mp4d
