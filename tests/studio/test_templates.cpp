// Options to begin with: those of the program and the user's own.
#include "app/studio/start_page.h"
#include "studio_fixture.h"
#include <QComboBox>
#include <QPushButton>

namespace mp4d::test {
namespace {

struct Templates : Studio {
  Templates() { folders.templates = folder / "templates"; }
};

TEST_F(Templates, ThoseOfTheProgramAllApply) {
  for (const ProjectTemplate& one : project_templates({})) {
    DocumentState state;
    const auto applied = apply_template(one, state);
    EXPECT_TRUE(applied) << one.id << ": " << applied.error().message;
    EXPECT_FALSE(one.title.isEmpty());
    EXPECT_FALSE(one.what_for.isEmpty());
  }
}

TEST_F(Templates, WhatIsOpenedNextBeginsWithTheChosenOne) {
  Workspace workspace(settings, folders);
  MainWindow window(workspace, dialogs());
  window.show();
  auto* box = window.findChild<QComboBox*>("templateBox");
  const int bird = box->findData("bird");
  ASSERT_GE(bird, 0);
  box->setCurrentIndex(bird);
  Q_EMIT box->activated(bird);
  open(workspace, beam_file());
  EXPECT_EQ(workspace.state().reconstruct.category, "bird");
  EXPECT_EQ(workspace.state().rig.body_plan, "bird");
  // Of the open document, and back.
  workspace.use_template("unity");
  EXPECT_EQ(workspace.state().format.target, "unity");
  EXPECT_EQ(workspace.state().reconstruct.category, "bird") << "what a template does not name stays";
  workspace.document.history()->undo();
  EXPECT_EQ(workspace.state().format.target, "any");
}

TEST_F(Templates, OptionsAreKeptUnderANameAndRemoved) {
  Workspace workspace(settings, folders);
  open(workspace, beam_file());
  workspace.set_option(Stage::kPhase1, "effort", "0.7");
  ASSERT_TRUE(workspace.keep_template(QStringLiteral("mine")));
  EXPECT_FALSE(workspace.keep_template(QStringLiteral("a/b"))) << "no name of a file";
  EXPECT_FALSE(workspace.keep_template(QStringLiteral("standard"))) << "the program's own";
  workspace.set_new_template("mine");
  EXPECT_EQ(workspace.new_template().id, "mine");
  open(workspace, beam_file());
  EXPECT_DOUBLE_EQ(workspace.state().reconstruct.effort, 0.7);
  write_text(folder / "templates/mine.json", R"({"magicpose4d_template": 1, "options": {"reconstruct": {"efort": 1}}})");
  open(workspace, beam_file());
  EXPECT_TRUE(workspace.state().character) << "it opens without it";
  EXPECT_TRUE(workspace.issues.report().contains("mine.json") && workspace.issues.report().contains("efort")) << issues(workspace);
  ProjectTemplate mine;
  mine.file = folder / "templates/mine.json";
  write_text(mine.file, R"({"magicpose4d_template": 99})");
  DocumentState state;
  const auto newer = apply_template(mine, state);
  ASSERT_FALSE(newer);
  EXPECT_NE(newer.error().message.find("not a template of this version"), std::string::npos) << newer.error().message;
  workspace.remove_template("mine");
  EXPECT_EQ(workspace.new_template().id, "standard");
  EXPECT_FALSE(std::filesystem::exists(folder / "templates/mine.json"));
}

}  // namespace
}  // namespace mp4d::test
