// Two programs, or two threads of one, that share a work folder: what ThreadSanitizer looks at.
#include "core/files.h"
#include "reconstruction/articulated/stage_cache.h"
#include <gtest/gtest.h>
#include <atomic>
#include <thread>

namespace mp4d {
namespace {

TEST(StageCache, ThreadsThatShareAFolderFindWholeStagesOrNone) {
  const TempFolder folder = TempFolder::create().value();
  const StageCache shared = StageCache::open(folder.path()).value();
  constexpr int kThreads = 4, kRounds = 60;
  std::atomic<int> found = 0, broken = 0;
  const auto key_of = [](int n) { return ContentHash().number(n); };
  const auto work = [&](int thread) {
    const StageCache own = StageCache::open(folder.path()).value();
    for (int i = 0; i < kRounds; ++i) {
      const StageCache& cache = (i + thread) % 2 ? own : shared;
      const int n = i % 5;
      BlobWriter blob;
      blob.put(std::vector<int>(static_cast<std::size_t>(1000 + n), n));
      if (!cache.save("stage", key_of(n), blob)) ++broken;
      std::optional<BlobReader> read = cache.load("stage", key_of((i + thread) % 5));
      if (!read) continue;  // nobody has saved it yet
      std::vector<int> values;
      read->get(values);
      const int expected = (i + thread) % 5;
      const bool whole = read->ok() && values.size() == static_cast<std::size_t>(1000 + expected) && values.back() == expected;
      whole ? ++found : ++broken;
    }
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) threads.emplace_back(work, t);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(broken, 0);
  EXPECT_GT(found, kThreads * kRounds / 2);
  for (int n = 0; n < 5; ++n) EXPECT_TRUE(shared.load("stage", key_of(n)));
}

TEST(StageCache, AStageThatIsToBeMadeAnewIsNotTaken) {
  const TempFolder folder = TempFolder::create().value();
  StageCache cache = StageCache::open(folder.path()).value();
  BlobWriter blob;
  blob.put(7);
  const ContentHash key = ContentHash().text("key");
  ASSERT_TRUE(cache.save("a", key, blob));
  ASSERT_TRUE(cache.save("b", key, blob));
  cache.make_anew("a");
  EXPECT_FALSE(cache.load("a", key));
  EXPECT_TRUE(cache.load("b", key));
  EXPECT_FALSE(cache.load("b", ContentHash().text("other")));
  ASSERT_TRUE(write_atomically(folder.path() / ("b-" + key.hex() + ".bin"), "damaged"));
  EXPECT_FALSE(cache.load("b", key));
}

}  // namespace
}  // namespace mp4d
