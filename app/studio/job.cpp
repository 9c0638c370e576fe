#include "app/studio/job.h"
#include "core/runtime.h"
#include <QMetaObject>
#include <sys/resource.h>
#include <unistd.h>

namespace mp4d {
namespace {

constexpr std::chrono::milliseconds kPauseStep{20};

// The window must be answered first. On Linux this is the thread's own, and threads that it starts inherit it.
void give_way() { setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), getpriority(PRIO_PROCESS, 0) + 5); }

}  // namespace

Job::Job(QObject* parent) : QObject(parent) {}

Job::~Job() { stop(); }

void Job::stop() {
  cancel_.cancel();
  if (thread_.joinable()) thread_.join();
}

void Job::set_paused(bool paused) {
  if (!running_ || paused_.exchange(paused) == paused) return;
  Q_EMIT paused_changed();
}

double Job::hold_while_paused() const {
  const auto start = std::chrono::steady_clock::now();
  while (paused_ && !cancel_.cancelled()) std::this_thread::sleep_for(kPauseStep);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void Job::start(const QString& name, std::vector<JobContext::Phase> phases, Work work) {
  start_watched(name, std::move(phases), [work = std::move(work)](JobContext& context, Viewer&) { return work(context); });
}

void Job::start_watched(const QString& name, std::vector<JobContext::Phase> phases, WatchedWork work) {
  if (running_) return;
  if (thread_.joinable()) thread_.join();  // has posted its result, so it is at its end
  name_ = name;
  cancel_ = CancelToken();
  paused_ = preview_waits_ = false;
  running_ = true;
  Q_EMIT started();
  thread_ = std::thread([this, phases = std::move(phases), work = std::move(work)]() mutable {
    give_way();
    run(std::move(phases), work);
  });
}

void Job::post(std::function<void()> call) {
  {
    const std::lock_guard lock(posted_guard_);
    posted_.push_back(std::move(call));
  }
  // This object outlives the thread, which the destructor joins; what is still in the queue then is dropped.
  QMetaObject::invokeMethod(this, "deliver", Qt::QueuedConnection);
}

void Job::deliver() {
  std::deque<std::function<void()>> calls;
  {
    const std::lock_guard lock(posted_guard_);
    calls.swap(posted_);
  }
  for (const auto& call : calls) call();
}

void Job::run(std::vector<JobContext::Phase> phases, const WatchedWork& work) {
  double held = 0;
  JobContext context(
      std::move(phases),
      [&](Progress p) {
        held += hold_while_paused();
        p.elapsed_s -= held;
        if (p.eta_s > 0) p.eta_s = p.elapsed_s * (1 - p.fraction) / p.fraction;
        post([this, p] { Q_EMIT progressed(p); });
      },
      [&](MessageLevel level, const std::string& text) {
        post([this, level, text = QString::fromStdString(text)] { Q_EMIT said(level, text); });
      },
      cancel_);
  Viewer viewer([&](const Preview& preview) {
    if (preview_waits_.exchange(true)) return;
    post([this, preview] {
      preview_waits_ = false;
      Q_EMIT previewed(preview);
    });
  });
  Result<Commit> result;
  try {
    result = work(context, viewer);
  } catch (const std::exception& error) {
    result = is_out_of_memory(error)
                 ? fail(ErrorCode::kResource, "not enough memory; close other programs, or use fewer or smaller frames")
                 : fail(ErrorCode::kFailed, "unexpected: {}; please report this", error.what());
  }
  post([this, result] { finish(result); });
}

void Job::finish(const Result<Commit>& result) {
  running_ = paused_ = false;
  if (result && *result) (*result)();
  Q_EMIT finished(result ? nullptr : &result.error());
}

}  // namespace mp4d
