// Files that bring down, stall or starve a foreign parser end in an error, never in the end of this program.
#include "core/files.h"
#include "io/export.h"
#include "io/internal/foreign_scene.h"
#include "io/internal/reader_process.h"
#include "io/model_io.h"
#include "tests/io/rigged_models.h"
#include "tests/tools/paths.h"
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace mp4d {
namespace {

namespace fs = std::filesystem;
using internal::reader_limits;
using internal::run_reader;

class ReaderProcess : public testing::Test {
 protected:
  fs::path tube(const std::string& name) const {
    const fs::path file = folder_.path() / name;
    RiggedModel model = test::make_tube();
    model.clips.resize(1);
    EXPECT_TRUE(export_model(file, model));
    return file;
  }
  /// A file that never says anything, and whose opening waits.
  fs::path silent() const {
    const fs::path file = folder_.path() / "silent.fbx";
    EXPECT_EQ(::mkfifo(file.c_str(), 0600), 0);
    return file;
  }
  TempFolder folder_ = TempFolder::create().value();
};

void expect_error(const Result<std::string>& result, ErrorCode code, const std::string& text) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, code) << result.error().message;
  EXPECT_NE(result.error().message.find(text), std::string::npos) << result.error().message;
}

TEST_F(ReaderProcess, TooMuchMemoryIsAnErrorWithTheBound) {
  expect_error(run_reader(tube("a.fbx"), {16 << 20, 60}, nullptr), ErrorCode::kResource, "more than 16 MB");
}

TEST_F(ReaderProcess, TooMuchTimeIsAnErrorWithTheBound) {
  expect_error(run_reader(silent(), {std::uint64_t{1} << 32, 0}, nullptr), ErrorCode::kInput, "FBX reader needed more than 0 s");
}

TEST_F(ReaderProcess, ACancelEndsIt) {
  JobContext job;
  CancelToken token = job.cancel_token();
  token.cancel();
  const auto result = run_reader(silent(), reader_limits(0), &job);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
}

TEST_F(ReaderProcess, ErrorsOfTheParserComeThrough) {
  const fs::path file = folder_.path() / "noise.dae";
  ASSERT_TRUE(write_atomically(file, "<COLLADA version=\"1.4.1\"><asset></library></COLLADA>"));
  const auto model = read_model(file);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::kInput);
  EXPECT_NE(model.error().message.find("noise.dae: cannot be read as dae"), std::string::npos) << model.error().message;
}

// Assimp would take any format under any ending by what the file begins with.
TEST_F(ReaderProcess, OnlyTheParserOfTheEndingReads) {
  const fs::path ply = folder_.path() / "a.ply", renamed = folder_.path() / "a.fbx";
  ASSERT_TRUE(write_mesh(ply, test::make_tube().mesh));
  ASSERT_TRUE(read_model(ply));
  fs::rename(ply, renamed);
  EXPECT_FALSE(read_model(renamed));
}

TEST_F(ReaderProcess, DamagedBytesAreRefused) {
  internal::ForeignScene scene;
  scene.scene.nodes.resize(1);
  const std::string bytes = internal::to_bytes(scene);
  ASSERT_TRUE(internal::foreign_scene_from(bytes, "x.fbx"));
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) EXPECT_FALSE(internal::foreign_scene_from(bytes.substr(0, cut), "x.fbx"));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    EXPECT_FALSE(internal::foreign_scene_from(flipped, "x.fbx")) << at;
  }
  scene.scene.nodes[0].parent = 7;
  EXPECT_FALSE(internal::foreign_scene_from(internal::to_bytes(scene), "x.fbx"));
}

// Found by mutating models: each ends Assimp 5.2 by a signal or without end. Newer ones may read them.
TEST_F(ReaderProcess, FilesThatCrashAssimpAreErrorsOrModels) {
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(test::source_folder() / "tests/fuzz/assimp")) {
    ++files;
    const auto model = read_model(entry.path());
    if (model) continue;
    EXPECT_EQ(model.error().message.find(entry.path().string()), 0u) << model.error().message;
  }
  EXPECT_GT(files, 0u);
}

}  // namespace
}  // namespace mp4d
