#include "app/studio/actions.h"
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QRegularExpression>
#include <QVBoxLayout>
#include <algorithm>

namespace mp4d {
QString plain_text(const QAction& action) {
  static const QRegularExpression kLetterInBrackets(QStringLiteral("\\(&.\\)"));  // as Chinese menus have them
  return action.text().remove(kLetterInBrackets).remove(QLatin1Char('&'));
}

Actions::Actions(QWidget* window) : QObject(window), window_(window) {}

QAction* Actions::add(const QString& id, const QString& text, const QKeySequence& shortcut, const std::function<void()>& run) {
  auto* action = new QAction(text, this);
  action->setObjectName(id);
  action->setShortcut(shortcut);
  action->setShortcutContext(Qt::WindowShortcut);
  connect(action, &QAction::triggered, this, run);
  window_->addAction(action);
  actions_.push_back(action);
  return action;
}

QAction* Actions::add_toggle(const QString& id, const QString& text, const QKeySequence& shortcut, bool on,
                             const std::function<void(bool)>& set) {
  QAction* action = add(id, text, shortcut, [] {});
  action->setCheckable(true);
  action->setChecked(on);
  connect(action, &QAction::toggled, this, set);
  return action;
}

QAction* Actions::find(const QString& id) const {
  const auto found = std::find_if(actions_.begin(), actions_.end(), [&](const QAction* a) { return a->objectName() == id; });
  return found == actions_.end() ? nullptr : *found;
}

ActionSearch::ActionSearch(const Actions& actions, QWidget* parent) : QDialog(parent), actions_(actions) {
  setObjectName(QStringLiteral("actionSearch"));
  setWindowTitle(tr("Do…"));
  words_ = new QLineEdit(this);
  words_->setObjectName(QStringLiteral("actionWords"));
  words_->setPlaceholderText(tr("What do you want to do?"));
  found_ = new QListWidget(this);
  found_->setObjectName(QStringLiteral("actionList"));
  found_->setFocusPolicy(Qt::NoFocus);
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(words_);
  layout->addWidget(found_);
  resize(460, 360);
  words_->installEventFilter(this);
  connect(words_, &QLineEdit::textChanged, this, &ActionSearch::fill);
  connect(words_, &QLineEdit::returnPressed, this, &ActionSearch::run);
  connect(found_, &QListWidget::itemClicked, this, &ActionSearch::run);
  fill({});
}

void ActionSearch::fill(const QString& words) {
  found_->clear();
  const QStringList wanted = words.split(QLatin1Char(' '), Qt::SkipEmptyParts);
  for (QAction* action : actions_.all()) {
    if (!action->isEnabled()) continue;
    const QString name = plain_text(*action), searched = name + QLatin1Char(' ') + action->objectName();  // ids are English in every language
    if (!std::all_of(wanted.begin(), wanted.end(), [&](const QString& w) { return searched.contains(w, Qt::CaseInsensitive); })) continue;
    const QString keys = action->shortcut().toString(QKeySequence::NativeText);
    auto* item = new QListWidgetItem(keys.isEmpty() ? name : name + QStringLiteral("    ") + keys, found_);
    item->setData(Qt::UserRole, action->objectName());
  }
  if (found_->count() == 0) {
    auto* none = new QListWidgetItem(tr("No action has these words"), found_);
    none->setFlags(Qt::NoItemFlags);
  }
  found_->setCurrentRow(0);
}

void ActionSearch::run() {
  const QListWidgetItem* item = found_->currentItem();
  if (!item || !(item->flags() & Qt::ItemIsEnabled)) return;
  QAction* action = actions_.find(item->data(Qt::UserRole).toString());
  accept();
  action->trigger();
}

bool ActionSearch::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    const int by = key == Qt::Key_Down ? 1 : key == Qt::Key_Up ? -1 : 0;
    if (by != 0 && found_->count() > 0) {
      found_->setCurrentRow(std::clamp(found_->currentRow() + by, 0, found_->count() - 1));
      return true;
    }
  }
  return QDialog::eventFilter(watched, event);
}

}  // namespace mp4d
