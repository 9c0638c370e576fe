#include "motion/source_motion.h"
#include "motion/kinematics.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr double kStands = 0.2;  // leg lengths: feet of a pair farther apart, along or up, do not stand
constexpr double kSparse = 1.0 / 20, kResample = 30;

Clip dense(const Clip& clip) {
  const double length = clip.times.back() - clip.times.front();
  const std::size_t count = clip.times.size();
  if (count < 2 || length / static_cast<double>(count - 1) <= kSparse) return clip;
  Clip out{clip.name, {}, {}};
  const int frames = std::max(2, static_cast<int>(std::lround(length * kResample)) + 1);
  for (int t = 0; t < frames; ++t) {
    out.times.push_back(clip.times.front() + length * t / (frames - 1));
    out.poses.push_back(sample_clip(clip, out.times.back()));
  }
  return out;
}

Result<void> check_clip(const RiggedModel& model, const Clip& clip) {
  if (clip.poses.empty()) return fail(ErrorCode::kInput, "{}: clip '{}' has no frames", model.name, clip.name);
  if (clip.times.size() != clip.poses.size())
    return fail(ErrorCode::kInput, "{}: clip '{}' has {} times for {} poses", model.name, clip.name, clip.times.size(),
                clip.poses.size());
  for (std::size_t t = 0; t < clip.poses.size(); ++t) {
    if (clip.poses[t].size() != model.skeleton.joints.size())
      return fail(ErrorCode::kInput, "{}: clip '{}', frame {}: {} joints, the skeleton has {}", model.name, clip.name,
                  t, clip.poses[t].size(), model.skeleton.joints.size());
    if (t > 0 && !(clip.times[t] > clip.times[t - 1]))
      return fail(ErrorCode::kInput, "{}: clip '{}': the time of frame {} is not after the one before", model.name,
                  clip.name, t);
    for (std::size_t j = 0; j < clip.poses[t].size(); ++j) {
      const Transform& m = clip.poses[t][j];
      if (!m.translation.allFinite() || !m.rotation.coeffs().allFinite() || !m.scale.allFinite())
        return fail(ErrorCode::kInput, "{}: clip '{}', frame {}: joint '{}' is not a finite number", model.name,
                    clip.name, t, model.skeleton.joints[j].name);
    }
  }
  return {};
}

void find_rest_soles(const Anatomy& body, SourceMotion& motion) {
  const Mat3 body_from_world = body.world_from_body.transpose();
  const Vec3 pelvis = body_from_world * body.position(body.pelvis);
  motion.rest_ground = body.ground;
  if (motion.legs.empty()) return;
  std::vector<float> heights;
  for (const int leg : motion.legs) {
    motion.rest_sole.push_back(body_from_world * body.chains[leg].sole);
    heights.push_back(motion.rest_sole.back().y());
  }
  std::sort(heights.begin(), heights.end());
  motion.rest_ground = heights[heights.size() / 2];
  const auto partner = [&](std::size_t leg) {
    const Chain& chain = body.chains[motion.legs[leg]];
    const int other = body.find(ChainRole::kLeg, chain.side == Side::kLeft ? Side::kRight : Side::kLeft, chain.order);
    return static_cast<std::size_t>(std::find(motion.legs.begin(), motion.legs.end(), other) - motion.legs.begin());
  };
  bool stands = true;
  for (std::size_t leg = 0; leg < motion.legs.size(); ++leg)
    if (const std::size_t other = partner(leg); other < motion.legs.size()) {
      const Vec3 apart = motion.rest_sole[leg] - motion.rest_sole[other];
      stands = stands && std::max(std::abs(apart.y()), std::abs(apart.z())) < kStands * body.leg_length;
    }
  if (stands) return;
  motion.rest_ground = contact_level(motion.feet);
  std::vector<Vec3> mean(motion.legs.size(), Vec3::Zero());
  for (std::size_t leg = 0; leg < motion.legs.size(); ++leg) {
    for (std::size_t t = 0; t < motion.times.size(); ++t)
      mean[leg] +=
          Quat(Eigen::AngleAxisf(-motion.heading[t], Vec3::UnitY())) * (motion.feet[leg].sole[t] - motion.pelvis[t]);
    mean[leg] /= static_cast<float>(motion.times.size());
  }
  for (std::size_t leg = 0; leg < motion.legs.size(); ++leg) {
    Vec3 off = mean[leg];
    if (const std::size_t other = partner(leg); other < motion.legs.size())
      off = 0.5f * (off + Vec3(-mean[other].x(), mean[other].y(), mean[other].z()));
    motion.rest_sole[leg] = Vec3(pelvis.x() + off.x(), static_cast<float>(motion.rest_ground), pelvis.z() + off.z());
  }
}

}  // namespace

