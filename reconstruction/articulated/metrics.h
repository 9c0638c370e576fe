#pragma once
#include "core/camera.h"
#include "core/image.h"
#include "core/job_context.h"
#include "core/mesh.h"
#include "motion/rig.h"

namespace mp4d {

struct MetricOptions {
  int samples = 20000;       ///< points on each surface; 5,000 is three times as fast and adds 0.5 % to the distance
  int icp_iterations = 50;   ///< at most, for each start
  bool align = true;         ///< one global scale and a rigid ICP a frame, as BANMo
  unsigned seed = 1;
};

struct FrameScore {
  double chamfer = 0;            ///< both directions added, % of the truth's longest bounding-box side
  double f2 = 0, f5 = 0, f10 = 0;  ///< F-score, %, at 2, 5, 10 % of that side
};

struct SequenceScore {
  FrameScore mean;
  std::vector<FrameScore> frames;
  double scale = 1;   ///< factor applied to the result
};

/// Scores a result against `truth` frame by frame (BANMo's convention, docs/evaluation.md): one global scale, then a
/// rigid ICP a frame from several starts, the best kept. Frames are matched by index; `result_faces` holds one list
/// for all frames or one a frame. Neither depends on the number of threads. Steps the job's current phase once a
/// frame. Errors: kInput for unequal counts, empty or non-finite surfaces (naming side and frame); kCancelled.
Result<SequenceScore> score_sequence(const std::vector<Points>& result_frames, const std::vector<Faces>& result_faces,
                                     const MeshSequence& truth, const MetricOptions& options = {},
                                     JobContext* job = nullptr);

/// Mean over bones of (standard deviation / mean) of the joint-to-parent distance over the clip.
double bone_length_variation(const Skeleton& skeleton, const Clip& clip);

/// Mean over joints and frames of the norm of the second difference of local rotation, rad/s^2.
double angular_acceleration(const Clip& clip);
/// The same for surfaces: mean over vertices of the second difference of position, in sizes/s^2.
double surface_acceleration(const MeshSequence& sequence);

/// Mean IoU of the surface as the cameras see it with the masks, one of each a frame; without the frames that show no subject.
double reprojection_iou(const MeshSequence& motion, const std::vector<Camera>& cameras, const std::vector<Mask>& masks);

}  // namespace mp4d
