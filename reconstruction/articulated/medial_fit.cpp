#include "reconstruction/articulated/medial_fit.h"
#include "reconstruction/articulated/medial_evidence.h"
#include "reconstruction/articulated/medial_search.h"
#include "reconstruction/articulated/turn_rate.h"
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numbers>
#include <numeric>

namespace mp4d {
namespace {

constexpr int kKeyFrames = 6;
constexpr float kPi = std::numbers::pi_v<float>;

struct TurnEvidence {
  bool known = false, little = false;
  std::vector<float> track;   // turn since frame 0
  std::vector<float> totals;  // over the clip, to start from
};

TurnEvidence turn_evidence(const std::vector<Mask>& masks, const std::vector<FlowPair>& flow) {
  TurnEvidence turn;
  if (flow.empty()) {
    for (float degrees : {-100, -50, 0, 50, 100}) turn.totals.push_back(degrees * kPi / 180);
    return turn;
  }
  turn.known = true;
  turn.track.assign(1, 0.0f);
  for (float rate : estimate_turn_rate(masks, flow)) turn.track.push_back(turn.track.back() + rate);
  const float total = turn.track.back();
  turn.little = std::abs(total) < kLittleTurn;
  turn.totals = turn.little ? std::vector<float>{0} : std::vector<float>{0.65f * total, total};
  return turn;
}

// Scale and position of the template such that its silhouette covers the mask's area about its centroid.
void place(const MedialEnergy& energy, const std::vector<PixelPool>& pools, MedialHypothesis& h) {
  const int stride = energy.pose_size();
  constexpr int kGrid = 64;
  constexpr float kHalf = 2.0f;
  std::vector<float> x(kGrid * kGrid), y(kGrid * kGrid), d(kGrid * kGrid);
  for (int i = 0; i < kGrid * kGrid; ++i) {
    x[i] = kHalf * (2.0f * (i % kGrid + 0.5f) / kGrid - 1);
    y[i] = kHalf * (2.0f * (i / kGrid + 0.5f) / kGrid - 1);
  }
  for (int round = 0; round < 2; ++round) {
    float log_ratio = 0;
    for (std::size_t k = 0; k < h.frames.size(); ++k) {
      const PixelPool& pool = pools[h.frames[k]];
      float* pose = &h.pose[k * stride];
      pose[3] = pose[4] = 0;
      energy.capsule_distance(h.shape.data(), pose, x.data(), y.data(), kGrid * kGrid, d.data());
      double area = 0, su = 0, sv = 0;
      for (int i = 0; i < kGrid * kGrid; ++i) {
        if (d[i] >= 0) continue;
        area += 1;
        su += x[i];
        sv += y[i];
      }
      area = std::max(area, 1.0);
      pose[3] = pool.mask_u - float(su / area);
      pose[4] = pool.mask_v - float(sv / area);
      area *= (2 * kHalf / kGrid) * (2 * kHalf / kGrid);
      log_ratio += 0.5f * std::log(pool.area / float(area)) / h.frames.size();
    }
    h.shape.back() += log_ratio;
  }
}

std::vector<float> interpolate_poses(const std::vector<float>& pose, const std::vector<int>& from,
                                     const std::vector<int>& to, int stride) {
  std::vector<float> result(to.size() * stride);
  for (std::size_t k = 0; k < to.size(); ++k) {
    std::size_t i = 0;
    while (i + 2 < from.size() && from[i + 1] <= to[k]) ++i;
    const std::size_t next = std::min(i + 1, from.size() - 1);
    const float span = float(from[next] - from[i]);
    const float a = span > 0 ? std::clamp((to[k] - from[i]) / span, 0.0f, 1.0f) : 0.0f;
    for (int c = 0; c < stride; ++c) {
      result[k * stride + c] = (1 - a) * pose[i * stride + c] + a * pose[next * stride + c];
    }
  }
  return result;
}

// Starts all around, for every total turn.
std::vector<MedialHypothesis> first_guesses(const MedialPlan& plan, const MedialEvidence& evidence,
                                            const std::vector<float>& turns) {
  const std::vector<int> keys = key_frames(evidence, kKeyFrames);
  const int stride = plan.energy.pose_size();
  const int yaws = turns.size() <= 2 ? 24 : 12;
  std::vector<MedialHypothesis> all;
  for (int i = 0; i < yaws; ++i) {
    for (float turn : turns) {
      MedialHypothesis h;
      h.frames = keys;
      h.shape.assign(plan.energy.shape_size(), 0.0f);
      h.pose.assign(keys.size() * stride, 0.0f);
      for (std::size_t k = 0; k < keys.size(); ++k) {
        const float at = float(keys[k]) / (evidence.pools.size() - 1);
        h.pose[k * stride] = 2 * kPi * i / yaws + turn * at;
        h.pose[k * stride + 1] = plan.body.elevation;
      }
      place(plan.energy, evidence.pools, h);
      all.push_back(std::move(h));
    }
  }
  return all;
}

void search_limbs(std::vector<MedialHypothesis>& all) {
  constexpr float kBlur = 0.1f;
#pragma omp parallel for schedule(dynamic)
  for (int i = 0; i < static_cast<int>(all.size()); ++i) search_limbs(all[i], kBlur);
}

// Sorts by score. `from` percent of the whole fit are done before this stage; steps count percent.
Result<void> run_all(std::vector<MedialHypothesis>& all, const MedialStage& stage, int from,
                     const MedialPriors& priors, JobContext* job) {
  Result<void> outcome;
  std::size_t done = 0;
  const int to = from == 0 ? 10 : from == 10 ? 20 : from == 20 ? 30 : from == 45 ? 55 : 100;
#pragma omp parallel for schedule(dynamic)
  for (int i = 0; i < static_cast<int>(all.size()); ++i) {
    Result<void> one = all[i].plan->optimiser.run(all[i], stage, job);
    MedialHypothesis& h = all[i];
    h.score = h.energy = (h.score + h.plan->body.rarity) * (1 - h.worth);
    if (h.frames.size() > std::size_t{kKeyFrames})
      h.score -= priors.gait * h.plan->energy.forward_gait(h.frames, h.shape.data(), h.pose.data());
    if (h.cycle.alternate)
      h.score -= priors.footfalls * std::min(0.0, h.plan->energy.footfall_order(h.frames, h.shape.data(), h.pose.data(),
                                                                                 h.cycle.period));
#pragma omp critical
    {
      if (!one) outcome = one;
      ++done;
      step(job, from + static_cast<int>((to - from) * done / all.size()));
    }
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.score < b.score; });
  return outcome;
}

// Scores worse than the best by more than this share of its energy. Not of its score: gaits and footfalls may bring that
// to nothing or below.
double out_of_the_race(const std::vector<MedialHypothesis>& sorted, double share) {
  return sorted.front().score + share * sorted.front().energy;
}

// The best of every body plan and heading among the `sorted`: silhouettes alone hardly tell front from back.
std::vector<MedialHypothesis> distinct(const std::vector<MedialHypothesis>& sorted, std::size_t most) {
  const double limit = out_of_the_race(sorted, 0.5);
  constexpr float kApart = 60 * kPi / 180;
  std::vector<MedialHypothesis> kept;
  auto mid_yaw = [](const MedialHypothesis& h) { return h.pose[h.frames.size() / 2 * h.plan->energy.pose_size()]; };
  for (const MedialHypothesis& h : sorted) {
    if (kept.size() == most || (!kept.empty() && h.score > limit)) break;
    const bool fresh = std::none_of(kept.begin(), kept.end(), [&](const MedialHypothesis& k) {
      return k.plan == h.plan && std::abs(std::remainder(mid_yaw(k) - mid_yaw(h), 2 * kPi)) < kApart;
    });
    if (fresh) kept.push_back(h);
  }
  return kept;
}

// The `count` best, but at least the `each` best of every body plan that is still in the race: early scores favour
// plans that bend easily.
void keep_best(std::vector<MedialHypothesis>& sorted, std::size_t count, int each) {
  const double limit = out_of_the_race(sorted, 0.7);
  std::vector<MedialHypothesis> kept;
  std::map<const MedialPlan*, int> of_plan;
  for (MedialHypothesis& h : sorted) {
    const bool chance = of_plan[h.plan]++ < each && h.score < limit;
    if (chance || kept.size() < count) kept.push_back(std::move(h));
  }
  sorted = std::move(kept);
}

double capsule_iou(const MedialEnergy& energy, const MedialHypothesis& h, const std::vector<Mask>& masks, float unit) {
  double sum = 0;
#pragma omp parallel for reduction(+ : sum)
  for (int k = 0; k < static_cast<int>(h.frames.size()); ++k) {
    const Mask& mask = masks[h.frames[k]];
    std::vector<float> x, y, d;
    std::vector<std::uint8_t> truth;
    for (int v = 0; v < mask.height; v += 2) {
      for (int u = 0; u < mask.width; u += 2) {
        x.push_back((u + 0.5f - 0.5f * mask.width) / unit);
        y.push_back((v + 0.5f - 0.5f * mask.height) / unit);
        truth.push_back(mask.at(u, v));
      }
    }
    d.resize(x.size());
    energy.capsule_distance(h.shape.data(), &h.pose[k * energy.pose_size()], x.data(), y.data(), x.size(), d.data());
    double both = 0, either = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      both += d[i] < 0 && truth[i];
      either += d[i] < 0 || truth[i];
    }
    sum += either > 0 ? both / either : 1;
  }
  return sum / h.frames.size();
}

