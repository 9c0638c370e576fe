#include "io/listing.h"
#include "core/text.h"
#include <algorithm>
#include <cctype>

namespace mp4d {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool natural_less(const std::string& a, const std::string& b) {
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (!is_digit(a[i]) || !is_digit(b[j])) {
      if (a[i] != b[j]) return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]);
      ++i;
      ++j;
      continue;
    }
    while (i < a.size() && a[i] == '0') ++i;
    while (j < b.size() && b[j] == '0') ++j;
    std::size_t a_end = i, b_end = j;
    while (a_end < a.size() && is_digit(a[a_end])) ++a_end;
    while (b_end < b.size() && is_digit(b[b_end])) ++b_end;
    if (a_end - i != b_end - j) return a_end - i < b_end - j;
    if (const int order = a.compare(i, a_end - i, b, j, b_end - j); order != 0) return order < 0;
    i = a_end;
    j = b_end;
  }
  if (i < a.size() || j < b.size()) return i == a.size();
  return a < b;
}

std::string lower_extension(const std::filesystem::path& path) {
  return lower(path.extension().string());
}

std::vector<std::filesystem::path> list_files(const std::filesystem::path& folder,
                                              const std::vector<std::string>& extensions) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    const std::filesystem::path& path = it->path();
    if (!it->is_regular_file(ignored) || path.filename().string().starts_with('.')) continue;
    if (std::find(extensions.begin(), extensions.end(), lower_extension(path)) != extensions.end())
      files.push_back(path);
  }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return natural_less(a.filename().string(), b.filename().string()); });
  return files;
}

}  // namespace mp4d
