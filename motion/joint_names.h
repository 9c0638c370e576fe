#pragma once
#include <string>
#include <string_view>

namespace mp4d {

enum class Side { kMiddle, kLeft, kRight };

/// What the words of a joint's name say about it, e.g. "mixamorig:LeftForeArm", "DEF-thigh.L.001", "front_foot_r".
struct JointName {
  enum class Part { kUnknown, kTrunk, kNeck, kHead, kFace, kTail, kArm, kLeg, kWing, kFinger, kProp };
  Part part = Part::kUnknown;
  Side side = Side::kMiddle;
  bool front = false, hind = false;  ///< of the limbs of an animal
  bool girdle = false;               ///< clavicle, collar, shoulder (which in some rigs is the upper arm itself)
  bool foot = false;                 ///< foot, ankle, paw, hoof
  bool end = false;                  ///< marks the end of a bone and carries nothing: "_end", "nub", "tip"
  bool helper = false;               ///< a control: IK handle, pole target, mechanism
};

JointName parse_joint_name(std::string_view name);

/// The name in lower case without a rig's prefix ("mixamorig:", "DEF-", "Character1_") and without separators: what
/// stays the same between files of one naming convention.
std::string plain_joint_name(std::string_view name);

}  // namespace mp4d
