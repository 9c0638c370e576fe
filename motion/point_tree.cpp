#include "motion/point_tree.h"
#include <nanoflann.hpp>

namespace mp4d {

struct PointTree::Impl {
  explicit Impl(Points p) : points(std::move(p)), index(3, *this, {12}) { index.buildIndex(); }

  std::size_t kdtree_get_point_count() const { return static_cast<std::size_t>(points.rows()); }
  float kdtree_get_pt(std::size_t i, std::size_t axis) const { return points(Eigen::Index(i), Eigen::Index(axis)); }
  template <class Box>
  bool kdtree_get_bbox(Box&) const {
    return false;
  }

  Points points;
  nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<float, Impl>, Impl, 3, std::uint32_t> index;
};

PointTree::PointTree(Points points) : impl_(std::make_unique<Impl>(std::move(points))) {}
PointTree::~PointTree() = default;
PointTree::PointTree(PointTree&&) noexcept = default;
PointTree& PointTree::operator=(PointTree&&) noexcept = default;

const Points& PointTree::points() const { return impl_->points; }

int PointTree::nearest(const Vec3& query, float& distance2) const {
  std::uint32_t index = 0;
  impl_->index.knnSearch(query.data(), 1, &index, &distance2);
  return static_cast<int>(index);
}

int PointTree::nearest(const Vec3& query, int k, std::uint32_t* rows) const {
  float distance2[kMostNeighbours];
  return static_cast<int>(impl_->index.knnSearch(query.data(), static_cast<std::size_t>(k), rows, distance2));
}

}  // namespace mp4d
