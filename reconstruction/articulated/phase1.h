#pragma once
#include "core/job_context.h"
#include "io/flow.h"
#include "reconstruction/articulated/guess.h"

namespace mp4d {

struct Phase1Options {
  bool dynamic_rigidity = true;
  bool global_local_chamfer = true;
  std::string device = "auto";
  unsigned seed = 1;
};

/// What phase 1 leaves: one surface, its motion without a skeleton, and the cameras.
struct Phase1Result {
  Mesh canonical;                ///< bind pose
  std::vector<Points> frames;    ///< deformed vertices in the body frame
  std::vector<Camera> cameras;
  double loss_before = 0, loss_after = 0;
};

constexpr int kPhase1Steps = 100;  ///< steps of the caller's current phase

}  // namespace mp4d
