#include "app/studio/viewport.h"
#include "app/studio/canvas.h"
#include "motion/kinematics.h"
#include "render/hard_raster.h"
#include "render/viewport/cpu_view.h"
#include "render/viewport/filament/filament_view.h"
#include "reconstruction/field/scene_geometry.h"
#include "render/viewport/pick.h"
#include <QGuiApplication>
#include <QMouseEvent>
#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QPainter>
#include <QPainterPath>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>
#include <cmath>

namespace mp4d {
namespace {

constexpr float kRadiansPerPixel = 0.008f;
constexpr double kClickReach = 4;   // pixels that a hand may shake in a click
constexpr float kJointReach = 12;   // pixels around a joint that still choose it
constexpr int kMostBoundsKeys = 16;
constexpr int kMostOfPath = 200;       // places of a joint's path
constexpr double kGhostStep = 0.1;      // s

bool is_dark(const QPalette& palette) { return palette.color(QPalette::Window).lightness() < 128; }

/// All that the character passes through in the clip shown.
Aabb bounds_over(const Character& character, const Clip* clip) {
  const Skeleton& skeleton = *character.skeleton;
  const bool skinned = character.skin->joints.rows() == character.mesh->verts.rows() && skeleton.size() > 0;
  Aabb box;
  const std::size_t keys = clip ? clip->poses.size() : 1;
  const std::size_t stride = std::max<std::size_t>(1, keys / kMostBoundsKeys);
  for (std::size_t i = 0; i < keys; i += stride) {
    const std::vector<Mat4> joints = forward_kinematics(skeleton, clip ? clip->poses[i] : rest_pose(skeleton));
    if (character.mesh->verts.rows() == 0)
      for (const Mat4& joint : joints) box.extend(Vec3(joint.topRightCorner<3, 1>()));
    else
      box.extend(bounds(skinned ? skin_linear(character.mesh->verts, *character.skin, joints) : character.mesh->verts));
  }
  return box;
}

/// 1 for joints that hold some of the surface or lead to such; helpers of the rig's maker are 0. All 1 without a skin.
std::vector<char> joints_that_hold(const Skeleton& skeleton, const Skin& skin) {
  std::vector<char> holds(skeleton.joints.size(), skin.joints.rows() == 0);
  for (Eigen::Index v = 0; v < skin.joints.rows(); ++v)
    for (int k = 0; k < 4; ++k)
      if (skin.weights(v, k) > 0) holds[skin.joints(v, k)] = 1;
  for (int j = skeleton.size() - 1; j >= 0; --j)
    if (holds[j] && skeleton.joints[j].parent >= 0) holds[skeleton.joints[j].parent] = 1;
  return holds;
}

}  // namespace

QString opengl_problem() {
  const QString platform = QGuiApplication::platformName();
  if (platform == QLatin1String("offscreen") || platform == QLatin1String("minimal"))
    return Viewport::tr("the display '%1' has no OpenGL").arg(platform);
  QOpenGLContext context;
  context.setFormat(QSurfaceFormat::defaultFormat());
  if (!context.create()) return Viewport::tr("no OpenGL context could be made");
  QOffscreenSurface surface;
  surface.setFormat(context.format());
  surface.create();
  if (!context.makeCurrent(&surface)) return Viewport::tr("the OpenGL context cannot be used");
  const QSurfaceFormat got = context.format();
  context.doneCurrent();
  if (got.version() < qMakePair(3, 3)) return Viewport::tr("OpenGL 3.3 is needed, this is %1.%2").arg(got.majorVersion()).arg(got.minorVersion());
  return {};
}

Viewport::Viewport(Workspace& workspace, QWidget* parent) : QWidget(parent), workspace_(workspace) {
  setObjectName(QStringLiteral("viewport"));
  setAccessibleName(tr("3D view"));
  setFocusPolicy(Qt::StrongFocus);
  setMinimumSize(240, 180);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  use_whatever_there_is();

  connect(&workspace_.document, &Document::changed, this, [this](const DocumentState& before) {
    if (workspace_.state().character.mesh != before.character.mesh && workspace_.state().character) frame_all();
    redraw();
  });
  connect(&workspace_, &Workspace::preview_changed, this, [this] {
    const std::shared_ptr<const Mesh>& mesh = workspace_.preview();
    if (mesh && !std::exchange(previewing_, true)) look_at(bounds(mesh->verts));
    if (!mesh && std::exchange(previewing_, false)) frame_all();
    redraw();
  });
  connect(&workspace_.field, &FieldWork::scene_changed, this, &Viewport::frame_scene);
  connect(&workspace_.field.path, &FieldPathKeys::changed, this, &Viewport::redraw);
  connect(&workspace_.playback, &Playback::moved, this, &Viewport::redraw);
  connect(&workspace_, &Workspace::selection_changed, this, &Viewport::redraw);
  connect(&workspace_, &Workspace::footage_changed, this, &Viewport::redraw);
}

void Viewport::place_canvas(QWidget* canvas) {
  delete canvas_;
  canvas_ = canvas;
  canvas_->setMouseTracking(brush_.has_value());
  canvas_->installEventFilter(this);
  layout()->addWidget(canvas_);
}

void Viewport::use_whatever_there_is() {
  if (const QString problem = opengl_problem(); !problem.isEmpty()) use_processor(problem);
  else place_canvas(new GlCanvas(*this)), uses_gl_ = true;
}

void Viewport::draw_on_processor(const QString& why) {
  // A frame on the processor costs a few ns a pixel and vertex.
  constexpr int kMostPixels = 640 * 480;
  uses_gl_ = false;
  place_canvas(new ImageCanvas(*this, QStringLiteral("cpuCanvas"), kMostPixels, draw_on_cpu));
  set_backend(tr("Processor: %1").arg(why));
}

void Viewport::use_processor(const QString& why) {
  workspace_.issues.add(Issues::Severity::kWarning, tr("The view is drawn on the processor, which is slower: %1").arg(why));
  draw_on_processor(why);
}

bool Viewport::use_open3d() {
  constexpr int kMostPixels = 960 * 720;  // a quarter of a second where there is no graphics card
  QString problem;
  if (QGuiApplication::platformName() != QLatin1String("xcb")) {
    problem = tr("it needs an X display, this one is '%1'").arg(QGuiApplication::platformName());
  } else if (auto view = FilamentView::create()) {
    uses_gl_ = false;
    place_canvas(new ImageCanvas(*this, QStringLiteral("open3dCanvas"), kMostPixels,
                                 [view = std::shared_ptr<FilamentView>(std::move(*view))](const ViewFrame& frame) { return view->draw(frame); }));
    set_backend(QStringLiteral("Open3D (Filament)"));
    return true;
  } else {
    problem = QString::fromStdString(view.error().message);
  }
  workspace_.issues.add(Issues::Severity::kWarning, tr("Open3D cannot draw the view: %1").arg(problem));
  return false;
}

void Viewport::set_renderer(const QString& name) {
  delete std::exchange(canvas_, nullptr);  // there can be only one Open3D
  if (name == QLatin1String("processor")) draw_on_processor(tr("as chosen"));
  else if (name != QLatin1String("open3d") || !use_open3d()) use_whatever_there_is();
  redraw();
}

void Viewport::set_backend(const QString& name) {
  backend_ = name;
  Q_EMIT backend_changed();
}

void Viewport::redraw() { canvas_->update(); }

void Viewport::set_view(const ViewSettings& view) {
  view_ = view;
  redraw();
  Q_EMIT view_changed();
}

void Viewport::set_edit_joints(bool on) {
  edit_joints_ = on;
  if (on) workspace_.playback.set_playing(false), brush_.reset();
  redraw();
  Q_EMIT view_changed();
}

void Viewport::frame_all() {
  const Character& character = workspace_.state().character;
  if (!character) return frame_scene();
  Aabb box = bounds_over(character, workspace_.clip());
  if (view_.camera_path && workspace_.state().film)
    for (const Camera& camera : workspace_.state().film->cameras) box.extend(eye_of(camera));
  look_at(box);
}

void Viewport::frame_joint() {
  const Character& character = workspace_.state().character;
  const int joint = workspace_.selected_joint();
  if (!character || joint < 0) return frame_all();
  const std::vector<Joint>& joints = character.skeleton->joints;
  const std::vector<Mat4> world = forward_kinematics(*character.skeleton, edit_joints_ ? rest_pose(*character.skeleton) : workspace_.pose());
  Aabb box;
  for (int j = 0; j < character.skeleton->size(); ++j)
    if (j == joint || joints[j].parent == joint || joints[joint].parent == j) box.extend(Vec3(world[j].topRightCorner<3, 1>()));
  const Vec3 room = Vec3::Constant(std::max(0.2f * box.diagonal().norm(), 0.02f * bounds(character.mesh->verts).diagonal().norm()));
  look_at(Aabb(box.min() - room, box.max() + room));
}

void Viewport::look_at(const Aabb& box) {
  camera_.look_at_box(box, height() > 0 ? double(width()) / height() : 1);
  redraw();
}

void Viewport::frame_scene() {
  const FieldScene* scene = workspace_.field.scene();
  if (!scene) return;
  Aabb box = scene->box;
  for (const FieldScene::View& view : scene->views) box.extend(eye_of(view.camera));
  look_at(box);
}

void Viewport::look_from(float azimuth, float elevation) {
  camera_.azimuth = azimuth;
  camera_.elevation = elevation;
  ViewSettings view = view_;
  view.through_camera = false;
  set_view(view);
}

void Viewport::look_as(const Camera& camera) {
  const Vec3 back = -camera.camera_from_world.linear().row(2).transpose();
  camera_.vertical_fov = 2 * std::atan(0.5f * static_cast<float>(camera.height) / camera.fy);
  camera_.target = eye_of(camera) - camera_.distance * back;
  look_from(std::atan2(back.x(), back.z()), std::asin(std::clamp(back.y(), -1.0f, 1.0f)));
}

QRectF Viewport::picture_rect(const QSize& picture) const {
  QSizeF fitted = QSizeF(picture).scaled(QSizeF(size()), Qt::KeepAspectRatio);
  return QRectF(QPointF((width() - fitted.width()) / 2, (height() - fitted.height()) / 2), fitted);
}

ViewFrame Viewport::frame(const QSize& size) const {
  const DocumentState& state = workspace_.state();
  ViewFrame frame;
  frame.camera = camera_.camera(size.width(), size.height());
  const int index = workspace_.footage_frame();
  const bool filmed = view_.through_camera && state.film && index >= 0 && index < static_cast<int>(state.film->cameras.size());
  if (filmed) {
    const Camera& camera = state.film->cameras[index];
    const QRectF rect = picture_rect({camera.width, camera.height});
    const double pixels = double(size.width()) / std::max(1, width());
    const float scale = static_cast<float>(rect.width() * pixels / camera.width);
    frame.camera.camera_from_world = camera.camera_from_world;
    frame.camera.fx = camera.fx * scale;
    frame.camera.fy = camera.fy * scale;
    frame.camera.cx = camera.cx * scale + static_cast<float>(rect.x() * pixels);
    frame.camera.cy = camera.cy * scale + static_cast<float>(rect.y() * pixels);
  }
  frame.look = view_.look;
  frame.weights_of = workspace_.selected_joint();
  frame.wireframe = view_.wireframe;
  frame.ground = view_.ground && !filmed && state.character;
  frame.size = std::max(1e-3f, camera_.distance / 2);
  const QColor line = palette().color(QPalette::WindowText);
  frame.ground_colour = Vec3(line.redF(), line.greenF(), line.blueF());
  if (workspace_.preview()) {
    frame.mesh = workspace_.preview();
    frame.look = SurfaceLook::kPlain;
    frame.ground = false;
    return frame;
  }
  if (!state.character) return frame;
  if (shows_error()) frame.look = SurfaceLook::kPlain;
  frame.mesh = state.character.mesh;
  frame.skin = state.character.skin;
  if (state.character.skeleton->size() > 0)
    frame.root_from_joint = forward_kinematics(*state.character.skeleton, edit_joints_ ? rest_pose(*state.character.skeleton) : workspace_.pose());
  return frame;
}

QImage Viewport::picture() {
  if (auto* gl = qobject_cast<GlCanvas*>(canvas_)) return gl->grabFramebuffer();
  return canvas_->grab().toImage();
}

void Viewport::paint_behind(QPainter& painter) const {
  const QColor base = palette().color(QPalette::Window);
  QLinearGradient sky(0, 0, 0, height());
  sky.setColorAt(0, is_dark(palette()) ? base.lighter(125) : base.lighter(104));
  sky.setColorAt(1, is_dark(palette()) ? base.darker(115) : base.darker(112));
  painter.fillRect(rect(), sky);
  const Footage& footage = workspace_.footage();
  const int index = workspace_.footage_frame();
  if (index < 0 || index >= static_cast<int>(footage.pictures.size())) return;
  if (workspace_.preview()) return;
  if (workspace_.state().character && !(view_.through_camera && workspace_.state().film)) return;
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  painter.drawImage(picture_rect(footage.pictures[index].size()), footage.pictures[index]);
  if (shows_error()) painter.fillRect(rect(), QColor(0, 0, 0, 130));  // so that the colours stand out
}

QPointF Viewport::on_screen(const Vec3& point, const Camera& camera) const {
  const Vec3 p = project(camera, point);
  return {p.x(), p.y()};
}

void Viewport::paint_trajectory(QPainter& painter) const {
  const Clip* clip = workspace_.clip();
  const int joint = workspace_.selected_joint();
  if (!clip || joint < 0) return;
  const Camera camera = frame(size()).camera;
  const Playback& playback = workspace_.playback;
  const int count = std::clamp(static_cast<int>((playback.last() - playback.first()) * playback.fps()), 1, kMostOfPath);
  QPainterPath path;
  for (int k = 0; k <= count; ++k) {
    const double time = playback.first() + (playback.last() - playback.first()) * k / count;
    const Pose pose = sample_clip(*clip, clip->times.front() + time);
    const Vec3 place = forward_kinematics(*workspace_.state().character.skeleton, pose)[joint].topRightCorner<3, 1>();
    const QPointF at = on_screen(place, camera);
    if (k == 0) path.moveTo(at);
    else path.lineTo(at);
  }
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(QColor(0, 158, 255, 200), 2));
  painter.drawPath(path);
}

