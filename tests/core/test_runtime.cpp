#include "core/runtime.h"
#include <gtest/gtest.h>
#include <cstdlib>
#include <new>
#include <omp.h>
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

TEST(Runtime, AvailableMemoryIsPlausible) {
  EXPECT_GT(available_memory(), 16ull << 20);
  EXPECT_LT(available_memory(), 1ull << 46);
}

}  // namespace
}  // namespace mp4d
