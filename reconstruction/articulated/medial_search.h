#pragma once
#include "reconstruction/articulated/medial_energy.h"
#include "reconstruction/articulated/vertical_bob.h"

namespace mp4d {

// What fit_medial_template() searches with; not for use elsewhere.

/// A limb and the turns about x of its first two joints worth trying, rad.
struct Limb {
  int top = 0, bend = -1;  ///< bend < 0: the limb has one joint
  std::vector<float> swings, bends;
};

/// The limbs of a body plan: what branches off its midline, turns within the joints' limits.
std::vector<Limb> limbs_of(const MedialTemplate& body);

struct MedialPlan;

/// One way in which a body plan may explain the clip.
struct MedialHypothesis {
  const MedialPlan* plan = nullptr;
  std::vector<float> shape, pose;  ///< as MedialEnergy has them; pose: frames x pose_size
  std::vector<int> frames;
  double score = 0;   ///< energy, less what `worth` and the gait make up for; lower is better
  double energy = 0;  ///< of the last run, times 1 - worth
  MotionCycle cycle;
  double worth = 0;     ///< share of the energy that following the cycle makes up for
  bool folded = false;  ///< its limbs come from fold_limbs()
  int gait = -1;        ///< of the plan's gaits, that its limbs come from; -1 = none
  float gait_phase = 0; ///< of the cycle, at frame 0
};

struct MedialStage {
  int iterations, pixels, flow_pixels;
  float blur_start, blur_end, rate;
};

/// Adam on all unknowns of a hypothesis.
class MedialOptimiser {
 public:
  MedialOptimiser(const MedialTemplate& body, const MedialEnergy& energy, float cycle_weight);
  /// Sets the score to the energy averaged over the last fifth. Error: cancelled. Thread-safe.
  Result<void> run(MedialHypothesis& h, const MedialStage& stage, const JobContext* job) const;

 private:
  const MedialEnergy& energy_;
  float cycle_weight_;
  std::vector<float> shape_rate_, pose_rate_;
};

/// One body plan in the race.
struct MedialPlan {
  MedialPlan(const MedialTemplate& b, const std::vector<PixelPool>& pools, float focal, float base_depth,
             const MedialPriors& priors, const std::vector<float>& yaw_track)
      : body(b),
        energy(body, pools, focal, base_depth, priors, yaw_track),
        optimiser(body, energy, priors.cycle),
        limbs(limbs_of(body)) {}

  MedialTemplate body;
  MedialEnergy energy;
  MedialOptimiser optimiser;
  std::vector<Limb> limbs;
};

/// Gradients do not carry a leg past its twin: tries every limb of every frame in a few poses.
void search_limbs(MedialHypothesis& h, float blur);

/// The same with one pose for all frames that are at the same point of the hypothesis's cycle, whatever they had
/// before.
void fold_limbs(MedialHypothesis& h, float blur);

/// The hypothesis's limbs go as its gait says, with its cycle's period.
void apply_gait(MedialHypothesis& h);

/// Left and right forelegs move as the other did, mirrored.
void exchange_forelegs(MedialHypothesis& h);

/// The hypothesis with the cycles that it can follow at little cost, best first and where footfalls are unusual also with its
/// forelegs exchanged, or as it is if none is worth it
/// (docs/phase1.md, "Cycles"). Error: cancelled. Parallel.
Result<std::vector<MedialHypothesis>> with_cycles(const MedialHypothesis& free, const VerticalBob& bob,
                                                  const MedialStage& stage, JobContext* job);

/// The hypothesis with the cycle that another one of its plan was found to follow. Parallel.
std::vector<MedialHypothesis> with_cycle_of(const MedialHypothesis& free, const MedialHypothesis& leader);

}  // namespace mp4d
