#pragma once
#include "core/job_context.h"
#include "core/preview.h"
#include "io/flow.h"
#include "reconstruction/articulated/guess_meshes.h"

namespace mp4d {

/// Weights of phase 1's terms (docs/phase1.md); lengths in mask units.
struct Phase1Weights {
  float silhouette = 1;
  float flow = 3e-3f, flow_scale = 0.01f;
  float colour = 0.03f;
  float rigidity = 0.02f;           ///< dynamic rigidity
  float chamfer = 0.05f, local = 0.5f;  ///< global-local Chamfer: whole, and share of the parts
  float chamfer_cap = 0.1f;         ///< residual at which a pull stops growing
  float bend = 0.08f, offset = 0.02f;   ///< Laplacian and size of the shape's change
  float turn = 1e-3f, shift = 2e-2f;    ///< size of the bones' corrections
  float motion = 3e-3f;             ///< their velocity; acceleration counts three times
  float camera = 2e-2f;
};

struct Phase1Options {
  Phase1Weights weights;
  bool dynamic_rigidity = true;
  bool guess_pull = true;             ///< the Chamfer distance to the guess
  bool global_local_chamfer = true;   ///< with its terms per part
  int iterations = 150;
  std::string device = "auto";  ///< auto, cpu, cuda
  unsigned seed = 1;
};

/// What phase 1 starts from and looks at. References must outlive the call.
struct Phase1Input {
  const CoarseGuess& guess;
  const std::vector<Image>& images;   ///< one a frame, of the guess's cameras' size
  const std::vector<Mask>& masks;
  const std::vector<FlowPair>& flow;  ///< between neighbours, or empty
  std::vector<GuessTarget> targets;   ///< the user's own guess, aligned; or empty
};

/// What phase 1 leaves: one surface, its motion without a skeleton, and the cameras.
struct Phase1Result {
  Mesh canonical;                ///< bind pose; topology and colours of the guess's
  std::vector<Points> frames;    ///< deformed vertices in the body frame
  std::vector<Camera> cameras;
  float freedom = 0;             ///< 0..1: how far the views vary, hence how freely the shape may change
  double silhouette_before = 0, silhouette_after = 0;  ///< the silhouette term at a fixed blur
  double energy = 0;  ///< all terms at that blur, at the end
};

constexpr int kPhase1Steps = 100;  ///< steps of the caller's current phase

/// How far the views vary, 0..1: from the turn of the camera about the body's up axis over the clip.
float view_freedom(const std::vector<Camera>& cameras);

/// Free-form phase 1 of MagicPose4D (Zhang et al. 2024, section 3.1; formulas in docs/phase1.md): refines the guess's
/// vertices, Gaussian bones, their motion and the cameras by Adam on silhouettes, flow, colour, dynamic rigidity and the Global-local
/// Chamfer distance to the guess. A result that does not lower the silhouette error is dropped for the guess itself.
/// Deterministic on the CPU for a seed and number of threads. Errors: device not there; sizes that do not fit; cancelled.
Result<Phase1Result> run_phase1(const Phase1Input& input, const Phase1Options& options, JobContext* job = nullptr,
                                Viewer* viewer = nullptr);

}  // namespace mp4d
