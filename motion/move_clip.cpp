#include "motion/clip_edit.h"
#include "motion/joint_names.h"
#include "motion/kinematics.h"
#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

namespace mp4d {
namespace {

constexpr float kNear = 0.01f;       // of the skeleton's size
constexpr float kTurned = 0.0175f;   // rad
constexpr float kSameScale = 0.01f;  // relative: sizes nearer to each other are of one unit
constexpr float kMoves = 1e-4f;      // of the size, or radians: less is rounding
constexpr float kDegree = 180 / std::numbers::pi_v<float>;

Vec3 place(const Mat4& m) { return m.topRightCorner<3, 1>(); }

/// For each joint of `from` the one of `to` with its name, else the only one whose plain name is the same, else -1.
std::vector<int> partners(const Skeleton& from, const Skeleton& to) {
  std::map<std::string, std::vector<int>> from_plain, to_plain;
  for (int j = 0; j < from.size(); ++j) from_plain[plain_joint_name(from.joints[j].name)].push_back(j);
  for (int j = 0; j < to.size(); ++j) to_plain[plain_joint_name(to.joints[j].name)].push_back(j);
  std::vector<int> partner(from.joints.size());
  for (int j = 0; j < from.size(); ++j) partner[j] = to.find(from.joints[j].name);
  for (const auto& [name, mine] : from_plain)
    if (const auto other = to_plain.find(name);
        mine.size() == 1 && partner[mine[0]] < 0 && other != to_plain.end() && other->second.size() == 1)
      partner[mine[0]] = other->second[0];
  return partner;
}

/// BVH's convention, which says nothing about the joints' own axes.
bool rests_in_world_axes(const Skeleton& skeleton) {
  return std::all_of(skeleton.joints.begin(), skeleton.joints.end(), [](const Joint& joint) {
    return joint.rest.rotation.angularDistance(Quat::Identity()) < 1e-4f &&
           (joint.rest.scale - Vec3::Ones()).norm() < 1e-4f;
  });
}

class ClipMover {
 public:
  ClipMover(const Clip& clip, const Skeleton& from, const Skeleton& to)
      : clip_(clip),
        from_(from),
        to_(to),
        partner_(partners(from, to)),
        from_rest_(forward_kinematics(from, rest_pose(from))),
        to_rest_(forward_kinematics(to, rest_pose(to))) {
    Aabb box;
    for (const Mat4& m : to_rest_) box.extend(place(m));
    size_ = std::max(1e-6f, box.isEmpty() ? 0 : box.sizes().maxCoeff());
  }

  Result<Clip> run() {
    MP4D_CHECK(check_names());
    if (same_locally()) return copied();
    MP4D_CHECK(fit_rest());
    return carried();
  }

 private:
  template <class... Args>
  tl::unexpected<Error> error(fmt::format_string<Args...> format, Args&&... args) const {
    return fail(ErrorCode::kInput, "clip '{}': {}", clip_.name, fmt::format(format, std::forward<Args>(args)...));
  }

  bool moves(int joint) const {
    const Transform& rest = from_.joints[joint].rest;
    return std::any_of(clip_.poses.begin(), clip_.poses.end(), [&](const Pose& pose) {
      return (pose[joint].translation - rest.translation).norm() > kMoves * size_ ||
             pose[joint].rotation.angularDistance(rest.rotation) > 10 * kMoves ||
             (pose[joint].scale - rest.scale).norm() > 10 * kMoves;
    });
  }

  Result<void> check_names() const {
    if (std::all_of(partner_.begin(), partner_.end(), [](int p) { return p < 0; }))
      return error("none of its {} joints ('{}', …) has the name of a joint of the other skeleton; use 'transfer'",
                   from_.size(), from_.size() > 0 ? from_.joints[0].name : "");
    std::vector<char> carries(partner_.size(), 0);  // it, or something below it, has a partner
    for (int j = from_.size() - 1; j >= 0; --j) {
      carries[j] |= partner_[j] >= 0;
      if (carries[j] && from_.joints[j].parent >= 0) carries[from_.joints[j].parent] = 1;
    }
    for (int j = 0; j < from_.size(); ++j)
      if (!carries[j] && moves(j))
        return error("joint '{}' moves and is not in the other skeleton; use 'transfer' for another one",
                     from_.joints[j].name);
    return {};
  }

  /// Same names, parents and local rest poses: joints can be copied as they are.
  bool same_locally() const {
    for (int j = 0; j < from_.size(); ++j) {
      if (partner_[j] < 0) continue;
      const Joint &a = from_.joints[j], &b = to_.joints[partner_[j]];
      if ((a.parent < 0 ? -1 : partner_[a.parent]) != b.parent ||
          (a.rest.translation - b.rest.translation).norm() > 1e-4f * size_ ||
          a.rest.rotation.angularDistance(b.rest.rotation) > 2e-3f || (a.rest.scale - b.rest.scale).norm() > 1e-3f)
        return false;
    }
    return true;
  }

