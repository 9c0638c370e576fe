#pragma once
#include "core/geometry.h"
#include <vector>

namespace mp4d {

/// One foot through a clip.
struct FootTrack {
  std::vector<Vec3> sole;     ///< body axes (y up), metres, one a frame
  std::vector<char> down;     ///< by height alone: also on a treadmill
  std::vector<char> at_rest;  ///< down and not moving
};

struct ContactOptions {
  double on_height = 0.05, off_height = 0.09;  ///< above the contact level, leg lengths: comes down below, lifts above
  double on_speed = 0.2, off_speed = 0.5;     ///< leg lengths a second: rests below, moves above
};

/// Height of the ground that the feet walk on: `expected` (where they stand at rest), where the lowest soles of the frames
/// pass it; else the low or high end of what is usual for them. Toes that dip into the ground do not lower it.
double contact_level(const std::vector<FootTrack>& feet, double expected = -1e30);

/// Fills down and at_rest, both with hysteresis; a rest shorter than two frames is none.
void find_contacts(FootTrack& foot, const std::vector<double>& times, double level, double leg_length,
                   const ContactOptions& options = {});

/// Feet held where they rest: within each rest the mean place, and before and after it blended back over `blend`
/// seconds. Returns the largest correction, metres.
double hold_resting(std::vector<Vec3>& sole, const std::vector<char>& at_rest, const std::vector<double>& times,
                    double blend = 0.12);

}  // namespace mp4d
