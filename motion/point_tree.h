#pragma once
#include "core/geometry.h"
#include <cstdint>
#include <memory>

namespace mp4d {

/// Nearest-point queries on a fixed set of points (k-d tree). Thread-safe after construction.
class PointTree {
 public:
  explicit PointTree(Points points);
  ~PointTree();
  PointTree(PointTree&&) noexcept;
  PointTree& operator=(PointTree&&) noexcept;

  const Points& points() const;
  /// Row of the nearest point and its squared distance. The set must not be empty.
  int nearest(const Vec3& query, float& distance2) const;
  static constexpr int kMostNeighbours = 8;
  /// Rows of the `k` <= kMostNeighbours nearest points, nearest first; returns how many there are.
  int nearest(const Vec3& query, int k, std::uint32_t* rows) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mp4d
