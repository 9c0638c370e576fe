#pragma once
#include <QStringList>
#include <functional>

class QWidget;

namespace mp4d {

enum class SaveChoice { kSave, kDiscard, kCancel };

/// The questions that the window asks in boxes of their own; tests answer them without one. Empty text = cancelled.
struct Dialogs {
  std::function<QString(QWidget* parent, const QString& title, const QString& filter)> open_file;
  std::function<QStringList(QWidget* parent, const QString& title)> open_files;
  std::function<QString(QWidget* parent, const QString& title)> open_folder;
  std::function<QString(QWidget* parent, const QString& title, const QString& proposal, const QString& filter)> save_file;
  std::function<SaveChoice(QWidget* parent, const QString& what)> ask_save;
};

/// The system's own.
Dialogs system_dialogs();

}  // namespace mp4d
