#include "app/studio/field_panel.h"
#include "app/studio/curve_view.h"
#include "app/studio/field_path_editor.h"
#include "app/studio/option_form.h"
#include "app/studio/workspace.h"
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace mp4d {
namespace {

constexpr int kBarSteps = 1000;
constexpr int kPictureHeight = 150;

}  // namespace

FieldPanel::FieldPanel(FieldWork& field, const Dialogs& dialogs, QWidget* parent) : QWidget(parent), field_(field), dialogs_(dialogs) {
  setObjectName(QStringLiteral("fieldPanel"));
  const auto button = [&](const QString& name, const QString& text, const QString& tip, const std::function<void()>& run) {
    auto* made = new QPushButton(text, this);
    made->setObjectName(name);
    made->setToolTip(tip);
    connect(made, &QPushButton::clicked, this, run);
    return made;
  };
  open_ = button(QStringLiteral("fieldOpen"), tr("Scene…"), tr("A folder of pictures whose cameras are known: NeRF, nerfstudio, COLMAP, LLFF, IDR and others"), [this] {
    const QString folder = dialogs_.open_folder(this, tr("Open a scene"));
    if (!folder.isEmpty()) field_.open(to_path(folder));
  });
  photos_ = button(QStringLiteral("fieldPhotos"), tr("Photos…"), tr("A folder of photos whose cameras are not known: COLMAP finds them first"), [this] {
    const QString folder = dialogs_.open_folder(this, tr("Open photos"));
    if (!folder.isEmpty()) field_.open_photos(to_path(folder));
  });
  video_ = button(QStringLiteral("fieldVideo"), tr("Video…"), tr("A video through a place that stands still: COLMAP finds the cameras first"), [this] {
    const QString file = dialogs_.open_file(this, tr("Open a video of a place"), {});
    if (!file.isEmpty()) field_.open_photos(to_path(file));
  });
  auto* sources = new QHBoxLayout;
  for (QPushButton* b : {open_, photos_, video_}) sources->addWidget(b);
  scene_ = new QLabel(this);
  scene_->setObjectName(QStringLiteral("fieldScene"));
  scene_->setWordWrap(true);
  form_ = new OptionForm({{&field_train_options(), {"minutes", "field", "resolution", "max-side", "s3im-weight", "contract", "exposure", "refine-poses", "hold-out", "background", "bounds", "seed"}},
                          [this] { return &field_.options(); },
                          [this](const std::string& name, const std::string& text) { field_.set_option(name, text); }},
                         this);
  auto* scroll = new QScrollArea(this);
  mesh_form_ = new OptionForm({{&field_mesh_options(), {"least-views", "faces"}},
                               [this] { return &field_.mesh_options(); },
                               [this](const std::string& name, const std::string& text) { field_.set_mesh_option(name, text); }},
                              this);
  auto* forms = new QWidget;
  auto* form_column = new QVBoxLayout(forms);
  form_column->setContentsMargins(0, 0, 6, 0);
  form_column->addWidget(form_);
  form_column->addWidget(new QLabel(tr("Mesh"), forms));
  form_column->addWidget(mesh_form_);
  auto* path = new FieldPathEditor(field_, dialogs_, forms);
  connect(path, &FieldPathEditor::view_wanted, this, &FieldPanel::view_wanted);
  connect(path, &FieldPathEditor::look_wanted, this, &FieldPanel::look_wanted);
  form_column->addWidget(path);
  form_column->addStretch();
  scroll->setWidget(forms);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setMinimumHeight(80);
  train_ = button(QStringLiteral("fieldTrain"), {}, {}, [this] { field_.train(); });
  train_->setDefault(true);
  stop_ = button(QStringLiteral("fieldStop"), tr("Stop"), tr("What is trained is kept; it goes on from there"), [this] { field_.stop(); });
  auto* runs = new QHBoxLayout;
  runs->addWidget(train_, 1);
  runs->addWidget(stop_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 8, 8, 8);
  layout->addLayout(sources);
  layout->addWidget(scene_);
  layout->addWidget(scroll, 1);
  layout->addLayout(runs);
  layout->addWidget(make_results());
  connect(&field_, &FieldWork::changed, this, &FieldPanel::show_state);
  show_state();
}

QWidget* FieldPanel::make_results() {
  auto* box = new QWidget(this);
  bar_ = new QProgressBar(box);
  bar_->setObjectName(QStringLiteral("fieldBar"));
  bar_->setRange(0, kBarSteps);
  bar_->setTextVisible(false);
  bar_->setFixedHeight(6);
  picture_ = new QLabel(box);
  picture_->setObjectName(QStringLiteral("fieldPicture"));
  picture_->setAccessibleName(tr("How the field looks"));
  picture_->setAlignment(Qt::AlignCenter);
  picture_->setMinimumWidth(1);
  figures_ = new QLabel(box);
  figures_->setObjectName(QStringLiteral("fieldFigures"));
  figures_->setWordWrap(true);
  psnr_ = new CurveView(tr("PSNR, dB"), tr("How well it agrees with its pictures is drawn here while it trains."), box);
  psnr_->setObjectName(QStringLiteral("fieldPsnr"));
  psnr_->setAccessibleName(tr("PSNR over the training"));
  psnr_->setToolTip(tr("Line: the pictures it is trained on. Points: those that are held out."));
  loss_ = new CurveView(tr("loss"), {}, box);
  loss_->setObjectName(QStringLiteral("fieldLoss"));
  loss_->setAccessibleName(tr("Loss over the training"));
  mesh_ = new QPushButton(tr("Mesh"), box);
  mesh_->setObjectName(QStringLiteral("fieldMesh"));
  mesh_->setToolTip(tr("Makes the surface and opens it in the view; what is open is closed"));
  orbit_ = new QPushButton(tr("Orbit video…"), box);
  orbit_->setObjectName(QStringLiteral("fieldOrbit"));
  orbit_->setToolTip(tr("Once round what the cameras look at"));
  connect(mesh_, &QPushButton::clicked, this, &FieldPanel::mesh_wanted);
  connect(orbit_, &QPushButton::clicked, this, [this] {
    const QString file = dialogs_.save_file(this, tr("Write a video"), QStringLiteral("orbit.mp4"), tr("Videos and pictures (*.mp4 *.gif *.png *.jpg)"));
    if (!file.isEmpty()) field_.write_view(to_path(file));
  });
  auto* made = new QHBoxLayout;
  made->addWidget(mesh_);
  made->addWidget(orbit_);
  auto* layout = new QVBoxLayout(box);
  layout->setContentsMargins(0, 0, 0, 0);
  for (QWidget* widget : std::initializer_list<QWidget*>{bar_, picture_, figures_, psnr_, loss_}) layout->addWidget(widget);
  layout->addLayout(made);
  return box;
}

void FieldPanel::show_state() {
  const FieldScene* scene = field_.scene();
  if (scene) {
    const auto held = std::count_if(scene->views.begin(), scene->views.end(), [](const FieldScene::View& v) { return v.held_out; });
    scene_->setText(tr("%1: %2 pictures, %3 of them held out to judge by").arg(file_name(scene->path)).arg(scene->views.size()).arg(held));
    scene_->setToolTip(tr("%1 (%2). The field is kept in %3").arg(to_qstring(scene->path), QString::fromStdString(scene->format), to_qstring(field_.run_folder())));
  } else {
    scene_->setText(tr("A place or a thing that stands still, from pictures all round. Open a scene, and its cameras are shown; train, and it can be seen "
                       "from anywhere, filmed, or turned into a mesh."));
  }
  const bool busy = field_.busy(), begun = field_.progress() > 0;
  for (QPushButton* b : {open_, photos_, video_}) b->setEnabled(!busy);
  for (OptionForm* form : {form_, mesh_form_}) {
    form->setEnabled(!busy);
    form->show_values();
  }
  train_->setText(field_.training() ? tr("Training…") : field_.progress() >= 1 ? tr("Trained") : begun ? tr("Go on") : tr("Train"));
  train_->setEnabled(scene && !busy && field_.progress() < 1);
  train_->setToolTip(tr("Other options begin another training; this one is kept"));
  stop_->setEnabled(field_.running());
  bar_->setVisible(begun || field_.training());
  bar_->setValue(static_cast<int>(kBarSteps * field_.progress()));
  for (QPushButton* b : {mesh_, orbit_}) b->setEnabled(scene && !busy && begun);
  const QImage& picture = field_.picture();
  picture_->setVisible(!picture.isNull());
  if (!picture.isNull())
    picture_->setPixmap(QPixmap::fromImage(picture.scaled(QSize(std::max(60, width() - 20), kPictureHeight), Qt::KeepAspectRatio, Qt::SmoothTransformation)));
  std::vector<std::pair<double, double>> psnr, loss;
  for (const FieldPoint& point : field_.curve()) {
    psnr.emplace_back(point.seconds, point.psnr);
    loss.emplace_back(point.seconds, point.loss);
  }
  QStringList figures;
  if (!psnr.empty()) figures << tr("%1 dB").arg(QLocale().toString(psnr.back().second, 'f', 1));
  if (!field_.held_out().empty()) figures << tr("held out %1 dB").arg(QLocale().toString(field_.held_out().back().second, 'f', 1));
  figures_->setText(figures.join(QStringLiteral(" · ")));
  figures_->setVisible(!figures.isEmpty());
  psnr_->show_curve(std::move(psnr), field_.held_out());
  loss_->setVisible(!loss.empty());
  loss_->show_curve(std::move(loss), {});
}

}  // namespace mp4d
