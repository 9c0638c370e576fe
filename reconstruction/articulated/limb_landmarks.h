#pragma once
#include "core/geometry.h"
#include "core/image.h"
#include "core/job_context.h"
#include <array>
#include <string_view>
#include <vector>

namespace mp4d {

/// What the pose network (io/person_landmarks.h) sees of a person's limbs, by the joints' names in assets/medial.
constexpr std::array<std::string_view, 12> kLimbLandmarks = {"shoulder_l", "shoulder_r", "elbow_l", "elbow_r", "wrist_l", "wrist_r",
                                                             "hip_l",      "hip_r",      "knee_l",  "knee_r",  "ankle_l", "ankle_r"};

struct LimbLandmarks {
  std::array<Vec2, kLimbLandmarks.size()> pixel{};
  std::array<float, kLimbLandmarks.size()> trust{};  ///< 0..1; all 0: nobody was found, or the frame was not looked at
};

/// Landmarks of the subject of `masks`, one entry a picture; about two dozen pictures of a clip are looked at. Of several people the
/// one inside the mask is taken. Where left and right change places from one picture to the next they are put back. Empty
/// if the subject is found in fewer than half of the pictures. Errors: those of PersonNetwork; cancelled.
Result<std::vector<LimbLandmarks>> find_limb_landmarks(const std::vector<Image>& images, const std::vector<Mask>& masks, JobContext* job);

/// Exchanges left and right in whole frames so that limbs move least from frame to frame; in most frames they stay.
void untangle_sides(std::vector<LimbLandmarks>& frames);

}  // namespace mp4d
