// What the studio does when the disk a project lies on fills up, turns read-only or is taken out.
#include "../app/small_disk.h"
#include "app/studio/project_file.h"
#include "studio_fixture.h"
#include <filesystem>

namespace mp4d::test {
namespace {

namespace fs = std::filesystem;

struct StudioFault : Studio {
  void SetUp() override {
    if (!SmallDisk::possible()) GTEST_SKIP() << "only root can mount a disk that fills up";
  }

  std::string saving_again(Workspace& workspace, const fs::path& project, const char* name) {
    workspace.issues.clear();
    workspace.rename_joint(1, name);
    workspace.save(project);
    EXPECT_TRUE(wait_for(workspace.saver));
    EXPECT_TRUE(workspace.document.dirty()) << "it was not saved";
    return issues(workspace);
  }

  static void expect_saved(const fs::path& project, const std::string& joint) {
    const auto state = load_project(project);
    ASSERT_TRUE(state) << state.error().message;
    EXPECT_EQ(state->character.skeleton->joints[1].name, joint);
    for (const auto& entry : fs::recursive_directory_iterator(project.parent_path()))
      EXPECT_FALSE(entry.path().filename().string().starts_with(".m")) << entry.path() << " was left";
  }
};

TEST_F(StudioFault, AProjectThatCannotBeSavedSaysWhyAndStaysAsItWas) {
  SmallDisk disk(8);
  Workspace workspace{settings, folders};
  open(workspace, beam_file());
  const fs::path project = disk / "my.mp4d";
  workspace.rename_joint(1, "first");
  workspace.save(project);
  ASSERT_TRUE(wait_for(workspace.saver));
  expect_saved(project, "first");

  for (const std::uint64_t left : {0, 4096}) {
    disk.fill_up_to(left);
    const std::string said = saving_again(workspace, project, ("full" + std::to_string(left)).c_str());
    EXPECT_NE(said.find("free some space"), std::string::npos) << said;
    EXPECT_NE(said.find(disk.path().string()), std::string::npos) << said;
    disk.free();
    expect_saved(project, "first");
  }
  disk.set_read_only(true);
  const std::string said = saving_again(workspace, project, "locked");
  EXPECT_NE(said.find("choose another place or change its permissions"), std::string::npos) << said;
  disk.set_read_only(false);
  expect_saved(project, "first");

  workspace.save(project);
  ASSERT_TRUE(wait_for(workspace.saver));
  EXPECT_FALSE(workspace.document.dirty());
  expect_saved(project, "locked");

  disk.take_out();
  EXPECT_NE(saving_again(workspace, project, "gone").find("my.mp4d"), std::string::npos);
  workspace.save(folder / "elsewhere.mp4d");
  ASSERT_TRUE(wait_for(workspace.saver));
  EXPECT_FALSE(workspace.document.dirty());
}

TEST_F(StudioFault, AutosavesThatFailAreToldOnceAndGoOnLater) {
  const SmallDisk disk(8);
  folders.recovery = disk / "recovery";
  Workspace workspace{settings, folders};
  open(workspace, beam_file());
  const auto autosaved = [&](const char* joint) {
    workspace.rename_joint(1, joint);
    workspace.autosave();
    EXPECT_TRUE(wait_for(workspace.saver));
  };
  disk.fill_up_to(0);
  workspace.issues.clear();
  autosaved("one");
  const std::string said = issues(workspace);
  EXPECT_NE(said.find("Autosave"), std::string::npos) << said;
  EXPECT_NE(said.find("free some space"), std::string::npos) << said;
  autosaved("two");
  EXPECT_EQ(issues(workspace), said);
  disk.free();
  autosaved("three");
  EXPECT_EQ(issues(workspace), said);
  fs::path autosave;
  for (const auto& entry : fs::recursive_directory_iterator(folders.recovery))
    if (entry.path().extension() == ".mp4d") autosave = entry.path();
  const auto saved = load_project(autosave);
  ASSERT_TRUE(saved) << saved.error().message;
  EXPECT_EQ(saved->character.skeleton->joints[1].name, "three");
}

}  // namespace
}  // namespace mp4d::test
