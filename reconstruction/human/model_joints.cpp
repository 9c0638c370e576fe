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

/// A leg or an arm: two long bones of like length, and what hangs beyond them.
struct Limb {
  Vec3 upper, middle, end;
  Vec3 beyond;  ///< middle of the joints that hang on the end, or the end of the chain
};

/// Reads chains in the asked pose.
class PersonReader {
 public:
  PersonReader(const RiggedModel& model, const Anatomy& anatomy, const std::vector<Mat4>& root_from_joint)
      : model_(model), anatomy_(anatomy), root_from_joint_(root_from_joint) {}

  /// Joints of the first chain, then its tip.
  Result<Polyline> line(ChainRole role) const {
    const int index = anatomy_.find(role);
    if (index < 0) return fail(ErrorCode::kInput, "not a person's skeleton: it has no {}", to_string(role));
    const Chain& chain = anatomy_.chains[index];
    Polyline line;
    for (std::size_t i = 0; i <= chain.joints.size(); ++i) line.push_back(position(chain, i));
    return line;
  }

  /// Of all chains of the role and side, and of all triples of their points, the one with the longest pair of bones.
  /// Clavicles, twist joints, feet and fingers are thus passed over, whatever the skeleton has of them.
  Result<Limb> limb(ChainRole role, Side side) const {
    float best = 0;
    Limb limb;
    for (const int index : anatomy_.all(role, side)) {
      const Chain& chain = anatomy_.chains[index];
      // Not past the foot, if that is known.
      const std::size_t last = chain.foot >= 2 ? static_cast<std::size_t>(chain.foot) : chain.joints.size();
      for (std::size_t a = 0; a < last; ++a)
        for (std::size_t b = a + 1; b < last; ++b)
          for (std::size_t c = b + 1; c <= last; ++c) {
            const float upper = (rest(chain, b) - rest(chain, a)).norm(),
                        lower = (rest(chain, c) - rest(chain, b)).norm();
            const float score = std::min(upper, lower) - 0.3f * std::abs(upper - lower);
            if (score <= best) continue;
            best = score;
            limb = {position(chain, a), position(chain, b), position(chain, c), beyond(chain, c)};
          }
    }
    if (best > 0) return limb;
    return fail(ErrorCode::kInput, "not a person's skeleton: it has no {} {} of two bones",
                side == Side::kLeft ? "left" : "right", to_string(role));
  }

 private:
  Vec3 posed(int joint) const { return root_from_joint_[joint].topRightCorner<3, 1>(); }

  /// Number `index` of the chain's joints, or its tip after them; in the reference pose.
  Vec3 rest(const Chain& chain, std::size_t index) const {
    return index < chain.joints.size() ? anatomy_.position(chain.joints[index]) : chain.tip;
  }

  Vec3 position(const Chain& chain, std::size_t index) const {
    if (index < chain.joints.size()) return posed(chain.joints[index]);
    const int last = chain.joints.back();
    return (root_from_joint_[last] * anatomy_.reference[last].inverse() * chain.tip.homogeneous()).head<3>();
  }

  Vec3 beyond(const Chain& chain, std::size_t index) const {
    // The tip may be a joint that was taken off the chain as a bare end; it still has what hangs on it.
    int joint = index < chain.joints.size() ? chain.joints[index] : -1;
    for (int j = 0; joint < 0 && j < model_.skeleton.size(); ++j)
      if (model_.skeleton.joints[j].parent == chain.joints.back() &&
          (anatomy_.position(j) - chain.tip).norm() < 1e-4f * anatomy_.size)
        joint = j;
    Vec3 sum = Vec3::Zero();
    int count = 0;
    for (int j = 0; joint >= 0 && j < model_.skeleton.size(); ++j)
      if (model_.skeleton.joints[j].parent == joint) {
        sum += posed(j);
        ++count;
      }
    if (count > 0) return sum / static_cast<float>(count);
    return position(chain, std::min(index + 1, chain.joints.size()));
  }

  const RiggedModel& model_;
  const Anatomy& anatomy_;
  const std::vector<Mat4>& root_from_joint_;
};

/// `length` from the limb's end towards what is beyond it; along `otherwise` if that is nowhere, or turned back by more
/// than the cosine `least` to the limb's lower bone allows.
Vec3 extremity(const Limb& limb, float least, const Vec3& otherwise, float length) {
  const Vec3 way = limb.beyond - limb.end, bone = (limb.end - limb.middle).normalized();
  const bool plausible = way.norm() > 0.05f * length && way.normalized().dot(bone) > least;
  return limb.end + length * (plausible ? way : otherwise).normalized();
}

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
    MP4D_TRY(leg, reader.limb(ChainRole::kLeg, which));
    const Vec3 shin = leg.end - leg.middle;
    set(joints, prefix + "hip", leg.upper);
    set(joints, prefix + "knee", leg.middle);
    set(joints, prefix + "ankle", leg.end);
    set(joints, prefix + "foot", extremity(leg, -0.5f, anatomy.world_from_body.col(2), 0.34f * shin.norm()));
    hips_middle += leg.upper / 2;

    MP4D_TRY(arm, reader.limb(ChainRole::kArm, which));
    const Vec3 forearm = arm.end - arm.middle;
    set(joints, prefix + "shoulder", arm.upper);
    set(joints, prefix + "elbow", arm.middle);
    set(joints, prefix + "wrist", arm.end);
    set(joints, prefix + "hand", extremity(arm, 0, forearm, 0.4f * forearm.norm()));
    shoulders[side] = arm.upper;
  }

  MP4D_TRY(trunk, reader.line(ChainRole::kTrunk));
  MP4D_TRY(neck_line, reader.line(ChainRole::kNeck));
  const Vec3 neck = neck_line.front(), up = neck - hips_middle;
  Polyline spine = {hips_middle};
  for (std::size_t i = 0; i + 1 < trunk.size(); ++i) {  // without what lies outside, as a root on the ground
    const float along = (trunk[i] - hips_middle).dot(up) / up.squaredNorm();
    const float last = (spine.back() - hips_middle).dot(up) / up.squaredNorm();
    if (along > last + 0.05f && along < 0.95f) spine.push_back(trunk[i]);
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
  const std::size_t head = neck_line.size() - 2;
  set(joints, "head", head > 0 ? neck_line[head] : Vec3(neck + 0.2f * up));
  return joints;
}

}  // namespace mp4d::human
