#pragma once
#include "core/options.h"

namespace mp4d {

/// What `magicpose4d edit` does to the clips it keeps; see edit_options() for names, ranges and reasons.
struct EditOptions {
  double start = 0;
  double end = -1;
  bool loop = false;
  bool in_place = false;
  double shortest_cycle = 0.25;
  double loop_blend = 0.2;
};
const OptionTable<EditOptions>& edit_options();

}  // namespace mp4d
