#include "app/studio/issues.h"
#include <QColor>
#include <algorithm>

namespace mp4d {

void Issues::add(Severity severity, const QString& text) {
  const int row = static_cast<int>(issues_.size());
  beginInsertRows({}, row, row);
  issues_.push_back({severity, QTime::currentTime(), text});
  endInsertRows();
}

void Issues::clear() {
  beginResetModel();
  issues_.clear();
  endResetModel();
}

int Issues::count(Severity severity) const {
  return static_cast<int>(std::count_if(issues_.begin(), issues_.end(), [&](const Issue& i) { return i.severity == severity; }));
}

QString Issues::report() const {
  QString text;
  for (const Issue& issue : issues_)
    text += issue.time.toString(QStringLiteral("HH:mm:ss")) + QLatin1Char('\t') + name(issue.severity) + QLatin1Char('\t') +
            issue.text + QLatin1Char('\n');
  return text;
}

int Issues::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(issues_.size()); }
int Issues::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

QVariant Issues::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const Issue& issue = issues_[index.row()];
  if (role == Qt::ToolTipRole) return issue.text;
  // Orange and vermilion of Okabe and Ito's palette, told apart by all kinds of colour vision.
  if (role == Qt::ForegroundRole && index.column() == kSeverity && issue.severity != Severity::kInfo)
    return issue.severity == Severity::kError ? QColor(0xd5, 0x5e, 0x00) : QColor(0xc8, 0x86, 0x00);
  if (role != Qt::DisplayRole) return {};
  switch (index.column()) {
    case kSeverity: return name(issue.severity);
    case kTime: return issue.time.toString(QStringLiteral("HH:mm:ss"));
    default: return issue.text;
  }
}

QVariant Issues::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  return section == kSeverity ? tr("Kind") : section == kTime ? tr("Time") : tr("What");
}

QString Issues::name(Severity severity) {
  return severity == Severity::kError ? tr("Error") : severity == Severity::kWarning ? tr("Warning") : tr("Note");
}

}  // namespace mp4d
