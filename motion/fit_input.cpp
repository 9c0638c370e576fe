#include "motion/fit_input.h"
#include <cmath>

namespace mp4d {

FitTarget::FitTarget(const MeshSequence& sequence) : times(sequence.times) {
  for (const Points& frame : sequence.frames) {
    verts.push_back(&frame);
    faces.push_back(&sequence.faces);
  }
}

FitTarget::FitTarget(const std::vector<Mesh>& meshes, std::vector<double> at) : times(std::move(at)) {
  for (const Mesh& mesh : meshes) {
    verts.push_back(&mesh.verts);
    faces.push_back(&mesh.faces);
  }
}

Result<void> check_fit_input(const Skeleton& skeleton, const Skin& skin, const Points& rest, const Faces& faces,
                             const FitTarget& target) {
  const auto count = skeleton.size();
  if (count == 0) return fail(ErrorCode::kInput, "skeleton: no joints; give a rigged mesh");
  for (int j = 0; j < count; ++j)
    if (skeleton.joints[j].parent >= j)
      return fail(ErrorCode::kInput, "skeleton: joint {} '{}' comes before its parent {}; order parents first", j,
                  skeleton.joints[j].name, skeleton.joints[j].parent);
  if (skin.joints.rows() != rest.rows() || skin.weights.rows() != rest.rows())
    return fail(ErrorCode::kInput, "skin: {} rows for {} rest vertices; they must be equal", skin.joints.rows(), rest.rows());
  if (static_cast<int>(skin.joint_from_mesh.size()) != count)
    return fail(ErrorCode::kInput, "skin: {} bind matrices for {} joints; one a joint is needed",
                skin.joint_from_mesh.size(), count);
  if (rest.rows() < 3 || faces.rows() < 1)
    return fail(ErrorCode::kInput, "rest mesh: {} vertices and {} faces; at least one triangle is needed", rest.rows(), faces.rows());
  if (!rest.allFinite() || !(bounds(rest).diagonal().norm() > 0))
    return fail(ErrorCode::kInput, "rest mesh: vertices are not finite or all in one place");
  if (faces.minCoeff() < 0 || faces.maxCoeff() >= rest.rows())
    return fail(ErrorCode::kInput, "rest mesh: a face refers to vertex {} or {} of {}", faces.minCoeff(), faces.maxCoeff(), rest.rows());
  if (skin.joints.minCoeff() < 0 || skin.joints.maxCoeff() >= count)
    return fail(ErrorCode::kInput, "skin: joint {} of {} does not exist", skin.joints.maxCoeff(), count);
  if (!skin.weights.allFinite() || skin.weights.minCoeff() < 0)
    return fail(ErrorCode::kInput, "skin: weights must be finite and not negative; the least is {}", skin.weights.minCoeff());
  for (Eigen::Index v = 0; v < skin.weights.rows(); ++v)
    if (std::abs(skin.weights.row(v).sum() - 1) > 1e-3f)
      return fail(ErrorCode::kInput, "skin: the weights of vertex {} sum to {}; normalise them to 1", v, skin.weights.row(v).sum());
  if (target.size() == 0) return fail(ErrorCode::kInput, "target: no frames");
  if (target.times.size() != target.verts.size())
    return fail(ErrorCode::kInput, "target: {} times for {} frames", target.times.size(), target.size());
  for (int t = 0; t < target.size(); ++t) {
    const Points& verts = *target.verts[t];
    const Faces& f = *target.faces[t];
    if (t > 0 && !(target.times[t] > target.times[t - 1]))
      return fail(ErrorCode::kInput, "target: the time of frame {} ({} s) is not after frame {} ({} s)", t,
                  target.times[t], t - 1, target.times[t - 1]);
    for (Eigen::Index v = 0; v < verts.rows(); ++v)
      if (!verts.row(v).allFinite())
        return fail(ErrorCode::kInput, "target: frame {}, vertex {} is not a finite number; repair or leave out this frame", t, v);
    if (f.rows() == 0) return fail(ErrorCode::kInput, "target: frame {} has no faces", t);
    if (f.minCoeff() < 0 || f.maxCoeff() >= verts.rows())
      return fail(ErrorCode::kInput, "target: frame {}: a face refers to vertex {} of {}", t,
                  f.minCoeff() < 0 ? f.minCoeff() : f.maxCoeff(), verts.rows());
    if (!(surface_area(verts, f) > 0)) return fail(ErrorCode::kInput, "target: the surface of frame {} has no area", t);
  }
  return {};
}

}  // namespace mp4d
