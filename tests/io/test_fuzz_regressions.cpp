// Every file that once broke a reader, read by the one it broke and, as people rename files, by all others.
#include "core/files.h"
#include "tests/fuzz/targets.h"
#include "tests/tools/paths.h"
#include <gtest/gtest.h>

namespace mp4d::fuzz {
namespace {

namespace fs = std::filesystem;

TEST(FuzzRegressions, EveryReaderSurvivesEveryFile) {
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(test::source_folder() / "tests/fuzz/regressions")) {
    if (!entry.is_regular_file()) continue;
    ++files;
    const std::string bytes = read_file(entry.path()).value();
    for (const Target& target : targets()) {
      SCOPED_TRACE(target.name + " reads " + entry.path().string());
      EXPECT_NO_THROW(target.run(bytes));
    }
  }
  EXPECT_GT(files, 0u);
}

TEST(FuzzRegressions, EveryReaderSurvivesNothingAndNoise) {
  std::string noise;
  for (unsigned i = 0, state = 1; i < 4096; ++i) {
    state = state * 1664525u + 1013904223u;
    noise += static_cast<char>(state >> 24);
  }
  for (const Target& target : targets()) {
    SCOPED_TRACE(target.name);
    for (const std::size_t size : {0, 1, 2, 3, 7, 11, 40, 4096}) EXPECT_NO_THROW(target.run(noise.substr(0, size)));
    EXPECT_NO_THROW(target.run(std::string(60000, '[')));
    EXPECT_NO_THROW(target.run(std::string(60000, '\xff')));
  }
}

}  // namespace
}  // namespace mp4d::fuzz
