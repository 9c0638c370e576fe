#include "reconstruction/articulated/medial_search.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

// A strong start moves a leg that was taken for its twin past the other one.
constexpr float kCycleStart = 30;

}  // namespace

MedialOptimiser::MedialOptimiser(const MedialTemplate& body, const MedialEnergy& energy, float cycle_weight)
    : energy_(energy), cycle_weight_(cycle_weight) {
  const int n = body.size();
  shape_rate_.assign(energy.shape_size(), 0.5f);
  std::fill_n(shape_rate_.begin() + n, 3 * n, 0.2f);
  pose_rate_.assign(energy.pose_size(), 1.0f);
  pose_rate_[1] = 0.5f;
  pose_rate_[2] = 0.3f;
  pose_rate_[3] = pose_rate_[4] = 0.7f;
  pose_rate_[5] = 0.5f;
  for (int j = 0; j < n; ++j) {
    if (body.joints[j].leaf) std::fill_n(pose_rate_.begin() + 6 + 3 * j, 3, 0.0f);
  }
}

Result<void> MedialOptimiser::run(MedialHypothesis& h, const MedialStage& stage, const JobContext* job) const {
  const std::size_t ns = h.shape.size(), np = h.pose.size();
  std::vector<float> gs(ns), gp(np), ms(ns), vs(ns), mp(np), vp(np);
  double tail = 0;
  int tail_count = 0;
  constexpr float kBeta1 = 0.9f, kBeta2 = 0.98f;
  float decay1 = 1, decay2 = 1;
  for (int it = 0; it < stage.iterations; ++it) {
    if (cancelled(job)) return check(job);
    const float progress = float(it) / stage.iterations;
    const MedialEnergy::Sample sample{stage.blur_start * std::pow(stage.blur_end / stage.blur_start, progress),
                                      stage.pixels,
                                      unsigned(it * 7 + 3),
                                      stage.flow_pixels,
                                      h.cycle,
                                      cycle_weight_ * std::pow(kCycleStart, 1 - progress)};
    const double e = energy_.evaluate(h.frames, sample, h.shape.data(), h.pose.data(), gs.data(), gp.data());
    if (progress >= 0.8f || it + 1 == stage.iterations) {
      tail += e;
      ++tail_count;
    }
    const float rate = stage.rate * (progress < 0.5f ? 1.0f : 1.0f - 1.8f * (progress - 0.5f));
    decay1 *= kBeta1;
    decay2 *= kBeta2;
    auto adam = [&](std::vector<float>& x, const std::vector<float>& g, std::vector<float>& m, std::vector<float>& v,
                    const std::vector<float>& rates) {
      for (std::size_t i = 0; i < x.size(); ++i) {
        m[i] = kBeta1 * m[i] + (1 - kBeta1) * g[i];
        v[i] = kBeta2 * v[i] + (1 - kBeta2) * g[i] * g[i];
        const float step = (m[i] / (1 - decay1)) / (std::sqrt(v[i] / (1 - decay2)) + 1e-8f);
        x[i] -= rate * rates[i % rates.size()] * step;
      }
    };
    adam(h.shape, gs, ms, vs, shape_rate_);
    adam(h.pose, gp, mp, vp, pose_rate_);
  }
  h.score = tail / tail_count;
  return {};
}

}  // namespace mp4d
