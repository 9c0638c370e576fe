#include "app/studio/canvas.h"
#include "app/studio/viewport.h"
#include "render/viewport/cpu_view.h"
#include <QOpenGLContext>
#include <QPainter>
#include <QTimer>

namespace mp4d {
namespace {

// A frame on the processor costs a few ns a pixel and vertex; larger windows are drawn at this many pixels and enlarged.
constexpr int kMostPixels = 640 * 480;

}  // namespace

GlCanvas::GlCanvas(Viewport& viewport) : QOpenGLWidget(&viewport), viewport_(viewport) {
  setObjectName(QStringLiteral("glCanvas"));
}

GlCanvas::~GlCanvas() { release(); }

void GlCanvas::release() {
  if (!view_) return;
  makeCurrent();
  view_.reset();
  doneCurrent();
}

void GlCanvas::initializeGL() {
  // The context is another one after the window moved to another screen or was docked anew.
  connect(context(), &QOpenGLContext::aboutToBeDestroyed, this, &GlCanvas::release);
  auto view = GlView::create([this](const char* name) { return context()->getProcAddress(name); });
  if (!view) {
    const QString why = QString::fromStdString(view.error().message);
    QTimer::singleShot(0, &viewport_, [this, why] { viewport_.use_processor(why); });
    return;
  }
  view_ = std::move(*view);
  viewport_.set_backend(QStringLiteral("OpenGL: ") + QString::fromStdString(view_->renderer()));
}

void GlCanvas::paintGL() {
  QPainter painter(this);
  viewport_.paint_behind(painter);
  if (view_) {
    painter.beginNativePainting();
    view_->draw(viewport_.frame(size() * devicePixelRatio()));
    painter.endNativePainting();
  }
  viewport_.paint_before(painter);
}

CpuCanvas::CpuCanvas(Viewport& viewport) : QWidget(&viewport), viewport_(viewport) {
  setObjectName(QStringLiteral("cpuCanvas"));
}

void CpuCanvas::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  viewport_.paint_behind(painter);
  QSize wanted = size() * devicePixelRatio();
  if (const double pixels = double(wanted.width()) * wanted.height(); pixels > kMostPixels)
    wanted *= std::sqrt(kMostPixels / pixels);
  if (wanted.isEmpty()) return;
  const Image drawn = draw_on_cpu(viewport_.frame(wanted));
  painter.drawImage(QRectF(rect()), QImage(drawn.data.data(), drawn.width, drawn.height, 4 * drawn.width, QImage::Format_RGBA8888));
  viewport_.paint_before(painter);
}

}  // namespace mp4d
