#include "app/studio/tasks.h"
#include "app/cli/human_pose.h"
#include "app/cli/transfer_job.h"
#include "io/clip_check.h"
#include "io/input_kind.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include "motion/skin_weights.h"
#include "render/viewport/cpu_view.h"
#include <QPainter>
#include <algorithm>
#include <fmt/ranges.h>

namespace mp4d {
namespace {

constexpr int kScreenSide = 720;  // longer side of the pictures that are kept for the screen

Footage to_footage(const Frames& frames) {
  Footage footage;
  for (const Image& image : frames.images) footage.pictures.push_back(to_qimage(image));
  footage.times = frames.times;
  footage.names = frames.names;
  footage.fps = frames.fps;
  return footage;
}

Character still(Mesh mesh, std::string name) {
  RiggedModel model;
  model.mesh = std::move(mesh);
  model.name = std::move(name);
  return to_character(std::move(model));
}

Result<Opened> open_clip(const std::filesystem::path& path, FrameRange range, JobContext* job) {
  range.max_side = kScreenSide;
  MP4D_TRY(info, read_clip_info(path));
  begin_phase(job, "read");
  MP4D_TRY(frames, read_frames(path, range, job));
  Opened opened;
  opened.footage = to_footage(frames);
  MP4D_TRY(look, look_at_clip(frames, info.width, info.height, job));
  const std::vector<Shot> shots = find_shots(look);
  if (shots.size() > 1) opened.findings.push_back(describe_shots(look, shots, range.start_s));
  for (const Finding& finding : check_clip(look)) opened.findings.push_back(finding.what + ": " + finding.text);
  return opened;
}

FrameRange range_of(const ReconstructOptions& o) { return {o.start, o.end, o.step, o.fps, o.max_frames, kScreenSide}; }

}  // namespace

QImage to_qimage(const Image& image) {
  const QImage::Format format = image.channels == 4 ? QImage::Format_RGBA8888 : QImage::Format_RGB888;
  return QImage(image.data.data(), image.width, image.height, image.width * image.channels, format).copy();
}

Image to_image(const QImage& picture) {
  const QImage rgb = picture.convertToFormat(QImage::Format_RGB888);
  Image image(rgb.width(), rgb.height(), 3);
  for (int y = 0; y < rgb.height(); ++y) std::copy_n(rgb.constScanLine(y), 3 * rgb.width(), &image.at(0, y));
  return image;
}

std::vector<JobContext::Phase> open_phases() { return {{"read", 1}}; }

Result<Opened> open_source(const std::filesystem::path& path, const FrameRange& range, JobContext* job) {
  MP4D_TRY(kind, input_kind(path));
  Opened opened;
  const std::string name = path.stem().string();
  switch (kind) {
    case InputKind::kClip: return open_clip(path, range, job);
    case InputKind::kAnime: {
      begin_phase(job, "read");
      MP4D_TRY(sequence, read_anime(path));
      Mesh mesh;
      mesh.verts = sequence.frames.front();
      mesh.faces = sequence.faces;
      opened.character = still(std::move(mesh), name);
      return opened;
    }
    case InputKind::kMeshFolder: {
      begin_phase(job, "read");
      MP4D_TRY(meshes, read_mesh_folder(path));
      opened.character = still(std::move(meshes.front()), name);
      return opened;
    }
    case InputKind::kModel: {
      begin_phase(job, "read");
      MP4D_TRY(model, read_model(path, job));
      if (model.name.empty()) model.name = name;
      opened.character = to_character(std::move(model));
      return opened;
    }
    case InputKind::kJson: break;
  }
  return fail(ErrorCode::kInput, "{}: not a video, a folder of pictures or meshes, or a model; a project ends in .mp4d",
              path.string());
}

Result<Footage> read_footage(const std::filesystem::path& source, const Film& film, JobContext* job) {
  FrameRange range = film.range;
  range.max_side = kScreenSide;
  begin_phase(job, "read");
  MP4D_TRY(frames, read_frames(source, range, job));
  if (film.first + film.cameras.size() > frames.images.size())
    return fail(ErrorCode::kInput, "{}: has {} frames where the project needs {}; it is not the clip that was reconstructed",
                source.string(), frames.images.size(), film.first + film.cameras.size());
  keep_frames(frames, film.first, film.cameras.size());
  return to_footage(frames);
}

Result<Reconstructed> reconstruct_source(const DocumentState& state, const std::filesystem::path& cache, const std::string& anew_from, JobContext* job, Viewer* viewer) {
  const ReconstructInput input{state.source, state.masks, {}, cache, anew_from};
  MP4D_TRY(kind, check_reconstruction(input, state.reconstruct));
  MP4D_TRY(result, reconstruct(input, state.reconstruct, job, viewer));
  Reconstructed done;
  done.mask_iou = result.report.value("mask_iou", -1.0);
  done.masks = std::move(result.masks);
  if (kind == InputKind::kClip && !result.cameras.empty()) {
    done.film.cameras = std::move(result.cameras);
    done.film.range = range_of(state.reconstruct);
    done.film.first = result.report.at("frames").at("first").get<std::size_t>();
    JobContext quiet({{"read", 1}}, {}, {}, job ? job->cancel_token() : CancelToken());
    MP4D_TRY(footage, read_footage(state.source, done.film, &quiet));
    done.footage = std::move(footage);
  }
  done.character = to_character(std::move(result.model));
  return done;
}

Preview with_picture(Preview preview, const Footage& footage, const ReconstructOptions& o) {
  constexpr int kSide = 360;
  if (!preview.mesh || !preview.camera || preview.picture) return preview;
  ViewFrame frame;
  const double scale = double(kSide) / std::max(preview.camera->width, preview.camera->height);
  frame.camera = resized(*preview.camera, static_cast<int>(preview.camera->width * scale), static_cast<int>(preview.camera->height * scale));
  frame.mesh = preview.mesh;
  frame.look = SurfaceLook::kPlain;
  frame.ground = false;
  const bool all_frames = o.start == 0 && o.step == 1 && o.fps == 0 && o.shots == "refuse";  // as the footage has them
  QImage whole(frame.camera.width, frame.camera.height, QImage::Format_RGB32);
  whole.fill(Qt::black);
  QPainter painter(&whole);
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  if (all_frames && preview.frame >= 0 && preview.frame < static_cast<int>(footage.pictures.size()))
    painter.drawImage(whole.rect(), footage.pictures[preview.frame]);
  painter.setOpacity(0.8);
  painter.drawImage(0, 0, to_qimage(draw_on_cpu(frame)));
  painter.end();
  preview.picture = std::make_shared<const Image>(to_image(whole));
  return preview;
}

std::vector<JobContext::Phase> rig_phases() { return {{"rig", 1}}; }

Result<Rigged> rig_character(const DocumentState& state, JobContext* job) {
  begin_phase(job, "rig", kRigSteps);
  MP4D_TRY(rigged, auto_rig(*state.character.mesh, state.rig, job));
  rigged.model.name = state.character.name;
  Rigged done;
  for (const JointLimit& limit : rigged.limits) done.limits[rigged.model.skeleton.joints[limit.joint].name] = limit;
  done.notes = describe(rigged.report);
  done.character = to_character(std::move(rigged.model));
  return done;
}

std::vector<JobContext::Phase> bind_phases() { return {{"weights", 1}}; }

Result<Rigged> bind_character(const Character& character, JobContext* job) {
  begin_phase(job, "weights", 2);
  JobContext quiet({{"weights", 1}}, {}, {}, job ? job->cancel_token() : CancelToken());
  MP4D_TRY(solid, voxelise(*character.mesh, {.thicken = 0.75f}, &quiet));
  step(job, 1);
  MP4D_TRY(found, heat_weights(*character.mesh, *character.skeleton, solid.distance, {}, &quiet));
  Rigged bound{character, {}, {}};
  bound.character.skin = std::make_shared<const Skin>(std::move(found.skin));
  for (const std::string& piece : found.fallback_pieces) bound.notes.push_back("weights: no bone in sight, " + piece);
  return bound;
}

std::vector<JobContext::Phase> transfer_task_phases(const std::filesystem::path& motion) {
  const auto kind = input_kind(motion);
  std::vector<JobContext::Phase> phases =
      kind && *kind == InputKind::kClip ? reconstruct_phases() : std::vector<JobContext::Phase>{{"read motion", 10}};
  phases.push_back({"prepare", 5});
  phases.push_back({"transfer", 10});
  return phases;
}

namespace {

struct ReadSides {
  TransferModel source, target;
};

Result<ReadSides> read_sides(const DocumentState& state, const std::filesystem::path& cache, JobContext* job) {
  TransferInput input;
  input.path = state.motion;
  input.work = cache;
  input.clip = "all";
  input.rig = state.rig;
  MP4D_TRY(kind, input_kind(state.motion));
  if (kind != InputKind::kModel) input.clip.clear();
  if (kind != InputKind::kClip) begin_phase(job, "read motion", kRigSteps);
  if (!state.map.pairs.empty()) input.chains = &state.map.source;
  MP4D_TRY(source, load_motion(input, job));
  begin_phase(job, "prepare", kRigSteps);
  if (input.chains) input.chains = &state.map.target;
  input.path = state.character.name.empty() ? state.source : std::filesystem::path(state.character.name);
  MP4D_TRY(target, prepare_target(to_model(state.character), input, job));
  return ReadSides{std::move(source), std::move(target)};
}

TransferSide to_side(TransferModel model, std::vector<NamedChain> chains, Pose reference) {
  TransferSide side;
  side.chains = std::move(chains);
  for (const Chain& chain : model.body.chains) side.joints.push_back(chain.joints);
  side.body = model.body.body;
  side.reference = std::move(reference);
  side.world_from_body = model.body.world_from_body;
  side.pelvis = model.body.position(model.body.pelvis);
  side.size = model.body.size;
  side.leg_length = model.body.leg_length;
  side.character = to_character(std::move(model.model));
  return side;
}

}  // namespace

Result<TransferSides> look_at_transfer(const DocumentState& state, const std::filesystem::path& cache, JobContext* job) {
  MP4D_TRY(read, read_sides(state, cache, job));
  auto& [source, target] = read;
  MP4D_TRY(map, pair_chains(source, target, source.clips.front(), state.map, state.retarget));
  TransferSides sides;
  sides.map = to_file(map, source.model, source.body, target.model, target.body);
  Pose aligned = aligned_rest(source.model, source.body, target.model, target.body, map);
  Pose reference = pose_from_world(source.model.skeleton, source.body.reference);
  // The clip that is moved first is the one to look at.
  std::swap(source.model.clips.front(), source.model.clips[source.clips.front()]);
  sides.source = to_side(std::move(source), sides.map.source, std::move(reference));
  sides.target = to_side(std::move(target), sides.map.target, std::move(aligned));
  return sides;
}

Result<Transferred> transfer_motion(const DocumentState& state, const std::filesystem::path& cache, JobContext* job) {
  MP4D_CHECK(check_retarget(state.retarget));
  MP4D_TRY(read, read_sides(state, cache, job));
  auto& [source, target] = read;
  begin_phase(job, "transfer", static_cast<int>(source.clips.size()));
  MP4D_TRY(moved, transfer_clips(source, target, state.map, state.retarget, job));
  Transferred done;
  done.map = to_file(moved.map, source.model, source.body, target.model, target.body);
  done.notes = source.warnings;
  done.notes.insert(done.notes.end(), source.notes.begin(), source.notes.end());
  done.notes.insert(done.notes.end(), target.notes.begin(), target.notes.end());
  done.notes.insert(done.notes.end(), moved.lines.begin(), moved.lines.end());
  // Clips that were there stay in front, if the joints are still theirs.
  if (same_skeleton(moved.model.skeleton, *state.character.skeleton)) {
    std::vector<Clip> clips;
    for (const auto& clip : state.character.clips) clips.push_back(*clip);
    clips.insert(clips.end(), moved.model.clips.begin(), moved.model.clips.end());
    moved.model.clips = std::move(clips);
  }
  moved.model.name = state.character.name;
  done.character = to_character(std::move(moved.model));
  return done;
}

std::vector<JobContext::Phase> person_phases() { return human::human_phases(); }

Result<Rigged> make_person(const PersonWish& wish, JobContext* job) {
  human::HumanOrder order;
  order.text = wish.words;
  order.sampling.seed = wish.seed;
  if (wish.quick) order.sampling.views = 1;
  MP4D_TRY(notes, set_pose(order, wish.pose, 0));
  MP4D_TRY(person, human::generate_human(order, job));
  Rigged made;
  made.notes = std::move(notes);
  if (!person.description.understood.empty())
    made.notes.push_back(fmt::format("understood: {}", fmt::join(person.description.understood, ", ")));
  if (!person.description.taken_for.empty())
    made.notes.push_back(fmt::format("taken for known words: {}", fmt::join(person.description.taken_for, ", ")));
  if (!person.description.unknown.empty())
    made.notes.push_back(fmt::format("not understood: {}", fmt::join(person.description.unknown, ", ")));
  if (person.model.name.empty()) person.model.name = "person";
  made.character = to_character(std::move(person.model));
  return made;
}

}  // namespace mp4d