bool Viewport::can_compare() const {
  const DocumentState& state = workspace_.state();
  const int index = workspace_.footage_frame();
  return view_.through_camera && state.film && state.character && !workspace_.preview() && index >= 0 &&
         index < static_cast<int>(std::min(workspace_.film_masks().size(), state.film->cameras.size()));
}

bool Viewport::shows_error() const { return view_.silhouette_error && can_compare(); }
bool Viewport::shows_outlines() const { return view_.silhouettes && !view_.silhouette_error && can_compare(); }

const SilhouetteError& Viewport::silhouette_error_now() const {
  const int index = workspace_.footage_frame();
  const std::array<int, 3> now{index, workspace_.clip_index(), workspace_.changes()};
  if (std::exchange(error_of_, now) == now) return error_;
  const Mask& mask = workspace_.film_masks()[index];
  const Character& character = workspace_.state().character;
  const Clip* clip = workspace_.clip();
  Points verts = character.mesh->verts;
  if (character.skeleton->size() > 0 && character.skin->joints.rows() == verts.rows()) {
    const Pose pose = clip ? sample_clip(*clip, clip->times.front() + workspace_.footage().times[index]) : rest_pose(*character.skeleton);
    verts = skin_linear(verts, *character.skin, forward_kinematics(*character.skeleton, pose));
  }
  error_ = silhouette_error(render_mask(resized(workspace_.state().film->cameras[index], mask.width, mask.height), verts, character.mesh->faces), mask);
  return error_;
}

