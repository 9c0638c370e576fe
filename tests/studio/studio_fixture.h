#pragma once
#include "../app/samples.h"
#include "app/studio/main_window.h"
#include "io/model_io.h"
#include <QEventLoop>
#include <QSettings>
#include <QTimer>
#include <gtest/gtest.h>

namespace mp4d::test {

/// Runs the event loop until `done` holds; false if it does not within eight minutes, which sanitizers may need.
template <class Done>
bool wait_until(const Done& done) {
  QEventLoop loop;
  QTimer check, limit;
  QObject::connect(&check, &QTimer::timeout, &loop, [&] {
    if (done()) loop.quit();
  });
  bool late = false;
  QObject::connect(&limit, &QTimer::timeout, &loop, [&] {
    late = true;
    loop.quit();
  });
  check.start(2);
  limit.start(480000);
  if (!done()) loop.exec();
  return !late;
}

/// A folder with a model in it, and what a window needs that is of this test alone.
struct Studio : testing::Test {
  Folder folder;
  QSettings settings{QString::fromStdString(folder / "settings.ini"), QSettings::IniFormat};
  StudioFolders folders{folder / "cache", folder / "recovery"};
  QStringList files_answer;
  QString file_answer, folder_answer, save_answer;  ///< what the dialogs "choose"
  SaveChoice save_choice = SaveChoice::kDiscard;
  int asked_to_save = 0;

  Dialogs dialogs() {
    Dialogs d;
    d.open_file = [this](QWidget*, const QString&, const QString&) { return file_answer; };
    d.open_files = [this](QWidget*, const QString&) { return files_answer; };
    d.open_folder = [this](QWidget*, const QString&) { return folder_answer; };
    d.save_file = [this](QWidget*, const QString&, const QString&, const QString&) { return save_answer; };
    d.ask_save = [this](QWidget*, const QString&) {
      ++asked_to_save;
      return save_choice;
    };
    return d;
  }

  std::string beam_file() {
    const std::string file = folder / "beam.glb";
    EXPECT_TRUE(write_glb(file, bending_beam()));
    return file;
  }

  /// Errors that the workspace has listed, for messages.
  static std::string issues(Workspace& workspace) { return workspace.issues.report().toStdString(); }

  static bool wait_for(Job& job) {
    return wait_until([&] { return !job.running(); });
  }

  static void open(Workspace& workspace, const std::filesystem::path& path) {
    workspace.open(path);
    ASSERT_TRUE(wait_for(workspace.job));
  }
};

}  // namespace mp4d::test
