#pragma once
#include "motion/contacts.h"
#include <string>

namespace mp4d::retargeting {

/// How far the whole body is moved against the source's scaled path, one vector a frame, metres, body axes.
/// "in-place": the way travelled is taken out, what swings about it stays. "ground-locked": the lowest feet neither
/// slide nor leave the ground or sink into it: clips made on the spot travel. "as-filmed": nothing.
/// `feet`: the target's goals with the source's down flags; `rest_height` of each sole.
std::vector<Vec3> root_shift(const std::string& mode, const std::vector<double>& times, const std::vector<Vec3>& pelvis,
                             const std::vector<FootTrack>& feet, const std::vector<float>& rest_height);

}  // namespace mp4d::retargeting
