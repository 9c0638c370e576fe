// The batch window: lists, runs as processes, results, failures, the same list on the command line.
#include "../app/process.h"
#include "app/studio/batch_list_edit.h"
#include "app/studio/batch_window.h"
#include "core/files.h"
#include "motion/kinematics.h"
#include "studio_fixture.h"
#include "tests/tools/paths.h"
#include <QApplication>
#include <QComboBox>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableView>

namespace mp4d::test {
namespace {

namespace fs = std::filesystem;

struct BatchInStudio : Studio {
  Workspace workspace{settings, folders};
  MainWindow window{workspace, dialogs()};
  BatchModel& batch = window.batch();

  BatchInStudio() {
    window.show();
    batch.program = {studio_program().string(), "--headless"};
  }
  BatchWindow& panel() {
    window.actions().find(QStringLiteral("file.batch"))->trigger();
    return *window.findChild<BatchWindow*>();
  }
  template <class Widget>
  Widget& find(const char* name) {
    return *panel().template findChild<Widget*>(QLatin1String(name));
  }
  /// "edit" jobs take a moment each.
  void choose_edit_preset() {
    write_text(folder / "preset.json", R"({"command": "edit"})");
    file_answer = QString::fromStdString(folder / "preset.json");
    find<QComboBox>("batchOptions").setCurrentIndex(2);
    Q_EMIT find<QComboBox>("batchOptions").activated(2);
  }
  void choose_row(int row) { find<QTableView>("batchTable").selectRow(row); }
  int rows(JobStatus status) { return batch.count(status); }
};

TEST_F(BatchInStudio, ATransferWantsAMotion) {
  files_answer = {QString::fromStdString(beam_file())};
  find<QPushButton>("batchAddFiles").click();
  auto& command = find<QComboBox>("batchCommand");
  command.setCurrentIndex(command.findData(QStringLiteral("transfer")));
  Q_EMIT command.activated(command.currentIndex());
  EXPECT_TRUE(find<QLabel>("batchSummary").text().contains(QStringLiteral("no motion is chosen"))) << find<QLabel>("batchSummary").text().toStdString();
  find<QPushButton>("batchRun").click();
  EXPECT_FALSE(batch.job.running()) << "what was listed before is not what is chosen";
}

TEST_F(BatchInStudio, RunsShowsFailuresRetriesThemAndOpensResults) {
  write_text(folder / "bad.glb", "not a model");
  files_answer = {QString::fromStdString(beam_file()), QString::fromStdString(folder / "bad.glb")};
  EXPECT_FALSE(find<QPushButton>("batchRun").isEnabled()) << "the list is empty";
  find<QPushButton>("batchAddFiles").click();
  choose_edit_preset();
  EXPECT_EQ(find<QLineEdit>("batchFolder").text().toStdString(), folder / "batch");
  ASSERT_EQ(batch.rowCount(), 2) << find<QLabel>("batchSummary").text().toStdString();
  find<QPushButton>("batchRun").click();
  EXPECT_TRUE(batch.job.running());
  EXPECT_FALSE(find<QPushButton>("batchAddFiles").isEnabled());
  ASSERT_TRUE(wait_for(batch.job));
  EXPECT_EQ(rows(JobStatus::kDone), 1);
  EXPECT_EQ(rows(JobStatus::kFailed), 1);
  const auto text = [&](int row, int column) { return batch.data(batch.index(row, column), Qt::DisplayRole).toString().toStdString(); };
  EXPECT_NE(text(1, BatchModel::kText).find("bad.glb"), std::string::npos);
  EXPECT_EQ(text(1, BatchModel::kState), "failed");
  EXPECT_FALSE(text(0, BatchModel::kSeconds).empty());
  EXPECT_FALSE(text(0, BatchModel::kMemory).empty());
  choose_row(1);
  EXPECT_FALSE(find<QPushButton>("batchOpenResult").isEnabled());
  EXPECT_TRUE(find<QPlainTextEdit>("batchLog").toPlainText().contains("bad.glb"));
  EXPECT_FALSE(find<QPushButton>("batchRun").isEnabled()) << "there is nothing that was not tried";

  // The same list without a window finds everything done and fails for the same reason.
  const std::string out = folder / "batch";
  const Outcome headless = run({"--headless", "batch", out + "/jobs.json", "-o", out, "--summary"}, {}, studio_program());
  EXPECT_NE(headless.out.find("2 jobs: 1 done, 1 failed"), std::string::npos) << headless.out << headless.err;

  ASSERT_TRUE(write_glb(folder / "bad.glb", bending_beam()));
  find<QPushButton>("batchRetry").click();
  ASSERT_TRUE(wait_for(batch.job));
  EXPECT_EQ(rows(JobStatus::kDone), 2);
  EXPECT_EQ(batch.state(1).attempts, 1) << "it is another file now";
  choose_row(1);
  find<QPushButton>("batchOpenResult").click();
  ASSERT_TRUE(wait_for(workspace.job));
  EXPECT_EQ(workspace.state().source, fs::path(out + "/bad.glb")) << issues(workspace);
  EXPECT_TRUE(workspace.state().character);
}

TEST_F(BatchInStudio, WhatIsStoppedGoesOnAndOtherListsAreRefusedByName) {
  const RiggedModel beam = bending_beam(200);
  ASSERT_TRUE(write_anime(folder / "long.anime", animate(beam, beam.clips[0])));
  write_text(folder / "list.json", R"({"defaults": {"category": "none", "reference": true}, "jobs": [{"clip": "long.anime"}]})");
  file_answer = QString::fromStdString(folder / "list.json");
  find<QPushButton>("batchOpenList").click();
  ASSERT_EQ(batch.rowCount(), 1) << find<QLabel>("batchSummary").text().toStdString();
  EXPECT_FALSE(find<QComboBox>("batchCommand").isEnabled()) << "the list says what is done";
  find<QPushButton>("batchRun").click();
  ASSERT_TRUE(wait_until([&] { return rows(JobStatus::kRunning) == 1; }));
  find<QPushButton>("batchStop").click();
  ASSERT_TRUE(wait_for(batch.job));
  EXPECT_EQ(rows(JobStatus::kQueued), 1);
  EXPECT_TRUE(find<QPushButton>("batchRun").isEnabled());

  write_text(folder / "list.json", R"([{"clip": "long.anime", "efort": 1}])");
  find<QPushButton>("batchOpenList").click();
  EXPECT_EQ(batch.rowCount(), 0);
  EXPECT_TRUE(find<QLabel>("batchSummary").text().contains("did you mean 'effort'")) << find<QLabel>("batchSummary").text().toStdString();
  EXPECT_FALSE(find<QPushButton>("batchRun").isEnabled());
}

TEST_F(BatchInStudio, SeveralFilesDroppedOnTheWindowMakeABatch) {
  ASSERT_TRUE(write_glb(folder / "other.glb", bending_beam()));
  QMimeData data;
  data.setUrls({QUrl::fromLocalFile(QString::fromStdString(beam_file())), QUrl::fromLocalFile(QString::fromStdString(folder / "other.glb"))});
  QDragEnterEvent enter(QPoint(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(&window, &enter);
  QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(&window, &drop);
  ASSERT_EQ(batch.rowCount(), 2) << find<QLabel>("batchSummary").text().toStdString();
  EXPECT_EQ(batch.jobs()[0].command, "rig") << "both are models";
  choose_row(0);
  find<QPushButton>("batchRemove").click();
  ASSERT_EQ(batch.rowCount(), 1);
  EXPECT_EQ(batch.jobs()[0].name, "other");
}

TEST(BatchPreset, HoldsWhatTheDocumentChangedAndNoMore) {
  DocumentState state;
  EXPECT_TRUE(batch_preset("reconstruct", state).empty());
  state.reconstruct.effort = 0.5;
  state.format.target = "unreal";
  state.rig.resolution = 96;
  EXPECT_EQ(batch_preset("reconstruct", state), nlohmann::json({{"effort", 0.5}, {"for", "unreal"}}));
  EXPECT_EQ(batch_preset("rig", state), nlohmann::json({{"resolution", 96}, {"for", "unreal"}}));
}

}  // namespace
}  // namespace mp4d::test
