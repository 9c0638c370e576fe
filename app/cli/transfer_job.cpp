#include "app/cli/transfer_job.h"
#include "app/cli/clip_choice.h"
#include "app/cli/human_target.h"
#include "io/input_kind.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include "motion/reference_retarget.h"
#include "motion/volume_joints.h"
#include "reconstruction/articulated/reconstruct.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

/// Turns a model rigged here, whose up or forward are other axes, to y up and facing +z.
void turn_to_front(RiggedModel& model, const Mat3& mesh_from_body) {
  if ((mesh_from_body - Mat3::Identity()).norm() < 1e-3f) return;
  const Mat3 turn = mesh_from_body.transpose();
  const Quat q(turn);
  model.mesh.verts = model.mesh.verts * turn.transpose();
  if (model.mesh.normals.rows() > 0) model.mesh.normals = model.mesh.normals * turn.transpose();
  for (Joint& joint : model.skeleton.joints)
    if (joint.parent < 0) {
      joint.rest.translation = turn * joint.rest.translation;
      joint.rest.rotation = (q * joint.rest.rotation).normalized();
    }
  model.skin.joint_from_mesh = inverse_bind(model.skeleton);
}

Result<void> find_body(TransferModel& side, const TransferInput& input) {
  stand_upright(side.model);
  const std::vector<NamedChain>* chains = input.chains && !input.chains->empty() ? input.chains : nullptr;
  MP4D_TRY(preset, find_preset(side.model.skeleton));
  if (!chains && !preset.name.empty()) {
    chains = &preset.chains;
    side.notes.push_back(fmt::format("joints are named as {} names them", preset.name));
  }
  auto body = find_anatomy(side.model, chains);
  if (!body) {
    const bool mapped = input.chains && !input.chains->empty() && !input.map.empty();
    return fail(body.error().code, "{}{}: {}", mapped ? input.map.string() + ": " : "", input.path.string(),
                body.error().message);
  }
  side.body = std::move(*body);
  return {};
}

Result<RiggedModel> rig_mesh(const Mesh& mesh, const TransferInput& input, TransferModel& side, JobContext* job) {
  MP4D_TRY(rigged, auto_rig(mesh, input.rig, job));
  turn_to_front(rigged.model, rigged.report.mesh_from_body);
  for (const std::string& sentence : describe(rigged.report)) side.notes.push_back(sentence);
  side.rigged_here = true;
  rigged.model.name = input.path.stem().string();
  return std::move(rigged.model);
}

/// The frame nearest to the mean of all: few limbs are at the end of their swing there.
std::size_t middle_frame(const MeshSequence& sequence) {
  Points mean = sequence.frames.front();
  for (std::size_t t = 1; t < sequence.frames.size(); ++t) mean += sequence.frames[t];
  mean /= static_cast<float>(sequence.frames.size());
  std::size_t best = 0;
  float least = std::numeric_limits<float>::max();
  for (std::size_t t = 0; t < sequence.frames.size(); ++t)
    if (const float d = (sequence.frames[t] - mean).norm(); d < least) least = d, best = t;
  return best;
}

