#pragma once
#include "core/job_context.h"
#include <QObject>
#include <functional>
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

  explicit Job(QObject* parent = nullptr);
  ~Job() override;

  bool running() const { return running_; }
  const QString& name() const { return name_; }  ///< of the running or last one
  /// Does nothing if one is running.
  void start(const QString& name, std::vector<JobContext::Phase> phases, Work work);
  void cancel() { cancel_.cancel(); }
  /// Cancels and waits; the result is dropped. For the end of what the work refers to.
  void stop();

 Q_SIGNALS:
  void started();
  void progressed(const mp4d::Progress& progress);
  void said(mp4d::MessageLevel level, const QString& text);
  /// After the commit, if there was one. `error` is null on success.
  void finished(const mp4d::Error* error);

 private:
  void run(std::vector<JobContext::Phase> phases, const Work& work);
  void finish(Result<Commit> result);

  QString name_;
  CancelToken cancel_;
  std::thread thread_;
  bool running_ = false;
};

}  // namespace mp4d
