#include "reconstruction/articulated/reconstruct.h"
#include "core/files.h"
#include "core/runtime.h"
#include "io/frames.h"
#include "io/model_io.h"
#include "motion/auto_rig.h"
#include "motion/fit.h"
#include "motion/kinematics.h"
#include "motion/skin_weights.h"
#include "reconstruction/articulated/audition.h"
#include "reconstruction/articulated/checkpoints.h"
#include "reconstruction/articulated/evidence.h"
#include "reconstruction/articulated/guess_meshes.h"
#include "reconstruction/articulated/metrics.h"
#include "reconstruction/articulated/own_template.h"
#include "reconstruction/articulated/person_surface.h"
#include "reconstruction/articulated/phase1.h"
#include "reconstruction/articulated/reference_phase2.h"
#include "reconstruction/articulated/texture.h"
#include "reconstruction/articulated/vertex_colours.h"
#include "reconstruction/human/human_model.h"
#include <chrono>
#include <cmath>
#include <functional>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

/// Seconds of each stage, for the report.
class Stopwatch {
 public:
  explicit Stopwatch(nlohmann::json& report) : report_(report) {}
  void lap(const char* stage) {
    const auto now = std::chrono::steady_clock::now();
    report_["seconds"][stage] = std::chrono::duration<double>(now - last_).count();
    last_ = now;
  }

