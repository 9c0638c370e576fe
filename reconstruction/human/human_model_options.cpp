#include "core/assets.h"
#include "reconstruction/human/human_model.h"

namespace mp4d::human {

const OptionTable<HumanSampling>& human_sampling_options() {
  using O = HumanSampling;
  static const OptionTable<O> table = [] {
    OptionTable<O> t;
    t.add("seed", &O::seed, 0, 1000000000, "another seed is another person of the same description");
    t.add("steps", &O::steps, 2, 1000, "of the sampler; more take longer and change little above 8");
    t.add("guidance", &O::guidance, 1, 20, "how strictly pose and words are followed; high values flatten the variety");
    t.add("views", &O::views, 1, 16, "sides the person is looked at and redrawn from, of which the mean is taken; 1 = the front alone, in half the time");
    t.add("renoise", &O::renoise, 0.05, 0.95, "how much of the first draw the other views may change");
    t.add("level", &O::level, 0.1, 0.9, "occupancy at the surface; 0.4 thickens thin limbs");
    t.add("detail", &O::detail, 1, 4, "cells a pixel of the grid the surface is taken from; memory grows with its cube");
    t.add("enhance", &O::enhance, "adds the detail that a second network finds; without it shapes are a little rounder");
    t.add("sampler", &O::sampler, {"ddim", "ddpm"}, "ddim draws once and is quick; ddpm draws anew at each step, and wants 50 or more");
    t.add("device", &O::device, {"auto", "cpu", "cuda"}, "where the network runs");
    return t;
  }();
  return table;
}

Result<std::filesystem::path> shipped_human_model() { return find_asset("human/model.human"); }

}  // namespace mp4d::human
