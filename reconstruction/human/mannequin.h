#pragma once
#include "reconstruction/human/body_generator.h"

// People that need no data: jointed figures of round cones, for tests, previews and places without MakeHuman's data.
namespace mp4d::human {

/// Metres, by sex, age and the attribute height: linear between the statures that the generator's bodies have at the
/// ages 1, 10, 25 and 90 and at the heights 0, 0.5 and 1.
float average_stature(const Attributes& attributes);

/// Rest joints of an average body of these attributes, the arms out as in the generator's rest pose: an adult's scaled
/// to the stature, with the shorter legs and larger head of a child, and shoulders and hips by sex.
Joints average_joints(const Attributes& attributes);

/// A figure about the posed joints: round cones along the bones, an egg for the head. Every part is closed and faces
/// outward; parts overlap. Weight and muscle thicken it; skin, suit, shoes and hair have the generator's colours.
Body mannequin(const Attributes& attributes, const Joints& posed);

}  // namespace mp4d::human
