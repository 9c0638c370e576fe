#pragma once
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

/// Stands between the files of a target that reads several.
inline constexpr std::string_view kNextFile = "\n%%%%\n";

}  // namespace mp4d::fuzz
