#include "reconstruction/human/human_generate.h"
#include "reconstruction/human/pose_library.h"

namespace mp4d::human {

Result<void> check_joints(const Joints& joints) {
  if (!joints.allFinite()) return fail(ErrorCode::kUsage, "--pose: a joint is not a finite number");
  const auto bone = [&](int j) { return (joints.row(j) - joints.row(kJointParents[std::size_t(j)])).norm(); };
  float stature = 0;
  for (int j : {3, 6, 9, 12, 15}) stature += bone(j);
  stature += 0.5f * (bone(4) + bone(5) + bone(7) + bone(8));
  if (stature < 0.2f || stature > 4)
    return fail(ErrorCode::kUsage, "--pose: from head to ankle the bones measure {:.2f} m; joints are in metres, 0.2 to 4",
                stature);
  for (int j = 1; j < kJointCount; ++j) {
    if (bone(j) < 0.005f * stature)
      return fail(ErrorCode::kUsage, "--pose: joints '{}' and '{}' coincide", kJointNames[std::size_t(j)],
                  kJointNames[std::size_t(kJointParents[std::size_t(j)])]);
    if (bone(j) > 0.6f * stature)
      return fail(ErrorCode::kUsage, "--pose: the bone from '{}' to '{}' is {:.2f} m long, more than half of the body",
                  kJointNames[std::size_t(kJointParents[std::size_t(j)])], kJointNames[std::size_t(j)], bone(j));
    const int twin = kMirroredJoints[std::size_t(j)];
    if (twin > j && std::max(bone(j), bone(twin)) > 2 * std::min(bone(j), bone(twin)))
      return fail(ErrorCode::kUsage, "--pose: bone lengths {:.2f} m to '{}' and {:.2f} m to '{}' differ twofold", bone(j),
                  kJointNames[std::size_t(j)], bone(twin), kJointNames[std::size_t(twin)]);
  }
  // Seen from the front (feet and toes point forward), a body's left is on the viewer's right.
  const auto at = [&](int j) { return Vec3(joints.row(j).transpose()); };
  const Vec3 up = at(12) - at(0), across = at(1) - at(2) + at(16) - at(17);
  const Vec3 toes = at(10) - at(7) + at(11) - at(8);
  if (across.cross(up).dot(toes) < 0 && (at(1) - at(2)).cross(up).dot(toes) < 0)
    return fail(ErrorCode::kUsage,
                "--pose: left and right seem swapped, or the feet point backwards: with the toes forward, left_hip must be on "
                "the body's left");
  return {};
}

Result<HumanResult> generate_human(const HumanOrder& order, JobContext* job) {
  MP4D_TRY(description, describe_human(order.text, std::uint64_t(order.sampling.seed)));
  HumanResult result;
  result.description = description;
  begin_phase(job, "load");
  std::filesystem::path path = order.model;
  if (path.empty()) {
    MP4D_TRY(shipped, shipped_human_model());
    path = shipped;
  }
  MP4D_TRY(model, HumanModel::load(path, order.sampling.device));
  if (order.joints) {
    MP4D_CHECK(check_joints(*order.joints));
    result.joints = *order.joints;
  } else {
    result.pose = !order.pose.empty() ? order.pose : !description.pose.empty() ? description.pose : "a-pose";
    MP4D_TRY(pose, named_pose(result.pose));
    result.joints = posed_joints(model.rest_joints(description.attributes), pose);
  }
  MP4D_TRY(fields, model.sample({{description.attributes, KnownAttributes::all(), result.joints}}, order.sampling, job));
  begin_phase(job, "shape");
  MP4D_TRY(mesh, person_mesh(fields[0], result.joints, part_colors(description.attributes, description.colors),
                             order.sampling.level, order.sampling.depth, order.faces));
  if (!order.joints) {  // presets stand where they please: put the person on the ground
    const float ground = mesh.verts.col(1).minCoeff();
    mesh.verts.col(1).array() -= ground;
    result.joints.col(1).array() -= ground;
  }
  if (order.rig) {
    MP4D_TRY(rigged, person_rig(std::move(mesh), result.joints, job));
    result.model = std::move(rigged);
  } else {
    result.model.name = "person";
    result.model.mesh = std::move(mesh);
  }
  return result;
}

}  // namespace mp4d::human