 private:
  nlohmann::json& report_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

Result<std::vector<MedialTemplate>> body_plans(const std::string& category, const std::vector<Mask>& masks, float fov) {
  if (category == "none") {
    MP4D_TRY(own, own_template(masks, fov));
    return std::vector{std::move(own)};
  }
  std::vector<std::string> names = medial_template_names();
  if (category == "human") names = people_template_names();
  else if (category != "auto") names = {category};
  std::vector<MedialTemplate> bodies;
  for (const std::string& name : names) {
    MP4D_TRY(body, load_medial_template(name));
    bodies.push_back(std::move(body));
  }
  return bodies;
}

constexpr int kSurfaceCells = 72, kAuditionCells = 48, kAuditioned = 3;
constexpr double kRadians = 0.017453292519943295;

/// Landmarks for the human templates, where they are asked for; none, with a word of why, where there are none to be had.
Result<std::vector<LimbLandmarks>> landmarks_of(const Evidence& evidence, const ReconstructOptions& options, JobContext* job) {
  if (!options.landmarks) return std::vector<LimbLandmarks>{};
  MP4D_TRY(landmarks, find_limb_landmarks(evidence.frames.images, evidence.masks.masks, job));
  info(job, landmarks.empty() ? "landmarks: the pose network finds no person where the subject is" : "landmarks: by the pose network");
  return std::move(landmarks);
}

bool takes_person(const ReconstructOptions& options) { return options.guess_surface == "generator"; }

/// What a person's surface depends on beside the fit.
Result<void> add_person(ContentHash& key, const ReconstructOptions& options) {
  if (!takes_person(options)) return {};
  MP4D_TRY(model, human::shipped_human_model());
  key.text("person 1").text(options.guess_words).text(options.device);
  return key.path(model);
}

Result<CoarseGuess> coarse_guess(const Evidence& evidence, const ReconstructOptions& options, const StageCache& cache,
                                 JobContext* job) {
  begin_phase(job, "coarse guess", kMedialSteps + kAuditionSteps);
  ContentHash key = evidence.key;
  key.text("guess 5").text(options.category).number(options.seed).number(options.fov).number(options.effort).text(options.device);
  if (options.landmarks) key.text("landmarks");
  MP4D_CHECK(add_person(key, options));
  if (auto blob = cache.load("guess", key)) {
    if (auto guess = guess_from_blob(*blob, evidence.masks.masks)) return std::move(*guess);
  }
  const float fov = static_cast<float>(options.fov * kRadians);
  CoarseGuess guess;
  if (options.category == "still") {
    MP4D_TRY(still, inflate_silhouette(evidence.masks.masks, fov, kSurfaceCells));
    guess = std::move(still);
  } else {
    MP4D_TRY(bodies, body_plans(options.category, evidence.masks.masks, fov));
    MedialFitOptions fit_options;
    fit_options.fov = fov;
    fit_options.effort = static_cast<float>(options.effort);
    fit_options.seed = static_cast<unsigned>(options.seed);
    MP4D_TRY(landmarks, landmarks_of(evidence, options, job));
    fit_options.landmarks = std::move(landmarks);
    fit_options.explanations = kAuditioned;
    MP4D_TRY(fits, fit_medial_template(bodies, evidence.masks.masks, evidence.flow, fit_options, job));
    Phase1Options whole;  // so that switches of phase 1 do not change what it starts from
    whole.device = options.device;
    whole.iterations = std::max(1, static_cast<int>(std::lround(whole.iterations * options.effort)));
    whole.seed = static_cast<unsigned>(options.seed);
    MP4D_TRY(best, audition(fits, evidence.frames.images, evidence.masks.masks, evidence.flow, kAuditionCells, whole, kMedialSteps, job));
    const MedialFit& fit = fits[best];
    if (fit.cycle.period > 0)
      info(job, fmt::format("the motion repeats every {:.1f} frames{}", fit.cycle.period,
                            fit.cycle.alternate ? ", the sides alternating" : ""));
    const Mask& mask = evidence.masks.masks.front();
    guess = guess_from_medial_fit(fit, mask.width, mask.height, kSurfaceCells);
    if (takes_person(options)) {
      PersonSurfaceOptions person{options.guess_words, {}};
      person.sampling.seed = options.seed;
      person.sampling.device = options.device;
      MP4D_CHECK(take_person_surface(guess, fit, evidence.masks.masks, person, job));
    }
    if (guess.category == "none") info(job, fmt::format("{} parts that move like their neighbours were merged with them", merge_parts(guess)));
  }
  info(job, fmt::format("coarse guess: {}, silhouettes agree to {:.0f} %", guess.category, 100 * guess.mask_iou));
  MP4D_CHECK(cache.save("guess", key, to_blob(guess)));
  return guess;
}

/// Of everything that phase 1 depends on.
Result<ContentHash> phase1_key(const ReconstructInput& input, const ReconstructOptions& options, const Evidence& evidence) {
  ContentHash key = evidence.key;
  key.text("phase1 3").text(options.category).number(options.seed).number(options.fov).number(options.effort);
  key.text(options.device);
  if (options.landmarks) key.text("landmarks");
  MP4D_CHECK(add_person(key, options));
  key.number(options.dynamic_rigidity).number(options.global_local_chamfer).number(options.guess_pull);
  if (!input.guess.empty()) MP4D_CHECK(key.path(input.guess));
  return key;
}

/// Phase 1 from the coarse guess; its result replaces the guess's shape and cameras, so that what follows sees one
/// subject. Returns the deformed surface of every frame.
Result<std::vector<Points>> phase1(const ReconstructInput& input, const ReconstructOptions& options,
                                   const Evidence& evidence, const StageCache& cache, const ContentHash& key,
                                   CoarseGuess& guess, nlohmann::json& report, JobContext* job, Viewer* viewer) {
  begin_phase(job, "phase 1", kPhase1Steps);
  if (!options.free_form) return pose_guess(guess);
  const auto take = [&](Phase1Result done) {
    report["phase1"] = {{"freedom", done.freedom},
                        {"silhouette_before", done.silhouette_before},
                        {"silhouette_after", done.silhouette_after}};
    guess.canonical.verts = std::move(done.canonical.verts);
    guess.cameras = std::move(done.cameras);
    return std::move(done.frames);
  };
  if (auto blob = cache.load("phase1", key)) {
    auto done = phase1_from_blob(*blob, evidence.masks.masks);
    if (done && done->canonical.verts.rows() == guess.canonical.verts.rows()) return take(std::move(*done));
  }
  Phase1Input start{guess, evidence.frames.images, evidence.masks.masks, evidence.flow, {}};
  if (!input.guess.empty()) {
    MP4D_TRY(meshes, read_guess_meshes(input.guess, guess.cameras.size()));
    MP4D_TRY(targets, align_guess_meshes(meshes, guess, job));
    start.targets = std::move(targets);
  }
  Phase1Options phase1_options;
  phase1_options.dynamic_rigidity = options.dynamic_rigidity;
  phase1_options.global_local_chamfer = options.global_local_chamfer;
  phase1_options.guess_pull = options.guess_pull;
  phase1_options.device = options.device;
  phase1_options.iterations = std::max(1, static_cast<int>(std::lround(phase1_options.iterations * options.effort)));
  phase1_options.seed = static_cast<unsigned>(options.seed);
  MP4D_TRY(free, run_phase1(start, phase1_options, job, viewer));
  MP4D_CHECK(cache.save("phase1", key, to_blob(free)));
  return take(std::move(free));
}

/// The subject at the clip's middle, as it stands.
void show(Viewer* viewer, const std::vector<Points>& frames, const Faces& faces, const std::vector<Camera>& cameras) {
  if (!viewer) return;
  const std::size_t t = frames.size() / 2;
  auto mesh = std::make_shared<Mesh>();
  mesh->verts = frames[t];
  mesh->faces = faces;
  Preview preview{mesh, {}, static_cast<int>(t), {}, {}};
  if (t < cameras.size()) preview.camera = std::make_shared<const Camera>(cameras[t]);
  viewer->show(preview);
}

struct Rig {
  Skeleton skeleton;
  Skin skin;
  std::vector<JointLimit> limits;
};

/// The guess's own skeleton with heat weights on its surface; a shape without limbs gets an automatic rig.
Result<Rig> rig_guess(const CoarseGuess& guess, nlohmann::json& report, JobContext* job) {
  begin_phase(job, "rig", kRigSteps);
  if (guess.skeleton.size() == 0) {
    MP4D_TRY(rigged, auto_rig(guess.canonical, {}, job));
    report["rig"] = rigged.report.body_plan;
    return Rig{rigged.model.skeleton, rigged.model.skin, rigged.limits};
  }
  MP4D_TRY(solid, voxelise(guess.canonical));
  MP4D_TRY(heat, heat_weights(guess.canonical, guess.skeleton, solid.distance, {}, job));
  for (const std::string& piece : heat.fallback_pieces) info(job, "rig: " + piece);
  report["rig"] = guess.category;
  return Rig{guess.skeleton, heat.skin, guess.limits};
}

/// The pictures as filmed; evidence gives up its own, or those it kept smaller are read again.
Result<std::vector<Image>> pictures_at_full_size(const ReconstructInput& input, const ReconstructOptions& options,
                                                 Evidence& evidence) {
  std::vector<Image> images = std::move(evidence.frames.images);
  if (std::max(evidence.full_width, evidence.full_height) <= kWorkSize) return images;
  images.clear();
  MP4D_TRY(frames, read_frames(input.clip, frame_range(options)));
  return std::move(frames.images);
}

/// Texture of `size` pixels or, for 0, vertex colours. `axis`: the coordinate in which the shape mirrors.
Result<void> colour(const FilmedSurface& film, int axis, int size, RiggedModel& model, JobContext* job) {
  Material material{"surface", Vec4::Ones(), {}, true};
  const Symmetry symmetry{mirror_map(model.mesh.verts, axis), axis};
  if (size > 0) {
    const int padding = texture_padding(size);
    MP4D_TRY(atlas, unwrap(model.mesh.verts, model.mesh.faces, size, padding));
    MP4D_TRY(texture, bake_texture(film, atlas, model.mesh.verts, symmetry, size, job));
    split_at_seams(model, atlas);
    material.texture = std::move(texture);
  } else {
    MP4D_TRY(colours, bake_vertex_colours(film, model.mesh.verts, symmetry.twin, job));
    model.mesh.colors = std::move(colours);
  }
  model.mesh.materials = {std::move(material)};
  return {};
}

/// Largest side 1 m (people: 1.7 m tall), lowest point of the rest pose on the ground.
void to_metres(RiggedModel& model, MeshSequence& phase1, std::vector<Camera>& cameras, bool human) {
  const Aabb box = bounds(model.mesh.verts);
  const float scale = human ? 1.7f / box.sizes().y() : 1.0f / box.sizes().maxCoeff();
  const Vec3 lift(0, -box.min().y() * scale, 0);
  auto move = [&](Points& p) { p = ((p * scale).rowwise() + lift.transpose()).eval(); };
  move(model.mesh.verts);
  for (Points& frame : phase1.frames) move(frame);
  for (Joint& joint : model.skeleton.joints) {
    joint.rest.translation *= scale;
    if (joint.parent < 0) joint.rest.translation += lift;
  }
  for (Clip& clip : model.clips) {
    for (Pose& pose : clip.poses) {
      for (std::size_t j = 0; j < pose.size(); ++j) {
        pose[j].translation *= scale;
        if (model.skeleton.joints[j].parent < 0) pose[j].translation += lift;
      }
    }
  }
  model.skin.joint_from_mesh = inverse_bind(model.skeleton);
  for (Camera& camera : cameras) {
    Iso3& c = camera.camera_from_world;
    c.translation() = (scale * c.translation() - c.linear() * lift).eval();
  }
}

std::string model_name(const fs::path& clip) { return clip.stem().empty() ? "model" : clip.stem().string(); }

Result<FitResult> phase2(const Rig& rig, const Mesh& rest, const FitTarget& target, bool filmed,
                         const ReconstructOptions& options, JobContext* job) {
  begin_phase(job, "phase 2", kFitSteps);
  if (options.reference) {
    ReferenceOptions reference;
    reference.seed = options.seed;
    return fit_reference(rig.skeleton, rig.skin, rest.verts, rest.faces, target, reference, job);
  }
  FitOptions fit;
  fit.seed = options.seed;
  fit.limits = rig.limits;
  // fit_motion takes corresponding vertices for exact and smooths them little; those from pictures are not.
  constexpr double kFilmedSmoothness = 50;
  if (filmed) fit.smoothness = kFilmedSmoothness;
  if (!options.dynamic_rigidity) fit.rigidity = 0;
  if (!options.global_local_chamfer) fit.local_weight = 0;
  return fit_motion(rig.skeleton, rig.skin, rest.verts, rest.faces, target, fit, job);
}

void take_fit(const FitResult& fit, const Faces& faces, nlohmann::json& report, RiggedModel& model) {
  model.mesh.verts = fit.rest_verts;
  model.mesh.faces = faces;
  model.skeleton = fit.skeleton;
  model.skin = fit.skin;
  model.clips = {fit.clip};
  double mean = 0;
  for (double rms : fit.rms) mean += rms / fit.rms.size();
  report["phase2"] = {{"rms_percent_of_size", 100 * mean / fit.size}, {"by_index", fit.by_index}};
  if (fit.limited) report["phase2"]["frames_limited"] = *fit.limited;
}

/// Rig and phase 2: the model in its own units, without colours.
Result<RiggedModel> fitted_model(const CoarseGuess& guess, const MeshSequence& frames, const ReconstructOptions& options,
                                 nlohmann::json& report, JobContext* job) {
  MP4D_TRY(rig, rig_guess(guess, report, job));
  RiggedModel model;
  if (options.phase2 || guess.poses.empty()) {
    MP4D_TRY(fit, phase2(rig, guess.canonical, frames, true, options, job));
    take_fit(fit, guess.canonical.faces, report, model);
  } else {
    model.mesh = guess.canonical;
    model.skeleton = guess.skeleton;
    set_weights(model.skin, guess.weights);
    model.skin.joint_from_mesh = inverse_bind(guess.skeleton);
    model.clips = {{"", frames.times, guess.poses}};
  }
  return model;
}

/// The model of a stage: the one in the cache, else the one that `make` gives, which is kept. What the stage notes goes into
/// `report`.
Result<RiggedModel> model_stage(const char* name, const ContentHash& key, const StageCache& cache, std::size_t frames, nlohmann::json& report,
                                const std::function<Result<RiggedModel>(nlohmann::json& notes)>& make) {
  nlohmann::json notes = nlohmann::json::object();
  if (auto blob = cache.load(name, key)) {
    if (auto model = model_from_blob(*blob, frames, notes)) {
      report.update(notes);
      return std::move(*model);
    }
  }
  MP4D_TRY(model, make(notes));
  MP4D_CHECK(cache.save(name, key, to_blob(model, notes)));
  report.update(notes);
  return std::move(model);
}

Result<ReconstructResult> reconstruct_video(const ReconstructInput& input, const ReconstructOptions& options,
                                            const StageCache& cache, nlohmann::json report, JobContext* job, Viewer* viewer) {
  Stopwatch watch(report);
  MP4D_TRY(evidence, gather_evidence(input, options, cache, report, job, viewer));
  watch.lap("evidence");
  MP4D_TRY(guess, coarse_guess(evidence, options, cache, job));
  report["category"] = guess.category;
  report["coarse_mask_iou"] = guess.mask_iou;
  watch.lap("coarse guess");
  show(viewer, pose_guess(guess), guess.canonical.faces, guess.cameras);

  ReconstructResult result;
  MP4D_TRY(key, phase1_key(input, options, evidence));
  MP4D_TRY(frames, phase1(input, options, evidence, cache, key, guess, report, job, viewer));
  result.phase1 = {guess.canonical.faces, std::move(frames), evidence.frames.times};
  result.cameras = guess.cameras;
  watch.lap("phase 1");
  show(viewer, result.phase1.frames, result.phase1.faces, result.cameras);

  for (const double time : evidence.frames.times) key.number(time);
  const std::size_t count = evidence.frames.times.size();
  key.text("phase2 2").number(options.free_form).number(options.phase2).number(options.reference);
  const auto fit = [&](nlohmann::json& notes) { return fitted_model(guess, result.phase1, options, notes, job); };
  MP4D_TRY(fitted, model_stage("phase2", key, cache, count, report, fit));
  watch.lap("rig and phase 2");
  const MeshSequence fitted_motion = animate(fitted, fitted.clips.front());
  show(viewer, fitted_motion.frames, fitted_motion.faces, result.cameras);

  begin_phase(job, "colours");
  key.text("colours 1").number(options.texture);
  const auto paint = [&](nlohmann::json& notes) -> Result<RiggedModel> {
    RiggedModel model = std::move(fitted);
    const MeshSequence& motion = fitted_motion;
    MP4D_TRY(images, pictures_at_full_size(input, options, evidence));
    MP4D_CHECK(colour({motion.frames, motion.faces, result.cameras, images, evidence.masks.masks},
                      guess.category == "none" || guess.category == "still" ? 2 : 0, options.texture, model, job));
    notes["mask_iou"] = reprojection_iou(motion, result.cameras, evidence.masks.masks);
    return model;
  };
  MP4D_TRY(painted, model_stage("colours", key, cache, count, report, paint));
  result.model = std::move(painted);
  result.model.name = result.model.clips.front().name = model_name(input.clip);
  const auto& people = people_template_names();
  to_metres(result.model, result.phase1, result.cameras, std::find(people.begin(), people.end(), guess.category) != people.end());
  for (Camera& camera : result.cameras) camera = resized(camera, evidence.full_width, evidence.full_height);
  watch.lap("colours");
  result.masks = std::move(evidence.masks.masks);
  result.report = std::move(report);
  return result;
}

/// A mesh sequence's frames: of one topology in `shared`, else in `separate`.
struct MeshFrames {
  MeshSequence shared;
  std::vector<Mesh> separate;
  std::vector<double> times;

