#pragma once
#include "reconstruction/field/field_options.h"
#include "reconstruction/field/grid_optimiser.h"
#include "reconstruction/field/pose_refinement.h"
#include "reconstruction/field/scene_geometry.h"
#include "reconstruction/field/training_rays.h"

namespace mp4d {

/// What each picture that is trained on multiplies the field's colours with, as logarithms whose mean is 0, and the
/// second moments of their steps; empty when they are not learnt.
struct Exposures {
  std::vector<Vec3> logs, squares;
};

/// Where a training is; with the field and the options it decides every later step.
struct TrainerState {
  std::uint64_t step = 0;
  int level = 0;                 ///< of detail, 0 = finest
  std::uint64_t next_update = 0;   ///< step of the next update of the occupied cells
  Exposures exposures;
  PoseRefinement poses;  ///< empty when they are not refined
};

/// What a step did. Seconds are of the wall clock.
struct StepReport {
  double mse = 0, s3im = 0;      ///< of the batch; s3im is 0 when it is not in use
  double s3im_weight = 0;        ///< as far as it has risen
  bool skipped = false;          ///< a loss was not finite
  double seconds = 0, s3im_seconds = 0;
  std::size_t visited = 0, shaded = 0, touched = 0;
};

/// Trains a grid field on the views of a scene that are not held out: squared error plus S3IM over random rays of all
/// pictures, coarse to fine, with occupancy skipping. Results depend on scene, options, and the progress that is given
/// at each step, not on the number of threads.
class FieldTrainer {
 public:
  /// `scene` must live as long. Errors: options out of range, boxes that cannot be told, no memory for the grid.
  static Result<FieldTrainer> create(const PosedScene& scene, const FieldTrainOptions& options,
                                     const S3imOptions& s3im = {});

  /// One batch. `progress`: share of the training that is done, 0..1; sets rates and level of detail. Error: no memory for the
  /// next level.
  Result<StepReport> step(double progress);

  const GridField& field() const { return field_; }
  const TrainerState& state() const { return state_; }
  /// The scene's cameras, those that are trained on as they were refined.
  std::vector<Camera> cameras() const;
  /// Goes on from a checkpoint of the same scene and options; false, and nothing changed, if it is of others.
  bool restore(GridField field, TrainerState state);

  const SceneGeometry& geometry() const { return geometry_; }
  float near() const { return march_options_.near; }
  double s3im_weight() const { return s3im_weight_; }
  Background background() const { return background_; }
  /// Behind the held-out views; a random background's place is taken by white for pictures with alpha, else by its mean.
  Vec3 view_background() const;
  int skipped_steps() const { return skipped_; }

 private:
  FieldTrainer(const PosedScene& scene, const FieldTrainOptions& options, S3im s3im, TrainingRays rays);
  Result<void> set_level(double progress);
  Result<void> loss(double progress, StepReport& report);
  void expose();
  void learn_exposures(float rate);
  void refine_poses(float rate);

  const PosedScene* scene_;
  FieldTrainOptions options_;
  GridLayout layout_;
  SceneGeometry geometry_;
  MarchOptions march_options_;
  double s3im_weight_ = 0;
  Background background_ = Background::kBlack;
  bool opaque_ = true;  ///< no picture has alpha
  GridField field_;
  TrainerState state_;
  S3im s3im_;
  TrainingRays rays_;
  GridMarch march_;
  GridOptimiser optimiser_;
  RayBatch batch_;
  std::vector<RayResult> results_;
  std::vector<Vec3> predicted_, gradient_, s3im_gradient_, exposure_gradient_;
  int skipped_ = 0;
};

}  // namespace mp4d
