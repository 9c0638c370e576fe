#include "app/studio/chain_table.h"
#include "app/studio/words.h"
#include <QComboBox>
#include <QHeaderView>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>

namespace mp4d {
namespace {

QString joints_text(const NamedChain& chain) {
  QStringList names;
  for (const std::string& joint : chain.joints) names << QString::fromStdString(joint);
  return names.join(QStringLiteral(", "));
}

/// So that a list that is scrolled does not change what lies under the wheel.
class CalmBox : public QComboBox {
 public:
  using QComboBox::QComboBox;

 protected:
  void wheelEvent(QWheelEvent* event) override { event->ignore(); }
};

}  // namespace

ChainTable::ChainTable(Workspace& workspace, QWidget* parent) : QWidget(parent), workspace_(workspace) {
  setObjectName(QStringLiteral("chainTable"));
  table_ = new QTableWidget(0, 3, this);
  table_->setObjectName(QStringLiteral("chains"));
  table_->setAccessibleName(tr("Which chain follows which"));
  table_->setHorizontalHeaderLabels({tr("Chain"), tr("Follows"), tr("Sure")});
  table_->horizontalHeaderItem(2)->setToolTip(tr("From 0 to 1; below 0.44 nothing is paired"));
  table_->verticalHeader()->hide();
  table_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  table_->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch);
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setSelectionMode(QAbstractItemView::NoSelection);
  table_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  anew_ = new QPushButton(tr("Find them anew"), this);
  anew_->setObjectName(QStringLiteral("chainsAnew"));
  anew_->setToolTip(tr("Forgets what was chosen here; the next transfer pairs the chains by itself"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 4, 0, 0);
  layout->addWidget(table_);
  layout->addWidget(anew_);
  connect(anew_, &QPushButton::clicked, &workspace_, &Workspace::find_chains_anew);
  // Queued: the box that changed the map must not be deleted while it says so.
  connect(&workspace_.document, &Document::changed, this, &ChainTable::fill, Qt::QueuedConnection);
  connect(&workspace_, &Workspace::stages_changed, this, &ChainTable::fill, Qt::QueuedConnection);
  fill();
}

void ChainTable::fill() {
  const MapFile& map = workspace_.chain_map();
  setVisible(!map.target.empty());
  anew_->setVisible(!workspace_.state().map.target.empty());
  table_->setRowCount(static_cast<int>(map.target.size()));
  int height = table_->horizontalHeader()->sizeHint().height() + 4;
  for (int row = 0; row < table_->rowCount(); ++row) {
    const NamedChain& chain = map.target[static_cast<std::size_t>(row)];
    const std::string name = chain_name(chain);
    auto* title = new QTableWidgetItem(chain_title(name));
    title->setToolTip(joints_text(chain));
    table_->setItem(row, 0, title);
    const auto pair = std::find_if(map.pairs.begin(), map.pairs.end(), [&](const MapFile::Pair& p) { return p.target == name; });
    auto* box = new CalmBox(table_);
    box->setObjectName(QStringLiteral("chain-") + QString::fromStdString(name));
    box->setAccessibleName(tr("What %1 follows").arg(chain_title(name)));
    box->addItem(tr("keeps its rest pose"), QString());
    for (const NamedChain& source : map.source) {
      const std::string source_name = chain_name(source);
      box->addItem(chain_title(source_name), QString::fromStdString(source_name));
      box->setItemData(box->count() - 1, joints_text(source), Qt::ToolTipRole);
    }
    if (pair != map.pairs.end()) box->setCurrentIndex(std::max(0, box->findData(QString::fromStdString(pair->source))));
    connect(box, &QComboBox::activated, this, [this, box, name] {
      workspace_.set_chain(name, box->currentData().toString().toStdString());
    });
    table_->setCellWidget(row, 1, box);
    table_->setItem(row, 2, new QTableWidgetItem(pair == map.pairs.end() ? QStringLiteral("–")
                                                                      : QLocale().toString(pair->confidence, 'f', 2) +
                                                                            (pair->mirror ? QStringLiteral(" ⇄") : QString())));
    table_->setRowHeight(row, box->sizeHint().height());
    height += box->sizeHint().height();
  }
  table_->setFixedHeight(height);
}

}  // namespace mp4d
