#include "core/job_context.h"
#include "core/rng.h"
#include <gtest/gtest.h>
#include <thread>

namespace mp4d {
namespace {

TEST(JobContext, ProgressNeverFallsAndEndsAtOneWhateverTheStepsAre) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::uint64_t draw = 0;
    const auto below = [&](int n) { return static_cast<int>(rng::integer(seed, 0, draw++, n)); };
    std::vector<JobContext::Phase> phases;
    const int count = 1 + below(6);
    for (int i = 0; i < count; ++i) phases.push_back({std::to_string(i), 10.0 * rng::uniform(seed, 1, i)});
    std::vector<Progress> reports;
    JobContext job(phases, [&](const Progress& p) { reports.push_back(p); });
    for (int i = 0; i < count; ++i) {
      if (below(4) == 0) continue;  // skipped
      const int steps = below(20);
      job.begin_phase(phases[i].name, steps);
      for (int k = below(5); k > 0; --k) job.step(below(30) - 2);     // also backwards and too far
      if (below(3) == 0) job.begin_phase(phases[i].name, steps + 5);  // a second try
    }
    job.finish();
    double last = 0;
    for (const Progress& p : reports) {
      ASSERT_GE(p.fraction, last) << "seed " << seed;
      ASSERT_LE(p.fraction, 1);
      ASSERT_LT(p.phase_index, p.phase_count);
      ASSERT_TRUE(p.steps == 0 || p.step <= p.steps);
      last = p.fraction;
    }
    ASSERT_EQ(last, 1) << "seed " << seed;
    ASSERT_EQ(reports.back().eta_s, 0);
  }
}

TEST(JobContext, FractionFollowsTheWeights) {
  Progress last;
  JobContext job({{"a", 1}, {"skipped", 2}, {"b", 5}}, [&](const Progress& p) { last = p; });
  job.begin_phase("a", 10);
  job.step(10);
  EXPECT_DOUBLE_EQ(last.fraction, 1.0 / 8);
  job.begin_phase("b", 4);
  EXPECT_DOUBLE_EQ(last.fraction, 3.0 / 8);
  job.step(4);
  EXPECT_DOUBLE_EQ(last.fraction, 1);
  EXPECT_EQ(last.phase, "b");
  EXPECT_EQ(last.phase_index, 2);
  EXPECT_EQ(last.phase_count, 3);
}

TEST(JobContext, RemainingTimeIsInProportion) {
  Progress last;
  JobContext job({{"a", 1}}, [&](const Progress& p) { last = p; });
  job.begin_phase("a", 4);
  EXPECT_EQ(last.eta_s, -1);
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
  job.step(1);
  ASSERT_EQ(last.step, 1);
  EXPECT_NEAR(last.eta_s, 3 * last.elapsed_s, 1e-9);
}

TEST(JobContext, ReportsAreThinnedButTheLastStepIsAlwaysTold) {
  int reports = 0;
  Progress last;
  JobContext job({{"a", 1}}, [&](const Progress& p) {
    ++reports;
    last = p;
  });
  const auto start = std::chrono::steady_clock::now();
  job.begin_phase("a", 100000);
  for (int i = 1; i <= 100000; ++i) job.step(i);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  EXPECT_LE(reports, 2 + seconds * 20);
  EXPECT_EQ(last.step, 100000);
}

TEST(JobContext, CancelFromAnotherThreadIsAnErrorThatNamesThePhase) {
  CancelToken token;
  JobContext job({{"flow", 1}}, {}, {}, token);
  job.begin_phase("flow", 10);
  EXPECT_TRUE(job.check());
  std::thread([token]() mutable { token.cancel(); }).join();
  ASSERT_TRUE(job.cancelled());
  const Result<void> result = job.check();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(exit_code(result.error()), 3);
  EXPECT_NE(result.error().message.find("flow"), std::string::npos);
}

TEST(JobContext, UnknownAndPassedPhasesAreBrokenInvariants) {
  JobContext job({{"a", 1}, {"b", 1}}, {});
  EXPECT_THROW(job.begin_phase("c"), std::logic_error);
  job.begin_phase("b");
  EXPECT_THROW(job.begin_phase("a"), std::logic_error);
  EXPECT_THROW(JobContext({{"a", -1}}, {}), std::logic_error);
}

TEST(JobContext, NullIsSilentAndMessagesArrive) {
  begin_phase(nullptr, "anything", 3);
  step(nullptr, 1);
  EXPECT_FALSE(cancelled(nullptr));
  EXPECT_TRUE(check(nullptr));
  std::vector<std::string> seen;
  JobContext job({}, {}, [&](MessageLevel level, const std::string& text) {
    seen.push_back((level == MessageLevel::kWarning ? "w:" : "i:") + text);
  });
  info(&job, "one");
  warn(&job, "two");
  EXPECT_EQ(seen, (std::vector<std::string>{"i:one", "w:two"}));
}

}  // namespace
}  // namespace mp4d
