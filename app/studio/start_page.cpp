#include "app/studio/start_page.h"
#include "core/assets.h"
#include <QComboBox>
#include <QDateTime>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace mp4d {
namespace {

constexpr int kWidth = 560;

/// A line that does something when it is pressed.
QPushButton* link(const QString& text, const QString& tip, QWidget* parent) {
  auto* button = new QPushButton(text, parent);
  button->setFlat(true);
  button->setToolTip(tip);
  button->setCursor(Qt::PointingHandCursor);
  button->setStyleSheet(QStringLiteral("text-align: left; padding: 5px 8px;"));
  return button;
}

}  // namespace

StartPage::StartPage(Workspace& workspace, QWidget* parent) : QWidget(parent), workspace_(workspace) {
  setObjectName(QStringLiteral("startPage"));
  auto* column = new QWidget(this);
  column->setFixedWidth(kWidth);
  auto* title = new QLabel(tr("Drop a video here"), column);
  QFont large = font();
  large.setPointSizeF(large.pointSizeF() * 1.9);
  large.setBold(true);
  title->setFont(large);
  auto* words = new QLabel(tr("It becomes a character with a skeleton that moves as filmed. A folder of pictures, a mesh, a "
                              "rigged model (GLB, FBX, BVH, USD …) or a project will do too."),
                           column);
  words->setWordWrap(true);
  auto* open = new QPushButton(tr("Open a file…"), column);
  open->setObjectName(QStringLiteral("openButton"));
  open->setDefault(true);
  auto* folder = new QPushButton(tr("Open a folder…"), column);
  folder->setObjectName(QStringLiteral("openFolderButton"));
  auto* demo = new QPushButton(tr("Try the demo clip"), column);
  demo->setObjectName(QStringLiteral("demoButton"));
  auto* person = new QPushButton(tr("A person from words…"), column);
  person->setObjectName(QStringLiteral("personButton"));
  connect(person, &QPushButton::clicked, this, &StartPage::person_wanted);
  auto* batch = new QPushButton(tr("Many files…"), column);
  batch->setObjectName(QStringLiteral("batchButton"));
  connect(batch, &QPushButton::clicked, this, &StartPage::batch_wanted);
  auto* files = new QHBoxLayout;
  for (QPushButton* button : {open, folder, batch}) files->addWidget(button);
  files->addStretch();
  auto* field = new QPushButton(tr("A place from photos…"), column);
  field->setObjectName(QStringLiteral("fieldButton"));
  connect(field, &QPushButton::clicked, this, &StartPage::field_wanted);
  auto* made = new QHBoxLayout;
  for (QPushButton* button : {demo, person, field}) made->addWidget(button);
  made->addStretch();
  lists_ = new QVBoxLayout;
  lists_->setSpacing(0);
  auto* layout = new QVBoxLayout(column);
  layout->setSpacing(12);
  layout->addWidget(title);
  layout->addWidget(words);
  layout->addLayout(files);
  layout->addLayout(made);
  layout->addLayout(template_row());
  layout->addSpacing(8);
  layout->addLayout(lists_);
  auto* outer = new QVBoxLayout(this);
  outer->addStretch(2);
  auto* middle = new QHBoxLayout;  // not an alignment, under which wrapped text would get one line's height
  middle->addStretch();
  middle->addWidget(column);
  middle->addStretch();
  outer->addLayout(middle);
  outer->addStretch(3);

  connect(open, &QPushButton::clicked, this, &StartPage::open_wanted);
  connect(folder, &QPushButton::clicked, this, &StartPage::folder_wanted);
  const auto clip = find_asset("demo/creature.mp4");
  demo->setVisible(clip.has_value());
  if (clip) connect(demo, &QPushButton::clicked, this, [this, clip = *clip] { workspace_.open(clip); });
  connect(&workspace_, &Workspace::recent_changed, this, &StartPage::fill);
  fill();
}

QLayout* StartPage::template_row() {
  templates_ = new QComboBox(this);
  templates_->setObjectName(QStringLiteral("templateBox"));
  templates_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  template_remove_ = new QPushButton(tr("Remove"), this);
  template_remove_->setObjectName(QStringLiteral("templateRemove"));
  template_words_ = new QLabel(this);
  template_words_->setForegroundRole(QPalette::PlaceholderText);
  auto* label = new QLabel(tr("Template"), this);
  label->setToolTip(tr("The options that what is opened next begins with"));
  label->setBuddy(templates_);
  auto* row = new QHBoxLayout;
  row->addWidget(label);
  row->addWidget(templates_);
  row->addWidget(template_words_, 1);
  row->addWidget(template_remove_);
  connect(templates_, &QComboBox::activated, this, [this] { workspace_.set_new_template(templates_->currentData().toString().toStdString()); });
  connect(template_remove_, &QPushButton::clicked, this, [this] { workspace_.remove_template(workspace_.new_template().id); });
  connect(&workspace_, &Workspace::templates_changed, this, &StartPage::fill_templates);
  fill_templates();
  return row;
}

void StartPage::fill_templates() {
  const ProjectTemplate now = workspace_.new_template();
  templates_->clear();
  for (const ProjectTemplate& one : workspace_.templates()) {
    templates_->addItem(one.title, QString::fromStdString(one.id));
    templates_->setItemData(templates_->count() - 1, one.what_for, Qt::ToolTipRole);
  }
  templates_->setCurrentIndex(templates_->findData(QString::fromStdString(now.id)));
  template_words_->setText(now.file.empty() ? now.what_for : tr("Your own"));
  template_remove_->setVisible(!now.file.empty());
}

void StartPage::fill() {
  while (QLayoutItem* item = lists_->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  const auto heading = [this](const QString& text) {
    auto* label = new QLabel(text, this);
    label->setForegroundRole(QPalette::PlaceholderText);
    lists_->addWidget(label);
  };
  const std::vector<std::filesystem::path> lost = workspace_.recoverable();
  if (!lost.empty()) heading(tr("Not saved when the program ended"));
  for (const auto& file : lost) {
    const QFileInfo info(to_qstring(file));
    auto* button = link(tr("Recover the work of %1").arg(QLocale().toString(info.lastModified(), QLocale::ShortFormat)), to_qstring(file), this);
    button->setObjectName(QStringLiteral("recover"));
    connect(button, &QPushButton::clicked, this, [this, file] { workspace_.recover(file); });
    lists_->addWidget(button);
  }
  QStringList recent = workspace_.recent_files();
  recent.erase(std::remove_if(recent.begin(), recent.end(), [](const QString& f) { return !QFileInfo::exists(f); }), recent.end());
  if (!recent.isEmpty()) heading(tr("Recent"));
  for (const QString& path : recent) {
    QPushButton* button = link(file_name(to_path(path)), path, this);
    button->setObjectName(QStringLiteral("recent"));
    connect(button, &QPushButton::clicked, this, [this, path] { workspace_.open(to_path(path)); });
    lists_->addWidget(button);
  }
}

}  // namespace mp4d
