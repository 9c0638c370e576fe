#pragma once
#include "core/mesh.h"
#include "core/result.h"
#include "motion/rig.h"

namespace mp4d {

/// The surfaces that a fit follows, one a frame, by reference: what it is made of must outlive it.
struct FitTarget {
  std::vector<const Points*> verts;
  std::vector<const Faces*> faces;
  std::vector<double> times;  ///< seconds, increasing

  FitTarget(const MeshSequence& sequence);
  /// Separate meshes of any topology, one a time.
  FitTarget(const std::vector<Mesh>& meshes, std::vector<double> times);
  int size() const { return static_cast<int>(verts.size()); }
};

/// Errors (kInput) name the array, frame or vertex that is inconsistent or not finite.
Result<void> check_fit_input(const Skeleton& skeleton, const Skin& skin, const Points& rest_verts, const Faces& faces,
                             const FitTarget& target);

}  // namespace mp4d
