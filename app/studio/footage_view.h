#pragma once
#include "app/studio/viewport.h"

namespace mp4d {

/// The clip's picture at the playback's time, beside a view whose settings ask for it (ViewSettings::picture_beside).
class FootageView : public QWidget {
  Q_OBJECT

 public:
  FootageView(Workspace& workspace, Viewport& viewport, QWidget* parent = nullptr);
  QSize sizeHint() const override { return {480, 360}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void follow();

  Workspace& workspace_;
  Viewport& viewport_;
};

}  // namespace mp4d
