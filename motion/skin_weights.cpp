#include "motion/skin_weights.h"

#include "motion/kinematics.h"
#include "motion/laplacian.h"

#include <Eigen/SparseCholesky>
#include <algorithm>
#include <cmath>
#include <queue>

namespace mp4d {
namespace {

struct SegmentDistance {
  float distance;
  int segment;
  Vec3 point;
};

Vec3 closest_on_segment(const Vec3& p, const BoneSegment& bone) {
  const Vec3 ab = bone.b - bone.a;
  const float length2 = ab.squaredNorm();
  const float t = length2 > 0 ? std::clamp((p - bone.a).dot(ab) / length2, 0.0f, 1.0f) : 0.0f;
  return bone.a + t * ab;
}

// True if the segment from the surface point to the bone stays in the solid; a cell of air is forgiven, since the
// grid does not follow the surface more closely than that.
bool sees(const VoxelGrid& solid, const Vec3& from, const Vec3& to) {
  const float length = (to - from).norm();
  const int steps = std::max(1, int(std::ceil(length / (0.7f * solid.cell))));
  for (int i = 1; i < steps; ++i)
    if (solid.sample(from + (to - from) * (float(i) / float(steps))) > 0.7f * solid.cell) return false;
  return true;
}

struct HeatSource {
  double strength = 0;      // 1 / d^2, 0 = sees no bone
  std::vector<int> joints;  // that share it
};

HeatSource heat_source(const Vec3& p, const Vec3& normal, const std::vector<BoneSegment>& bones, const VoxelGrid& solid,
                       float tie, float least_distance) {
  std::vector<SegmentDistance> nearest(bones.size());
  for (std::size_t s = 0; s < bones.size(); ++s) {
    const Vec3 q = closest_on_segment(p, bones[s]);
    nearest[s] = {(p - q).norm(), int(s), q};
  }
  std::sort(nearest.begin(), nearest.end(), [](const auto& a, const auto& b) {
    return a.distance != b.distance ? a.distance < b.distance : a.segment < b.segment;
  });
  HeatSource source;
  float found = -1;
  for (const SegmentDistance& n : nearest) {
    if (found >= 0 && n.distance > found + tie) break;
    const Vec3 direction = p - n.point;
    if (direction.dot(normal) < 0.5f * n.distance || !sees(solid, p, n.point)) continue;
    if (found < 0) found = n.distance;
    const int joint = bones[std::size_t(n.segment)].joint;
    if (std::find(source.joints.begin(), source.joints.end(), joint) == source.joints.end())
      source.joints.push_back(joint);
  }
  if (found >= 0) source.strength = 1.0 / std::pow(double(std::max(found, least_distance)), 2);
  return source;
}

// The joint whose bone is nearest through the solid, for every sample of the grid; -1 outside.
std::vector<int> nearest_joint_in_solid(const VoxelGrid& solid, const std::vector<BoneSegment>& bones) {
  std::vector<int> joint(solid.size(), -1);
  std::vector<float> distance(solid.size(), std::numeric_limits<float>::infinity());
  using Entry = std::pair<float, std::size_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
  const auto passable = [&](std::size_t i) { return solid.values[i] < solid.cell; };
  for (const BoneSegment& bone : bones) {
    const int steps = std::max(1, int(std::ceil((bone.b - bone.a).norm() / (0.5f * solid.cell))));
    for (int s = 0; s <= steps; ++s) {
      const Vec3 g = (bone.a + (bone.b - bone.a) * (float(s) / float(steps)) - solid.origin) / solid.cell;
      const int x = int(std::lround(g.x())), y = int(std::lround(g.y())), z = int(std::lround(g.z()));
      if (x < 0 || y < 0 || z < 0 || x >= solid.nx || y >= solid.ny || z >= solid.nz) continue;
      const std::size_t i = solid.index(x, y, z);
      if (!passable(i) || distance[i] == 0) continue;
      distance[i] = 0;
      joint[i] = bone.joint;
      open.push({0.0f, i});
    }
  }
  while (!open.empty()) {
    const auto [d, i] = open.top();
    open.pop();
    if (d > distance[i]) continue;
    const int x = int(i % solid.nx), y = int(i / solid.nx % solid.ny), z = int(i / (std::size_t(solid.nx) * solid.ny));
    for (int c = std::max(0, z - 1); c <= std::min(solid.nz - 1, z + 1); ++c)
      for (int b = std::max(0, y - 1); b <= std::min(solid.ny - 1, y + 1); ++b)
        for (int a = std::max(0, x - 1); a <= std::min(solid.nx - 1, x + 1); ++a) {
          const std::size_t n = solid.index(a, b, c);
          const float e = d + std::sqrt(float((a - x) * (a - x) + (b - y) * (b - y) + (c - z) * (c - z)));
          if (!passable(n) || e >= distance[n]) continue;
          distance[n] = e;
          joint[n] = joint[i];
          open.push({e, n});
        }
  }
  return joint;
}

int nearest_joint_in_air(const Vec3& p, const std::vector<BoneSegment>& bones) {
  const auto best = std::min_element(bones.begin(), bones.end(), [&](const BoneSegment& a, const BoneSegment& b) {
    return (p - closest_on_segment(p, a)).squaredNorm() < (p - closest_on_segment(p, b)).squaredNorm();
  });
  return best->joint;
}

}  // namespace

std::vector<BoneSegment> bone_segments(const Skeleton& skeleton) {
  const std::vector<Mat4> joints = forward_kinematics(skeleton, rest_pose(skeleton));
  const auto at = [&](int j) -> Vec3 { return joints[std::size_t(j)].topRightCorner<3, 1>(); };
  std::vector<BoneSegment> bones;
  std::vector<char> has_child(joints.size(), 0);
  for (int j = 0; j < skeleton.size(); ++j)
    if (const int parent = skeleton.joints[std::size_t(j)].parent; parent >= 0) {
      bones.push_back({parent, at(parent), at(j)});
      has_child[std::size_t(parent)] = 1;
    }
  for (int j = 0; j < skeleton.size(); ++j)
    if (skeleton.joints[std::size_t(j)].parent < 0 && !has_child[std::size_t(j)]) bones.push_back({j, at(j), at(j)});
  return bones;
}

Result<HeatWeights> heat_weights(const Mesh& mesh, const Skeleton& skeleton, const VoxelGrid& solid,
                                 const HeatWeightOptions& options, JobContext* job) {
  if (skeleton.size() == 0) return fail(ErrorCode::kInput, "skeleton: no joints; nothing to bind the mesh to");
  if (mesh.faces.rows() == 0) return fail(ErrorCode::kInput, "mesh: no faces; weights need a surface");
  const std::vector<BoneSegment> bones = bone_segments(skeleton);
  const Welded welded = weld(mesh.verts, mesh.faces);
  const int count = int(welded.verts.rows());
  const float size = bounds(welded.verts).diagonal().norm();

  const Points normals = vertex_normals(welded.verts, welded.faces);
  std::vector<HeatSource> sources(std::size_t(count), HeatSource{});
#pragma omp parallel for schedule(dynamic, 256)
  for (int v = 0; v < count; ++v) {
    const Vec3 p = welded.verts.row(v);
    // The field's normal does not depend on how the mesh's faces are turned; in sheets it vanishes.
    Vec3 normal = solid.gradient(p);
    normal = normal.norm() > 0.3f ? Vec3(normal.normalized()) : Vec3(normals.row(v).transpose());
    sources[std::size_t(v)] = heat_source(p, normal, bones, solid, 1e-4f * size, 1e-3f * size);
  }
  MP4D_CHECK(check(job));

  HeatWeights result;
  std::vector<int> component;
  const int components = connected_components(welded.faces, count, component);
  std::vector<char> warm(std::size_t(components), 0);
  for (int v = 0; v < count; ++v) warm[component[v]] |= char(sources[std::size_t(v)].strength > 0);
  if (std::find(warm.begin(), warm.end(), 0) != warm.end()) {
    const std::vector<int> joint_at = nearest_joint_in_solid(solid, bones);
    struct Piece {
      Vec3 centre = Vec3::Zero();
      int vertices = 0;
      std::vector<int> votes;
    };
    std::vector<Piece> pieces{std::size_t(components)};
    for (int v = 0; v < count; ++v) {
      Piece& piece = pieces[std::size_t(component[v])];
      if (warm[component[v]]) continue;
      const Vec3 p = welded.verts.row(v), g = (p - solid.origin) / solid.cell;
      const auto clamp = [](float t, int n) { return std::clamp(int(std::lround(t)), 0, n - 1); };
      int joint = joint_at[solid.index(clamp(g.x(), solid.nx), clamp(g.y(), solid.ny), clamp(g.z(), solid.nz))];
      if (joint < 0) joint = nearest_joint_in_air(p, bones);
      HeatSource& source = sources[std::size_t(v)];
      source.joints = {joint};
      source.strength = 1.0 / std::pow(0.05 * size, 2);
      piece.centre += p;
      piece.votes.resize(std::size_t(skeleton.size()), 0);
      ++piece.votes[std::size_t(joint)];
      ++piece.vertices;
      ++result.fallback_vertices;
    }
    for (const Piece& piece : pieces) {
      if (piece.vertices == 0) continue;
      const Vec3 c = piece.centre / float(piece.vertices);
      const auto top = std::max_element(piece.votes.begin(), piece.votes.end()) - piece.votes.begin();
      result.fallback_pieces.push_back(fmt::format("piece of {} vertices at ({:.3g}, {:.3g}, {:.3g}) -> {}",
                                                   piece.vertices, c.x(), c.y(), c.z(),
                                                   skeleton.joints[std::size_t(top)].name));
    }
  }

  const Eigen::VectorXd mass = lumped_mass(welded.verts, welded.faces);
  SparseMatrix system = cotangent_laplacian(welded.verts, welded.faces);
  Eigen::VectorXd heat(count);
  for (int v = 0; v < count; ++v) heat[v] = mass[v] * options.stiffness * sources[std::size_t(v)].strength;
  system.diagonal() += heat;
  Eigen::SimplicialLDLT<SparseMatrix> solver(system);
  if (solver.info() != Eigen::Success)
    return fail(ErrorCode::kFailed, "mesh: the weight system of {} vertices could not be factorised; repair the mesh",
                count);
  MP4D_CHECK(check(job));

  std::vector<std::vector<int>> verts_of_joint{std::size_t(skeleton.size())};
  for (int v = 0; v < count; ++v)
    for (const int j : sources[std::size_t(v)].joints) verts_of_joint[std::size_t(j)].push_back(v);
  Eigen::MatrixXf dense = Eigen::MatrixXf::Zero(count, skeleton.size());
#pragma omp parallel for schedule(dynamic, 1)
  for (int j = 0; j < skeleton.size(); ++j) {
    if (verts_of_joint[std::size_t(j)].empty() || cancelled(job)) continue;
    Eigen::VectorXd right = Eigen::VectorXd::Zero(count);
    for (const int v : verts_of_joint[std::size_t(j)])
      right[v] = heat[v] / double(sources[std::size_t(v)].joints.size());
    const Eigen::VectorXd w = solver.solve(right);
    // The share of a bone far away is never 0, but means nothing.
    for (int v = 0; v < count; ++v)
      dense(v, j) = std::isfinite(w[v]) && w[v] > 1e-3 ? float(std::min(w[v], 1.0)) : 0.0f;
  }
  MP4D_CHECK(check(job));

  Skin unique;
  set_weights(unique, dense);
  // Vertices of no face have no neighbours to take heat from: the nearest bone.
  for (int v = 0; v < count; ++v)
    if (dense.row(v).sum() <= 0) unique.joints(v, 0) = nearest_joint_in_air(welded.verts.row(v), bones);
  result.skin.joints.resize(mesh.verts.rows(), 4);
  result.skin.weights.resize(mesh.verts.rows(), 4);
  for (Eigen::Index v = 0; v < mesh.verts.rows(); ++v) {
    result.skin.joints.row(v) = unique.joints.row(welded.of_vertex[std::size_t(v)]);
    result.skin.weights.row(v) = unique.weights.row(welded.of_vertex[std::size_t(v)]);
  }
  result.skin.joint_from_mesh = inverse_bind(skeleton);
  return result;
}

}  // namespace mp4d
