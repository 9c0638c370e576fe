#include "reconstruction/articulated/limb_tracks.h"
#include "motion/kinematics.h"
#include "motion/source_motion.h"

namespace mp4d {
namespace {

/// Points fixed to joints.
struct Anchors {
  std::vector<int> joint;
  std::vector<Vec3> in_joint;
  std::size_t bend = 0;  ///< the half of the length lies behind this point ...
  float fraction = 0;    ///< ... by this share of the way to the next

  Vec3 at(std::size_t i, const std::vector<Mat4>& world) const {
    const Mat4& m = world[joint[i]];
    return m.topLeftCorner<3, 3>() * in_joint[i] + m.topRightCorner<3, 1>();
  }
};

Anchors anchors_of(const Chain& chain, const Anatomy& body) {
  const bool has_foot = chain.role == ChainRole::kLeg && chain.foot < static_cast<int>(chain.joints.size());
  const std::size_t count = has_foot ? chain.foot + 1 : chain.joints.size();
  Anchors anchors;
  std::vector<Vec3> places;
  for (std::size_t i = 0; i < count; ++i) {
    anchors.joint.push_back(chain.joints[i]);
    anchors.in_joint.push_back(Vec3::Zero());
    places.push_back(body.position(chain.joints[i]));
  }
  places.push_back(chain.role == ChainRole::kLeg ? chain.sole : chain.tip);
  anchors.joint.push_back(anchors.joint.back());
  const Mat4 to_joint = body.reference[anchors.joint.back()].inverse();
  anchors.in_joint.push_back(to_joint.topLeftCorner<3, 3>() * places.back() + to_joint.topRightCorner<3, 1>());

  float length = 0;
  for (std::size_t i = 0; i + 1 < places.size(); ++i) length += (places[i + 1] - places[i]).norm();
  float left = length / 2;
  for (std::size_t i = 0; i + 1 < places.size(); ++i) {
    const float step = (places[i + 1] - places[i]).norm();
    if (left > step && i + 2 < places.size()) {
      left -= step;
      continue;
    }
    anchors.bend = i;
    anchors.fraction = step > 0 ? left / step : 0;
    break;
  }
  return anchors;
}

}  // namespace

Result<BodyTracks> body_tracks(const RiggedModel& model, const std::vector<Pose>& poses) {
  MP4D_TRY(body, find_anatomy(model));
  BodyTracks tracks;
  std::vector<Anchors> anchors;
  for (const Chain& chain : body.chains) {
    if (chain.role == ChainRole::kGirdle) continue;
    tracks.limbs.push_back({chain.role, chain.side, chain.order, chain.name(), {}, {}, {}});
    anchors.push_back(anchors_of(chain, body));
  }
  const Quat pelvis_reference = rotation_of(body.reference[body.pelvis]).conjugate();
  for (const Pose& pose : poses) {
    const std::vector<Mat4> world = forward_kinematics(model.skeleton, pose);
    tracks.world_from_body.push_back(
        (rotation_of(world[body.pelvis]) * pelvis_reference * Quat(body.world_from_body)).normalized());
    for (std::size_t i = 0; i < anchors.size(); ++i) {
      const Anchors& a = anchors[i];
      const Vec3 before = a.at(a.bend, world), after = a.at(a.bend + 1, world);
      tracks.limbs[i].top.push_back(a.at(0, world));
      tracks.limbs[i].middle.push_back(before + a.fraction * (after - before));
      tracks.limbs[i].end.push_back(a.at(a.joint.size() - 1, world));
    }
  }
  return tracks;
}

}  // namespace mp4d
