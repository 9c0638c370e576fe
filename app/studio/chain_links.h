#pragma once
#include "motion/chain_map.h"
#include <QStringList>
#include <QWidget>

namespace mp4d {

/// The chains of both sides in two columns, and a line for every pair, brighter the surer it is, dashed where left and right are
/// exchanged. Dragging from one side to the other pairs; a click chooses a chain; Delete or the right button parts it.
class ChainLinks : public QWidget {
  Q_OBJECT

 public:
  explicit ChainLinks(QWidget* parent = nullptr);

  void show_map(const MapFile& map);
  /// Empty = none.
  void choose(const QString& source, const QString& target);
  /// The middle of a chain's box.
  QPointF place_of(bool source, const QString& chain) const;

 Q_SIGNALS:
  void chosen(const QString& source, const QString& target);
  /// Empty `source`: the target's chain shall follow nothing.
  void paired(const QString& target, const QString& source);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  struct Place {
    bool source = false;
    int row = -1;
  };
  const QStringList& names(bool source) const { return source ? sources_ : targets_; }
  QRectF box(const Place& place) const;
  Place at(const QPointF& point) const;
  const MapFile::Pair* pair_of(bool source, const QString& name) const;
  void part();

  QStringList sources_, targets_, source_tips_, target_tips_;
  std::vector<MapFile::Pair> pairs_;
  QString chosen_source_, chosen_target_;
  Place from_;
  QPointF mouse_;
};

}  // namespace mp4d
