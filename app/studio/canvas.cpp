#include "app/studio/canvas.h"
#include "app/studio/viewport.h"
#include <QOpenGLContext>
#include <QPainter>
#include <QTimer>

namespace mp4d {

GlCanvas::GlCanvas(Viewport& viewport) : QOpenGLWidget(&viewport), viewport_(viewport) {
  setObjectName(QStringLiteral("glCanvas"));
}

GlCanvas::~GlCanvas() {
  disconnect(context_ends_);  // it outlives this, as the base class's
  release();
}

void GlCanvas::release() {
  if (!view_) return;
  makeCurrent();
  view_.reset();
  doneCurrent();
}

void GlCanvas::initializeGL() {
  // The context is another one after the window moved to another screen or was docked anew.
  context_ends_ = connect(context(), &QOpenGLContext::aboutToBeDestroyed, this, &GlCanvas::release);
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

ImageCanvas::ImageCanvas(Viewport& viewport, const QString& name, int most_pixels, Draw draw)
    : QWidget(&viewport), viewport_(viewport), most_pixels_(most_pixels), draw_(std::move(draw)) {
  setObjectName(name);
}

void ImageCanvas::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  viewport_.paint_behind(painter);
  QSize wanted = size() * devicePixelRatio();
  if (const double pixels = double(wanted.width()) * wanted.height(); pixels > most_pixels_)
    wanted *= std::sqrt(most_pixels_ / pixels);
  if (wanted.isEmpty()) return;
  const Image drawn = draw_(viewport_.frame(wanted));
  painter.drawImage(QRectF(rect()), QImage(drawn.data.data(), drawn.width, drawn.height, 4 * drawn.width, QImage::Format_RGBA8888));
  viewport_.paint_before(painter);
}

}  // namespace mp4d
