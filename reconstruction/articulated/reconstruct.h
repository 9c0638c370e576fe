#pragma once
#include "core/camera.h"
#include "core/job_context.h"
#include "core/options.h"
#include "core/preview.h"
#include "io/input_kind.h"
#include "motion/rig.h"
#include <filesystem>
#include <nlohmann/json.hpp>

namespace mp4d {

/// All settings of a reconstruction; see reconstruct_options() for names, ranges and reasons.
struct ReconstructOptions {
  std::string category = "auto";
  std::string device = "auto";
  int threads = 0;
  int seed = 1;
  double start = 0, end = -1, fps = 0;
  int step = 1, max_frames = 400;
  double fov = 35;
  double effort = 1;
  std::string subject;
  std::string shots = "refuse";
  std::string masks_from = "auto";
  bool carry_masks = false;
  bool landmarks = false;
  std::string guess_surface = "template";
  std::string guess_words;
  bool free_form = true;
  bool dynamic_rigidity = true;
  bool global_local_chamfer = true;
  bool guess_pull = true;
  bool phase2 = true;
  bool reference = false;
  int texture = 1024;
};
const OptionTable<ReconstructOptions>& reconstruct_options();

/// The phases that reconstruct() enters, in order, with weights: what the caller makes its JobContext of (and may
/// append its own to). reconstruct() does not call finish().
std::vector<JobContext::Phase> reconstruct_phases();

struct ReconstructInput {
  std::filesystem::path clip;   ///< video, GIF, image folder, mesh folder, or .anime
  std::filesystem::path masks;  ///< folder, or empty
  std::filesystem::path guess;  ///< mesh or folder of meshes, or empty
  std::filesystem::path work;   ///< checkpoints; empty = a temporary folder
  std::string anew_from = {};   ///< one of reconstruct_phases(): from it on, checkpoints are not taken; empty = all are
};

/// What the input is, after refusing all that can be known to be wrong before any work. Errors: kInput for a clip or guess
/// that is not there or of the wrong kind; kUsage for options that say nothing about this input or exclude each other.
Result<InputKind> check_reconstruction(const ReconstructInput& input, const ReconstructOptions& options);

struct ReconstructResult {
  RiggedModel model;             ///< rest pose, skeleton, skin, one clip
  MeshSequence phase1;           ///< phase 1's meshes, one a frame, in the model's space
  std::vector<Camera> cameras;   ///< model space to the source pictures, one a frame (none for mesh input)
  std::vector<Mask> masks;       ///< of the subject, one a camera, shrunk to working size
  nlohmann::json report;         ///< seed, threads, frames, masks, category; what each stage measured and its seconds
};

/// The whole chain: frames, masks, flow, phase 1, phase 2; for meshes a rig and phase 2. Cancellable. Resumes from `work`:
/// model, cameras and report are then those of a run that was not stopped, but for the report's seconds. The viewer
/// sees the masks as a picture, then the surface at the middle frame, in no unit, with the camera as it is known then.
/// Errors: those of check_reconstruction() and of the stages.
Result<ReconstructResult> reconstruct(const ReconstructInput& input, const ReconstructOptions& options,
                                      JobContext* job = nullptr, Viewer* viewer = nullptr);

}  // namespace mp4d