Result<TransferModel> fit_sequence(const MeshSequence& sequence, const TransferInput& input, JobContext* job) {
  TransferModel side;
  if (sequence.frames.size() < 2)
    return fail(ErrorCode::kInput, "{}: one mesh does not move; give a sequence of at least two", input.path.string());
  const std::size_t rest = middle_frame(sequence);
  Mesh mesh;
  mesh.verts = sequence.frames[rest];
  mesh.faces = sequence.faces;
  mesh.normals = vertex_normals(mesh.verts, mesh.faces);
  // Rigged where it lies: the frames must keep their places.
  MP4D_TRY(rigged, auto_rig(mesh, input.rig, job));
  side.notes.push_back(fmt::format("rigged in frame {} of {}", rest, sequence.frames.size()));
  for (const std::string& sentence : describe(rigged.report)) side.notes.push_back(sentence);
  FitOptions options;
  options.limits = rigged.limits;
  JobContext quiet({{"fit", 1}}, {}, {}, job ? job->cancel_token() : CancelToken());
  quiet.begin_phase("fit", kFitSteps);
  MP4D_TRY(fit, fit_motion(rigged.model.skeleton, rigged.model.skin, mesh.verts, mesh.faces, FitTarget(sequence),
                           options, &quiet));
  double sum = 0;
  for (const double rms : fit.rms) sum += rms;
  side.notes.push_back(fmt::format("fitted to {} frames: {:.2f} % of the size off on average", fit.rms.size(),
                                   100 * sum / static_cast<double>(fit.rms.size()) / fit.size));
  side.model = std::move(rigged.model);
  side.model.name = input.path.stem().string();
  side.model.skeleton = std::move(fit.skeleton);
  side.model.skin = std::move(fit.skin);
  side.model.mesh.verts = fit.rest_verts;
  side.model.clips = {std::move(fit.clip)};
  if (side.model.clips[0].name.empty()) side.model.clips[0].name = input.path.stem().string();
  if ((rigged.report.mesh_from_body - Mat3::Identity()).norm() > 1e-3f) {
    // Clips turn with the mesh: the root's poses are turned like its rest.
    const Mat3 turn = rigged.report.mesh_from_body.transpose();
    const Quat q(turn);
    for (Pose& pose : side.model.clips[0].poses)
      for (std::size_t j = 0; j < pose.size(); ++j)
        if (side.model.skeleton.joints[j].parent < 0) {
          pose[j].translation = turn * pose[j].translation;
          pose[j].rotation = (q * pose[j].rotation).normalized();
        }
    turn_to_front(side.model, rigged.report.mesh_from_body);
  }
  side.rigged_here = true;
  side.clips = {0};
  MP4D_CHECK(find_body(side, input));
  return side;
}

Result<TransferModel> reconstruct_motion(const TransferInput& input, JobContext* job) {
  if (!input.clip.empty())
    return fail(ErrorCode::kUsage, "--clip: {} has no named clips; leave it out", input.path.string());
  ReconstructOptions options;
  options.texture = 0;  // nobody sees it
  if (input.fps > 0) options.fps = input.fps;
  MP4D_TRY(filmed, reconstruct({input.path, input.masks, {}, input.work}, options, job));
  TransferModel side;
  side.model = std::move(filmed.model);
  side.notes.push_back(fmt::format("reconstructed, mask IoU {:.2f}; for more say, run reconstruct and give its result",
                                   filmed.report.value("mask_iou", 0.0)));
  side.clips = {0};
  MP4D_CHECK(find_body(side, input));
  return side;
}

/// What the picture shows as a mesh, rigged.
Result<TransferModel> load_picture(const TransferInput& input, JobContext* job) {
  JobContext quiet({{"picture", 1}}, {}, {}, job ? job->cancel_token() : CancelToken());
  quiet.begin_phase("picture", kImageMeshSteps);
  MP4D_TRY(image, mesh_from_image(input.path, input.image, &quiet));
  TransferModel side;
  side.notes = describe(image);
  TransferInput facing = input;
  if (facing.rig.forward == AutoRigOptions().forward) facing.rig.forward = image.forward();
  if (facing.rig.up == AutoRigOptions().up) facing.rig.up = "y";
  MP4D_TRY(rigged, rig_mesh(image.mesh, facing, side, job));
  side.model = std::move(rigged);
  MP4D_CHECK(find_body(side, input));
  return side;
}

