#pragma once
#include "core/result.h"
#include "motion/joint_names.h"
#include "motion/rig.h"
#include <optional>
#include <string>
#include <vector>

namespace mp4d {

/// What a chain of joints is for.
enum class ChainRole { kTrunk, kNeck, kTail, kLeg, kArm, kWing, kGirdle };
const char* to_string(ChainRole role);

/// Joints in a row from the body outwards. The trunk starts at the pelvis, the neck ends with the head.
struct Chain {
  ChainRole role = ChainRole::kTrunk;
  Side side = Side::kMiddle;
  int order = 0;  ///< of the legs, arms or wings of one side, 0 = foremost
  std::vector<int> joints;
  Vec3 tip = Vec3::Zero();  ///< end of the last joint in the reference pose, metres, world
  /// Legs: the first joint of the foot, an index into `joints`; joints.size() = the leg ends in its tip.
  int foot = -1;
  Vec3 sole = Vec3::Zero();  ///< legs: the point that touches the ground, moves with the foot; reference pose, world
  double evidence = 1;       ///< 1 = told by names, less = by shape alone
  std::string name() const;  ///< e.g. "leg left 1", "neck"
};

/// A chain as written in a map or preset.
struct NamedChain {
  ChainRole role = ChainRole::kTrunk;
  Side side = Side::kMiddle;
  int order = 0;
  std::vector<std::string> joints;
};

/// A skeleton read as a body. The reference pose is the bind pose (which for many files is cleaner than the nodes'
/// rest, often a frame of some clip).
struct Anatomy {
  std::vector<Mat4> reference;  ///< world_from_joint
  std::vector<int>
      carrier;             ///< the joint that moves this one; its parent but for feet that hang on the root; -1 = none
  std::vector<int> order;  ///< all joints, carriers first
  std::vector<char> body;  ///< 1 = deforms the mesh, or lies between such joints or at their ends
  std::vector<char> weighted;               ///< 1 = has skin
  std::vector<int> chain_of;                ///< index into `chains`, -1 = none
  std::vector<Chain> chains;                ///< trunk first
  Mat3 world_from_body = Mat3::Identity();  ///< columns: left, up, forward
  int pelvis = 0;                           ///< first joint of the trunk
  double ground = 0;                        ///< height of the lowest point, metres
  double size = 1;                          ///< bounding box diagonal, metres
  double leg_length = 0;                    ///< height of the pelvis' legs above the ground, mean; 0 = no legs
  std::string facing;                       ///< how the forward direction was found, in words

  Vec3 position(int joint) const { return reference[joint].topRightCorner<3, 1>(); }
  int find(ChainRole role, Side side = Side::kMiddle, int order = 0) const;  ///< index of the chain, or -1
  std::vector<int> all(ChainRole role, Side side) const;                     ///< by order
};

/// Some files bind the mesh lying or leaning while the skeleton's rest pose stands. Turns mesh and bind pose together
/// to where the rest pose stands, if they are more than 15 degrees apart; nothing that is shown changes.
void stand_upright(RiggedModel& model);

/// Finds the chains: by the joints' names where they are telling, else by the hierarchy, the plane of symmetry and
/// where limbs end. Joints that carry no skin and lead to none are left out as helpers. `chains`, if given, replaces
/// what would be found. Errors (kInput) name the joint: a cycle or an order that is not parents first, values that are
/// not finite, a scale of nothing, or nothing that moves the mesh; for `chains` a joint that does not exist.
Result<Anatomy> find_anatomy(const RiggedModel& model, const std::vector<NamedChain>* chains = nullptr);

}  // namespace mp4d
