#include "reconstruction/human/model_joints.h"
#include "motion/anatomy.h"
#include <algorithm>
#include <cmath>

namespace mp4d::human {
namespace {

using Polyline = std::vector<Vec3>;

float length(const Polyline& line, std::size_t from, std::size_t to) {
  float sum = 0;
  for (std::size_t i = from; i < to; ++i) sum += (line[i + 1] - line[i]).norm();
  return sum;
}

/// The point at a share of the line's length.
Vec3 point_at(const Polyline& line, float share) {
  float rest = share * length(line, 0, line.size() - 1);
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const float segment = (line[i + 1] - line[i]).norm();
    if (rest <= segment && segment > 0) return line[i] + rest / segment * (line[i + 1] - line[i]);
    rest -= segment;
  }
  return line.back();
}

/// The vertex strictly between `first` and `last` whose share of that stretch is nearest to `share`.
std::size_t vertex_near(const Polyline& line, std::size_t first, std::size_t last, float share) {
  std::size_t best = first + 1;
  float best_error = std::numeric_limits<float>::infinity();
  const float all = length(line, first, last);
  for (std::size_t i = first + 1; i < last; ++i) {
    const float error = std::abs(length(line, first, i) - share * all);
    if (error < best_error) best_error = error, best = i;
  }
  return best;
}

/// A chain in the asked pose: its joints, then its tip.
struct PosedChain {
  std::vector<int> joints;
  Polyline line;
  std::size_t foot = 0;  ///< index into line
};

class PersonReader {
 public:
  PersonReader(const RiggedModel& model, const Anatomy& anatomy, const std::vector<Mat4>& root_from_joint)
      : model_(model), anatomy_(anatomy), root_from_joint_(root_from_joint) {}

  Result<PosedChain> chain(ChainRole role, Side side, std::size_t least_joints) const {
    const int index = anatomy_.find(role, side);
    const char* which = side == Side::kLeft ? "left " : side == Side::kRight ? "right " : "";
    if (index < 0 || anatomy_.chains[index].joints.size() < least_joints)
      return fail(ErrorCode::kInput, "not a person's skeleton: no {}{} of {} joints or more was found in it", which,
                  to_string(role), least_joints);
    const Chain& chain = anatomy_.chains[index];
    PosedChain posed;
    posed.joints = chain.joints;
    for (const int joint : chain.joints) posed.line.push_back(position(joint));
    const int last = chain.joints.back();
    const Vec4 tip = root_from_joint_[last] * anatomy_.reference[last].inverse() * chain.tip.homogeneous();
    posed.line.push_back(tip.head<3>());
    posed.foot = chain.foot >= 0 ? static_cast<std::size_t>(chain.foot) : chain.joints.size() - 1;
    return posed;
  }

  /// The point `length` beyond number `index` of the chain: towards the joints that hang on it, as the fingers on a
  /// hand; else towards the chain's next point if that is in front of `direction`; else along that.
  Vec3 beyond(const PosedChain& chain, std::size_t index, const Vec3& direction, float length) const {
    const Vec3 from = chain.line[index];
    Vec3 sum = Vec3::Zero();
    for (int j = 0; j < model_.skeleton.size() && index < chain.joints.size(); ++j)
      if (model_.skeleton.joints[j].parent == chain.joints[index]) sum += position(j) - from;
    const Vec3 next = chain.line[std::min(index + 1, chain.line.size() - 1)] - from;
    const float least = 0.05f * length;
    const Vec3 way = sum.norm() > least ? sum : next.norm() > least && next.dot(direction) > 0 ? next : direction;
    return from + length * way.normalized();
  }

 private:
  Vec3 position(int joint) const { return root_from_joint_[joint].topRightCorner<3, 1>(); }

  const RiggedModel& model_;
  const Anatomy& anatomy_;
  const std::vector<Mat4>& root_from_joint_;
};

void set(Joints& joints, std::string_view name, const Vec3& position) {
  joints.row(std::find(kJointNames.begin(), kJointNames.end(), name) - kJointNames.begin()) = position.transpose();
}

}  // namespace

