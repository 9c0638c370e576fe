#pragma once
#include "render/viewport/gl_view.h"
#include <QOpenGLWidget>

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
};

/// Draws the viewport on the processor.
class CpuCanvas : public QWidget {
  Q_OBJECT

 public:
  explicit CpuCanvas(Viewport& viewport);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  Viewport& viewport_;
};

}  // namespace mp4d
