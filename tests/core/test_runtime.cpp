#include "core/control_groups.h"
#include "core/files.h"
#include "core/runtime.h"
#include <gtest/gtest.h>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <new>
#include <omp.h>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

namespace mp4d {
namespace {

TEST(Runtime, ThreadCountIsWhatWasAskedOrAllProcessors) {
  const int before = omp_get_max_threads();
  EXPECT_EQ(set_thread_count(3), 3);
  EXPECT_EQ(omp_get_max_threads(), 3);
  EXPECT_EQ(set_thread_count(0), omp_get_num_procs());
  setenv("OMP_NUM_THREADS", "5", 1);
  EXPECT_EQ(set_thread_count(0), 5);
  unsetenv("OMP_NUM_THREADS");
  set_thread_count(before);
}

TEST(Runtime, PeakMemoryGrowsWithWhatIsTouched) {
  const std::uint64_t before = peak_memory();
  EXPECT_GT(before, 1u << 20);
  // More than the process ever held, so that earlier tests' peaks do not hide it.
  const std::vector<char> block(before + (64u << 20), 1);
  EXPECT_GE(peak_memory(), before + (32u << 20));
  EXPECT_EQ(block.back(), 1);
}

TEST(Runtime, AMemoryLimitIsKept) {
  constexpr std::uint64_t kLimit = 1'000'000'000;
  EXPECT_FALSE(limit_memory(1000));
  EXPECT_EQ(memory_limit(), 0u);
  const auto take = [] {  // in a process of its own
    if (!limit_memory(kLimit)) std::exit(1);
    if (memory_limit() != kLimit || available_memory() > kLimit) std::exit(2);
    std::vector<std::vector<char>> blocks;
    try {
      for (;;) blocks.emplace_back(10'000'000, char(1));
    } catch (const std::bad_alloc&) {
    }
    std::exit(peak_memory() > 0.9 * kLimit && peak_memory() < 1.05 * kLimit ? 0 : 3);
  };
  EXPECT_EXIT(take(), testing::ExitedWithCode(0), "");
}

TEST(Runtime, ThreadsRunWithinASmallMemoryLimit) {
  const auto work = [] {  // in a process of its own
    if (!limit_memory(350'000'000)) std::exit(1);
    int threads = 0;
#pragma omp parallel reduction(+ : threads)
    ++threads;
    const std::vector<char> block(50'000'000, char(1));
    std::thread([&] { threads += block.back(); }).join();
    std::exit(threads >= 2 ? 0 : 2);
  };
  EXPECT_EXIT(work(), testing::ExitedWithCode(0), "");
}

TEST(Runtime, AParallelRegionThatExceedsTheLimitEndsWithWords) {
  const auto take = [] {
    if (!limit_memory(400'000'000)) std::exit(3);
    end_where_memory_runs_out([] { std::fputs("no memory left", stderr); });
#pragma omp parallel for
    for (int i = 0; i < 64; ++i) {
      auto* kept = new std::vector<char>(50'000'000, char(1));
      if (kept->back() == 0) std::exit(4);
    }
    std::exit(5);
  };
  EXPECT_EXIT(take(), testing::ExitedWithCode(1), "no memory left");
}

TEST(Runtime, TellsWhenMemoryRanOut) {
  EXPECT_TRUE(is_out_of_memory(std::bad_alloc()));
  EXPECT_TRUE(is_out_of_memory(std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again))));
  EXPECT_TRUE(is_out_of_memory(std::runtime_error("DefaultCPUAllocator: can't allocate memory: you tried")));
  EXPECT_FALSE(is_out_of_memory(std::runtime_error("not a number")));
  EXPECT_FALSE(is_out_of_memory(std::system_error(std::make_error_code(std::errc::permission_denied))));
}

/// A tree with the files of /proc and /sys that tell of control groups.
class ControlGroups : public testing::Test {
 protected:
  void put(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories((root() / path).parent_path());
    ASSERT_TRUE(write_atomically(root() / path, text));
  }
  std::filesystem::path root() const { return folder_.path(); }
  std::uint64_t left() const { return control_group_memory(root()); }
  const TempFolder folder_ = TempFolder::create().value();
  static constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();
};

TEST_F(ControlGroups, TheTightestFromTheOwnToTheRootCounts) {
  EXPECT_EQ(left(), kNone);
  put("proc/self/cgroup", "0::/system.slice/slurm.scope/job_7\n");
  const std::string own = "sys/fs/cgroup/system.slice/slurm.scope/job_7/", above = "sys/fs/cgroup/system.slice/slurm.scope/";
  put(own + "memory.max", "max\n");
  put(own + "memory.current", "100\n");
  EXPECT_EQ(left(), kNone);
  put(above + "memory.max", "1000\n");
  put(above + "memory.current", "700\n");
  EXPECT_EQ(left(), 300u);
  put(above + "memory.stat", "anon 500\nfile 200\ninactive_file 150\n");
  EXPECT_EQ(left(), 450u);
  put(own + "memory.max", "120\n");
  EXPECT_EQ(left(), 20u);
  put(own + "memory.current", "130\n");  // above its limit for a moment
  EXPECT_EQ(left(), 0u);
}

TEST_F(ControlGroups, AContainerWhosePathIsTheHostsHasTheLimitOfItsRoot) {
  put("proc/self/cgroup", "0::/docker/0123\n");
  put("sys/fs/cgroup/memory.max", "1000\n");
  put("sys/fs/cgroup/memory.current", "400\n");
  EXPECT_EQ(left(), 600u);
}

TEST_F(ControlGroups, VersionOneToo) {
  put("proc/self/cgroup", "5:devices:/a\n4:cpuset,memory:/jobs/a\n0::/\n");
  put("sys/fs/cgroup/memory/jobs/a/memory.limit_in_bytes", "500\n");
  put("sys/fs/cgroup/memory/jobs/a/memory.usage_in_bytes", "300\n");
  put("sys/fs/cgroup/memory/jobs/a/memory.stat", "inactive_file 1\ntotal_inactive_file 50\n");
  EXPECT_EQ(left(), 250u);
  put("sys/fs/cgroup/memory/jobs/memory.limit_in_bytes", "9223372036854771712\n");  // its word for none
  put("sys/fs/cgroup/memory/jobs/memory.usage_in_bytes", "300\n");
  EXPECT_EQ(left(), 250u);
}

TEST(Runtime, AvailableMemoryIsPlausible) {
  EXPECT_GT(available_memory(), 16ull << 20);
  EXPECT_LT(available_memory(), 1ull << 46);
}

}  // namespace
}  // namespace mp4d