  Mesh first() const {
    if (shared.frames.empty()) return separate.front();
    Mesh mesh;
    mesh.verts = shared.frames.front();
    mesh.faces = shared.faces;
    return mesh;
  }
};

template <class T>
std::vector<T> chosen(const std::vector<T>& all, const std::vector<int>& kept) {
  std::vector<T> some;
  for (const int i : kept) some.push_back(all[i]);
  return some;
}

Result<MeshFrames> read_mesh_frames(const fs::path& path, const ReconstructOptions& options, double fps) {
  MeshFrames read;
  std::error_code error;
  if (fs::is_directory(path, error)) {
    MP4D_TRY(meshes, read_mesh_folder(path));
    read.separate = std::move(meshes);
  } else {
    MP4D_TRY(sequence, read_anime(path, fps));
    read.shared = std::move(sequence);
  }
  const std::size_t count = std::max(read.separate.size(), read.shared.frames.size());
  std::vector<double> times;
  for (std::size_t t = 0; t < count; ++t) times.push_back(static_cast<double>(t) / fps);
  MP4D_TRY(kept, select_frames(path, times, {options.start, options.end, options.step, 0, options.max_frames}));
  if (kept.size() < 2)
    return fail(ErrorCode::kInput, "{}: {} frame in the chosen range; motion needs at least 2", path.string(), kept.size());
  for (const int i : kept) read.times.push_back(times[i] - times[kept.front()]);
  if (read.separate.empty()) {
    read.shared.frames = chosen(read.shared.frames, kept);
  } else {
    read.separate = chosen(read.separate, kept);
    if (auto same = to_sequence(read.separate, fps)) read.shared = std::move(*same);
  }
  read.shared.times = read.times;
  return read;
}

/// A mesh sequence needs no phase 1: its frames are the supervision of phase 2.
Result<ReconstructResult> reconstruct_meshes(const ReconstructInput& input, const ReconstructOptions& options,
                                             nlohmann::json report, JobContext* job) {
  Stopwatch watch(report);
  begin_phase(job, "frames");
  const double fps = options.fps > 0 ? options.fps : 24;
  MP4D_TRY(frames, read_mesh_frames(input.clip, options, fps));
  const Mesh rest = frames.first();
  const std::size_t count = frames.times.size();
  report["frames"] = {{"count", count}, {"fps", fps}};
  watch.lap("frames");

  begin_phase(job, "rig", kRigSteps);
  AutoRigOptions rig_options;
  if (options.category != "auto") rig_options.body_plan = options.category;
  MP4D_TRY(rig, auto_rig(rest, rig_options, job));
  for (const std::string& line : describe(rig.report)) info(job, line);
  report["category"] = report["rig"] = rig.report.body_plan;
  watch.lap("rig");

  const FitTarget target = frames.shared.frames.empty() ? FitTarget(frames.separate, frames.times) : FitTarget(frames.shared);
  MP4D_TRY(fit, phase2({rig.model.skeleton, rig.model.skin, rig.limits}, rest, target, false, options, job));
  watch.lap("phase 2");
  ReconstructResult result;
  result.model.mesh = rest;
  take_fit(fit, rest.faces, report, result.model);
  result.model.name = model_name(input.clip);
  result.model.clips.front().name = result.model.name;
  result.phase1 = std::move(frames.shared);
  result.report = std::move(report);
  return result;
}

/// Checkpoints of the phase and of those after it.
std::vector<std::string> stages_from(const std::string& phase) {
  static const std::vector<std::pair<std::string, std::string>> kStages{
      {"frames", "masks"}, {"masks", "masks"}, {"flow", "guess"}, {"coarse guess", "guess"}, {"phase 1", "phase1"},
      {"rig", "phase2"}, {"phase 2", "phase2"}, {"colours", "colours"}};
  std::vector<std::string> stages;
  for (const auto& [name, stage] : kStages)
    if (!stages.empty() || name == phase) stages.push_back(stage);
  return stages;
}

}  // namespace

Result<ReconstructResult> reconstruct(const ReconstructInput& input, const ReconstructOptions& options,
                                      JobContext* job, Viewer* viewer) {
  MP4D_TRY(kind, check_reconstruction(input, options));
  nlohmann::json report;
  report["seed"] = options.seed;
  report["threads"] = set_thread_count(options.threads);
  info(job, fmt::format("seed {}, {} threads", options.seed, report["threads"].get<int>()));
  if (uses_reference_blas())
    warn(job, "the slow reference BLAS is loaded; install OpenBLAS (Debian: libopenblas0-pthread)");
  if (kind != InputKind::kClip) return reconstruct_meshes(input, options, std::move(report), job);

  std::optional<TempFolder> temporary;
  fs::path work = input.work;
  if (work.empty()) {
    MP4D_TRY(folder, TempFolder::create());
    work = folder.path();
    temporary = std::move(folder);
  }
  MP4D_TRY(cache, StageCache::open(work));
  for (const std::string& stage : stages_from(input.anew_from)) cache.make_anew(stage);
  return reconstruct_video(input, options, cache, std::move(report), job, viewer);
}

}  // namespace mp4d
