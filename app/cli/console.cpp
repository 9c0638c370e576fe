#include "app/cli/console.h"
#include "core/json_file.h"
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <sys/ioctl.h>
#include <unistd.h>

namespace mp4d {
namespace {

constexpr double kSecondsBetweenPlainLines = 10;

/// Of stderr, at most 80; 80 where it is no terminal.
int columns() {
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? std::min<int>(size.ws_col, 80) : 80;
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

int percent(const Progress& progress) { return static_cast<int>(progress.fraction * 100); }

}  // namespace

std::string format_duration(double seconds) {
  const long whole = static_cast<long>(std::max(0.0, seconds) + 0.5);
  if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string progress_line(const Progress& progress, int columns) {
  std::string left = fmt::format("{}/{} {}", progress.phase_index + 1, progress.phase_count, progress.phase);
  const std::string steps = progress.steps > 0 ? fmt::format(" {}/{}", progress.step, progress.steps) : "";
  const std::string right = fmt::format(" {:3}% {}{}", percent(progress), format_duration(progress.elapsed_s),
                                        progress.eta_s < 0 || progress.fraction >= 1 ? "" : ", " + format_duration(progress.eta_s) + " left");
  const int limit = columns - 1;
  const int name_room = limit - static_cast<int>(steps.size() + right.size());
  if (name_room <= 0) return right.substr(0, std::max(0, limit));
  if (static_cast<int>(left.size()) > name_room) left.resize(name_room);
  const int bar_room = std::min(30, name_room - static_cast<int>(left.size()) - 3);
  std::string bar;
  if (bar_room >= 5) {
    const int filled = static_cast<int>(progress.fraction * bar_room + 1e-9);
    bar = " [" + std::string(filled, '#') + std::string(bar_room - filled, '.') + "]";
  }
  return left + steps + bar + right;
}

nlohmann::json progress_json(const Progress& progress) {
  return {{"event", "progress"},
          {"phase", progress.phase},
          {"phase_index", progress.phase_index},
          {"phase_count", progress.phase_count},
          {"step", progress.step},
          {"steps", progress.steps},
          {"fraction", progress.fraction},
          {"elapsed_s", progress.elapsed_s},
          {"eta_s", progress.eta_s < 0 ? nlohmann::json() : nlohmann::json(progress.eta_s)}};
}

Console::Console() : terminal_(isatty(STDERR_FILENO) == 1) {}

void Console::clear_bar() {
  if (bar_shown_) std::fputs("\r\033[K", stderr);
  bar_shown_ = false;
}

void Console::line(const std::string& text) {
  clear_bar();
  std::fputs((text + "\n").c_str(), stderr);
  std::fflush(stderr);
}

void Console::progress(const Progress& progress) {
  if (mode_ == ProgressMode::kNone) return;
  if (mode_ == ProgressMode::kJson) return line(json_text(progress_json(progress)));
  const bool finished = progress.fraction >= 1;
  if (terminal_ && !finished) {
    std::fputs(("\r\033[K" + progress_line(progress, columns())).c_str(), stderr);
    std::fflush(stderr);
    bar_shown_ = true;
    return;
  }
  const bool due = progress.elapsed_s - last_line_s_ >= kSecondsBetweenPlainLines;
  if (progress.phase_index == last_phase_ && !due && !finished) return;
  last_phase_ = progress.phase_index;
  last_line_s_ = progress.elapsed_s;
  line(progress_line(progress, columns()));
}

void Console::message(MessageLevel level, const std::string& text) {
  const bool warning = level == MessageLevel::kWarning;
  if (mode_ == ProgressMode::kJson)
    return line(json_text({{"event", "message"}, {"level", warning ? "warning" : "info"}, {"text", text}}));
  if (warning) return line("magicpose4d: warning: " + one_line(text));
  if (mode_ == ProgressMode::kBar) line(one_line(text));
}

void Console::error(const Error& error) {
  if (mode_ == ProgressMode::kJson)
    return line(json_text({{"event", "error"}, {"exit_code", exit_code(error)}, {"text", error.message}}));
  line("magicpose4d: error: " + one_line(error.message));
}

JobContext Console::job(std::vector<JobContext::Phase> phases, CancelToken cancel) {
  last_phase_ = -1;
  last_line_s_ = 0;
  return JobContext(std::move(phases), [this](const Progress& p) { progress(p); },
                    [this](MessageLevel level, const std::string& text) { message(level, text); }, std::move(cancel));
}

}  // namespace mp4d
