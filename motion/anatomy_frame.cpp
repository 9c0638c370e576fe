#include "motion/anatomy_frame.h"
#include "motion/kinematics.h"
#include <Eigen/LU>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace mp4d::anatomy {
namespace {

constexpr int kMostJoints = 8192;

bool has_skin(const RiggedModel& model) { return model.skin.joints.rows() > 0; }

Result<void> check_model(const RiggedModel& model) {
  const Skeleton& skeleton = model.skeleton;
  if (skeleton.size() == 0) return fail(ErrorCode::kInput, "{}: has no skeleton", model.name);
  if (skeleton.size() > kMostJoints)
    return fail(ErrorCode::kInput,
                "{}: {} joints; at most {} can be a body: export the character without its crowd or cloth", model.name,
                skeleton.size(), kMostJoints);
  for (int j = 0; j < skeleton.size(); ++j) {
    const Joint& joint = skeleton.joints[j];
    if (joint.parent >= j)
      return fail(ErrorCode::kInput, "{}: joint '{}' hangs on a later joint or in a cycle; order parents first",
                  model.name, joint.name);
    if (!joint.rest.translation.allFinite() || !joint.rest.rotation.coeffs().allFinite() ||
        !joint.rest.scale.allFinite())
      return fail(ErrorCode::kInput, "{}: joint '{}' has a transform that is not finite", model.name, joint.name);
  }
  if (!has_skin(model)) return {};
  const Skin& skin = model.skin;
  if (skin.joints.rows() != model.mesh.verts.rows() || skin.weights.rows() != model.mesh.verts.rows() ||
      static_cast<int>(skin.joint_from_mesh.size()) != skeleton.size())
    return fail(ErrorCode::kInput, "{}: skin of {} rows and {} bind matrices for {} vertices and {} joints", model.name,
                skin.joints.rows(), skin.joint_from_mesh.size(), model.mesh.verts.rows(), skeleton.size());
  if (skin.joints.minCoeff() < 0 || skin.joints.maxCoeff() >= skeleton.size())
    return fail(ErrorCode::kInput, "{}: the skin names joint {} of {}", model.name, skin.joints.maxCoeff(),
                skeleton.size());
  if (!skin.weights.allFinite() || !model.mesh.verts.allFinite())
    return fail(ErrorCode::kInput, "{}: vertices or weights are not finite numbers", model.name);
  for (int j = 0; j < skeleton.size(); ++j)
    if (!skin.joint_from_mesh[j].allFinite())
      return fail(ErrorCode::kInput, "{}: the bind matrix of joint '{}' is not finite", model.name,
                  skeleton.joints[j].name);
  return {};
}

}  // namespace

