// Loaded before a program (LD_PRELOAD), writes every format string that reaches fmt, once, to $MP4D_FORMAT_LOG, and what is
// made of those with a plain placeholder: by them local helpers put a file before an error's text.
#include <fcntl.h>
#include <fmt/format.h>
#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>
#include <unistd.h>
#include <unordered_set>

namespace {

int open_log() {
  const char* path = std::getenv("MP4D_FORMAT_LOG");
  return path ? ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;
}

const int g_log = open_log();  // at once: a test may take away files or rights

void record(const char* tag, std::string text) {
  static std::mutex mutex;
  static std::unordered_set<std::string> known;
  const std::lock_guard lock(mutex);
  if (g_log < 0 || text.size() > 2000 || !known.insert(tag + text).second) return;
  std::replace(text.begin(), text.end(), '\n', ' ');
  const std::string line = std::string(tag) + '\t' + text + '\n';
  [[maybe_unused]] const auto written = ::write(g_log, line.data(), line.size());  // one write: processes do not mix
}

}  // namespace

FMT_BEGIN_NAMESPACE

std::string vformat(string_view format, format_args arguments) {
  memory_buffer buffer;
  detail::vformat_to(buffer, format, arguments);
  const std::string text(buffer.data(), buffer.size());
  record("format", std::string(format.data(), format.size()));
  if (std::string_view(format.data(), format.size()).find("{}") != std::string_view::npos) record("text", text);
  return text;
}

FMT_END_NAMESPACE
