#pragma once
#include "core/geometry.h"
#include "core/result.h"
#include <string>
#include <vector>

namespace mp4d {

/// One joint of a body plan. Body frame: x = the creature's left, y = up, z = forward; lengths in units of the
/// template (about 1 = its height or length).
struct TemplateJoint {
  std::string name;
  int parent = -1;     ///< an earlier joint, -1 = root
  int symmetric = -1;  ///< partner on the other side; itself on the midline
  Vec3 position;
  float radius = 0.03f;                ///< of the body round the joint
  bool fat = false;                    ///< lies in one of the thickest parts: hips, chest
  bool foot = false;                   ///< rests on the ground
  bool optional = false;               ///< left out when the mesh has no such limb, with all that hangs from it
  bool limited = false;                ///< the four below hold; rotation against the rest pose, rad
  float swing_max = 0;                 ///< away from the axis
  float twist_min = 0, twist_max = 0;  ///< about the axis
  Vec3 limit_axis = Vec3::Zero();      ///< body frame; zero = along the bone
};

/// Another rest pose or build in which meshes of this body plan come, e.g. arms stretched out, or a large head.
struct TemplatePose {
  std::string name;
  std::vector<Vec3> positions;  ///< of every joint
  std::vector<float> radii;     ///< of the body round every joint
};

struct RigTemplate {
  std::string name;
  std::vector<TemplateJoint> joints;  ///< parents first; 0 = root
  std::vector<TemplatePose> poses;    ///< besides the joints' own positions
  int size() const { return static_cast<int>(joints.size()); }
};

/// Names of the shipped templates: human, quadruped, biped-tail, bird.
const std::vector<std::string>& rig_template_names();

/// `rig` with the positions and radii of its pose number `pose`.
RigTemplate posed(const RigTemplate& rig, int pose);

/// Reads assets/templates/NAME.json, or the file itself if `name` is a path that ends in .json. Joints whose names
/// end in "_l" get a mirrored "_r" twin right after them. Errors (kInput) name the file and joint.
Result<RigTemplate> load_rig_template(const std::string& name);

}  // namespace mp4d
