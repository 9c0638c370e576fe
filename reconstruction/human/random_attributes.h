#pragma once
#include "reconstruction/human/body_generator.h"

namespace mp4d::human {

/// A random person; index i of a seed is always the same. Ages mostly 15 to 80 years, from 7 on; clothes by sex;
/// children are always dressed, and so is everybody if `dress_all`. Garments index the lists of garment_names.h.
Attributes random_attributes(std::uint64_t seed, std::uint64_t index, bool dress_all = false);

}  // namespace mp4d::human