/// What a hypothesis says of every frame; `scale` has the units.
MedialFit told(const MedialHypothesis& h, const MedialFit& scale, const std::vector<Mask>& masks) {
  const MedialEnergy& energy = h.plan->energy;
  MedialFit fit = scale;
  fit.body = h.plan->body;
  fit.loss = h.score;
  fit.cycle = h.cycle;
  fit.mask_iou = capsule_iou(energy, h, masks, scale.unit_px);
  std::vector<int> every(masks.size());
  std::iota(every.begin(), every.end(), 0);
  const int stride = energy.pose_size();
  const std::vector<float> pose = interpolate_poses(h.pose, h.frames, every, stride);
  fit.shape = energy.unpack_shape(h.shape.data());
  for (std::size_t t = 0; t < masks.size(); ++t) fit.poses.push_back(energy.unpack_pose(&pose[t * stride]));
  return fit;
}

}  // namespace

Result<std::vector<MedialFit>> fit_medial_template(const std::vector<MedialTemplate>& bodies, const std::vector<Mask>& masks,
                                                   const std::vector<FlowPair>& flow, const MedialFitOptions& options,
                                                   JobContext* job) {
  const MedialEvidence evidence = gather_medial_evidence(masks, flow, options.seed, options.landmarks);
  if (evidence.usable.size() < 2) {
    return fail(ErrorCode::kInput, "masks: {} of {} frames show the subject; at least 2 are needed; check the masks",
                evidence.usable.size(), masks.size());
  }
  MedialFit fit;
  fit.unit_px = evidence.unit_px;
  fit.focal = 0.5f * masks[0].height / std::tan(0.5f * options.fov) / evidence.unit_px;
  fit.base_depth = fit.focal;
  const TurnEvidence turn = turn_evidence(masks, flow);
  MedialPriors priors = options.priors;
  priors.yaw_step = turn.known ? (turn.little ? 5e-3f : 0) : priors.yaw_step;

  std::vector<std::unique_ptr<MedialPlan>> plans;
  std::vector<MedialHypothesis> all;
  for (const MedialTemplate& body : bodies) {
    plans.push_back(std::make_unique<MedialPlan>(body, evidence.pools, fit.focal, fit.base_depth, priors, turn.track));
    for (MedialHypothesis& h : first_guesses(*plans.back(), evidence, turn.totals)) {
      h.plan = plans.back().get();
      all.push_back(std::move(h));
    }
  }

  auto its = [&](int n) { return std::max(1, static_cast<int>(n * options.effort)); };
  search_limbs(all);
  MP4D_CHECK(run_all(all, {its(50), 150, 0, 0.25f, 0.12f, 0.04f}, 0, priors, job));
  keep_best(all, 16, 6);
  search_limbs(all);
  MP4D_CHECK(run_all(all, {its(120), 250, 0, 0.12f, 0.05f, 0.04f}, 10, priors, job));
  keep_best(all, 8, 4);
  for (MedialHypothesis& h : all) {
    h.pose = interpolate_poses(h.pose, h.frames, evidence.usable, h.plan->energy.pose_size());
    h.frames = evidence.usable;
  }
  const MedialStage all_frames{its(150), 200, 60, 0.10f, 0.04f, 0.03f};
  MP4D_CHECK(run_all(all, all_frames, 20, priors, job));
  const VerticalBob bob(masks, evidence.usable);
  constexpr std::size_t kDistinct = 5;
  const std::vector<MedialHypothesis> tried = all, free = distinct(all, kDistinct);
  all.clear();
  for (std::size_t i = 0; i < free.size(); ++i) {
    MP4D_TRY(following, with_cycles(free[i], bob, all_frames, job));
    for (MedialHypothesis& h : following) all.push_back(std::move(h));
    step(job, 30 + static_cast<int>(15 * (i + 1) / free.size()));
  }
  // Without a cycle the right heading can be far behind: the others follow the best cycle of their plan.
  std::map<const MedialPlan*, MedialHypothesis> leaders;
  for (const MedialHypothesis& h : all) {
    if (h.cycle.period > 0 && (!leaders.contains(h.plan) || h.score < leaders[h.plan].score)) leaders[h.plan] = h;
  }
  for (const MedialHypothesis& h : tried) {
    const bool known = std::any_of(free.begin(), free.end(), [&](const MedialHypothesis& f) {
      return f.plan == h.plan && f.pose == h.pose;
    });
    if (known || !leaders.contains(h.plan)) continue;
    for (MedialHypothesis& following : with_cycle_of(h, leaders[h.plan])) all.push_back(std::move(following));
  }
  MP4D_CHECK(run_all(all, all_frames, 45, priors, job));
  all = distinct(all, kDistinct);
  MP4D_CHECK(run_all(all, {its(400), 600, 100, 0.05f, 0.015f, 0.03f}, 55, priors, job));

  std::vector<MedialFit> fits;
  const double limit = out_of_the_race(all, 0.2);
  for (const MedialHypothesis& h : distinct(all, std::max<std::size_t>(1, options.explanations)))
    if (fits.empty() || h.score < limit) fits.push_back(told(h, fit, masks));
  return fits;
}

}  // namespace mp4d