Result<void> read_pose(const RiggedModel& model, const std::vector<JointName>& names, Anatomy& body) {
  MP4D_CHECK(check_model(model));
  const Skeleton& skeleton = model.skeleton;
  const int count = skeleton.size();
  body.weighted.assign(count, 0);
  if (has_skin(model)) {
    for (Eigen::Index v = 0; v < model.skin.joints.rows(); ++v)
      for (int k = 0; k < 4; ++k)
        if (model.skin.weights(v, k) > 1e-4f) body.weighted[model.skin.joints(v, k)] = 1;
  } else {
    for (int j = 0; j < count; ++j) body.weighted[j] = !names[j].helper;
  }
  body.reference = forward_kinematics(skeleton, rest_pose(skeleton));
  std::vector<char> bound(count, 0);
  if (has_skin(model))
    for (int j = 0; j < count; ++j) {
      const int parent = skeleton.joints[j].parent;
      const Mat3 linear = model.skin.joint_from_mesh[j].topLeftCorner<3, 3>();
      // A second bind pose of the same joint ("twin") says nothing about where it rests.
      const bool twin = parent >= 0 && skeleton.joints[j].name.starts_with(skeleton.joints[parent].name + "_bind");
      bound[j] = body.weighted[j] && !twin && std::abs(linear.determinant()) > 1e-30f;
      if (bound[j])
        body.reference[j] = model.skin.joint_from_mesh[j].inverse();
      else if (parent >= 0)
        body.reference[j] = body.reference[parent] * skeleton.joints[j].rest.matrix();
    }
  for (int j = 0; j < count; ++j)
    if (body.weighted[j] && !(std::abs(body.reference[j].topLeftCorner<3, 3>().determinant()) > 1e-30f))
      return fail(ErrorCode::kInput, "{}: joint '{}' is scaled to nothing; give it a scale above 0", model.name,
                  skeleton.joints[j].name);

  body.carrier.resize(count);
  for (int j = 0; j < count; ++j) body.carrier[j] = skeleton.joints[j].parent;
  body.body = body.weighted;
  if (has_skin(model))
    attach_islands(model, names, body);
  else
    attach_loose_feet(model.skeleton, names, body);
  for (int j = 0; j < count; ++j)  // ends below the skin
    if (const int c = body.carrier[j]; !body.body[j] && c >= 0 && body.body[c] && !names[j].helper) body.body[j] = 1;
  if (std::none_of(body.body.begin(), body.body.end(), [](char b) { return b != 0; }))
    return fail(ErrorCode::kInput, "{}: no joint moves the mesh; bind it first, or rig it anew with 'magicpose4d rig'",
                model.name);

  std::vector<std::vector<int>> children(count);
  std::vector<int> stack;
  for (int j = count - 1; j >= 0; --j) {
    if (body.carrier[j] < 0)
      stack.push_back(j);
    else
      children[body.carrier[j]].push_back(j);
  }
  body.order.clear();
  while (!stack.empty()) {
    const int j = stack.back();
    stack.pop_back();
    body.order.push_back(j);
    stack.insert(stack.end(), children[j].begin(), children[j].end());
  }
  if (static_cast<int>(body.order.size()) != count)
    return fail(ErrorCode::kInput, "{}: the skeleton contains a cycle", model.name);
  for (auto j = body.order.rbegin(); j != body.order.rend(); ++j)  // joints between skinned ones
    if (const int c = body.carrier[*j]; body.body[*j] && c >= 0) {
      bool above = false;
      for (int a = c; a >= 0 && !above; a = body.carrier[a]) above = body.weighted[a];
      if (above) body.body[c] = 1;
    }

  Aabb box = has_skin(model) ? bounds(model.mesh.verts) : Aabb();
  if (!has_skin(model))
    for (int j = 0; j < count; ++j)
      if (body.body[j]) box.extend(body.position(j));
  body.size = std::max(1e-9f, box.diagonal().norm());
  body.ground = box.min().y();
  return {};
}

void find_frame(const RiggedModel& model, const std::vector<JointName>& names, Anatomy& body) {
  Vec3 left = Vec3::Zero();
  std::map<std::string, std::pair<int, int>> pairs;  // name without its side -> left, right
  for (int j = 0; j < model.skeleton.size(); ++j) {
    if (!body.body[j] || names[j].side == Side::kMiddle) continue;
    std::string key = plain_joint_name(model.skeleton.joints[j].name);
    for (const std::string word : {"left", "right"})
      if (const auto at = key.find(word); at != std::string::npos) key.replace(at, word.size(), "");
    if (key.size() > 1 && (key.back() == 'l' || key.back() == 'r')) key.pop_back();
    auto& pair = pairs.try_emplace(key, -1, -1).first->second;
    (names[j].side == Side::kLeft ? pair.first : pair.second) = j;
  }
  for (const auto& [key, pair] : pairs)
    if (pair.first >= 0 && pair.second >= 0) left += body.position(pair.first) - body.position(pair.second);
  if (left.norm() < 1e-4 * body.size) {  // no equal names: all of one side against all of the other
    Vec3 sum[2] = {Vec3::Zero(), Vec3::Zero()};
    int count[2] = {0, 0};
    for (int j = 0; j < model.skeleton.size(); ++j)
      if (body.body[j] && names[j].side != Side::kMiddle) {
        const int side = names[j].side == Side::kRight;
        sum[side] += body.position(j);
        ++count[side];
      }
    if (count[0] > 0 && count[1] > 0)
      left = sum[0] / static_cast<float>(count[0]) - sum[1] / static_cast<float>(count[1]);
  }
  left.y() = 0;
  body.facing = "left and right by the joints' names";
  if (left.norm() < 1e-4 * body.size) {
    left = Vec3::UnitX();
    body.facing = "forward +z, as no joint is named left or right";
  }
  left.normalize();
  const Vec3 up = Vec3::UnitY();
  body.world_from_body.col(0) = left;
  body.world_from_body.col(1) = up;
  body.world_from_body.col(2) = left.cross(up);
}

