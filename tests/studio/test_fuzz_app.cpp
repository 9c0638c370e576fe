// The readers of the programs' own files, over the files that once broke any reader, and noise.
#include "core/files.h"
#include "reconstruction/field/field_checkpoint.h"
#include "tests/fuzz/targets.h"
#include <gtest/gtest.h>
#include <cstring>

namespace mp4d::fuzz {
namespace {

namespace fs = std::filesystem;

TEST(FuzzApp, EveryReaderSurvivesEveryFileAndNoise) {
  std::vector<std::string> inputs{"", "{", "[]", "{}", std::string(60000, '['), std::string(60000, '\xff')};
  for (const auto& entry : fs::recursive_directory_iterator(MP4D_SOURCE_DIR "/tests/fuzz/regressions"))
    if (entry.is_regular_file()) inputs.push_back(read_file(entry.path()).value());
  std::string noise;
  for (unsigned i = 0, state = 1; i < 4096; ++i) {
    state = state * 1664525u + 1013904223u;
    noise += static_cast<char>(state >> 24);
  }
  for (const std::size_t size : {1, 2, 3, 11, 40, 4096}) inputs.push_back(noise.substr(0, size));
  for (const Target& target : app_targets())
    for (const std::string& input : inputs) {
      SCOPED_TRACE(target.name + " reads " + input.substr(0, 40));
      EXPECT_NO_THROW(target.run(input));
    }
}

TEST(FuzzApp, AFieldThatSaysItIsHugeIsRefusedBeforeMemoryIsTaken) {
  // A header alone, of planes of 4096 samples at 4096 times.
  std::string header(72, '\0');
  const auto put = [&header](std::size_t at, auto value) { std::memcpy(header.data() + at, &value, sizeof value); };
  put(0, std::int32_t{1});
  for (const std::size_t at : {4, 8, 12}) put(at, std::int32_t{4096});
  put(20, std::int32_t{48});
  put(24, std::int32_t{1});
  for (const std::size_t at : {40, 44}) put(at, 1.0f);
  std::string extension(36, '\0');
  const std::int32_t times = 4096;
  std::memcpy(extension.data() + 28, &times, sizeof times);
  const auto file = file_of("huge.field", "MP4DFIELD3\n" + header + extension);
  const auto field = load_field(file);
  ASSERT_FALSE(field);
  EXPECT_NE(field.error().message.find("huge.field: damaged"), std::string::npos) << field.error().message;
}

}  // namespace
}  // namespace mp4d::fuzz