/// The scene's box, sparse points, and a pyramid for each camera: blue, or orange where the picture is held out.
void Viewport::paint_field_scene(QPainter& painter) const {
  const FieldScene& scene = *workspace_.field.scene();
  const Camera camera = frame(size()).camera;
  const auto line = [&](const Vec3& a, const Vec3& b) {
    if ((camera.camera_from_world * a).z() > 1e-4f && (camera.camera_from_world * b).z() > 1e-4f)
      painter.drawLine(on_screen(a, camera), on_screen(b, camera));
  };
  QColor dim = palette().color(QPalette::WindowText);
  dim.setAlpha(150);
  painter.setPen(dim);
  for (Eigen::Index i = 0; i < scene.points.rows(); ++i) {
    const Vec3 point = scene.points.row(i).transpose();
    if ((camera.camera_from_world * point).z() > 1e-4f) painter.drawPoint(on_screen(point, camera));
  }
  painter.setRenderHint(QPainter::Antialiasing);
  dim.setAlpha(90);
  painter.setPen(QPen(dim, 1));
  const auto corner = [&](int k) -> Vec3 { return scene.box.corner(static_cast<Aabb::CornerType>(k)); };
  for (int k = 0; k < 8; ++k)
    for (const int bit : {1, 2, 4})
      if (!(k & bit)) line(corner(k), corner(k | bit));
  const float depth = 0.08f * scene.box.diagonal().norm();
  for (const FieldScene::View& view : scene.views) {
    painter.setPen(QPen(view.held_out ? QColor(213, 94, 0) : QColor(0, 158, 255), 1.4));
    const auto corners = picture_corners(view.camera, depth);
    const Vec3 eye = eye_of(view.camera);
    for (const auto& [a, b] : {std::pair{0, 1}, {1, 3}, {3, 2}, {2, 0}}) line(corners[a], corners[b]);
    for (const Vec3& at : corners) line(eye, at);
  }
}

