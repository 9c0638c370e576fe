#pragma once
#include "app/studio/silhouette_error.h"
#include "app/studio/weight_edit.h"
#include "app/studio/workspace.h"
#include "render/viewport/view_camera.h"
#include "render/viewport/view_frame.h"
#include <QWidget>
#include <array>
#include <optional>

namespace mp4d {

/// How the viewport shows things; kept in the settings.
struct ViewSettings {
  SurfaceLook look = SurfaceLook::kTextured;
  bool wireframe = false;
  bool skeleton = true;
  bool names = false;
  bool ground = true;
  bool trajectory = false;      ///< where the chosen joint goes over the playing range
  bool ghosts = false;          ///< the skeleton a little before and after
  bool field_cameras = true;    ///< where the pictures of a neural field's scene were taken from
  bool through_camera = false;  ///< from where the clip was filmed, with its picture behind
  bool silhouettes = false;       ///< then: the outlines of the character and of the mask
  bool silhouette_error = false;  ///< then: where the two differ
  bool camera_path = false;       ///< where the clip was filmed from
  bool picture_beside = false;    ///< the clip's picture beside the view (FootageView)
};

/// What the left button paints with instead of turning the view.
struct Brush {
  BrushMode mode = BrushMode::kAdd;
  float radius = 40;     ///< pixels
  float strength = 0.2f;  ///< of one touch, 0..1
};

/// The character at the playback's time, in OpenGL or, where there is none, drawn on the processor. Left drag turns, middle
/// or Shift drag moves, the wheel goes nearer, a click chooses a joint; with edit_joints() on, dragging a joint moves it.
class Viewport : public QWidget {
  Q_OBJECT

 public:
  Viewport(Workspace& workspace, QWidget* parent = nullptr);

  const ViewSettings& view() const { return view_; }
  void set_view(const ViewSettings& view);
  ViewCamera& camera() { return camera_; }
  void frame_all();
  /// The chosen joint and its neighbours; everything if none is chosen.
  void frame_joint();
  /// From azimuth and elevation, radians.
  void look_from(float azimuth, float elevation);
  /// From where a camera is and looks; its roll is left out.
  void look_as(const Camera& camera);
  void set_edit_joints(bool on);
  bool edit_joints() const { return edit_joints_; }
  /// Nothing = the mouse turns the view.
  void set_brush(const std::optional<Brush>& brush);
  const std::optional<Brush>& brush() const { return brush_; }
  /// What draws: "OpenGL: llvmpipe ..." or why it is the processor.
  const QString& backend() const { return backend_; }
  bool uses_gl() const { return uses_gl_; }
  /// What it shows now, `size` device pixels.
  ViewFrame frame(const QSize& size) const;
  /// Of the frame shown, if it is filmed and its mask is known.
  const SilhouetteError& silhouette_error_now() const;
  /// Pictures in the same way as on the screen, for tests and the clipboard.
  QImage picture();

  /// What draws it: "auto" (OpenGL, the processor where there is none), "open3d" or "processor". Where that cannot be, the issues
  /// say why and it is drawn as by "auto".
  void set_renderer(const QString& name);

  // For the canvas.
  void paint_behind(QPainter& painter) const;
  void paint_before(QPainter& painter) const;
  void use_processor(const QString& why);
  void set_backend(const QString& name);

 Q_SIGNALS:
  void backend_changed();
  void view_changed();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void on_mouse(QMouseEvent* event);
  void place_canvas(QWidget* canvas);
  void use_whatever_there_is();
  void draw_on_processor(const QString& why);
  /// False, with an issue, if it cannot be.
  bool use_open3d();
  void redraw();
  QRectF picture_rect(const QSize& picture) const;
  QPointF on_screen(const Vec3& point, const Camera& camera) const;
  void paint_skeleton(QPainter& painter) const;
  void paint_words(QPainter& painter) const;
  void paint_ghosts(QPainter& painter) const;
  void paint_trajectory(QPainter& painter) const;
  void paint_field_scene(QPainter& painter) const;
  void paint_field_path(QPainter& painter) const;
  void paint_camera_path(QPainter& painter) const;
  /// With the mask: it is filmed, and the mask is known.
  bool can_compare() const;
  bool shows_error() const;
  bool shows_outlines() const;
  void frame_scene();
  void look_at(const Aabb& box);
  void paint_weights(const ViewFrame& shown, const QPointF& at);

  Workspace& workspace_;
  ViewSettings view_;
  ViewCamera camera_;
  QWidget* canvas_ = nullptr;
  QString backend_;
  bool uses_gl_ = false, edit_joints_ = false;
  QPointF pressed_at_, last_at_;
  int dragged_joint_ = -1;
  std::optional<Brush> brush_;
  bool painting_ = false;
  bool moved_ = false;
  bool previewing_ = false;
  mutable SilhouetteError error_;
  mutable std::array<int, 3> error_of_{-1, -1, -1};  ///< frame, clip, and change of the document
};

/// Why OpenGL 3.3 cannot be used on this display, or an empty text.
QString opengl_problem();

}  // namespace mp4d
