#pragma once
#include "core/mesh.h"
#include "reconstruction/articulated/guess.h"
#include <filesystem>

namespace mp4d {

/// A 3D guess of the user's as a target of the Global-local Chamfer distance, in the body frame of a CoarseGuess.
struct GuessTarget {
  int frame = -1;        ///< which frame it shows; -1 = the bind pose
  Points points;         ///< drawn evenly from its surface
  double distance = 0;   ///< to the coarse guess after alignment: RMS both ways, in sizes of the guess
};

/// Reads what `--guess` names: a folder of `frames` meshes, one a frame in natural order, or one mesh. Errors (kInput):
/// unreadable, not `frames` of them, no surface.
Result<std::vector<Mesh>> read_guess_meshes(const std::filesystem::path& path, std::size_t frames);

/// Brings meshes into the guess's body frame by similarity ICP (Besl and McKay 1992, pairs both ways; Umeyama 1991)
/// from eight headings: one a frame, each to its frame; a single one to the bind pose or to the frame it fits best.
/// Deterministic. Error: cancelled.
Result<std::vector<GuessTarget>> align_guess_meshes(const std::vector<Mesh>& meshes, const CoarseGuess& guess,
                                                    JobContext* job = nullptr);

}  // namespace mp4d
