#pragma once
#include "core/job_context.h"
#include "core/options.h"
#include <filesystem>

namespace mp4d {

/// How `magicpose4d field colmap` finds cameras; see colmap_options().
struct ColmapOptions {
  int max_side = 1600;
  int frames = 60;
  std::string matching = "auto";
};
const OptionTable<ColmapOptions>& colmap_options();

struct PosedPictures {
  int pictures = 0;                 ///< that were given to COLMAP
  std::vector<std::string> lost;  ///< those it could not place, by name
};

/// Finds the cameras of photos (a folder) or of frames of a video with COLMAP (Schönberger and Frahm 2016), its own
/// program, on the processor: `folder`/images gets copies of the pictures, upright, `folder`/sparse/0 the largest model, as
/// read_posed_scene() reads it; the model appears as a whole when all else is there. All pictures of one size share a camera with one
/// radial coefficient. A folder with a model is used as it is. Phases of `job`: kColmapPhases. Errors: kInput for no pictures, or
/// when no two of them could be placed; kUsage when the folder's model is of files of other names or sizes or of other options;
/// kFailed when COLMAP is not installed, naming Debian's package, or fails; kCancelled.
Result<PosedPictures> pose_pictures(const std::filesystem::path& input, const std::filesystem::path& folder,
                                    const ColmapOptions& options, JobContext* job = nullptr);

/// The same for the same names and sizes of files and the same options: what a folder's model is of.
std::string photos_key(const std::filesystem::path& input, const ColmapOptions& options);

/// Phases of pose_pictures(), with weights.
std::vector<JobContext::Phase> colmap_phases();

}  // namespace mp4d