/// The places of the path and the smooth way through them; the chosen one orange.
void Viewport::paint_field_path(QPainter& painter) const {
  constexpr int kPieces = 200;
  const FieldPathKeys& path = workspace_.field.path;
  const Camera camera = frame(size()).camera;
  const auto line = [&](const Vec3& a, const Vec3& b) {
    if ((camera.camera_from_world * a).z() > 1e-4f && (camera.camera_from_world * b).z() > 1e-4f)
      painter.drawLine(on_screen(a, camera), on_screen(b, camera));
  };
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(QColor(0, 158, 115), 2));
  const std::vector<Camera> way = path.way(kPieces);
  for (std::size_t i = 1; i < way.size(); ++i) line(eye_of(way[i - 1]), eye_of(way[i]));
  const float depth = 0.05f * workspace_.field.scene()->box.diagonal().norm();
  for (std::size_t i = 0; i < path.keys().size(); ++i) {
    const Camera& key = path.keys()[i];
    painter.setPen(QPen(static_cast<int>(i) == path.selected() ? QColor(213, 94, 0) : QColor(0, 158, 115), 2));
    const auto corners = picture_corners(key, depth);
    for (const auto& [a, b] : {std::pair{0, 1}, {1, 3}, {3, 2}, {2, 0}}) line(corners[a], corners[b]);
    for (const Vec3& at : corners) line(eye_of(key), at);
    if (const Vec3 eye = eye_of(key); (camera.camera_from_world * eye).z() > 1e-4f)
      painter.drawText(on_screen(eye, camera) + QPointF(6, -6), QString::number(i + 1));
  }
}

