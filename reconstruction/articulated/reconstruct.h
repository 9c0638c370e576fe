#pragma once
#include "core/camera.h"
#include "core/job_context.h"
#include "core/options.h"
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
  std::string subject;
  bool free_form = true;
  bool dynamic_rigidity = true;
  bool global_local_chamfer = true;
  bool phase2 = true;
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
};

struct ReconstructResult {
  RiggedModel model;             ///< rest pose, skeleton, skin, one clip
  MeshSequence phase1;           ///< phase 1's meshes, one a frame, in the model's space
  std::vector<Camera> cameras;   ///< model space to the source pictures, one a frame (none for mesh input)
  nlohmann::json report;         ///< seed, options, per-stage seconds, losses, mask IoU, category, warnings
};

/// The whole chain: frames, masks, flow, phase 1, phase 2. Cancellable, resumes from `work`.
Result<ReconstructResult> reconstruct(const ReconstructInput& input, const ReconstructOptions& options,
                                      JobContext* job = nullptr);

}  // namespace mp4d
