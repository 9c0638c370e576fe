#pragma once
#include "io/frames.h"

namespace mp4d {

/// Optical flow between neighbouring frames, in pixels of the input images.
struct FlowPair {
  ImageF forward;      ///< 2 channels: pixel p of frame t is at p + forward in t+1
  ImageF backward;     ///< 2 channels: pixel p of frame t+1 is at p + backward in t
  Mask forward_valid;  ///< 255 where |forward + backward(p + forward)| < 1 px and the target is inside the image
  Mask backward_valid;
};

/// DIS flow (Kroeger et al. 2016, OpenCV, medium preset) for every neighbouring pair; frames.size() - 1 entries.
Result<std::vector<FlowPair>> compute_flow(const Frames& frames, JobContext* job = nullptr);

/// Median length, in pixels, of the valid forward flow outside the dilated masks: camera motion a frame.
double background_motion(const std::vector<FlowPair>& flow, const std::vector<Mask>& masks);

}  // namespace mp4d
