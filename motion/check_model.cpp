#include "motion/check_model.h"
#include <algorithm>
#include <cmath>

namespace mp4d {

Result<void> check_model(const RiggedModel& model) {
  const Mesh& mesh = model.mesh;
  const auto v = mesh.verts.rows();
  const auto bad = [&](const std::string& what) { return fail(ErrorCode::kFailed, "{}", what); };
  const bool motion_only = v == 0 && mesh.faces.rows() == 0 && model.skeleton.size() > 0 && model.skin.joints.rows() == 0;
  if (!motion_only && (v == 0 || mesh.faces.rows() == 0)) return bad("the mesh has no triangles");
  if (!mesh.verts.allFinite()) return bad("a vertex position is not finite");
  if (!motion_only && (mesh.faces.minCoeff() < 0 || mesh.faces.maxCoeff() >= v))
    return bad("a triangle refers to a missing vertex");
  const auto rows = [&](auto count, const char* name) -> Result<void> {
    if (count != 0 && count != v) return bad(fmt::format("{} {} for {} vertices", count, name, v));
    return {};
  };
  MP4D_CHECK(rows(mesh.normals.rows(), "normals"));
  MP4D_CHECK(rows(mesh.colors.rows(), "colours"));
  MP4D_CHECK(rows(mesh.uvs.rows(), "texture coordinates"));
  if (!mesh.normals.allFinite()) return bad("a normal is not finite");
  if (!mesh.colors.allFinite() || !mesh.uvs.allFinite()) return bad("a colour or texture coordinate is not finite");
  const int materials = std::max<int>(1, static_cast<int>(mesh.materials.size()));
  if (!mesh.face_material.empty() && static_cast<Eigen::Index>(mesh.face_material.size()) != mesh.faces.rows()) {
    return bad("face_material has another length than faces");
  }
  for (const int m : mesh.face_material) {
    if (m < 0 || m >= materials) return bad(fmt::format("face material {} of {}", m, materials));
  }
  const int joints = model.skeleton.size();
  if (joints == 0) {
    if (!model.clips.empty()) return bad("clips without a skeleton");
    return {};
  }
  if (joints > 65536) return bad(fmt::format("{} joints; at most 65536", joints));
  const Skin& skin = model.skin;
  if (skin.joints.rows() != v || skin.weights.rows() != v) return bad("the skin does not cover the mesh");
  if (static_cast<int>(skin.joint_from_mesh.size()) != joints) return bad("joint_from_mesh has not one matrix a joint");
  if (!motion_only && (skin.joints.minCoeff() < 0 || skin.joints.maxCoeff() >= joints))
    return bad("the skin refers to a missing joint");
  if (!motion_only && (!skin.weights.allFinite() || skin.weights.minCoeff() < 0))
    return bad("a skin weight is negative or not finite");
  if ((skin.weights.rowwise().sum().array() <= 0).any()) return bad("a vertex has no skin weights");
  const auto finite = [](const Transform& t) {
    return t.translation.allFinite() && t.scale.allFinite() && t.rotation.coeffs().allFinite() &&
           t.rotation.norm() > 1e-6f;
  };
  for (int j = 0; j < joints; ++j) {
    const Joint& joint = model.skeleton.joints[j];
    if (joint.parent < -1 || joint.parent >= j)
      return bad(fmt::format("joint '{}' comes before its parent", joint.name));
    if (!finite(joint.rest) || !skin.joint_from_mesh[j].allFinite()) {
      return bad(fmt::format("joint '{}' has a transform that is not finite", joint.name));
    }
  }
  for (const Clip& clip : model.clips) {
    if (clip.times.empty() || clip.times.size() != clip.poses.size()) {
      return bad(fmt::format("clip '{}' has {} times and {} poses", clip.name, clip.times.size(), clip.poses.size()));
    }
    for (std::size_t i = 0; i < clip.times.size(); ++i) {
      const float time = static_cast<float>(clip.times[i]);
      if (!(time >= 0) || !std::isfinite(time) || (i > 0 && time <= static_cast<float>(clip.times[i - 1]))) {
        return bad(fmt::format("clip '{}': time {} = {} s must be at least 0 and above the one before", clip.name, i,
                               clip.times[i]));
      }
      if (static_cast<int>(clip.poses[i].size()) != joints ||
          !std::all_of(clip.poses[i].begin(), clip.poses[i].end(), finite)) {
        return bad(fmt::format("clip '{}': pose {} has {} transforms for {} joints, or one is not finite", clip.name, i,
                               clip.poses[i].size(), joints));
      }
    }
  }
  return {};
}

}  // namespace mp4d
