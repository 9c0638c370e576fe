#pragma once
// Internal to io's sources: how the camera moved, as homographies of the dominant (background) motion.
#include "io/flow.h"
#include "io/internal/opencv.h"

namespace mp4d::internal {

struct CameraMotion {
  bool is_static = true;
  double explained = 1;  ///< share of the textured rim that moves as the homographies say, within 1 px
  double speed_px = 0;   ///< mean over frames of the mean corner displacement between neighbours
  std::vector<cv::Matx33d> first_from_frame;  ///< chained homographies, one a frame; identities for a static camera
};

/// Fits a homography to every pair's flow by iteratively reweighted least squares (Cauchy weights; textured pixels
/// and the picture's rim count more), so that the smaller, differently moving subject is outvoted.
/// `gray`: the frames, 8 bit; flow[t] leads from frame t to t + 1. `subject` (CV_8U a frame, empty = unknown) is left
/// out.
CameraMotion estimate_camera_motion(const std::vector<cv::Mat>& gray, const std::vector<FlowPair>& flow,
                                    const std::vector<cv::Mat>& subject = {});

/// Length of the forward (t -> t+1) flow that the camera's motion does not explain, one float a pixel.
cv::Mat residual_motion(const CameraMotion& camera, const std::vector<FlowPair>& flow, std::size_t t);

}  // namespace mp4d::internal
