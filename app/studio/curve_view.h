#pragma once
#include <QWidget>
#include <utility>
#include <vector>

namespace mp4d {

/// A number over time as a line, and points of another one, with their axes.
class CurveView : public QWidget {
  Q_OBJECT

 public:
  /// `unit` of the numbers; `empty` is said while there is nothing to draw.
  CurveView(const QString& unit, const QString& empty, QWidget* parent = nullptr);
  /// Seconds and numbers, in order of time.
  void show_curve(std::vector<std::pair<double, double>> line, std::vector<std::pair<double, double>> points);
  QSize sizeHint() const override { return {240, 130}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QString unit_, empty_;
  std::vector<std::pair<double, double>> line_, points_;
};

}  // namespace mp4d
