#pragma once
#include "motion/rig.h"
#include <functional>

namespace mp4d {

/// Builds a creature from tapered capsules around bones: the surface is their smooth union, the weights follow the
/// distances to the capsules.
class CapsuleBody {
 public:
  explicit CapsuleBody(std::string name) { model_.name = std::move(name); }

  /// Adds a joint at `position` (model space; rest rotations are identity).
  int joint(const std::string& name, int parent, const Vec3& position);
  /// Adds a capsule from `a` to `b` that moves with `joint`.
  void capsule(int joint, const Vec3& a, const Vec3& b, float radius_a, float radius_b);

  const Skeleton& skeleton() const { return model_.skeleton; }
  const Vec3& position(int joint) const { return positions_[joint]; }

  /// Colour (sRGB 0..1) of a surface point from its position, normal and heaviest joint.
  using Paint = std::function<Vec3(const Vec3& position, const Vec3& normal, int joint)>;
  /// Meshes, paints and binds. `blend` = width in metres over which capsules melt into one another.
  RiggedModel build(int resolution, float blend, const Paint& paint) const;

 private:
  struct Capsule {
    int joint;
    Vec3 a, b;
    float radius_a, radius_b;
    float distance(const Vec3& p) const;
  };
  RiggedModel model_;
  std::vector<Vec3> positions_;
  std::vector<Capsule> capsules_;
};

/// Smooth noise in 0..1 with features of about `size` metres.
float value_noise(const Vec3& position, float size, unsigned seed);

}  // namespace mp4d