/// The way of the camera that filmed the clip, some of its pictures' pyramids, and in orange the one of now.
void Viewport::paint_camera_path(QPainter& painter) const {
  constexpr std::size_t kMostPyramids = 12;
  const std::vector<Camera>& cameras = workspace_.state().film->cameras;
  const Camera camera = frame(size()).camera;
  const auto line = [&](const Vec3& a, const Vec3& b) {
    if ((camera.camera_from_world * a).z() > 1e-4f && (camera.camera_from_world * b).z() > 1e-4f)
      painter.drawLine(on_screen(a, camera), on_screen(b, camera));
  };
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(QColor(0, 158, 255), 2));
  for (std::size_t i = 1; i < cameras.size(); ++i) line(eye_of(cameras[i - 1]), eye_of(cameras[i]));
  const float depth = 0.2f * bounds(workspace_.state().character.mesh->verts).diagonal().norm();
  const auto pyramid = [&](const Camera& filmed) {
    const auto corners = picture_corners(filmed, depth);
    for (const auto& [a, b] : {std::pair{0, 1}, {1, 3}, {3, 2}, {2, 0}}) line(corners[a], corners[b]);
    for (const Vec3& at : corners) line(eye_of(filmed), at);
  };
  painter.setPen(QPen(QColor(0, 158, 255, 120), 1));
  for (std::size_t i = 0; i < cameras.size(); i += std::max<std::size_t>(1, cameras.size() / kMostPyramids)) pyramid(cameras[i]);
  painter.setPen(QPen(QColor(213, 94, 0), 2));
  if (const int now = workspace_.footage_frame(); now >= 0 && now < static_cast<int>(cameras.size())) pyramid(cameras[now]);
}

