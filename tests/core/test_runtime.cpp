#include "core/runtime.h"
#include <gtest/gtest.h>
#include <omp.h>
#include <vector>

namespace mp4d {
namespace {

TEST(Runtime, ThreadCountIsWhatWasAskedOrAllProcessors) {
  const int before = omp_get_max_threads();
  EXPECT_EQ(set_thread_count(3), 3);
  EXPECT_EQ(omp_get_max_threads(), 3);
  EXPECT_EQ(set_thread_count(0), omp_get_num_procs());
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

TEST(Runtime, AvailableMemoryIsPlausible) {
  EXPECT_GT(available_memory(), 16ull << 20);
  EXPECT_LT(available_memory(), 1ull << 46);
}

}  // namespace
}  // namespace mp4d
