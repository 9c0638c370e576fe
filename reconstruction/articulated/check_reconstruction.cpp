#include "reconstruction/articulated/reconstruct.h"
#include "reconstruction/articulated/evidence.h"
#include "io/networks.h"
#include <fmt/ranges.h>

namespace mp4d {
namespace {

Result<void> check_clip(const std::filesystem::path& clip, InputKind kind) {
  if (kind == InputKind::kModel)
    return fail(ErrorCode::kInput,
                "{0}: is a single model, and motion needs a video or a folder with a mesh a frame; for a skeleton alone "
                "run: magicpose4d rig {0} -o FILE.glb",
                clip.string());
  if (kind == InputKind::kJson)
    return fail(ErrorCode::kInput, "{0}: is JSON, not a clip; if it is a job, give it as --config {0}", clip.string());
  return {};
}

Result<void> check_guess(const std::filesystem::path& guess, const ReconstructOptions& options) {
  MP4D_TRY(kind, input_kind(guess));
  if (kind != InputKind::kModel && kind != InputKind::kMeshFolder)
    return fail(ErrorCode::kInput, "--guess {}: is neither a mesh ({}) nor a folder of meshes", guess.string(),
                fmt::join(model_extensions(), " "));
  if (!options.free_form)
    return fail(ErrorCode::kUsage, "--guess {}: phase 1's free form uses it; drop --no-free-form", guess.string());
  if (!options.guess_pull)
    return fail(ErrorCode::kUsage, "--guess {}: phase 1 is pulled towards it; drop --no-guess-pull", guess.string());
  return {};
}

Result<void> check_for_meshes(const ReconstructInput& input, const ReconstructOptions& options) {
  if (options.reference)
    MP4D_CHECK(reconstruct_options().refuse_changed(&options, {"dynamic-rigidity", "global-local-chamfer"},
                                                    "the reference phase 2 has no such terms; leave it out"));
  const std::string why = fmt::format("{} holds meshes, to which only a skeleton is fitted; leave it out",
                                      input.clip.string());
  if (options.category == "still") return fail(ErrorCode::kUsage, "--category still: {}", why);
  const std::pair<const char*, const std::filesystem::path*> files[] = {
      {"masks", &input.masks}, {"guess", &input.guess}, {"work", &input.work}};
  for (const auto& [name, path] : files)
    if (!path->empty()) return fail(ErrorCode::kUsage, "--{}: {}", name, why);
  return reconstruct_options().refuse_changed(
      &options, {"device", "fov", "effort", "subject", "shots", "masks-from", "carry-masks", "landmarks", "guess-surface", "guess-words", "free-form", "guess-pull", "phase2", "texture"},
      why);
}

}  // namespace

Result<InputKind> check_reconstruction(const ReconstructInput& input, const ReconstructOptions& options) {
  MP4D_TRY(kind, input_kind(input.clip));
  MP4D_CHECK(check_clip(input.clip, kind));
  if (options.reference && !options.phase2)
    return fail(ErrorCode::kUsage, "--reference is another phase 2, --no-phase2 leaves phase 2 out; drop one of them");
  if (kind != InputKind::kClip) {
    MP4D_CHECK(check_for_meshes(input, options));
    return kind;
  }
  MP4D_CHECK(mask_options(options));
  if (!options.free_form)
    MP4D_CHECK(reconstruct_options().refuse_changed(&options, {"guess-pull"},
                                                    "belongs to phase 1's free form; drop --no-free-form"));
  if (!options.free_form && (!options.phase2 || options.reference))
    MP4D_CHECK(reconstruct_options().refuse_changed(&options, {"dynamic-rigidity", "global-local-chamfer"},
                                                    "neither the coarse guess nor the reference phase 2 has such terms; leave it out"));
  if (options.carry_masks && input.masks.empty())
    return fail(ErrorCode::kUsage, "--carry-masks: carries the masks of --masks to the frames that have none; give both");
  if (options.landmarks && options.category != "human")
    return fail(ErrorCode::kUsage, "--landmarks: are of people's joints; give --category human with it, or leave it out");
  if (options.landmarks && !network_installed("pose"))
    return fail(ErrorCode::kUsage, "--landmarks: the pose network is not installed; run 'magicpose4d models install pose'");
  if (options.guess_surface == "generator" && options.category != "human")
    return fail(ErrorCode::kUsage, "--guess-surface generator: makes people; give --category human with it, or leave it out");
  if (!options.guess_words.empty() && options.guess_surface != "generator")
    return fail(ErrorCode::kUsage, "--guess-words: tell the generator who to make; give --guess-surface generator with them, or leave them out");
  if (!input.guess.empty()) MP4D_CHECK(check_guess(input.guess, options));
  if (options.category == "still" && !options.phase2)
    return fail(ErrorCode::kUsage, "--no-phase2: with --category still there is no skeleton but phase 2's; drop one of them");
  return kind;
}

}  // namespace mp4d
