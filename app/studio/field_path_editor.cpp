#include "app/studio/field_path_editor.h"
#include "app/studio/workspace.h"
#include <QGridLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSignalBlocker>

namespace mp4d {

FieldPathEditor::FieldPathEditor(FieldWork& field, const Dialogs& dialogs, QWidget* parent) : QWidget(parent), field_(field), dialogs_(dialogs) {
  const auto button = [&](const char* name, const QString& text, const QString& tip, const std::function<void()>& run) {
    auto* made = new QPushButton(text, this);
    made->setObjectName(QLatin1String(name));
    made->setToolTip(tip);
    connect(made, &QPushButton::clicked, this, run);
    return made;
  };
  list_ = new QListWidget(this);
  list_->setObjectName(QStringLiteral("fieldPathKeys"));
  list_->setAccessibleName(tr("Places that the camera passes"));
  list_->setToolTip(tr("A double click looks from there"));
  list_->setMaximumHeight(110);
  connect(list_, &QListWidget::currentRowChanged, this, [this](int row) { field_.path.select(row); });
  connect(list_, &QListWidget::itemDoubleClicked, this, [this](QListWidgetItem* item) { Q_EMIT look_wanted(list_->row(item)); });
  FieldPathKeys& path = field_.path;
  add_ = button("fieldPathAdd", tr("Add view"), tr("The camera is to pass where the view is now, after the chosen place"), [this] { Q_EMIT view_wanted(-1); });
  replace_ = button("fieldPathReplace", tr("Replace"), tr("The chosen place becomes where the view is now"), [this] { Q_EMIT view_wanted(field_.path.selected()); });
  up_ = button("fieldPathUp", tr("Earlier"), {}, [&path] { path.move(path.selected(), -1); });
  down_ = button("fieldPathDown", tr("Later"), {}, [&path] { path.move(path.selected(), 1); });
  remove_ = button("fieldPathRemove", tr("Remove"), {}, [&path] { path.remove(path.selected()); });
  open_ = button("fieldPathOpen", tr("Open…"), tr("A cameras.json"), [this] {
    const QString file = dialogs_.open_file(this, tr("Open a camera path"), tr("Camera paths (*.json)"));
    if (!file.isEmpty()) field_.open_path(to_path(file));
  });
  save_ = button("fieldPathSave", tr("Save…"), tr("As a cameras.json, for magicpose4d field render --spline --path"), [this] {
    const QString file = dialogs_.save_file(this, tr("Write a camera path"), QStringLiteral("path.json"), tr("Camera paths (*.json)"));
    if (!file.isEmpty()) field_.save_path(to_path(file));
  });
  film_ = button("fieldPathFilm", tr("Film…"), tr("A video along the smooth way through the places, as the view shows it"), [this] {
    const QString file = dialogs_.save_file(this, tr("Write a video"), QStringLiteral("film.mp4"), tr("Videos and pictures (*.mp4 *.gif *.png *.jpg)"));
    if (!file.isEmpty()) field_.film_path(to_path(file));
  });
  auto* layout = new QGridLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(new QLabel(tr("Camera path"), this), 0, 0, 1, 3);
  layout->addWidget(list_, 1, 0, 1, 3);
  int place = 6;
  for (QPushButton* b : {add_, replace_, remove_, up_, down_, open_, save_, film_}) {
    layout->addWidget(b, place / 3, place % 3);
    ++place;
  }
  connect(&path, &FieldPathKeys::changed, this, &FieldPathEditor::show_state);
  connect(&field_, &FieldWork::changed, this, &FieldPathEditor::show_state);
  show_state();
}

void FieldPathEditor::show_state() {
  const QSignalBlocker quiet(list_);
  const FieldPathKeys& path = field_.path;
  const int count = static_cast<int>(path.keys().size()), chosen = path.selected();
  while (list_->count() > count) delete list_->takeItem(list_->count() - 1);
  while (list_->count() < count) list_->addItem(tr("Place %1").arg(list_->count() + 1));
  list_->setCurrentRow(chosen);
  const bool scene = field_.scene() != nullptr;
  add_->setEnabled(scene);
  open_->setEnabled(scene);
  for (QPushButton* b : {replace_, remove_}) b->setEnabled(chosen >= 0);
  up_->setEnabled(chosen > 0);
  down_->setEnabled(chosen >= 0 && chosen + 1 < count);
  save_->setEnabled(scene && count > 0);
  film_->setEnabled(scene && count > 1 && !field_.busy() && field_.progress() > 0);
}

}  // namespace mp4d
