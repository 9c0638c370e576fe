#include "app/studio/weight_edit.h"
#include "app/studio/rig_edit.h"
#include "motion/kinematics.h"
#include "motion/point_tree.h"
#include <algorithm>
#include <array>
#include <map>

namespace mp4d {
namespace {

constexpr float kOnPlane = 1e-3f;  // of the size: so near the middle, a vertex belongs to both halves

using Row = std::map<int, float>;  // weight by joint

Row row_of(const Skin& skin, Eigen::Index v) {
  Row row;
  for (int k = 0; k < 4; ++k)
    if (skin.weights(v, k) > 0) row[skin.joints(v, k)] += skin.weights(v, k);
  return row;
}

void put_row(Skin& skin, Eigen::Index v, const Row& row) {
  std::vector<std::pair<float, int>> heaviest;
  for (const auto& [joint, weight] : row)
    if (weight > 1e-4f) heaviest.emplace_back(weight, joint);
  std::stable_sort(heaviest.begin(), heaviest.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  heaviest.resize(std::min<std::size_t>(heaviest.size(), 4));
  float sum = 0;
  for (const auto& [weight, joint] : heaviest) sum += weight;
  if (!(sum > 0)) return;
  for (int k = 0; k < 4; ++k) {
    const bool there = static_cast<std::size_t>(k) < heaviest.size();
    skin.weights(v, k) = there ? heaviest[k].first / sum : 0;
    skin.joints(v, k) = there ? heaviest[k].second : 0;
  }
}

Row with_weight(Row row, int joint, float wanted, int heir) {
  const float before = row.count(joint) ? row[joint] : 0, others = 1 - before;
  wanted = std::clamp(wanted, 0.0f, 1.0f);
  if (others > 1e-4f) {
    for (auto& [other, weight] : row)
      if (other != joint) weight *= (1 - wanted) / others;
  } else {
    if (heir < 0) return row;  // there is nobody to take it
    row[heir] = 1 - wanted;
  }
  row[joint] = wanted;
  return row;
}

/// Index of the first vertex at the same place.
std::vector<int> places(const Points& verts) {
  std::map<std::array<float, 3>, int> first;
  std::vector<int> place(static_cast<std::size_t>(verts.rows()));
  for (Eigen::Index v = 0; v < verts.rows(); ++v)
    place[v] = first.try_emplace({verts(v, 0), verts(v, 1), verts(v, 2)}, static_cast<int>(v)).first->second;
  return place;
}

}  // namespace

Skin brushed(const Skin& skin, const Mesh& mesh, const Skeleton& skeleton, int joint, BrushMode mode,
             const std::vector<Dab>& dabs) {
  Skin changed = skin;
  if (mode != BrushMode::kSmooth) {
    const float sign = mode == BrushMode::kAdd ? 1 : -1;
    for (const Dab& dab : dabs) {
      const Row row = row_of(skin, dab.vertex);
      const auto found = row.find(joint);
      const float before = found == row.end() ? 0 : found->second;
      if (sign < 0 && before == 0) continue;
      put_row(changed, dab.vertex, with_weight(row, joint, before + sign * dab.amount, skeleton.joints[joint].parent));
    }
    return changed;
  }
  const std::vector<int> place = places(mesh.verts);
  std::map<int, float> amounts;  // by place
  for (const Dab& dab : dabs) amounts[place[dab.vertex]] = std::max(amounts[place[dab.vertex]], dab.amount);
  std::map<int, std::pair<Row, int>> sums;
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f)
    for (int k = 0; k < 3; ++k) {
      const int at = place[mesh.faces(f, k)];
      if (!amounts.count(at)) continue;
      auto& [sum, count] = sums[at];
      for (const int other : {place[mesh.faces(f, (k + 1) % 3)], place[mesh.faces(f, (k + 2) % 3)]}) {
        for (const auto& [j, weight] : row_of(skin, other)) sum[j] += weight;
        ++count;
      }
    }
  for (Eigen::Index v = 0; v < mesh.verts.rows(); ++v) {
    const auto found = sums.find(place[v]);
    if (found == sums.end()) continue;
    const float amount = amounts[place[v]];
    Row row;
    for (const auto& [j, weight] : row_of(skin, place[v])) row[j] += (1 - amount) * weight;
    for (const auto& [j, weight] : found->second.first)
      row[j] += amount * weight / static_cast<float>(found->second.second);
    put_row(changed, v, row);
  }
  return changed;
}

Skin mirrored_weights(const Skin& skin, const Mesh& mesh, const Skeleton& skeleton, int joint) {
  const std::vector<Mat4> world = forward_kinematics(skeleton, rest_pose(skeleton));
  const float middle = world[0](0, 3), side = world[joint](0, 3) >= middle ? 1.0f : -1.0f;
  const float edge = kOnPlane * bounds(mesh.verts).diagonal().norm();
  std::vector<int> twin(static_cast<std::size_t>(skeleton.size()));
  for (int j = 0; j < skeleton.size(); ++j) {
    const int found = twin_joint(skeleton, j);
    twin[j] = found < 0 ? j : found;
  }
  std::vector<Eigen::Index> given;
  for (Eigen::Index v = 0; v < mesh.verts.rows(); ++v)
    if (side * (mesh.verts(v, 0) - middle) >= -edge) given.push_back(v);
  Skin changed = skin;
  if (given.empty()) return changed;
  Points places(static_cast<Eigen::Index>(given.size()), 3);
  for (std::size_t i = 0; i < given.size(); ++i) places.row(static_cast<Eigen::Index>(i)) = mesh.verts.row(given[i]);
  const PointTree tree(std::move(places));
  for (Eigen::Index v = 0; v < mesh.verts.rows(); ++v) {
    if (side * (mesh.verts(v, 0) - middle) >= -edge) continue;
    float away = 0;
    const Vec3 mirrored(2 * middle - mesh.verts(v, 0), mesh.verts(v, 1), mesh.verts(v, 2));
    Row row;
    for (const auto& [other, weight] : row_of(skin, given[static_cast<std::size_t>(tree.nearest(mirrored, away))])) row[twin[other]] += weight;
    put_row(changed, v, row);
  }
  return changed;
}

}  // namespace mp4d
