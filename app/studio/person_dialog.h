#pragma once
#include "app/studio/dialogs.h"
#include "app/studio/workspace.h"
#include <QDialog>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QSpinBox;

namespace mp4d {

/// A person from words, a pose, or both (docs/human.md). `make` is called when the user asks for it.
class PersonDialog : public QDialog {
  Q_OBJECT

 public:
  PersonDialog(const Dialogs& dialogs, std::function<void(const PersonWish&)> make, QWidget* parent = nullptr);

 private:
  PersonWish wish() const;

  QLineEdit* words_ = nullptr;
  QComboBox* pose_ = nullptr;
  QSpinBox* seed_ = nullptr;
  QCheckBox* quick_ = nullptr;
};

}  // namespace mp4d
