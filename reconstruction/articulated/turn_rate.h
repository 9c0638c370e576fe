#pragma once
#include "core/image.h"
#include "io/flow.h"
#include <vector>

namespace mp4d {

/// How fast the subject turns about the vertical axis relative to the camera, rad a frame step (one value for each
/// neighbouring pair of frames), from flow alone: the picture of a body inflated from its silhouette moves by
/// translation + zoom + turn * depth, fitted robustly, then smoothed over time. Positive turns the near side
/// to the image right. Limb motion makes single values noisy; the sum over a clip is good to about a third.
std::vector<float> estimate_turn_rate(const std::vector<Mask>& masks, const std::vector<FlowPair>& flow);

}  // namespace mp4d
