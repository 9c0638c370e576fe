#pragma once
#include "core/camera.h"
#include "core/job_context.h"
#include "core/mesh.h"
#include "core/options.h"
#include <nlohmann/json.hpp>

namespace mp4d {

struct SurfaceScoreOptions {
  double threshold = 0.05;
  int samples = 200000;
};
const OptionTable<SurfaceScoreOptions>& surface_score_options();

/// How near two surfaces are, in the scene's units.
struct SurfaceScore {
  double accuracy = 0;    ///< mean distance from the result to the truth
  double completion = 0;  ///< mean distance from the truth to the result
  double chamfer = 0;     ///< mean of the two
  double precision = 0, recall = 0, f = 0;  ///< shares within the threshold, and their harmonic mean, 0..1
  double normal_consistency = 0;            ///< mean |n . n'| of nearest points, both ways

  nlohmann::json to_json() const;
};

/// MonoSDF's protocol (Yu et al. 2022, supplement): of both meshes the parts that a camera sees, the result cut to the
/// truth's box grown by 5 %, points drawn uniformly on both, no alignment. Normals are those of the faces. Does not
/// depend on the number of threads. Errors (kInput): a mesh of which nothing is seen, named; kCancelled. Phase of
/// `job`: "compare".
Result<SurfaceScore> score_surface(const Mesh& result, const Mesh& truth, const std::vector<Camera>& cameras,
                                   const SurfaceScoreOptions& options = {}, JobContext* job = nullptr);

}  // namespace mp4d
