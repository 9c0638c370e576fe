#pragma once
#include "core/job_context.h"
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace mp4d {

enum class ProgressMode { kBar, kJson, kNone };

/// "3:07" or "1:02:09".
std::string format_duration(double seconds);

/// One line without line break, at most `columns` - 1 characters: phase, step, bar, percent, elapsed, remaining.
std::string progress_line(const Progress& progress, int columns);

/// {"event":"progress", phase, phase_index, phase_count, step, steps, fraction, elapsed_s, eta_s}.
nlohmann::json progress_json(const Progress& progress);

/// Everything the program says on stderr: progress in the chosen form, messages, errors. On a terminal the bar
/// is one line that is redrawn; elsewhere a plain line a phase and every ten seconds.
class Console {
 public:
  Console();
  void set_mode(ProgressMode mode) { mode_ = mode; }
  void progress(const Progress& progress);
  void message(MessageLevel level, const std::string& text);
  void error(const Error& error);
  /// A job whose progress and messages come here and that `cancel` stops.
  JobContext job(std::vector<JobContext::Phase> phases, CancelToken cancel);

 private:
  void clear_bar();
  void line(const std::string& text);

  ProgressMode mode_ = ProgressMode::kBar;
  bool terminal_ = false;
  bool bar_shown_ = false;
  int last_phase_ = -1;
  double last_line_s_ = 0;
};

}  // namespace mp4d
