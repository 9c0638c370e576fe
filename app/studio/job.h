#pragma once
#include "core/job_context.h"
#include "core/preview.h"
#include <QObject>
#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace mp4d {

/// Long work on a thread of its own, below the window's priority. Everything it says arrives on the thread that owns
/// this object. One at a time; the destructor cancels and waits (a cancel is honoured within 200 ms).
class Job : public QObject {
  Q_OBJECT

 public:
  /// What is done with the result, on the owner's thread.
  using Commit = std::function<void()>;
  using Work = std::function<Result<Commit>(JobContext&)>;
  /// `viewer`: what is shown to it goes out by previewed().
  using WatchedWork = std::function<Result<Commit>(JobContext&, Viewer& viewer)>;

  explicit Job(QObject* parent = nullptr);
  ~Job() override;

  bool running() const { return running_; }
  const QString& name() const { return name_; }  ///< of the running or last one
  /// Does nothing if one is running.
  void start(const QString& name, std::vector<JobContext::Phase> phases, Work work);
  void start_watched(const QString& name, std::vector<JobContext::Phase> phases, WatchedWork work);
  void cancel() { cancel_.cancel(); }
  /// The work waits from its next step on, and takes no time of the processor, until it goes on or is cancelled.
  void set_paused(bool paused);
  bool paused() const { return paused_; }
  /// Cancels and waits; the result is dropped. For the end of what the work refers to.
  void stop();

 Q_SIGNALS:
  void started();
  void progressed(const mp4d::Progress& progress);
  /// At most five times a second; those that come while one is not yet delivered are left out.
  void previewed(const mp4d::Preview& preview);
  void paused_changed();
  void said(mp4d::MessageLevel level, const QString& text);
  /// After the commit, if there was one. `error` is null on success.
  void finished(const mp4d::Error* error);

 private:
  void run(std::vector<JobContext::Phase> phases, const WatchedWork& work);
  /// `call` is made on the owner's thread. From any thread.
  void post(std::function<void()> call);
  Q_INVOKABLE void deliver();
  /// On the work's thread. Seconds for which it was held.
  double hold_while_paused() const;
  void finish(const Result<Commit>& result);

  QString name_;
  CancelToken cancel_;
  std::thread thread_;
  bool running_ = false;
  std::mutex posted_guard_;
  std::deque<std::function<void()>> posted_;
  std::atomic<bool> paused_ = false, preview_waits_ = false;
};

}  // namespace mp4d
