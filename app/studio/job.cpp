#include "app/studio/job.h"
#include <QMetaObject>
#include <new>
#include <sys/resource.h>
#include <unistd.h>

namespace mp4d {
namespace {

// The window must be answered first. On Linux this is the thread's own, and threads that it starts inherit it.
void give_way() { setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), getpriority(PRIO_PROCESS, 0) + 5); }

}  // namespace

Job::Job(QObject* parent) : QObject(parent) {}

Job::~Job() { stop(); }

void Job::stop() {
  cancel_.cancel();
  if (thread_.joinable()) thread_.join();
}

void Job::start(const QString& name, std::vector<JobContext::Phase> phases, Work work) {
  if (running_) return;
  if (thread_.joinable()) thread_.join();  // has posted its result, so it is at its end
  name_ = name;
  cancel_ = CancelToken();
  running_ = true;
  Q_EMIT started();
  thread_ = std::thread([this, phases = std::move(phases), work = std::move(work)]() mutable {
    give_way();
    run(std::move(phases), work);
  });
}

void Job::run(std::vector<JobContext::Phase> phases, const Work& work) {
  // `this` outlives the thread, which the destructor joins; what is still in the queue then is dropped by Qt.
  const auto post = [this](auto&& call) { QMetaObject::invokeMethod(this, std::forward<decltype(call)>(call), Qt::QueuedConnection); };
  JobContext context(
      std::move(phases), [&](const Progress& p) { post([this, p] { Q_EMIT progressed(p); }); },
      [&](MessageLevel level, const std::string& text) {
        post([this, level, text = QString::fromStdString(text)] { Q_EMIT said(level, text); });
      },
      cancel_);
  Result<Commit> result;
  try {
    result = work(context);
  } catch (const std::bad_alloc&) {
    result = fail(ErrorCode::kResource, "not enough memory; close other programs, or use fewer or smaller frames");
  } catch (const std::exception& error) {
    result = fail(ErrorCode::kFailed, "unexpected: {}; please report this", error.what());
  }
  post([this, result = std::move(result)]() mutable { finish(std::move(result)); });
}

void Job::finish(Result<Commit> result) {
  running_ = false;
  if (result && *result) (*result)();
  Q_EMIT finished(result ? nullptr : &result.error());
}

}  // namespace mp4d
