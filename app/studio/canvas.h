#pragma once
#include "core/image.h"
#include "render/viewport/gl_view.h"
#include <QOpenGLWidget>
#include <functional>

namespace mp4d {

class Viewport;

/// Draws the viewport with OpenGL.
class GlCanvas : public QOpenGLWidget {
  Q_OBJECT

 public:
  explicit GlCanvas(Viewport& viewport);
  ~GlCanvas() override;

 protected:
  void initializeGL() override;
  void paintGL() override;

 private:
  void release();
  Viewport& viewport_;
  std::unique_ptr<GlView> view_;
  QMetaObject::Connection context_ends_;
};

/// Shows pictures that something other than OpenGL draws.
class ImageCanvas : public QWidget {
  Q_OBJECT

 public:
  using Draw = std::function<Image(const ViewFrame& frame)>;
  /// `draw` is called for at most `most_pixels`; larger pictures are enlarged.
  ImageCanvas(Viewport& viewport, const QString& name, int most_pixels, Draw draw);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  Viewport& viewport_;
  const int most_pixels_;
  const Draw draw_;
};

}  // namespace mp4d
