#include "motion/embed.h"
#include "motion/hip_joints.h"
#include "motion/point_tree.h"

#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

PointTree tree_of(const std::vector<Vec3>& points) {
  Points rows(Eigen::Index(points.size()), 3);
  for (std::size_t i = 0; i < points.size(); ++i) rows.row(Eigen::Index(i)) = points[i].transpose();
  return PointTree(std::move(rows));
}

float square(float x) { return x * x; }

// Energy of the bones round a joint; all lengths in the mesh's size.
class Energy {
 public:
  Energy(const MedialGraph& graph, const VoxelGrid& solid, const RigTemplate& rig, const Embedding& start, float size)
      : tree_(tree_of(graph.medial_points)), solid_(solid), rig_(rig), start_(start.positions), size_(size) {
    children_.resize(std::size_t(rig.size()));
    for (int j = 0; j < rig.size(); ++j)
      if (start.present[j] && rig.joints[j].parent >= 0) children_[rig.joints[j].parent].push_back(j);
  }

  float around(const std::vector<Vec3>& positions, int joint) const {
    float sum = 2 * (positions[joint] - start_[joint]).squaredNorm() / square(size_);
    if (rig_.joints[joint].parent >= 0) sum += bone(positions, joint);
    for (const int child : children_[joint]) sum += bone(positions, child);
    return sum;
  }

 private:
  float bone(const std::vector<Vec3>& positions, int child) const {
    const int parent = rig_.joints[child].parent;
    const Vec3 a = positions[parent], b = positions[child];
    constexpr int kSamples = 8;
    float centred = 0;
    for (int k = 0; k <= kSamples; ++k) {
      const Vec3 p = a + (b - a) * (float(k) / kSamples);
      float distance2 = 0;
      tree_.nearest(p, distance2);
      centred += 150 * distance2 / square(size_);
      centred += 2000 * square(std::max(0.0f, 0.004f + solid_.sample(p) / size_));
    }
    const float length = (b - a).norm(), planned = (start_[child] - start_[parent]).norm(), margin = 0.01f * size_;
    float cost = centred / (kSamples + 1) + 0.03f * square(std::log((length + margin) / (planned + margin)));
    if (length > 0 && planned > 0)
      cost += 0.02f * (1 - (b - a).dot(start_[child] - start_[parent]) / (length * planned));
    return cost;
  }

  PointTree tree_;
  const VoxelGrid& solid_;
  const RigTemplate& rig_;
  std::vector<Vec3> start_;
  float size_;
  std::vector<std::vector<int>> children_;
};

// Joints of the trunk: the thick ones, and those on the way from one to the next.
std::vector<int> trunk_joints(const RigTemplate& rig, const Embedding& embedding) {
  std::vector<char> in_trunk(std::size_t(rig.size()), 0);
  for (int j = 0; j < rig.size(); ++j) {
    if (!rig.joints[j].fat || !embedding.present[j]) continue;
    in_trunk[j] = 1;
    int up = rig.joints[j].parent;
    while (up >= 0 && !rig.joints[up].fat) up = rig.joints[up].parent;
    if (up < 0) continue;
    for (int k = rig.joints[j].parent; k != up; k = rig.joints[k].parent) in_trunk[k] = 1;
  }
  std::vector<int> joints;
  for (int j = 0; j < rig.size(); ++j)
    if (in_trunk[j]) joints.push_back(j);
  return joints;
}

// Forks sit where the legs' axes meet, often low in the body: moves the trunk's joints across it into the middle.
void centre_trunk(const RigTemplate& rig, const VoxelGrid& solid, float size, Embedding& embedding) {
  const std::vector<int> joints = trunk_joints(rig, embedding);
  if (joints.size() < 2) return;
  const Vec3 along = embedding.positions[joints.back()] - embedding.positions[joints.front()];
  const Vec3 direction = embedding.mesh_from_body.col(0).cross(along);
  if (direction.norm() < 0.02f * size) return;
  const Vec3 step = 0.005f * size * direction.normalized();
  for (const int j : joints) {
    const Vec3 start = embedding.positions[j];
    // As far as the body reaches without a gap, the deep places counting more.
    float weights = 0, sum = 0;
    for (const int sign : {-1, 1})
      for (int k = sign > 0 ? 0 : 1; k <= 50; ++k) {
        const float at = float(sign * k), depth = -solid.sample(start + at * step);
        if (depth < 0) break;
        weights += depth, sum += depth * at;
      }
    if (weights > 0) embedding.positions[j] = start + sum / weights * step;
  }
}

}  // namespace

void Embedder::refine(const RigTemplate& rig, Embedding& embedding) const {
  std::vector<Vec3>& positions = embedding.positions;
  const Vec3 across = embedding.mesh_from_body.col(0);
  const auto found = symmetry(across);
  const auto symmetrise = [&, share = found.first, plane = found.second] {
    if (share < 0.9f) return;
    const auto mirror = [&, offset = plane](const Vec3& p) { return Vec3(p - 2 * (across.dot(p) - offset) * across); };
    for (int j = 0; j < rig.size(); ++j) {
      const int twin = rig.joints[j].symmetric;
      if (twin < j && twin != j) continue;
      if (!embedding.present[j] || !embedding.present[twin]) continue;
      const Vec3 mean = 0.5f * (positions[j] + mirror(positions[twin]));
      positions[j] = mean;
      positions[twin] = mirror(mean);
    }
  };
  symmetrise();
  centre_trunk(rig, solid_, size_, embedding);
  std::vector<char> placed(std::size_t(rig.size()), 0);
  for (const int j : place_hips(rig, solid_, embedding.mesh_from_body.col(1), across, positions)) placed[j] = 1;
  const Energy energy(graph_, solid_, rig, embedding, size_);
  // Compass search, joint by joint, with shrinking steps: the energy has no useful gradient between medial samples.
  for (float step = 0.02f * size_; step > 0.0015f * size_; step *= 0.6f)
    for (int sweep = 0; sweep < 2; ++sweep)
      for (int j = 0; j < rig.size(); ++j) {
        if (!embedding.present[j] || placed[j]) continue;
        float best = energy.around(positions, j);
        const Vec3 start = positions[j];
        Vec3 chosen = start;
        for (int axis = 0; axis < 3; ++axis)
          for (const float sign : {-1.0f, 1.0f}) {
            positions[j] = start + sign * step * embedding.mesh_from_body.col(axis);
            const float e = energy.around(positions, j);
            if (e < best) best = e, chosen = positions[j];
          }
        positions[j] = chosen;
      }
  symmetrise();
}

}  // namespace mp4d