void Viewport::paint_ghosts(QPainter& painter) const {
  const Clip* clip = workspace_.clip();
  if (!clip) return;
  const Camera camera = frame(size()).camera;
  const Skeleton& skeleton = *workspace_.state().character.skeleton;
  const Playback& playback = workspace_.playback;
  painter.setRenderHint(QPainter::Antialiasing);
  for (const int away : {-3, -2, -1, 1, 2, 3}) {
    const double time = playback.time() + away * kGhostStep;
    if (time < 0 || time > playback.duration()) continue;
    const auto world = forward_kinematics(skeleton, sample_clip(*clip, clip->times.front() + time));
    QColor colour = away < 0 ? QColor(213, 94, 0) : QColor(0, 114, 178);  // told apart by all kinds of colour vision
    colour.setAlpha(190 - 45 * std::abs(away));
    painter.setPen(QPen(colour, 2));
    for (int j = 0; j < skeleton.size(); ++j)
      if (const int parent = skeleton.joints[j].parent; parent >= 0)
        painter.drawLine(on_screen(world[parent].topRightCorner<3, 1>(), camera), on_screen(world[j].topRightCorner<3, 1>(), camera));
  }
}

void Viewport::paint_skeleton(QPainter& painter) const {
  const ViewFrame shown = frame(size());
  if (shown.root_from_joint.empty()) return;
  const Skeleton& skeleton = *workspace_.state().character.skeleton;
  const auto place = [&](int j) -> Vec3 { return shown.root_from_joint[j].topRightCorner<3, 1>(); };
  const auto visible = [&](int j) { return (shown.camera.camera_from_world * place(j)).z() > 0; };
  const std::vector<char> holding = joints_that_hold(skeleton, *workspace_.state().character.skin);
  painter.setRenderHint(QPainter::Antialiasing);
  const QColor rim(20, 20, 24, 200), bone(255, 196, 61, 220), chosen(0, 158, 255);
  for (int j = 0; j < skeleton.size(); ++j) {
    const int parent = skeleton.joints[j].parent;
    if (parent < 0 || !visible(j) || !visible(parent)) continue;
    if (!holding[j] && !edit_joints_) continue;
    const QPointF a = on_screen(place(parent), shown.camera), b = on_screen(place(j), shown.camera);
    const QPointF along = b - a;
    const double length = std::hypot(along.x(), along.y());
    if (length < 1 || length > 1e5) continue;
    const QPointF side = QPointF(-along.y(), along.x()) / length * std::min(5.0, 0.12 * length + 1);
    QPainterPath shape(a);
    shape.lineTo(a + 0.18 * along + side);
    shape.lineTo(b);
    shape.lineTo(a + 0.18 * along - side);
    shape.closeSubpath();
    painter.setPen(QPen(rim, 1));
    QColor fill = parent == workspace_.selected_joint() ? chosen : bone;
    fill.setAlpha(edit_joints_ ? 235 : 170);
    painter.setBrush(fill);
    painter.drawPath(shape);
  }
  for (int j = 0; j < skeleton.size(); ++j) {
    if (!visible(j) || !(holding[j] || edit_joints_ || j == workspace_.selected_joint())) continue;
    const bool is_chosen = j == workspace_.selected_joint();
    const double radius = is_chosen ? 6 : edit_joints_ ? 4.5 : 3;
    painter.setPen(QPen(rim, 1.2));
    painter.setBrush(is_chosen ? chosen : QColor(255, 240, 205));
    painter.drawEllipse(on_screen(place(j), shown.camera), radius, radius);
    if (!is_chosen) continue;
    const float reach = 0.08f * camera_.distance;
    const QColor axes[3]{QColor(230, 80, 60), QColor(90, 190, 70), QColor(70, 120, 240)};
    for (int k = 0; k < 3; ++k) {
      const Vec3 tip = place(j) + reach * shown.root_from_joint[j].block<3, 1>(0, k).normalized();
      painter.setPen(QPen(axes[k], 2.5));
      painter.drawLine(on_screen(place(j), shown.camera), on_screen(tip, shown.camera));
    }
  }
  for (int j = 0; j < skeleton.size(); ++j) {
    if (!visible(j) || !(view_.names || j == workspace_.selected_joint())) continue;
    const QString name = QString::fromStdString(skeleton.joints[j].name);
    const QPointF at = on_screen(place(j), shown.camera) + QPointF(9, -7);
    QPainterPath letters;
    letters.addText(at, font(), name);
    painter.setPen(QPen(is_dark(palette()) ? QColor(0, 0, 0, 200) : QColor(255, 255, 255, 220), 3));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(letters);
    painter.fillPath(letters, palette().color(QPalette::WindowText));
  }
}

