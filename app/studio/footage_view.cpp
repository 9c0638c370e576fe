#include "app/studio/footage_view.h"
#include <QPainter>

namespace mp4d {

FootageView::FootageView(Workspace& workspace, Viewport& viewport, QWidget* parent)
    : QWidget(parent), workspace_(workspace), viewport_(viewport) {
  setObjectName(QStringLiteral("footageView"));
  setAccessibleName(tr("The clip's picture"));
  setMinimumSize(160, 120);
  connect(&workspace_.playback, &Playback::moved, this, qOverload<>(&QWidget::update));
  connect(&workspace_, &Workspace::footage_changed, this, &FootageView::follow);
  connect(&workspace_.document, &Document::changed, this, &FootageView::follow);
  connect(&viewport_, &Viewport::view_changed, this, &FootageView::follow);
  follow();
}

void FootageView::follow() {
  // Without a character the view itself shows the clip.
  setVisible(viewport_.view().picture_beside && workspace_.state().character && !workspace_.footage().pictures.empty());
  update();
}

void FootageView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), palette().color(QPalette::Dark));
  const int index = workspace_.footage_frame();
  if (index < 0 || index >= static_cast<int>(workspace_.footage().pictures.size())) return;
  const QImage& picture = workspace_.footage().pictures[index];
  QRect fitted(QPoint(), picture.size().scaled(size(), Qt::KeepAspectRatio));
  fitted.moveCenter(rect().center());
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  painter.drawImage(fitted, picture);
}

}  // namespace mp4d
