#include "reconstruction/articulated/phase1_chamfer.h"
#include "motion/point_tree.h"

namespace mp4d {
namespace {

Points rows(const Points& points, const std::vector<int>& chosen) {
  Points out(chosen.size(), 3);
  for (std::size_t i = 0; i < chosen.size(); ++i) out.row(i) = points.row(chosen[i]);
  return out;
}

}  // namespace

void add_chamfer_pairs(const Points& verts, const std::vector<int>& part, int parts, const Points& target, float local,
                       int frame, ChamferPairs& pairs) {
  auto add = [&](int vertex, const Vec3& point, float weight) {
    pairs.frame.push_back(frame);
    pairs.vertex.push_back(vertex);
    for (int c = 0; c < 3; ++c) pairs.target.push_back(point[c]);
    pairs.weight.push_back(weight);
  };
  const PointTree of_target(target), of_verts(verts);
  std::vector<std::vector<int>> x_of(parts), y_of(parts);
  float d2 = 0;
  for (int v = 0; v < verts.rows(); ++v) {
    x_of[part[v]].push_back(v);
    add(v, target.row(of_target.nearest(verts.row(v).transpose(), d2)).transpose(), 1.0f / verts.rows());
  }
  for (int i = 0; i < target.rows(); ++i) {
    const int v = of_verts.nearest(target.row(i).transpose(), d2);
    y_of[part[v]].push_back(i);
    add(v, target.row(i).transpose(), 1.0f / target.rows());
  }
  if (local <= 0) return;
  for (int b = 0; b < parts; ++b) {
    const auto &xs = x_of[b], &ys = y_of[b];
    if (xs.size() < 20 || ys.size() < 20) continue;
    const PointTree of_ys(rows(target, ys));
    // The nearest vertex of all is of this part already, by the choice of Y_b.
    for (int v : xs)
      add(v, of_ys.points().row(of_ys.nearest(verts.row(v).transpose(), d2)).transpose(), local / (parts * xs.size()));
    for (int i : ys) {
      add(of_verts.nearest(target.row(i).transpose(), d2), target.row(i).transpose(), local / (parts * ys.size()));
    }
  }
}

}  // namespace mp4d
