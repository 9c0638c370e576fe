#include "reconstruction/articulated/vertex_colours.h"
#include "motion/point_tree.h"
#include "render/hard_raster.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

struct Sum {
  Points colour;
  Eigen::VectorXf weight;
};

void add_frame(const Points& verts, const Faces& faces, const Camera& camera, const Image& image, const Mask& mask,
               Sum& sum) {
  const GBuffer buffer = rasterise(camera, verts, faces);
  const Points normals = vertex_normals(verts, faces);
  const float tolerance = 0.02f * bounds(verts).sizes().maxCoeff();
  const Vec3 eye = camera.camera_from_world.inverse().translation();
  for (Eigen::Index v = 0; v < verts.rows(); ++v) {
    const Vec3 p = verts.row(v).transpose();
    const Vec3 q = project(camera, p);
    const int x = static_cast<int>(std::floor(q.x())), y = static_cast<int>(std::floor(q.y()));
    if (q.z() <= 0 || x < 1 || y < 1 || x + 1 >= image.width || y + 1 >= image.height) continue;
    const float facing = normals.row(v).dot((eye - p).normalized().transpose());
    if (facing < 0.15f || q.z() > buffer.depth[static_cast<std::size_t>(y) * buffer.width + x] + tolerance) continue;
    // Pixels next to the contour mix with the background.
    if (!mask.at(x - 1, y) || !mask.at(x + 1, y) || !mask.at(x, y - 1) || !mask.at(x, y + 1)) continue;
    const float weight = facing * facing * facing;
    for (int c = 0; c < 3; ++c) sum.colour(v, c) += weight * image.at(x, y, std::min(c, image.channels - 1)) / 255.0f;
    sum.weight[v] += weight;
  }
}

}  // namespace

Points bake_vertex_colours(const std::vector<Points>& frames, const Faces& faces, const std::vector<Camera>& cameras,
                           const std::vector<Image>& images, const std::vector<Mask>& masks,
                           const std::vector<int>& mirror) {
  const Eigen::Index n = frames.front().rows();
  Sum sum{Points::Zero(n, 3), Eigen::VectorXf::Zero(n)};
  for (std::size_t t = 0; t < frames.size(); ++t) add_frame(frames[t], faces, cameras[t], images[t], masks[t], sum);

  constexpr float kSeen = 0.05f;
  Points colour = Points::Constant(n, 3, 0.5f);
  std::vector<bool> known(n, false);
  for (Eigen::Index v = 0; v < n; ++v) {
    if (sum.weight[v] < kSeen) continue;
    colour.row(v) = sum.colour.row(v) / sum.weight[v];
    known[v] = true;
  }
  if (!mirror.empty()) {
    const std::vector<bool> seen = known;
    for (Eigen::Index v = 0; v < n; ++v) {
      if (seen[v] || mirror[v] < 0 || !seen[mirror[v]]) continue;
      colour.row(v) = colour.row(mirror[v]);
      known[v] = true;
    }
  }
  // Fronts of known colour move into the unknown, then the filled part is smoothed.
  const auto edges = unique_edges(faces);
  std::vector<bool> filled(n, false);
  for (bool changed = true; changed;) {
    changed = false;
    Points total = Points::Zero(n, 3);
    std::vector<int> count(n, 0);
    for (Eigen::Index e = 0; e < edges.rows(); ++e) {
      for (const auto& [a, b] : {std::pair{edges(e, 0), edges(e, 1)}, std::pair{edges(e, 1), edges(e, 0)}}) {
        if (known[a] || !known[b]) continue;
        total.row(a) += colour.row(b);
        ++count[a];
      }
    }
    for (Eigen::Index v = 0; v < n; ++v) {
      if (count[v] == 0) continue;
      colour.row(v) = total.row(v) / count[v];
      known[v] = filled[v] = changed = true;
    }
  }
  for (int round = 0; round < 20; ++round) {
    Points total = Points::Zero(n, 3);
    Eigen::VectorXf count = Eigen::VectorXf::Zero(n);
    for (Eigen::Index e = 0; e < edges.rows(); ++e) {
      const int a = edges(e, 0), b = edges(e, 1);
      total.row(a) += colour.row(b);
      total.row(b) += colour.row(a);
      count[a] += 1;
      count[b] += 1;
    }
    for (Eigen::Index v = 0; v < n; ++v) {
      if (filled[v] && count[v] > 0) colour.row(v) = total.row(v) / count[v];
    }
  }
  return colour;
}

std::vector<int> mirror_map(const Points& verts) {
  const PointTree tree(verts);
  const float reach = 0.03f * bounds(verts).sizes().maxCoeff();
  std::vector<int> mirror(verts.rows(), -1);
  for (Eigen::Index v = 0; v < verts.rows(); ++v) {
    float distance2 = 0;
    const int twin = tree.nearest({-verts(v, 0), verts(v, 1), verts(v, 2)}, distance2);
    if (distance2 < reach * reach) mirror[v] = twin;
  }
  return mirror;
}

}  // namespace mp4d
