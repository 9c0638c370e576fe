#pragma once
#include "core/job_context.h"
#include "motion/auto_rig.h"
#include "motion/fit.h"
#include "motion/retarget.h"
#include "reconstruction/appearance/image_mesh.h"
#include <filesystem>

namespace mp4d {

/// One side of a transfer, ready for it: upright, y up, its chains found.
struct TransferModel {
  RiggedModel model;
  Anatomy body;
  std::vector<int> clips;          ///< of a source: those that are wanted, indices into model.clips
  std::vector<std::string> notes;  ///< what was done to it, for the user
  std::vector<std::string> warnings;
  bool rigged_here = false;        ///< it came without a skeleton
};

struct TransferInput {
  std::filesystem::path path;
  std::filesystem::path masks;  ///< of a filmed source, or empty
  std::filesystem::path work = {};  ///< of a filmed source: where its reconstruction keeps checkpoints; empty = nowhere
  std::string clip;             ///< of a source: as find_clips() takes it
  double fps = 0;   ///< of a source without times; 0 = what the video says, 24 for meshes
  AutoRigOptions rig;
  ImageMeshOptions image;                           ///< of a target that is a picture
  const std::vector<NamedChain>* chains = nullptr;  ///< from a map
  std::filesystem::path map;                        ///< that map's file, for errors
};

/// A model with clips; or a mesh sequence (.anime, a folder of meshes of one topology), which is rigged in its most
/// common pose and fitted, twist included; or a video or folder of images, which is reconstructed. `job` is then in the
/// phases of reconstruct(), else in one of kRigSteps steps. Errors name the file: no clips, no skeleton.
Result<TransferModel> load_motion(const TransferInput& input, JobContext* job);

/// A rigged model, whose rig is kept; a mesh, which is rigged; a picture, whose subject becomes a mesh first; or words that
/// describe a person, who is made first.
Result<TransferModel> load_target(const TransferInput& input, JobContext* job);

/// The same for a model that is read already; input.path names it.
Result<TransferModel> prepare_target(RiggedModel model, const TransferInput& input, JobContext* job);

/// Refuses switches that say nothing beside others.
Result<void> check_retarget(const RetargetOptions& options);

/// Which chains move which: the map's pairs, or without any those that are found for the source's clip number `clip`.
Result<ChainMap> pair_chains(const TransferModel& source, const TransferModel& target, int clip, const MapFile& map_file,
                             const RetargetOptions& options);

struct TransferOutcome {
  RiggedModel model;               ///< the target with the new clips
  ChainMap map;                    ///< of the last clip
  std::vector<std::string> lines;  ///< what was done, one a clip, for the user
};

/// The source's chosen clips on the target. `map_file` without pairs: the chains are paired anew. A step of `job` a clip.
Result<TransferOutcome> transfer_clips(const TransferModel& source, const TransferModel& target,
                                       const MapFile& map_file, const RetargetOptions& options, JobContext* job);

}  // namespace mp4d