Quat rotation_of(const Mat4& matrix) {
  Mat3 m = matrix.topLeftCorner<3, 3>();
  if (m.determinant() < 0) m = -m;
  for (int c = 0; c < 3; ++c) m.col(c).normalize();
  return m.allFinite() ? Quat(m).normalized() : Quat::Identity();
}

Result<SourceMotion> read_motion(const RiggedModel& model, const Anatomy& body, const Clip& given) {
  MP4D_CHECK(check_clip(model, given));
  const Clip clip = dense(given);
  SourceMotion motion;
  motion.times = clip.times;
  const std::size_t joints = model.skeleton.joints.size();
  const Mat3 body_from_world = body.world_from_body.transpose();
  const Quat into(body_from_world);
  std::vector<Quat> reference(joints);
  for (std::size_t j = 0; j < joints; ++j) reference[j] = rotation_of(body.reference[j]).conjugate();
  std::vector<int> carriers;
  std::vector<Vec3> sole_in_joint;
  for (std::size_t c = 0; c < body.chains.size(); ++c) {
    const Chain& chain = body.chains[c];
    if (chain.role != ChainRole::kLeg) continue;
    motion.legs.push_back(static_cast<int>(c));
    const int foot = chain.joints[std::min<std::size_t>(chain.foot, chain.joints.size() - 1)];
    carriers.push_back(foot);
    const Mat4 to_joint = body.reference[foot].inverse();
    sole_in_joint.push_back(to_joint.topLeftCorner<3, 3>() * chain.sole + to_joint.topRightCorner<3, 1>());
  }
  motion.feet.resize(motion.legs.size());
  motion.hips.resize(motion.legs.size());
  for (const Pose& pose : clip.poses) {
    const std::vector<Mat4> world = forward_kinematics(model.skeleton, pose);
    std::vector<Quat> turn(joints);
    for (std::size_t j = 0; j < joints; ++j)
      if (body.body[j])
        turn[j] = (into * rotation_of(world[j]) * reference[j] * into.conjugate()).normalized();
      else
        turn[j] = Quat::Identity();
    motion.pelvis.push_back(body_from_world * world[body.pelvis].topRightCorner<3, 1>());
    const Quat& q = turn[body.pelvis];
    motion.heading.push_back(2 * std::atan2(q.y(), q.w()));
    for (std::size_t leg = 0; leg < carriers.size(); ++leg) {
      const Mat4& m = world[carriers[leg]];
      motion.feet[leg].sole.push_back(body_from_world *
                                      (m.topLeftCorner<3, 3>() * sole_in_joint[leg] + m.topRightCorner<3, 1>()));
      const int hip = body.chains[motion.legs[leg]].joints.front();
      motion.hips[leg].push_back(body_from_world * world[hip].topRightCorner<3, 1>());
    }
    motion.turn.push_back(std::move(turn));
  }
  find_rest_soles(body, motion);
  // A rest pose that stands on nothing (motion capture files put the hips at the origin) has no ground of its own.
  const double leg = std::max(body.leg_length, 1e-6 * body.size);
  const bool grounded_rest = std::abs(body.position(body.pelvis).y()) > 0.2 * leg;
  motion.level = motion.rest_ground;
  if (!motion.feet.empty())
    motion.level = grounded_rest ? contact_level(motion.feet, motion.rest_ground) : contact_level(motion.feet);
  if (grounded_rest && std::abs(motion.level - motion.rest_ground) > 0.15 * leg)
    motion.level = motion.rest_ground;  // it flies, or lies
  for (FootTrack& foot : motion.feet) find_contacts(foot, motion.times, motion.level, leg);
  return motion;
}

bool steps(const SourceMotion& motion, const Anatomy& body) {
  if (motion.feet.size() != 2 || motion.times.size() < 4) return false;
  // Feet against the hips, along the body: they must swing far, and opposite to each other.
  double travel = 0, opposite = 0;
  for (std::size_t t = 0; t < motion.times.size(); ++t) {
    const float yaw = -motion.heading[t];
    const auto along = [&](std::size_t foot) {
      const Vec3 d = motion.feet[foot].sole[t] - motion.pelvis[t];
      return -std::sin(yaw) * d.x() + std::cos(yaw) * d.z();
    };
    const double apart = along(0) - along(1);
    travel = std::max(travel, std::abs(apart));
    opposite += apart;
  }
  opposite /= static_cast<double>(motion.times.size());
  return travel > 0.35 * body.leg_length && std::abs(opposite) < 0.5 * travel;
}

}  // namespace mp4d
