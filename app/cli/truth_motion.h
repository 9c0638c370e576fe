#pragma once
#include "core/result.h"
#include "motion/rig.h"
#include <filesystem>

namespace mp4d {

/// The rigged model that true shapes were made of, and its pose in each of their frames.
struct TruthMotion {
  RiggedModel model;
  std::string clip;
  std::vector<Pose> poses;  ///< one a frame of the truth
};

/// Finds which of the model's clips, played from its start and over again at full speed, 1/2, 1/3 or 1/4 of it, shows
/// `truth`: size, place, turn and the way vertices are joined may differ. Errors: those of read_model(); kInput if there is no rig or no clip agrees, naming the best.
Result<TruthMotion> find_truth_motion(const std::filesystem::path& path, const MeshSequence& truth);

}  // namespace mp4d
