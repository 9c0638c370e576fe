// Many jobs in one process, as the studio runs them, take no more memory than a few. MP4D_JOBS=100 runs so many of each kind.
#include "app/cli/cli.h"
#include "core/files.h"
#include "core/runtime.h"
#include "subjects.h"
#include <cstdlib>
#include <gtest/gtest.h>
#include <unistd.h>

namespace mp4d::test {
namespace {

/// Resident size of this process, MB.
double resident() {
  const std::string statm = read_file("/proc/self/statm").value();
  return std::strtod(statm.c_str() + statm.find(' '), nullptr) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

void expect_flat(const Subject& subject, int jobs) {
  if (const char* text = std::getenv("MP4D_JOBS")) jobs = std::max(10, std::atoi(text));
  tune_process();
  Folder folder;
  std::vector<double> after;
  for (int i = 0; i < jobs; ++i) {
    const std::string out = folder / "out";
    std::filesystem::remove_all(out);
    std::vector<std::string> words = subject.command(out);
    words.insert(words.begin(), "magicpose4d");
    words.insert(words.end(), {"--progress", "none"});
    std::vector<const char*> arguments;
    for (const std::string& word : words) arguments.push_back(word.c_str());
    testing::internal::CaptureStdout();
    const int code = run_cli(static_cast<int>(arguments.size()), arguments.data(), {});
    testing::internal::GetCapturedStdout();
    ASSERT_EQ(code, 0) << subject.name << ", job " << i;
    after.push_back(resident());
  }
  const std::size_t half = after.size() / 2;
  const double a_job = (after.back() - after[half - 1]) / static_cast<double>(after.size() - half);
  std::printf("%s, %d jobs: resident %.1f MB after job 1, %.1f after 10 %%, %.1f after half, %.1f after all\n", subject.name.c_str(), jobs, after[0],
              after[after.size() / 10], after[half - 1], after.back());
  EXPECT_LT(a_job, 0.5) << subject.name << ": MB that every job of the second half leaves behind";
}

TEST(RepeatedJobs, OfModelsLeaveNothingBehind) {
  Folder inputs;
  expect_flat(transfer_subject(inputs), 20);
  expect_flat(rig_subject(inputs), 20);
  expect_flat(edit_subject(inputs, "fbx"), 20);
  expect_flat(render_subject(inputs, "mp4"), 20);
}

TEST(RepeatedJobs, OfNetworksAndReconstructionsLeaveNothingBehind) {
  if (!std::getenv("MP4D_JOBS")) GTEST_SKIP() << "takes minutes; MP4D_JOBS asks for it";
  Folder inputs;
  expect_flat(reconstruct_subject(inputs), 10);
  expect_flat(human_generate_subject(), 10);
  expect_flat(field_train_subject(inputs), 10);
}

}  // namespace
}  // namespace mp4d::test
