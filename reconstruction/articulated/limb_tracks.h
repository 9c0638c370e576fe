#pragma once
#include "motion/anatomy.h"

namespace mp4d {

/// One chain of a body through a clip, as two segments: from its first joint to half of its length, and on to its end
/// (a leg's sole, else the tip of the last joint).
struct LimbTrack {
  ChainRole role = ChainRole::kLeg;
  Side side = Side::kMiddle;
  int order = 0;
  std::string name;                    ///< as Chain::name()
  std::vector<Vec3> top, middle, end;  ///< world, metres, one a frame
};

struct BodyTracks {
  std::vector<LimbTrack> limbs;    ///< trunk first; no girdles
  std::vector<Quat> world_from_body;  ///< axes left, up, forward of the pelvis, one a frame
};

/// `poses`: parent_from_joint of every joint, one a frame. Errors: those of find_anatomy().
Result<BodyTracks> body_tracks(const RiggedModel& model, const std::vector<Pose>& poses);

}  // namespace mp4d
