#include "app/cli/edit_options.h"

namespace mp4d {

const OptionTable<EditOptions>& edit_options() {
  static const OptionTable<EditOptions> table = [] {
    OptionTable<EditOptions> t;
    using O = EditOptions;
    t.add("start", &O::start, 0, 86400, "first moment to keep, seconds into each clip, which then begins at 0");
    t.add("end", &O::end, -1, 86400, "last moment to keep, seconds; -1 = to the end");
    t.add("loop", &O::loop, "cut out the cycle that closes best and close it; the root's travel on the ground stays");
    t.add("in-place", &O::in_place, "with --loop: take the root's travel out, so that the cycle stays where it is");
    t.add("shortest-cycle", &O::shortest_cycle, 0.05, 60, "with --loop: seconds that a cycle takes at least");
    t.add("loop-blend", &O::loop_blend, 0, 10, "with --loop: seconds before the end in which it is led into the start");
    return t;
  }();
  return table;
}

}  // namespace mp4d