Result<Joints> joints_of_model(const RiggedModel& model, const std::vector<Mat4>* root_from_joint) {
  MP4D_TRY(anatomy, find_anatomy(model));
  const PersonReader reader(model, anatomy, root_from_joint ? *root_from_joint : anatomy.reference);
  Joints joints = Joints::Zero();
  Vec3 hips_middle = Vec3::Zero();
  std::array<Vec3, 2> shoulders;
  for (const int side : {0, 1}) {
    const std::string prefix = side == 0 ? "left_" : "right_";
    const Side which = side == 0 ? Side::kLeft : Side::kRight;
    MP4D_TRY(leg, reader.chain(ChainRole::kLeg, which, 3));
    // Without twist joints the third is the ankle, and the wrist; with them, the foot tells, or where it is in the
    // body.
    const std::size_t ankle = leg.joints.size() <= 4 ? 2 : std::clamp<std::size_t>(leg.foot, 2, leg.line.size() - 1);
    const std::size_t knee = vertex_near(leg.line, 0, ankle, 0.5f);
    const float shin = (leg.line[ankle] - leg.line[knee]).norm();
    set(joints, prefix + "hip", leg.line[0]);
    set(joints, prefix + "knee", leg.line[knee]);
    set(joints, prefix + "ankle", leg.line[ankle]);
    set(joints, prefix + "foot", reader.beyond(leg, ankle, anatomy.world_from_body.col(2), 0.34f * shin));
    hips_middle += leg.line[0] / 2;

    MP4D_TRY(arm, reader.chain(ChainRole::kArm, which, 3));
    const std::size_t last = arm.joints.size();
    const std::size_t wrist = last <= 4 ? 2 : std::max<std::size_t>(2, vertex_near(arm.line, 0, last, 0.77f));
    const std::size_t elbow = vertex_near(arm.line, 0, wrist, 0.53f);
    const Vec3 forearm = arm.line[wrist] - arm.line[elbow];
    set(joints, prefix + "shoulder", arm.line[0]);
    set(joints, prefix + "elbow", arm.line[elbow]);
    set(joints, prefix + "wrist", arm.line[wrist]);
    set(joints, prefix + "hand", reader.beyond(arm, wrist, forearm, 0.4f * forearm.norm()));
    shoulders[side] = arm.line[0];
  }

  MP4D_TRY(trunk, reader.chain(ChainRole::kTrunk, Side::kMiddle, 1));
  MP4D_TRY(neck_chain, reader.chain(ChainRole::kNeck, Side::kMiddle, 1));
  const Vec3 neck = neck_chain.line.front(), up = neck - hips_middle;
  Polyline spine = {hips_middle};
  for (std::size_t i = 0; i + 1 < trunk.line.size(); ++i) {  // without what lies outside, as a root on the ground
    const float along = (trunk.line[i] - hips_middle).dot(up) / up.squaredNorm();
    const float last = (spine.back() - hips_middle).dot(up) / up.squaredNorm();
    if (along > last + 0.05f && along < 0.95f) spine.push_back(trunk.line[i]);
  }
  spine.push_back(neck);
  set(joints, "pelvis", point_at(spine, 0.02f));
  set(joints, "spine1", point_at(spine, 0.16f));
  set(joints, "spine2", point_at(spine, 0.42f));
  const Vec3 chest = point_at(spine, 0.68f), between_collars = chest + 0.57f * (neck - chest);
  set(joints, "spine3", chest);
  set(joints, "neck", neck);
  for (const int side : {0, 1})
    set(joints, side == 0 ? "left_collar" : "right_collar",
        between_collars + 0.13f * (shoulders[side] - between_collars));
  const std::size_t head = neck_chain.line.size() - 2;
  set(joints, "head", head > 0 ? neck_chain.line[head] : Vec3(neck + 0.2f * up));
  return joints;
}

}  // namespace mp4d::human
