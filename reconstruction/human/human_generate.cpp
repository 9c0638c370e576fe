#include "reconstruction/human/human_frame.h"
#include "reconstruction/human/human_generate.h"
#include "core/memory_need.h"
#include "reconstruction/human/pose_frame.h"
#include "reconstruction/human/pose_from_joints.h"
#include "reconstruction/human/pose_library.h"

namespace mp4d::human {

Result<void> check_joints(const Joints& joints) {
  if (!joints.allFinite()) return fail(ErrorCode::kUsage, "a joint is not a finite number");
  const auto bone = [&](int j) { return (joints.row(j) - joints.row(kJointParents[std::size_t(j)])).norm(); };
  const float stature = body_length(joints);
  if (stature < 0.2f || stature > 4)
    return fail(ErrorCode::kUsage, "from head to ankle the bones measure {:.2f} m; joints are in metres, 0.2 to 4",
                stature);
  for (int j = 1; j < kJointCount; ++j) {
    if (bone(j) < 0.005f * stature)
      return fail(ErrorCode::kUsage, "joints '{}' and '{}' coincide", kJointNames[std::size_t(j)],
                  kJointNames[std::size_t(kJointParents[std::size_t(j)])]);
    if (bone(j) > 0.6f * stature)
      return fail(ErrorCode::kUsage, "the bone from '{}' to '{}' is {:.2f} m long, more than half of the body",
                  kJointNames[std::size_t(kJointParents[std::size_t(j)])], kJointNames[std::size_t(j)], bone(j));
    const int twin = kMirroredJoints[std::size_t(j)];
    if (twin > j && std::max(bone(j), bone(twin)) > 2 * std::min(bone(j), bone(twin)))
      return fail(ErrorCode::kUsage, "bone lengths {:.2f} m to '{}' and {:.2f} m to '{}' differ twofold", bone(j),
                  kJointNames[std::size_t(j)], bone(twin), kJointNames[std::size_t(twin)]);
  }
  // The toes point to the front, and knees and elbows bend the one way; a body's left is then on its left. The pelvis, whose
  // hips cannot be crossed, tells the sides; toes and shins, where the front is.
  const auto at = [&](int j) { return Vec3(joints.row(j).transpose()); };
  const Vec3 left = at(1) - at(2);
  const auto leg_front = [&](int hip) {  // of hip, knee, ankle, foot: front by the knee's bend and by the toes
    const Vec3 thigh = at(hip + 3) - at(hip), shin = at(hip + 6) - at(hip + 3), foot = at(hip + 9) - at(hip + 6);
    return std::pair(thigh.cross(shin), shin.cross(foot));  // axes of knee (towards the body's left) and ankle (its right)
  };
  float votes = 0;
  for (int hip : {1, 2}) {
    const auto [knee, ankle] = leg_front(hip);
    votes += knee.dot(left) / (left.norm() * stature * stature * 0.06f);
    votes -= ankle.dot(left) / (left.norm() * stature * stature * 0.03f);
  }
  if (votes < 0)
    return fail(ErrorCode::kUsage,
                "left and right seem swapped, or the feet point backwards: with the toes forward, left_hip must be on the "
                "body's left");
  return {};
}

std::vector<JobContext::Phase> human_phases() { return {{"load", 1}, {"sample", 20}, {"views", 20}, {"shape", 6}}; }

namespace {

constexpr int kShippedResolution = 128;

/// Measured; of a model of another resolution the network takes more or less than this one's.
Result<void> check_memory(const HumanSampling& options, int resolution) {
  constexpr double kNetwork = 0.45e9;        // OpenBLAS waits without end where it gets no buffer
  constexpr double kCell = 8.6;              // of the grid the surface is taken from
  constexpr double kPixel = 4.0 * (64 + 10);  // of each view's field: bands, enhanced, and parts
  const double pixels = double(resolution) * resolution, side = double(options.detail) * resolution;
  const auto lack = memory_lack(kNetwork + kCell * side * side * side + kPixel * options.views * pixels);
  if (!lack) return {};
  return fail(ErrorCode::kResource, "making a person takes {}; lower --detail (now {}), close other programs, or raise --memory", *lack, options.detail);
}

}  // namespace

Result<HumanResult> generate_human(const HumanOrder& order, JobContext* job) {
  MP4D_CHECK(check_memory(order.sampling, kShippedResolution));
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
  } else if (order.like) {
    const Joints rest = model.rest_joints(description.attributes);
    result.joints = posed_joints(rest, pose_from_joints(rest, *order.like, &average_rest_joints()));
  } else {
    result.pose = !order.pose.empty() ? order.pose : !description.pose.empty() ? description.pose : "a-pose";
    MP4D_TRY(pose, named_pose(result.pose));
    result.joints = posed_joints(model.rest_joints(description.attributes), pose);
  }
  const HumanRequest request{description.attributes, KnownAttributes::all(), result.joints, order.sampling.seed};
  MP4D_TRY(people, draw_views(model, {request}, order.sampling, job));
  const std::vector<HumanView>& views = people[0];
  if (const int resolution = views[0].field.occupancy.resolution; resolution > kShippedResolution) MP4D_CHECK(check_memory(order.sampling, resolution));
  begin_phase(job, "shape");
  MP4D_TRY(mesh, person_mesh(views, part_colors(description.attributes, description.colors), order.sampling.level,
                             order.sampling.detail, order.faces));
  if (!order.joints) {  // all others stand where they please: put the person on the ground
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
