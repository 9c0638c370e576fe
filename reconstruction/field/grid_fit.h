#pragma once
#include "reconstruction/field/grid_field.h"

namespace mp4d {

/// Whether `field` has the samples, the networks and the kind of values that make_grid_field() would give it.
bool fits(const GridField& field, const GridLayout& layout, int level);

}  // namespace mp4d