void Viewport::paint_words(QPainter& painter) const {
  QStringList words;
  const DocumentState& state = workspace_.state();
  if (workspace_.preview()) {
    words << tr("%L1 vertices, as they stand").arg(workspace_.preview()->verts.rows());
  } else if (!state.character && state.source.empty() && workspace_.field.scene()) {
    words << tr("cameras: %1").arg(workspace_.field.scene()->views.size());
  } else if (state.character) {
    words << tr("%L1 vertices").arg(state.character.mesh->verts.rows());
    if (state.character.skeleton->size() > 0) words << tr("%L1 joints").arg(state.character.skeleton->size());
  } else if (!workspace_.footage().pictures.empty()) {
    words << tr("frame %1 of %2").arg(workspace_.footage_frame() + 1).arg(workspace_.footage().pictures.size());
  }
  if (edit_joints_) words << tr("rest pose: drag joints to move them");
  if (brush_)
    words << (brush_->mode == BrushMode::kSmooth || workspace_.selected_joint() >= 0 ? tr("brush: drag over the skin to paint its weights")
                                                                                   : tr("brush: choose a joint first"));
  if (view_.through_camera && state.film) words << tr("through the clip's camera");
  if (shows_error() || shows_outlines())
    words = QStringList() << tr("silhouettes agree to %1 %: missed %2 % (orange), too much %3 % (blue)")
                 .arg(100 * (1 - silhouette_error_now().missed - silhouette_error_now().extra), 0, 'f', 1)
                 .arg(100 * silhouette_error_now().missed, 0, 'f', 1)
                 .arg(100 * silhouette_error_now().extra, 0, 'f', 1);
  else if ((view_.silhouette_error || view_.silhouettes) && view_.through_camera && state.film) words << tr("masks are looked for…");
  if (words.isEmpty()) return;
  painter.setFont(font());
  const QString text = words.join(QStringLiteral("  ·  "));
  QRectF box = painter.fontMetrics().boundingRect(QRect(0, 0, width() - 32, height()), Qt::TextWordWrap, text);
  box.moveTopLeft(QPointF(16, 13));
  box.adjust(-6, -3, 6, 3);
  QColor back = palette().color(QPalette::Window);
  back.setAlpha(190);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(back);
  painter.drawRoundedRect(box, 4, 4);
  painter.setPen(palette().color(QPalette::WindowText));
  painter.drawText(box, Qt::AlignCenter | Qt::TextWordWrap, text);
}

void Viewport::paint_before(QPainter& painter) const {
  const Character& character = workspace_.state().character;
  const bool jointed = character && character.skeleton->size() > 0 && !workspace_.preview();
  const bool document_is_of_a_field = workspace_.state().source.empty();
  if (view_.field_cameras && workspace_.field.scene() && document_is_of_a_field && !workspace_.preview()) paint_field_scene(painter);
  if (!workspace_.field.path.keys().empty() && workspace_.field.scene() && !workspace_.preview()) paint_field_path(painter);
  if (view_.camera_path && !view_.through_camera && character && workspace_.state().film && !workspace_.preview()) paint_camera_path(painter);
  if (shows_error() || shows_outlines()) {
    const Camera& filmed = workspace_.state().film->cameras[workspace_.footage_frame()];
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawImage(picture_rect({filmed.width, filmed.height}), to_qimage(shows_error() ? silhouette_error_now().picture : silhouette_error_now().outlines));
  }
  if (jointed && view_.ghosts && !edit_joints_) paint_ghosts(painter);
  if (jointed && view_.trajectory && !edit_joints_) paint_trajectory(painter);
  if (jointed && (view_.skeleton || edit_joints_)) paint_skeleton(painter);
  if (brush_ && canvas_->underMouse()) {
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(QColor(0, 0, 0, 160), 3));
    painter.drawEllipse(last_at_, brush_->radius, brush_->radius);
    painter.setPen(QPen(Qt::white, 1.2));
    painter.drawEllipse(last_at_, brush_->radius, brush_->radius);
  }
  paint_words(painter);
}

bool Viewport::eventFilter(QObject* watched, QEvent* event) {
  switch (event->type()) {
    case QEvent::MouseButtonPress:
    case QEvent::MouseMove:
    case QEvent::MouseButtonRelease: on_mouse(static_cast<QMouseEvent*>(event)); return true;
    case QEvent::Wheel: {
      const double steps = static_cast<QWheelEvent*>(event)->angleDelta().y() / 120.0;
      camera_.zoom(static_cast<float>(std::pow(0.87, steps)));
      redraw();
      return true;
    }
    case QEvent::Resize: redraw(); break;
    default: break;
  }
  return QWidget::eventFilter(watched, event);
}

