#pragma once
#include "app/studio/workspace.h"
#include <QWidget>

namespace mp4d {

/// The options of a stage as a form, made from their table; every change is a step of the history. Follows the document.
class OptionForm : public QWidget {
  Q_OBJECT

 public:
  OptionForm(Workspace& workspace, Stage stage, QWidget* parent = nullptr);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  QWidget* field(const OptionSpec& spec);
  void show_values();

  Workspace& workspace_;
  Stage stage_;
  std::map<std::string, QWidget*> fields_;
};

/// "masks-from" as people write it: "Masks from".
QString spoken_name(const std::string& option);

}  // namespace mp4d
