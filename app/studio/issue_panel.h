#pragma once
#include "app/studio/issues.h"
#include <QWidget>

namespace mp4d {

/// The issues as a table, with buttons to copy them as text and to clear them.
class IssuePanel : public QWidget {
  Q_OBJECT

 public:
  explicit IssuePanel(Issues& issues, QWidget* parent = nullptr);
};

}  // namespace mp4d
