#include "motion/retarget.h"
#include <algorithm>
#include <cmath>

namespace mp4d {

const OptionTable<RetargetOptions>& retarget_options() {
  static const auto table =
      OptionTable<RetargetOptions>()
          .add("root", &RetargetOptions::root, {"as-filmed", "in-place", "ground-locked"},
               "as-filmed: travels as the source, in proportion to the legs; in-place: stays on the spot; "
               "ground-locked: feet "
               "on the ground hold still, so clips made on the spot travel")
          .add("forelegs", &RetargetOptions::forelegs, {"auto", "arms", "legs"},
               "what moves an animal's forelegs when the source has two legs: its arms, or, as auto takes for walks, "
               "the diagonal leg")
          .add("contacts", &RetargetOptions::contacts, "hold feet where the source's rest, and out of the ground")
          .add("ik", &RetargetOptions::ik,
               "bend legs so that feet go where the source's go; without, rotations alone are carried over")
          .add("rigidity", &RetargetOptions::rigidity,
               "dynamic rigidity on the target's surface: rotations of arms, wings, necks and tails that would stretch "
               "it beyond max-strain are reduced")
          .add("max-strain", &RetargetOptions::max_strain, 0.05, 10,
               "root mean square change of the lengths of the edges about a joint that is let through, weighted by "
               "rigidity; 0.5 = by half")
          .add("volume", &RetargetOptions::volume, {"auto", "on", "off"},
               "add joints of half the rotation where skin blends, which keep the volume of bends and twists; auto: "
               "for meshes that are rigged here")
          .add("reference", &RetargetOptions::reference,
               "the transfer of MagicPose4D's published notebook, for comparison: directions only, no twist, no feet")
          .add("smooth", &RetargetOptions::smooth, 0, 60,
               "cut-off in Hz of a filter over the source's rotations and way (Gaussian without delay; amplitude 0.71 "
               "at the cut-off); 0 = none");
  return table;
}

bool same_skeleton(const Skeleton& a, const Skeleton& b) {
  if (a.size() != b.size()) return false;
  for (int j = 0; j < a.size(); ++j) {
    const Joint &x = a.joints[j], &y = b.joints[j];
    const float size = std::max(1e-6f, x.rest.translation.norm());
    if (x.name != y.name || x.parent != y.parent || (x.rest.translation - y.rest.translation).norm() > 1e-4f * size ||
        std::abs(x.rest.rotation.dot(y.rest.rotation)) < 1 - 1e-6f ||
        (x.rest.scale - y.rest.scale).norm() > 1e-4f * x.rest.scale.norm())
      return false;
  }
  return true;
}

}  // namespace mp4d
