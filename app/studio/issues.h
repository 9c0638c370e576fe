#pragma once
#include "core/job_context.h"
#include <QAbstractTableModel>
#include <QDateTime>
#include <vector>

namespace mp4d {

/// What went wrong or is worth knowing, newest last: a list in the window instead of boxes that stop the work.
class Issues : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum class Severity { kInfo, kWarning, kError };
  enum Column { kSeverity, kTime, kText, kColumns };

  using QAbstractTableModel::QAbstractTableModel;
  void add(Severity severity, const QString& text);
  void clear();
  int count(Severity severity) const;
  /// All of it as text, one issue a line, to be pasted into a mail.
  QString report() const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  struct Issue {
    Severity severity;
    QTime time;
    QString text;
  };
  static QString name(Severity severity);
  std::vector<Issue> issues_;
};

}  // namespace mp4d
