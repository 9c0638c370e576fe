#pragma once
#include "app/studio/workspace.h"
#include <QWidget>
#include <functional>

namespace mp4d {

/// Where a form's values are, and who changes them.
struct OptionValues {
  StageOptions options;
  std::function<const void*()> get;
  std::function<void(const std::string& name, const std::string& text)> set;
};

/// Options as a form, made from their table.
class OptionForm : public QWidget {
  Q_OBJECT

 public:
  explicit OptionForm(OptionValues values, QWidget* parent = nullptr);
  /// Those of a stage: every change is a step of the history. Follows the document.
  OptionForm(Workspace& workspace, Stage stage, QWidget* parent = nullptr);
  void show_values();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  QWidget* field(const OptionSpec& spec);

  OptionValues values_;
  std::map<std::string, QWidget*> fields_;
};

}  // namespace mp4d
