// Same input, options, seed and threads: the same bytes, from every command that writes a result.
#include "process.h"
#include "subjects.h"
#include <gtest/gtest.h>

namespace mp4d::test {
namespace {

void expect_same_bytes(const Subject& subject) {
  Folder folder;
  const std::string first = folder / "first", second = folder / "second";
  for (const std::string& out : {first, second}) {
    const Outcome outcome = run(subject.command(out));
    ASSERT_EQ(outcome.exit_code, 0) << subject.name << ": " << outcome.err;
  }
  const auto expected = subject.results(first), got = subject.results(second);
  EXPECT_FALSE(expected.empty()) << subject.name;
  ASSERT_EQ(got.size(), expected.size()) << subject.name;
  for (const auto& [name, bytes] : expected) EXPECT_TRUE(got.count(name) && got.at(name) == bytes) << subject.name << ": " << name << " differs";
}

TEST(SameBytes, Reconstruct) {
  Folder inputs;
  expect_same_bytes(reconstruct_subject(inputs));
  expect_same_bytes(computed_masks_subject(inputs));
}

TEST(SameBytes, RigAndTransfer) {
  Folder inputs;
  expect_same_bytes(rig_subject(inputs));
  expect_same_bytes(transfer_subject(inputs));
}

TEST(SameBytes, EveryExportFormat) {
  Folder inputs;
  for (const char* ending : {"glb", "gltf", "fbx", "bvh", "usda", "usdz", "anime"}) expect_same_bytes(edit_subject(inputs, ending));
}

TEST(SameBytes, PicturesVideosAndDataSets) {
  Folder inputs;
  for (const char* ending : {"png", "jpg", "mp4", "gif", "obj", "ply"}) expect_same_bytes(render_subject(inputs, ending));
  expect_same_bytes(dataset_subject(inputs));
}

TEST(SameBytes, Fields) {
  Folder inputs;
  expect_same_bytes(field_train_subject(inputs));
  expect_same_bytes(field_mesh_subject(inputs));
  expect_same_bytes(field_render_subject(inputs));
  for (const char* layout : {"transforms", "colmap", "colmap-text"}) expect_same_bytes(field_convert_subject(inputs, layout));
}

TEST(SameBytes, People) {
  expect_same_bytes(human_generate_subject());
  expect_same_bytes(human_dataset_subject());
}

TEST(SameBytes, HumanTrain) {
  const Subject subject = human_train_subject();
  if (!subject.command) GTEST_SKIP() << "no MakeHuman data in " << shared_data();
  expect_same_bytes(subject);
}

}  // namespace
}  // namespace mp4d::test