  Clip copied() const {
    Clip out{clip_.name, clip_.times, std::vector<Pose>(clip_.poses.size(), rest_pose(to_))};
    for (std::size_t t = 0; t < clip_.poses.size(); ++t)
      for (int j = 0; j < from_.size(); ++j)
        if (partner_[j] >= 0) out.poses[t][partner_[j]] = clip_.poses[t][j];
    return out;
  }

  /// Unit and place of `from`'s rest against `to`'s.
  Result<void> fit_rest() {
    Vec3 from_mean = Vec3::Zero(), to_mean = Vec3::Zero();
    float count = 0;
    for (int j = 0; j < from_.size(); ++j)
      if (partner_[j] >= 0) from_mean += place(from_rest_[j]), to_mean += place(to_rest_[partner_[j]]), ++count;
    from_mean /= count;
    to_mean /= count;
    float from_spread = 0, to_spread = 0;
    for (int j = 0; j < from_.size(); ++j)
      if (partner_[j] >= 0) {
        from_spread += (place(from_rest_[j]) - from_mean).norm();
        to_spread += (place(to_rest_[partner_[j]]) - to_mean).norm();
      }
    if (from_spread > 0 && to_spread > 0 && std::abs(to_spread / from_spread - 1) > kSameScale)
      scale_ = to_spread / from_spread;
    const bool world_axes = rests_in_world_axes(from_);
    if (world_axes) shift_ = to_mean - scale_ * from_mean;
    float most = 0;
    int worst = -1;
    for (int j = 0; j < from_.size(); ++j) {
      if (partner_[j] < 0) continue;
      const float off = (scale_ * place(from_rest_[j]) + shift_ - place(to_rest_[partner_[j]])).norm();
      if (off > most) most = off, worst = j;
    }
    if (most > kNear * size_)
      return error(
          "joint '{}' rests elsewhere in the other skeleton: {:.3g} m away, {:.2g} % of its size; use "
          "'transfer' for another body",
          from_.joints[worst].name, most, 100 * most / size_);
    for (int j = 0; j < from_.size(); ++j) {
      if (partner_[j] < 0) continue;
      const Mat4 &mine = from_rest_[j], &other = to_rest_[partner_[j]];
      if (!(std::abs(mine.topLeftCorner<3, 3>().determinant()) > 1e-30f))
        return error("joint '{}' is scaled to nothing at rest", from_.joints[j].name);
      const float turned = decompose(mine).rotation.angularDistance(decompose(other).rotation);
      if (!world_axes && turned > kTurned)
        return error(
            "joint '{}' rests elsewhere in the other skeleton: turned by {:.3g} degrees; use 'transfer' for "
            "another rest pose",
            from_.joints[j].name, kDegree * turned);
    }
    return {};
  }

  /// What moves each joint against its rest is the same in the world, whatever the files' hierarchies and axes.
  Clip carried() const {
    Clip out{clip_.name, clip_.times, {}};
    std::vector<int> source(to_.joints.size(), -1);
    for (int j = 0; j < from_.size(); ++j)
      if (partner_[j] >= 0) source[partner_[j]] = j;
    Mat4 scaled = Mat4::Identity(), there = Mat4::Identity();
    scaled.topLeftCorner<3, 3>() *= scale_;
    there = scaled;
    there.topRightCorner<3, 1>() = shift_;
    std::vector<Mat4> rest(to_.joints.size());
    for (std::size_t k = 0; k < rest.size(); ++k)
      if (source[k] >= 0) rest[k] = (there * from_rest_[source[k]]).inverse() * to_rest_[k];
    std::vector<Mat4> world(to_.joints.size());
    for (const Pose& pose : clip_.poses) {
      const std::vector<Mat4> now = forward_kinematics(from_, pose);
      for (std::size_t k = 0; k < world.size(); ++k) {
        const Joint& joint = to_.joints[k];
        if (source[k] >= 0)
          world[k] = scaled * now[source[k]] * rest[k];
        else
          world[k] = joint.parent < 0 ? joint.rest.matrix() : Mat4(world[joint.parent] * joint.rest.matrix());
      }
      out.poses.push_back(pose_from_world(to_, world));
    }
    keep_rotations_close(out);
    return out;
  }

  const Clip& clip_;
  const Skeleton &from_, &to_;
  const std::vector<int> partner_;  // of each joint of from_, in to_; -1 = none
  const std::vector<Mat4> from_rest_, to_rest_;
  float size_ = 1;
  float scale_ = 1;            // metres of `to` for one of `from`
  Vec3 shift_ = Vec3::Zero();  // of from's rest, after scaling
};

}  // namespace

Result<Clip> move_clip(const Clip& clip, const Skeleton& from, const Skeleton& to) {
  return ClipMover(clip, from, to).run();
}

}  // namespace mp4d