/// Whether no joint turns by 1e-4 or leaves its place by 1e-4 of the skeleton's size.
bool stands_still(const Skeleton& skeleton, const Clip& clip) {
  const std::vector<Mat4> first = forward_kinematics(skeleton, clip.poses.front());
  Eigen::AlignedBox3f box;
  for (const Mat4& joint : first) box.extend(joint.topRightCorner<3, 1>());
  const float size = std::max(box.sizes().norm(), 1e-12f);
  return std::all_of(clip.poses.begin() + 1, clip.poses.end(), [&](const Pose& pose) {
    const std::vector<Mat4> now = forward_kinematics(skeleton, pose);
    for (std::size_t j = 0; j < now.size(); ++j) {
      const Mat4 change = now[j] - first[j];
      if (change.topLeftCorner<3, 3>().norm() > 1e-4f || change.topRightCorner<3, 1>().norm() > 1e-4f * size)
        return false;
    }
    return true;
  });
}

std::string summary(const RetargetReport& report, const RetargetOptions& options) {
  if (report.same_skeleton) {
    std::string text = "the same skeleton: joints taken over as they are";
    if (options.root != RetargetOptions().root) text += ", root " + options.root;
    if (options.smooth > 0) text += fmt::format(", smoothed at {} Hz", options.smooth);
    return text;
  }
  std::string text = fmt::format("scale {:.3g}", report.scale);
  if (report.stride < 1) text += fmt::format(", strides shortened to {:.0f} %", 100 * report.stride);
  if (report.rests > 0)
    text += fmt::format(", feet at rest slide at most {:.2f} % of the leg a frame", 100 * report.slide);
  if (report.strained > 0) text += fmt::format(", {} joints turned less to spare the surface", report.strained);
  if (report.short_of_goal > 0.01)
    text += fmt::format(", feet up to {:.0f} % of the leg short of the ground", 100 * report.short_of_goal);
  if (report.lowered > 0.005) text += fmt::format(", hips lowered by up to {:.0f} % of the leg", 100 * report.lowered);
  return text;
}

}  // namespace

Result<TransferModel> load_motion(const TransferInput& input, JobContext* job) {
  MP4D_TRY(kind, input_kind(input.path));
  if (kind == InputKind::kAnime || kind == InputKind::kMeshFolder) {
    if (!input.clip.empty())
      return fail(ErrorCode::kUsage, "--clip: {} has no named clips; leave it out", input.path.string());
    MeshSequence sequence;
    const double fps = input.fps > 0 ? input.fps : 24;
    if (kind == InputKind::kAnime) {
      MP4D_TRY(read, read_anime(input.path, fps));
      sequence = std::move(read);
    } else {
      MP4D_TRY(meshes, read_mesh_folder(input.path));
      MP4D_TRY(together, to_sequence(meshes, fps));
      sequence = std::move(together);
    }
    return fit_sequence(sequence, input, job);
  }
  if (kind == InputKind::kClip) return reconstruct_motion(input, job);
  if (kind != InputKind::kModel)
    return fail(ErrorCode::kInput, "{}: not a video, a model, an .anime file or a folder of meshes",
                input.path.string());
  TransferModel side;
  MP4D_TRY(model, read_model(input.path, job));
  side.model = std::move(model);
  if (side.model.clips.empty())
    return fail(ErrorCode::kInput, "{}: has no animation; give a file with a clip as --motion", input.path.string());
  MP4D_TRY(clips, find_clips(side.model, "--clip", input.clip));
  side.clips = std::move(clips);
  if (input.clip.empty() && side.model.clips.size() > 1)
    side.notes.push_back(fmt::format("clip '{}', the first of {}; choose with --clip", side.model.clips[0].name,
                                     side.model.clips.size()));
  for (const int clip : side.clips)
    if (stands_still(side.model.skeleton, side.model.clips[clip]))
      side.warnings.push_back(
          fmt::format("clip '{}' does not move; the file has: {}", side.model.clips[clip].name, clip_list(side.model)));
  MP4D_CHECK(find_body(side, input));
  return side;
}

