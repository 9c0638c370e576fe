#include "motion/retarget_surface.h"
#include "motion/retarget_series.h"
#include "motion/surface_strain.h"

namespace mp4d::retargeting {
namespace {

constexpr double kWindow = 0.1;  // s: a rotation is reduced from so long before to so long after

}  // namespace

int spare_surface(const TargetBody& body, double max_strain, std::vector<std::vector<Quat>>& turns) {
  const Anatomy& anatomy = body.anatomy();
  const std::vector<double>& times = body.source_motion().times;
  const SurfaceStrain surface(body.model(), anatomy, max_strain);
  const std::size_t frames = times.size();
  std::vector<float> twist(frames), swing(frames);
  int strained = 0;
  for (const PairPlan& plan : body.plans()) {
    const Chain& chain = body.chain(plan);
    if (chain.role == ChainRole::kLeg || chain.role == ChainRole::kTrunk) continue;
    const int count = static_cast<int>(chain.joints.size());
    const std::vector<Vec3> ends = link_ends(anatomy, body.points(), chain, 0, count);
    for (int k = 0; k < count; ++k) {
      const int j = chain.joints[k], c = anatomy.carrier[j];
      const Vec3 axis = (ends[k + 1] - ends[k]).normalized();
      if (c < 0 || !anatomy.body[c] || !axis.allFinite()) continue;
      bool all = true;
      for (std::size_t t = 0; t < frames; ++t) {
        const SurfaceStrain::Kept kept =
            surface.bearable(j, body.carrier_turn(turns[t], c).conjugate() * turns[t][j], axis);
        twist[t] = kept.twist;
        swing[t] = kept.swing;
        all = all && kept.twist >= 1 && kept.swing >= 1;
      }
      if (all) continue;
      ++strained;
      twist = lower_envelope(twist, times, kWindow, 0.5 * kWindow);
      swing = lower_envelope(swing, times, kWindow, 0.5 * kWindow);
      for (std::size_t t = 0; t < frames; ++t) {
        const Quat carrier = body.carrier_turn(turns[t], c), before = turns[t][j];
        const Quat after = carrier * SurfaceStrain::reduced(carrier.conjugate() * before, axis, {twist[t], swing[t]});
        for (int below = k; below < count; ++below) {
          Quat& turn = turns[t][chain.joints[below]];
          turn = (after * before.conjugate() * turn).normalized();
        }
      }
    }
  }
  return strained;
}

}  // namespace mp4d::retargeting
