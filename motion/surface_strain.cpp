#include "motion/surface_strain.h"
#include "motion/chain_turns.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr std::size_t kEdges = 64;     // a joint
constexpr float kStiffEnough = 0.05f;  // as in docs/phase2.md
constexpr float kSeam = 0.97f;         // both ends stiffer: a seam
constexpr int kHalvings = 7;

/// 1 - H / log B of a vertex.
float stiffness(const Skin& skin, Eigen::Index v, int joints) {
  float entropy = 0;
  for (int k = 0; k < 4; ++k)
    if (const float w = skin.weights(v, k); w > 0) entropy -= w * std::log(w);
  return joints > 1 ? std::max(0.0f, 1 - entropy / std::log(static_cast<float>(joints))) : 1;
}

int bones(const Skin& skin) {
  std::vector<char> used;
  for (Eigen::Index v = 0; v < skin.joints.rows(); ++v)
    for (int k = 0; k < 4; ++k)
      if (skin.weights(v, k) > 0) {
        used.resize(std::max<std::size_t>(used.size(), static_cast<std::size_t>(skin.joints(v, k)) + 1), 0);
        used[skin.joints(v, k)] = 1;
      }
  return static_cast<int>(std::count(used.begin(), used.end(), 1));
}

}  // namespace

SurfaceStrain::SurfaceStrain(const RiggedModel& model, const Anatomy& body, double limit)
    : edges_(model.skeleton.joints.size()), limit_(limit) {
  const Skin& skin = model.skin;
  if (skin.joints.rows() == 0) return;
  const int count = bones(skin);
  const Mat3 body_from_world = body.world_from_body.transpose();
  // Whether a joint lies at or below another one.
  std::vector<int> rank(edges_.size(), 0), end(edges_.size(), 0);
  for (std::size_t i = 0; i < body.order.size(); ++i) rank[body.order[i]] = static_cast<int>(i);
  for (std::size_t j = 0; j < end.size(); ++j) end[j] = rank[j] + 1;
  for (auto j = body.order.rbegin(); j != body.order.rend(); ++j)
    if (body.carrier[*j] >= 0) end[body.carrier[*j]] = std::max(end[body.carrier[*j]], end[*j]);
  const auto below = [&](int joint, int top) { return rank[joint] >= rank[top] && rank[joint] < end[top]; };

  const auto pairs = unique_edges(model.mesh.faces);
  std::vector<float> stiff(skin.joints.rows());
  for (Eigen::Index v = 0; v < skin.joints.rows(); ++v) stiff[v] = stiffness(skin, v, count);
  for (Eigen::Index e = 0; e < pairs.rows(); ++e) {
    const int ends[2] = {pairs(e, 0), pairs(e, 1)};
    const float r = stiff[ends[0]] * stiff[ends[1]];
    if (r <= kStiffEnough || std::min(stiff[ends[0]], stiff[ends[1]]) > kSeam) continue;
    std::vector<int> joints;
    for (const int v : ends)
      for (int k = 0; k < 4; ++k)
        if (skin.weights(v, k) > 1e-3f && std::find(joints.begin(), joints.end(), skin.joints(v, k)) == joints.end())
          joints.push_back(skin.joints(v, k));
    if (joints.size() < 2) continue;
    for (const int j : joints) {
      const int carrier = body.carrier[j];
      if (carrier < 0 || std::all_of(joints.begin(), joints.end(), [&](int other) { return below(other, j); }))
        continue;
      Edge edge;
      const Vec3 centre = body.position(j);
      for (int i = 0; i < 2; ++i) {
        const Vec3 at = body_from_world * (model.mesh.verts.row(ends[i]).transpose() - centre);
        float weight = 0;
        for (int k = 0; k < 4; ++k)
          if (below(skin.joints(ends[i], k), j)) weight += skin.weights(ends[i], k);
        edge.weight[i] = weight;
        edge.at_joint[i] = weight * at;
        edge.at_carrier[i] = (1 - weight) * at;
      }
      edge.length = (edge.at_joint[1] + edge.at_carrier[1] - edge.at_joint[0] - edge.at_carrier[0]).norm();
      edge.stiffness = r;
      if (edge.length > 1e-9f * body.size) edges_[j].push_back(edge);
    }
  }
  for (std::vector<Edge>& list : edges_) {  // evenly spread
    if (list.size() <= kEdges) continue;
    std::vector<Edge> kept;
    for (std::size_t i = 0; i < kEdges; ++i) kept.push_back(list[i * list.size() / kEdges]);
    list = std::move(kept);
  }
}

double SurfaceStrain::strain(int joint, const Quat& relative) const {
  const Mat3 turn = relative.toRotationMatrix();
  double sum = 0, total = 0;
  for (const Edge& edge : edges_[joint]) {
    const Vec3 along = edge.at_carrier[1] - edge.at_carrier[0] + turn * (edge.at_joint[1] - edge.at_joint[0]);
    const double change = along.norm() / edge.length - 1;
    sum += edge.stiffness * change * change;
    total += edge.stiffness;
  }
  return total > 0 ? std::sqrt(sum / total) : 0;
}

Quat SurfaceStrain::reduced(const Quat& relative, const Vec3& axis, const Kept& kept) {
  const float angle = twist_angle(relative, axis);
  const Quat swing = relative * Quat(Eigen::AngleAxisf(-angle, axis));
  const Quat part = kept.swing < 1 ? Quat::Identity().slerp(kept.swing, swing) : swing;
  return (part * Quat(Eigen::AngleAxisf(kept.twist * angle, axis))).normalized();
}

SurfaceStrain::Kept SurfaceStrain::bearable(int joint, const Quat& relative, const Vec3& axis) const {
  Kept kept;
  if (edges_[joint].empty() || strain(joint, relative) <= limit_) return kept;
  const auto most = [&](float Kept::*part, double limit) {
    float low = 0, high = 1;
    for (int i = 0; i < kHalvings; ++i) {
      kept.*part = 0.5f * (low + high);
      (strain(joint, reduced(relative, axis, kept)) <= limit ? low : high) = kept.*part;
    }
    kept.*part = low;
  };
  kept.twist = 0;
  const double swing_alone = strain(joint, reduced(relative, axis, kept));
  if (swing_alone <= limit_) {
    most(&Kept::twist, limit_);
    return kept;
  }
  if (swing_alone > kSwingLimit * limit_) most(&Kept::swing, kSwingLimit * limit_);
  kept.twist = 1;
  const double with_twist = strain(joint, reduced(relative, axis, kept));
  if (with_twist > 1.05 * std::max(swing_alone, limit_))
    most(&Kept::twist, 1.05 * std::min(swing_alone, kSwingLimit * limit_));
  return kept;
}

double surface_strain(const RiggedModel& model, const Points& rest, const Points& now) {
  const int count = bones(model.skin);
  const auto pairs = unique_edges(model.mesh.faces);
  double sum = 0, total = 0;
  for (Eigen::Index e = 0; e < pairs.rows(); ++e) {
    const float length = (rest.row(pairs(e, 0)) - rest.row(pairs(e, 1))).norm();
    if (!(length > 0)) continue;
    const double r = stiffness(model.skin, pairs(e, 0), count) * stiffness(model.skin, pairs(e, 1), count);
    const double change = (now.row(pairs(e, 0)) - now.row(pairs(e, 1))).norm() / length - 1;
    sum += r * change * change;
    total += r;
  }
  return total > 0 ? std::sqrt(sum / total) : 0;
}

}  // namespace mp4d
