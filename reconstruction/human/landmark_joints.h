#pragma once
#include "io/person_landmarks.h"
#include "reconstruction/human/body_skeleton.h"
#include <string>
#include <vector>

namespace mp4d::human {

/// The generator's 24 joints of the person in a picture of `width` x `height`, metres; x to the picture's right, y up, z to the
/// camera. Limbs are where the network sees them in the picture, their depth is its guess; spine, collars and head lie
/// between hips and shoulders as in average_rest_joints(), so that pose_from_joints() is to be given those as the rest. What
/// the network guessed because it is hidden goes to `hidden`. Errors (kInput): nobody is there, joints outside the
/// picture, by name.
Result<Joints> joints_of_landmarks(const PersonLandmarks& person, int width, int height, std::vector<std::string>* hidden = nullptr);

}  // namespace mp4d::human
