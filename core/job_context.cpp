#include "core/job_context.h"
#include <algorithm>
#include <stdexcept>
#include <utility>

namespace mp4d {
namespace {

constexpr double kSecondsBetweenReports = 0.05;
/// Below this fraction an extrapolated remaining time says nothing.
constexpr double kFractionForEta = 0.01;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

JobContext::JobContext(std::vector<Phase> phases, std::function<void(const Progress&)> on_progress,
                       std::function<void(MessageLevel, const std::string&)> on_message, CancelToken cancel)
    : phases_(std::move(phases)),
      on_progress_(std::move(on_progress)),
      on_message_(std::move(on_message)),
      cancel_(std::move(cancel)) {
  for (const Phase& phase : phases_)
    if (!(phase.weight >= 0))
      throw std::logic_error(fmt::format("phase '{}': weight {} is negative", phase.name, phase.weight));
}

void JobContext::begin_phase(const std::string& name, int steps) {
  if (!phases_.empty()) {
    const auto first = phases_.begin() + std::max(phase_, 0);
    const auto found = std::find_if(first, phases_.end(), [&name](const Phase& p) { return p.name == name; });
    if (found == phases_.end())
      throw std::logic_error(fmt::format("phase '{}' is unknown, or was passed already", name));
    phase_ = static_cast<int>(found - phases_.begin());
  }
  steps_ = std::max(steps, 0);
  step_ = 0;
  report(true);
}

void JobContext::step(int done) {
  const int before = step_;
  step_ = std::max(step_, steps_ > 0 ? std::min(done, steps_) : done);
  report(step_ > before && step_ == steps_);
}

void JobContext::finish() {
  phase_ = static_cast<int>(phases_.size()) - 1;
  step_ = std::max(step_, steps_);
  fraction_ = 1;
  report(true);
}

void JobContext::report(bool force) {
  if (!on_progress_) return;
  const auto now = std::chrono::steady_clock::now();
  if (!force && std::chrono::duration<double>(now - last_report_).count() < kSecondsBetweenReports) return;
  last_report_ = now;

  double total = 0, passed = 0;
  for (int i = 0; i < static_cast<int>(phases_.size()); ++i) {
    total += phases_[i].weight;
    if (i < phase_) passed += phases_[i].weight;
    if (i == phase_ && steps_ > 0) passed += phases_[i].weight * step_ / steps_;
  }
  if (total > 0) fraction_ = std::clamp(passed / total, fraction_, 1.0);

  Progress progress;
  if (phase_ >= 0) progress.phase = phases_[phase_].name;
  progress.phase_index = std::max(phase_, 0);
  progress.phase_count = std::max(static_cast<int>(phases_.size()), 1);
  progress.step = step_;
  progress.steps = steps_;
  progress.fraction = fraction_;
  progress.elapsed_s = seconds_since(start_);
  if (fraction_ >= kFractionForEta) progress.eta_s = progress.elapsed_s * (1 - fraction_) / fraction_;
  on_progress_(progress);
}

void JobContext::info(const std::string& text) const {
  if (on_message_) on_message_(MessageLevel::kInfo, text);
}

void JobContext::warn(const std::string& text) const {
  if (on_message_) on_message_(MessageLevel::kWarning, text);
}

Result<void> JobContext::check() const {
  if (!cancelled()) return {};
  if (phase_ < 0) return fail(ErrorCode::kCancelled, "cancelled");
  return fail(ErrorCode::kCancelled, "cancelled in phase '{}'", phases_[phase_].name);
}

}  // namespace mp4d
