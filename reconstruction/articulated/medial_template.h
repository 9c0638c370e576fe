#pragma once
#include "core/geometry.h"
#include "core/result.h"
#include "motion/rig.h"
#include <filesystem>
#include <string>
#include <vector>

namespace mp4d {

/// One ball of a medial template; the bone to its parent is a tapered capsule between the two balls.
/// Body frame: x = the creature's left, y = up, z = forward. Lengths in units of the template.
struct MedialJoint {
  std::string name;
  int parent = -1;
  int mirror = -1;        ///< partner on the other side; itself on the midline
  int shape_of = -1;      ///< joint whose length and offset it shares: itself, or its partner on the left
  int radius_of = -1;     ///< the same of radius and aspect: an arm that holds something has its own
  Vec3 offset;            ///< from the parent in the rest pose
  float radius = 0.05f;
  float aspect = 1;       ///< lateral radius / radius: flat or wide trunks
  Vec3 stiffness;         ///< prior weight of rotation about x (flexion), y (yaw), z (roll)
  Vec3 limit_min, limit_max;  ///< rotation vector bounds, rad; +-inf = free
  Vec3 bind = Vec3::Zero();   ///< rotation vector of the pose in which the surface is built (limbs apart)
  float carriage = 0;     ///< prior weight of the rotation's mean over the clip: arms swing about where they hang
  bool foot = false;      ///< rests on the ground now and then
  bool leaf = true;       ///< carries no bone: its rotation means nothing
};

/// How a body plan usually goes: the turns about x of some joints over one cycle, evenly spaced, rad. The other side follows
/// half a cycle later.
struct MedialGait {
  struct Curve {
    int joint = 0;
    std::vector<float> turns;
  };
  std::string name;
  std::vector<Curve> curves;  ///< of the left joints
};

/// Skeleton plus radii of a body plan, the same for all species that share it.
struct MedialTemplate {
  std::string name;
  std::vector<MedialJoint> joints;  ///< parents first; 0 = root, mid-trunk
  std::vector<int> leg_root;        ///< for each foot joint (else -1): the joint at the top of its leg
  std::vector<char> foreleg;        ///< 1 for the joints of the forelegs of bodies with four legs
  std::vector<MedialGait> gaits;    ///< to start from; none if unknown
  float broadside = 0;      ///< prior against end-on views where the body turns little: length and yaw trade off there
  float rarity = 0;         ///< added to the energy when body plans compete
  float elevation = 0.2f;           ///< usual camera elevation, rad
  int size() const { return static_cast<int>(joints.size()); }
};

/// Names of the shipped templates: quadruped, human, toon, brute, biped-tail, bird.
const std::vector<std::string>& medial_template_names();

/// Those of them that category `human` is: people of several builds.
const std::vector<std::string>& people_template_names();

/// Reads assets/medial/NAME.json. Left joints end in "_l"; their right twins are made by mirroring.
Result<MedialTemplate> load_medial_template(const std::string& name);

/// Scales offsets and radii to the size at which a silhouette's area is about 1, which the priors on shapes count on.
void normalise(MedialTemplate& body);

}  // namespace mp4d
