#pragma once
#include "reconstruction/human/body_generator.h"

namespace mp4d::human {

/// A random person; index i of a seed is always the same. Ages mostly 15 to 80 years, from 7 on; clothes by sex;
/// children are always dressed. Garments index the lists of garment_names.h.
Attributes random_attributes(std::uint64_t seed, std::uint64_t index);

}  // namespace mp4d::human
