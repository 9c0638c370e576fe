#pragma once
#include "core/geometry.h"
#include "reconstruction/human/body_generator.h"

namespace mp4d::human {

// Plausible colours, sRGB 0..1. Each depends on the attributes alone.

/// By ancestry.
Vec3 skin_color(const Attributes& attributes);
enum class EyeZone { kPupil, kIris, kWhite };
/// The iris by ancestry.
Vec3 eye_color(const Attributes& attributes, EyeZone zone);
/// By ancestry and the style's index; greying from about 50 years on.
Vec3 hair_color(const Attributes& attributes);
/// By the garment's index; suits have one for the pieces above and one for those below the waist.
Vec3 suit_color(const Attributes& attributes, bool lower);
Vec3 shoe_color(const Attributes& attributes);
Vec3 hat_color(const Attributes& attributes);

}  // namespace mp4d::human
