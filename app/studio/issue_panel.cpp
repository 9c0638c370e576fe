#include "app/studio/issue_panel.h"
#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

namespace mp4d {

IssuePanel::IssuePanel(Issues& issues, QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("issuePanel"));
  auto* table = new QTableView(this);
  table->setObjectName(QStringLiteral("issueTable"));
  table->setAccessibleName(tr("Issues"));
  table->setModel(&issues);
  table->setSelectionBehavior(QAbstractItemView::SelectRows);
  table->setShowGrid(false);
  table->setWordWrap(true);
  table->setAlternatingRowColors(true);
  table->verticalHeader()->hide();
  table->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  table->horizontalHeader()->setStretchLastSection(true);
  table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  const auto width_of = [&](const QString& text) { return table->fontMetrics().horizontalAdvance(text) + 16; };
  table->setColumnWidth(Issues::kSeverity, std::max({width_of(Issues::tr("Error")), width_of(Issues::tr("Warning")), width_of(Issues::tr("Kind"))}));
  table->setColumnWidth(Issues::kTime, std::max(width_of(QStringLiteral("00:00:00")), width_of(Issues::tr("Time"))));
  auto* copy = new QPushButton(tr("Copy report"), this);
  copy->setObjectName(QStringLiteral("copyReport"));
  auto* clear = new QPushButton(tr("Clear"), this);
  clear->setObjectName(QStringLiteral("clearIssues"));
  auto* buttons = new QVBoxLayout;
  buttons->addWidget(copy);
  buttons->addWidget(clear);
  buttons->addStretch();
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(8, 4, 8, 4);
  layout->addWidget(table, 1);
  layout->addLayout(buttons);
  connect(copy, &QPushButton::clicked, this, [&issues] { QApplication::clipboard()->setText(issues.report()); });
  connect(clear, &QPushButton::clicked, &issues, &Issues::clear);
  connect(&issues, &QAbstractItemModel::rowsInserted, table, [table](const QModelIndex&, int, int last) {
    table->scrollTo(table->model()->index(last, 0));
  });
}

}  // namespace mp4d