Result<TransferModel> prepare_target(RiggedModel model, const TransferInput& input, JobContext* job) {
  TransferModel side;
  if (model.skeleton.size() == 0) {
    MP4D_TRY(rigged, rig_mesh(model.mesh, input, side, job));
    side.model = std::move(rigged);
  } else {
    side.model = std::move(model);
  }
  side.model.name = input.path.stem().string();
  side.model.clips.clear();
  if (const int changed = make_scales_even(side.model); changed > 0)
    side.notes.push_back(fmt::format("{} joints were scaled unevenly; the scales went into the bind pose", changed));
  MP4D_CHECK(find_body(side, input));
  return side;
}

Result<TransferModel> load_target(const TransferInput& input, JobContext* job) {
  if (is_picture(input.path)) return load_picture(input, job);
  if (is_description(input.path)) {
    TransferModel person;
    MP4D_TRY(made, person_of_words(input.path.string(), person.notes, job));
    person.model = std::move(made);
    person.rigged_here = true;
    MP4D_CHECK(find_body(person, input));
    return person;
  }
  MP4D_TRY(kind, input_kind(input.path));
  if (kind != InputKind::kModel)
    return fail(ErrorCode::kInput, "{}: not a model; give a rigged model, a mesh or a picture as --target",
                input.path.string());
  MP4D_TRY(model, read_model(input.path, job));
  return prepare_target(std::move(model), input, job);
}

Result<void> check_retarget(const RetargetOptions& options) {
  const auto refuse = [&](const std::vector<std::string>& names, const std::string& why) {
    return retarget_options().refuse_changed(&options, names, why);
  };
  if (options.reference)
    MP4D_CHECK(refuse({"root", "contacts", "ik", "rigidity", "max-strain", "smooth"},
                      "the published method (--reference) has no such thing; leave it out"));
  if (!options.rigidity) MP4D_CHECK(refuse({"max-strain"}, "nothing is limited with --no-rigidity; leave it out"));
  if (!options.ik) MP4D_CHECK(refuse({"contacts"}, "feet are not placed with --no-ik; leave it out"));
  return {};
}

Result<ChainMap> pair_chains(const TransferModel& source, const TransferModel& target, int clip,
                             const MapFile& map_file, const RetargetOptions& options) {
  if (!map_file.pairs.empty()) return to_map(map_file, source.body, target.body);
  MP4D_TRY(motion, read_motion(source.model, source.body, source.model.clips[clip]));
  return map_chains(source.body, target.body, steps(motion, source.body), foreleg_source(options.forelegs));
}

Result<TransferOutcome> transfer_clips(const TransferModel& source, const TransferModel& target,
                                       const MapFile& map_file, const RetargetOptions& options, JobContext* job) {
  TransferOutcome outcome;
  outcome.model = target.model;
  ChainMap& map = outcome.map;
  for (std::size_t i = 0; i < source.clips.size(); ++i) {
    const Clip& clip = source.model.clips[source.clips[i]];
    MP4D_TRY(paired, pair_chains(source, target, source.clips[i], map_file, options));
    map = std::move(paired);
    if (options.reference) {
      MP4D_TRY(moved, retarget_reference(source.model, source.body, clip, target.model, target.body, map));
      outcome.lines.push_back(
          fmt::format("{}: {} frames, by the published notebook's method", clip.name, moved.poses.size()));
      outcome.model.clips.push_back(std::move(moved));
      continue;
    }
    MP4D_TRY(moved, retarget(source.model, source.body, clip, target.model, target.body, map, options, job));
    outcome.lines.push_back(
        fmt::format("{}: {} frames, {}", clip.name, moved.clip.poses.size(), summary(moved.report, options)));
    turn_volume_joints(target.model.skeleton, moved.clip);
    outcome.model.clips.push_back(std::move(moved.clip));
    step(job, static_cast<int>(i + 1));
  }
  if (options.volume == "on" || (options.volume == "auto" && target.rigged_here && !options.reference))
    if (const int added = add_volume_joints(outcome.model, target.body); added > 0)
      outcome.lines.push_back(fmt::format("{} joints of half the rotation keep the volume of bends and twists", added));
  return outcome;
}

}  // namespace mp4d