void Viewport::on_mouse(QMouseEvent* event) {
  const QPointF at = event->position();
  const ViewFrame shown = frame(size());
  const auto x = static_cast<float>(at.x()), y = static_cast<float>(at.y());
  if (event->type() == QEvent::MouseButtonPress) {
    setFocus(Qt::MouseFocusReason);
    pressed_at_ = last_at_ = at;
    moved_ = false;
    painting_ = brush_ && event->button() == Qt::LeftButton && !(event->modifiers() & (Qt::ShiftModifier | Qt::AltModifier));
    if (painting_) paint_weights(shown, at);
    dragged_joint_ = edit_joints_ && event->button() == Qt::LeftButton ? pick_joint(shown, x, y, kJointReach) : -1;
    if (dragged_joint_ >= 0) workspace_.select_joint(dragged_joint_);
  } else if (event->type() == QEvent::MouseMove) {
    const QPointF by = at - last_at_;
    if (event->buttons() == Qt::NoButton) {  // only the brush's circle follows
      last_at_ = at;
      return redraw();
    }
    moved_ = moved_ || (at - pressed_at_).manhattanLength() > kClickReach;
    if (!moved_) return;
    last_at_ = at;
    if (painting_) {
      paint_weights(shown, at);
    } else if (dragged_joint_ >= 0) {
      // In the plane through the joint that faces the camera.
      const Vec3 joint = shown.root_from_joint[dragged_joint_].topRightCorner<3, 1>();
      const Vec3 in_camera = shown.camera.camera_from_world * joint;
      const Vec3 moved(in_camera.x() + static_cast<float>(by.x()) * in_camera.z() / shown.camera.fx,
                       in_camera.y() + static_cast<float>(by.y()) * in_camera.z() / shown.camera.fy, in_camera.z());
      workspace_.move_joint(dragged_joint_, shown.camera.camera_from_world.inverse() * moved);
    } else if (event->buttons() & Qt::MiddleButton || event->modifiers() & Qt::ShiftModifier) {
      camera_.pan(static_cast<float>(by.x()), static_cast<float>(by.y()), height());
    } else if (event->buttons() & Qt::RightButton) {
      camera_.zoom(std::exp(static_cast<float>(by.y()) * kRadiansPerPixel));
    } else if (view_.through_camera) {
      return;  // the clip's camera stays where it was
    } else {
      camera_.orbit(-static_cast<float>(by.x()) * kRadiansPerPixel, static_cast<float>(by.y()) * kRadiansPerPixel);
    }
    redraw();
  } else if (painting_) {
    painting_ = false;
    workspace_.document.end_merge();
  } else if (!moved_ && event->button() == Qt::LeftButton) {
    int joint = view_.skeleton || edit_joints_ ? pick_joint(shown, x, y, kJointReach) : -1;
    if (joint < 0)
      if (const auto hit = pick_surface(shown, x, y)) joint = hit->joint;
    workspace_.select_joint(joint);
  } else {
    workspace_.document.end_merge();
  }
}

/// All vertices round the one under the cursor, on this side of the body and the other: what the brush's ball covers.
void Viewport::paint_weights(const ViewFrame& shown, const QPointF& at) {
  const int joint = workspace_.selected_joint();
  if (joint < 0 && brush_->mode != BrushMode::kSmooth) return;
  const auto hit = pick_surface(shown, static_cast<float>(at.x()), static_cast<float>(at.y()));
  if (!hit) return;
  const float depth = (shown.camera.camera_from_world * hit->point).z();
  const float radius = brush_->radius * depth / shown.camera.fx;
  const Points verts = posed_mesh(shown).verts;
  std::vector<Dab> dabs;
  for (Eigen::Index v = 0; v < verts.rows(); ++v) {
    const float away = (verts.row(v).transpose() - hit->point).norm() / radius;
    if (away < 1) dabs.push_back({static_cast<int>(v), brush_->strength * (1 - away * away)});
  }
  workspace_.paint_weights(brush_->mode, dabs);
}

void Viewport::set_brush(const std::optional<Brush>& brush) {
  brush_ = brush;
  if (brush_ && edit_joints_) set_edit_joints(false);
  if (brush_) view_.look = SurfaceLook::kWeights;
  canvas_->setMouseTracking(brush_.has_value());
  Q_EMIT view_changed();
  redraw();
}

}  // namespace mp4d
