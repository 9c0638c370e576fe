#pragma once
#include "core/result.h"
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mp4d::fuzz {

/// One reader of foreign data, given bytes that may be anything. It must return (with a value or an error), and what it
/// reads must be fit for use; std::logic_error says what is not.
struct Target {
  std::string name;
  void (*run)(std::string_view bytes);
};

const std::vector<Target>& targets();

/// Those of the programs' own files: lists of jobs, poses, fields, projects. test_studio runs them: clang 14, which libFuzzer needs, cannot
/// compile LibTorch's headers as C++20.
const std::vector<Target>& app_targets();

/// The bytes in a file of that name, in a folder that holds pictures a.png and b.png, and images/ with the same.
std::filesystem::path file_of(const std::string& name, std::string_view bytes);

/// An error must say something; what is read must hold, else std::logic_error.
void must_hold(bool holds, const std::string& what);
template <class T>
bool refused(const Result<T>& result) {
  if (result) return false;
  must_hold(!result.error().message.empty(), "an error without a message");
  return true;
}

/// Stands between the files of a target that reads several.
inline constexpr std::string_view kNextFile = "\n%%%%\n";

}  // namespace mp4d::fuzz