Vec3 surface_end(const RiggedModel& model, const Anatomy& body, int joint, const Vec3& from) {
  std::vector<std::pair<float, Vec3>> far;
  for (Eigen::Index v = 0; v < model.skin.joints.rows(); ++v)
    if (model.skin.joints(v, 0) == joint) {
      const Vec3 p = model.mesh.verts.row(v);
      far.emplace_back((p - from).norm(), p);
    }
  if (far.empty()) return body.position(joint);
  std::sort(far.begin(), far.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  const std::size_t count = std::max<std::size_t>(1, far.size() / 10);
  Vec3 sum = Vec3::Zero();
  for (std::size_t i = 0; i < count; ++i) sum += far[i].second;
  return sum / static_cast<float>(count);
}

Vec3 lowest_point(const RiggedModel& model, const std::vector<int>& joints, const Vec3& fallback) {
  std::vector<Vec3> points;
  for (Eigen::Index v = 0; v < model.skin.joints.rows(); ++v)
    if (std::find(joints.begin(), joints.end(), model.skin.joints(v, 0)) != joints.end())
      points.push_back(model.mesh.verts.row(v));
  if (points.empty()) return fallback;
  std::sort(points.begin(), points.end(), [](const Vec3& a, const Vec3& b) { return a.y() < b.y(); });
  const std::size_t count = std::max<std::size_t>(1, points.size() / 10);
  Vec3 sum = Vec3::Zero();
  for (std::size_t i = 0; i < count; ++i) sum += points[i];
  sum /= static_cast<float>(count);
  return Vec3(sum.x(), points.front().y(), sum.z());
}

}  // namespace mp4d::anatomy

namespace mp4d {

void stand_upright(RiggedModel& model) {
  const int count = model.skeleton.size();
  if (model.skin.joints.rows() == 0 || static_cast<int>(model.skin.joint_from_mesh.size()) != count ||
      !model.mesh.verts.allFinite())
    return;
  // The vertices as bound against the same vertices as the rest pose shows them.
  const Points rest =
      skin_linear(model.mesh.verts, model.skin, forward_kinematics(model.skeleton, rest_pose(model.skeleton)));
  if (!rest.allFinite() || rest.rows() < 3) return;
  const Vec3 from = model.mesh.verts.colwise().mean(), to = rest.colwise().mean();
  const Mat3 spread = (rest.rowwise() - to.transpose()).transpose() * (model.mesh.verts.rowwise() - from.transpose());
  Eigen::JacobiSVD<Mat3> svd(spread, Eigen::ComputeFullU | Eigen::ComputeFullV);
  Vec3 sign = Vec3::Ones();
  if (svd.matrixU().determinant() * svd.matrixV().determinant() < 0) sign.z() = -1;
  const Mat3 turn = svd.matrixU() * sign.asDiagonal() * svd.matrixV().transpose();
  if (Eigen::AngleAxisf(turn).angle() < 0.26f) return;
  Mat4 world_from_mesh = Mat4::Identity();
  world_from_mesh.topLeftCorner<3, 3>() = turn;
  world_from_mesh.topRightCorner<3, 1>() = to - turn * from;
  model.mesh.verts = (model.mesh.verts * turn.transpose()).rowwise() + (to - turn * from).transpose();
  if (model.mesh.normals.rows() > 0) model.mesh.normals = model.mesh.normals * turn.transpose();
  const Mat4 back = world_from_mesh.inverse();
  for (Mat4& m : model.skin.joint_from_mesh) m = m * back;
}

}  // namespace mp4d
