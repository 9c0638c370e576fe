#include "app/studio/dialogs.h"
#include <QCoreApplication>
#include <QFileDialog>
#include <QMessageBox>

namespace mp4d {
namespace {

SaveChoice ask(QWidget* parent, const QString& what) {
  QMessageBox box(QMessageBox::Question, QCoreApplication::applicationName(),
                  QCoreApplication::translate("Dialogs", "Save the changes to %1?").arg(what),
                  QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, parent);
  box.setDefaultButton(QMessageBox::Save);
  switch (box.exec()) {
    case QMessageBox::Save: return SaveChoice::kSave;
    case QMessageBox::Discard: return SaveChoice::kDiscard;
    default: return SaveChoice::kCancel;
  }
}

}  // namespace

Dialogs system_dialogs() {
  Dialogs dialogs;
  dialogs.open_file = [](QWidget* parent, const QString& title, const QString& filter) {
    return QFileDialog::getOpenFileName(parent, title, {}, filter);
  };
  dialogs.open_files = [](QWidget* parent, const QString& title) { return QFileDialog::getOpenFileNames(parent, title); };
  dialogs.open_folder = [](QWidget* parent, const QString& title) { return QFileDialog::getExistingDirectory(parent, title); };
  dialogs.save_file = [](QWidget* parent, const QString& title, const QString& proposal, const QString& filter) {
    return QFileDialog::getSaveFileName(parent, title, proposal, filter);
  };
  dialogs.ask_save = ask;
  return dialogs;
}

}  // namespace mp4d
