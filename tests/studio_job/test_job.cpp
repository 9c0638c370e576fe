// The thread on which the studio's work runs, with no window: what ThreadSanitizer looks at.
#include "app/studio/job.h"
#include <QCoreApplication>
#include <QEventLoop>
#include <gtest/gtest.h>

namespace mp4d {
namespace {

struct JobThread : testing::Test {
  Job job;
  QEventLoop loop;
  bool failed = false, ended = false;
  std::string message;

  JobThread() {
    QObject::connect(&job, &Job::finished, &loop, [this](const Error* error) {
      failed = error != nullptr;
      message = error ? error->message : "";
      ended = true;
      loop.quit();
    });
  }
  void wait() {
    if (!ended) loop.exec();
    ended = false;
  }
  static Result<Job::Commit> endless(JobContext& context) {
    context.begin_phase("wait", 1000000);
    for (int i = 0;; ++i) {
      MP4D_CHECK(context.check());
      context.step(i);
    }
  }
};

TEST_F(JobThread, SaysEverythingInOrderAndCommitsOnTheOwnersThread) {
  const auto owner = std::this_thread::get_id();
  std::vector<std::string> said;
  double last = -1;
  int value = 0;
  QObject::connect(&job, &Job::said, &loop, [&](MessageLevel, const QString& text) {
    EXPECT_EQ(std::this_thread::get_id(), owner);
    said.push_back(text.toStdString());
  });
  QObject::connect(&job, &Job::progressed, &loop, [&](const Progress& p) {
    EXPECT_GE(p.fraction, last);
    last = p.fraction;
  });
  for (int round = 0; round < 20; ++round) {
    said.clear();
    last = -1;
    job.start(QStringLiteral("work"), {{"a", 1}, {"b", 2}}, [&value](JobContext& context) -> Result<Job::Commit> {
      auto made = std::make_shared<std::vector<int>>();
      for (const char* phase : {"a", "b"}) {
        context.begin_phase(phase, 50);
        for (int i = 0; i < 50; ++i) {
          made->push_back(i);
          context.step(i + 1);
          if (i % 10 == 0) context.info(phase + std::to_string(i));
        }
      }
      return [made, &value] { value += static_cast<int>(made->size()); };
    });
    wait();
    EXPECT_FALSE(failed);
    EXPECT_EQ(said, (std::vector<std::string>{"a0", "a10", "a20", "a30", "a40", "b0", "b10", "b20", "b30", "b40"}));
  }
  EXPECT_EQ(value, 2000);
}

TEST_F(JobThread, IsCancelledPausedAndResumedFromOutside) {
  for (const bool paused : {false, true}) {
    int reports = 0;
    const auto count = QObject::connect(&job, &Job::progressed, &loop, [&] {
      if (++reports == 3) job.set_paused(true);
      if (reports == 3 && !paused) job.set_paused(false);
      if (reports >= 3 && (paused || reports >= 6)) job.cancel();
    });
    job.start(QStringLiteral("endless"), {{"wait", 1}}, &JobThread::endless);
    wait();
    QObject::disconnect(count);
    EXPECT_TRUE(failed);
    EXPECT_FALSE(job.running());
    EXPECT_FALSE(job.paused());
  }
}

TEST_F(JobThread, PreviewsArriveAndTheirDataIsNotTorn) {
  int seen = 0;
  QObject::connect(&job, &Job::previewed, &loop, [&](const Preview& preview) {
    const Points& verts = preview.mesh->verts;
    EXPECT_TRUE((verts.array() == verts(0, 0)).all());
    if (++seen == 3) job.cancel();
  });
  job.start_watched(QStringLiteral("watched"), {{"wait", 1}}, [](JobContext& context, Viewer& viewer) -> Result<Job::Commit> {
    context.begin_phase("wait");
    for (int i = 0;; ++i) {
      MP4D_CHECK(context.check());
      if (!viewer.wants()) continue;
      auto mesh = std::make_shared<Mesh>();
      mesh->verts = Points::Constant(1000, 3, static_cast<float>(i));
      viewer.show({mesh, {}, -1, {}, {{"loss", 1.0 / (i + 1)}}});
    }
  });
  wait();
  EXPECT_EQ(seen, 3);
}

TEST_F(JobThread, AnExceptionIsAnErrorAndTheDestructorStopsWhatRuns) {
  job.start(QStringLiteral("throws"), {}, [](JobContext&) -> Result<Job::Commit> { throw std::runtime_error("broken"); });
  wait();
  EXPECT_TRUE(failed);
  EXPECT_EQ(message, "unexpected: broken; please report this");
  job.start(QStringLiteral("takes all"), {}, [](JobContext&) -> Result<Job::Commit> { throw std::bad_alloc(); });
  wait();
  EXPECT_TRUE(message.starts_with("not enough memory; ")) << message;
  Job other;
  other.start(QStringLiteral("endless"), {{"wait", 1}}, &JobThread::endless);
}

}  // namespace
}  // namespace mp4d

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  QCoreApplication app(argc, argv);
  return RUN_ALL_TESTS();
}
