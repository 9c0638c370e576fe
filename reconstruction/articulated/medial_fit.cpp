#include "reconstruction/articulated/medial_fit.h"
#include "reconstruction/articulated/medial_evidence.h"
#include "reconstruction/articulated/turn_rate.h"
#include "reconstruction/articulated/vertical_bob.h"
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numbers>
#include <numeric>

namespace mp4d {
namespace {

constexpr std::size_t kKeyFrames = 6;
constexpr float kPi = std::numbers::pi_v<float>;

struct Plan;

struct Hypothesis {
  const Plan* plan = nullptr;
  std::vector<float> shape, pose;  // pose: frames x pose_size
  std::vector<int> frames;
  double score = 0;
  MotionCycle cycle;
};

struct Stage {
  int iterations, pixels, flow_pixels;
  float blur_start, blur_end, rate;
};

class Optimiser {
 public:
  Optimiser(const MedialTemplate& body, const MedialEnergy& energy, float cycle_weight)
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

  // Adam; the score is the energy averaged over the last fifth.
  Result<void> run(Hypothesis& h, const Stage& stage, const JobContext* job) const {
    const std::size_t ns = h.shape.size(), np = h.pose.size();
    std::vector<float> gs(ns), gp(np), ms(ns), vs(ns), mp(np), vp(np);
    double tail = 0;
    int tail_count = 0;
    constexpr float kBeta1 = 0.9f, kBeta2 = 0.98f;
    float decay1 = 1, decay2 = 1;
    for (int it = 0; it < stage.iterations; ++it) {
      if (cancelled(job)) return check(job);
      const float progress = float(it) / stage.iterations;
      const MedialEnergy::Sample sample{
          stage.blur_start * std::pow(stage.blur_end / stage.blur_start, progress), stage.pixels, unsigned(it * 7 + 3),
          stage.flow_pixels, h.cycle, cycle_weight_ * std::pow(kCycleStart, 1 - progress)};
      const double e = energy_.evaluate(h.frames, sample, h.shape.data(), h.pose.data(), gs.data(), gp.data());
      if (progress >= 0.8f) {
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
    h.score = tail / std::max(tail_count, 1);
    return {};
  }

 private:
  // A strong start moves a leg that was taken for its twin past the other one.
  static constexpr float kCycleStart = 30;

  const MedialEnergy& energy_;
  float cycle_weight_;
  std::vector<float> shape_rate_, pose_rate_;
};

// One body plan in the race.
struct Plan {
  Plan(const MedialTemplate& b, const MedialEvidence& evidence, const MedialFit& camera, const MedialPriors& priors,
       const std::vector<float>& yaw_track)
      : body(b),
        energy(body, evidence.pools, camera.focal, camera.base_depth, priors, yaw_track),
        optimiser(body, energy, priors.cycle) {}

  MedialTemplate body;
  MedialEnergy energy;
  Optimiser optimiser;
};

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
void place(const MedialEnergy& energy, const std::vector<PixelPool>& pools, Hypothesis& h) {
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

std::vector<int> spread(const std::vector<int>& usable, int count) {
  std::vector<int> result;
  const int n = static_cast<int>(usable.size());
  count = std::min(count, n);
  for (int k = 0; k < count; ++k) result.push_back(usable[count == 1 ? 0 : k * (n - 1) / (count - 1)]);
  return result;
}

// Starts all around, for every total turn.
std::vector<Hypothesis> first_guesses(const Plan& plan, const MedialEvidence& evidence, const std::vector<float>& turns) {
  const std::vector<int> keys = spread(evidence.usable, kKeyFrames);
  const int stride = plan.energy.pose_size();
  const int yaws = turns.size() <= 2 ? 24 : 12;
  std::vector<Hypothesis> all;
  for (int i = 0; i < yaws; ++i) {
    for (float turn : turns) {
      Hypothesis h;
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

// Sorts by score. `from` percent of the whole fit are done before this stage; steps count percent.
Result<void> run_all(std::vector<Hypothesis>& all, const Stage& stage, int from, float gait,
                     JobContext* job) {
  Result<void> outcome;
  std::size_t done = 0;
  const int to = from == 0 ? 10 : from == 10 ? 20 : from == 20 ? 30 : from == 30 ? 50 : 100;
#pragma omp parallel for schedule(dynamic)
  for (int i = 0; i < static_cast<int>(all.size()); ++i) {
    Result<void> one = all[i].plan->optimiser.run(all[i], stage, job);
    Hypothesis& h = all[i];
    h.score += h.plan->body.rarity;
    if (h.frames.size() > kKeyFrames)
      h.score -= gait * h.plan->energy.forward_gait(h.frames, h.shape.data(), h.pose.data());
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

// The periods that the leading hypothesis can follow at little cost, best first, none if none is worth it; from a scan
// over at most kScan frames. A period that binds most frames may cost more than one that binds few, and more where the
// silhouette bobs with it.
Result<std::vector<MotionCycle>> find_cycles(Hypothesis leader, const VerticalBob& bob, const Stage& stage,
                                             JobContext* job) {
  constexpr std::size_t kScan = 64, kFewest = 16;
  if (leader.frames.size() < kFewest) return std::vector<MotionCycle>{};
  if (leader.frames.size() > kScan) {
    const std::size_t first = (leader.frames.size() - kScan) / 2, stride = leader.plan->energy.pose_size();
    leader.frames = {leader.frames.begin() + first, leader.frames.begin() + first + kScan};
    leader.pose = {leader.pose.begin() + first * stride, leader.pose.begin() + (first + kScan) * stride};
  }
  const float span = static_cast<float>(leader.frames.back() - leader.frames.front());
  std::vector<Hypothesis> tries(1, leader);
  auto add = [&](float period, bool alternate) {
    tries.push_back(leader);
    tries.back().cycle = {period, alternate};
  };
  constexpr float kShortest = 8, kRatio = 1.06f;  // frames; between neighbours in the scan
  for (float period = kShortest; period <= 1.3f * span; period *= kRatio) {
    if (period <= 0.85f * span) add(period, false);
    add(period, true);
  }
  auto value = [&](const Hypothesis& h) {
    const auto [period, alternate] = h.cycle;
    if (period <= 0) return h.score;
    const float bound = std::max(0.0f, 1 - period / span) + (alternate ? 1 - 0.5f * period / span : 0);
    const float worth = 0.2f + 0.3f * std::max(0.0f, bob.repeats(alternate ? 0.5f * period : period));
    return h.score * (1 - worth * std::min(1.0f, 2 * bound));
  };
  std::size_t done = 0;
  auto run = [&]() -> Result<void> {
    Result<void> outcome;
#pragma omp parallel for schedule(dynamic)
    for (int i = static_cast<int>(done); i < static_cast<int>(tries.size()); ++i) {
      Result<void> one = tries[i].plan->optimiser.run(tries[i], stage, job);
#pragma omp critical
      if (!one) outcome = one;
    }
    std::sort(tries.begin(), tries.end(), [&](const auto& x, const auto& y) { return value(x) < value(y); });
    done = tries.size();
    return outcome;
  };
  MP4D_CHECK(run());
  const MotionCycle coarse = tries.front().cycle;
  if (coarse.period <= 0) return std::vector<MotionCycle>{};
  for (int i = -4; i <= 4; ++i) {
    if (i != 0) add(coarse.period * (1 + 0.02f * i), coarse.alternate);
  }
  MP4D_CHECK(run());
  std::vector<MotionCycle> cycles;
  for (const Hypothesis& h : tries) {
    const bool near = std::abs(h.cycle.period / coarse.period - 1) < 0.1f;
    if (near && h.cycle.alternate == coarse.alternate) cycles.push_back(h.cycle);
  }
  return cycles;
}

// The `count` best, but at least the `each` best of every body plan that is still in the race: early scores favour
// plans that bend easily.
void keep_best(std::vector<Hypothesis>& sorted, std::size_t count, int each) {
  constexpr double kOutOfTheRace = 1.7;
  const double limit = kOutOfTheRace * sorted.front().score;
  std::vector<Hypothesis> kept;
  std::map<const Plan*, int> of_plan;
  for (Hypothesis& h : sorted) {
    const bool chance = of_plan[h.plan]++ < each && h.score < limit;
    if (chance || kept.size() < count) kept.push_back(std::move(h));
  }
  sorted = std::move(kept);
}

double capsule_iou(const MedialEnergy& energy, const Hypothesis& h, const std::vector<Mask>& masks, float unit) {
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

}  // namespace

Result<MedialFit> fit_medial_template(const std::vector<MedialTemplate>& bodies, const std::vector<Mask>& masks,
                                      const std::vector<FlowPair>& flow, const MedialFitOptions& options,
                                      JobContext* job) {
  const MedialEvidence evidence = gather_medial_evidence(masks, flow, options.seed);
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

  std::vector<std::unique_ptr<Plan>> plans;
  std::vector<Hypothesis> all;
  for (const MedialTemplate& body : bodies) {
    plans.push_back(std::make_unique<Plan>(body, evidence, fit, priors, turn.track));
    for (Hypothesis& h : first_guesses(*plans.back(), evidence, turn.totals)) {
      h.plan = plans.back().get();
      all.push_back(std::move(h));
    }
  }

  auto its = [&](int n) { return std::max(1, static_cast<int>(n * options.effort)); };
  MP4D_CHECK(run_all(all, {its(50), 150, 0, 0.25f, 0.12f, 0.04f}, 0, priors.gait, job));
  keep_best(all, 16, 6);
  MP4D_CHECK(run_all(all, {its(120), 250, 0, 0.12f, 0.05f, 0.04f}, 10, priors.gait, job));
  keep_best(all, 8, 4);
  for (Hypothesis& h : all) {
    h.pose = interpolate_poses(h.pose, h.frames, evidence.usable, h.plan->energy.pose_size());
    h.frames = evidence.usable;
  }
  const Stage all_frames{its(150), 200, 60, 0.10f, 0.04f, 0.03f};
  MP4D_CHECK(run_all(all, all_frames, 20, priors.gait, job));
  MP4D_TRY(cycles, find_cycles(all[0], VerticalBob(masks, evidence.usable), all_frames, job));
  if (!cycles.empty()) {
    constexpr std::size_t kLeaders = 4;
    for (std::size_t i = 1; i < std::min(kLeaders, cycles.size()); ++i) {
      all.push_back(all[0]);
      all.back().cycle = cycles[i];
    }
    for (Hypothesis& h : all) {
      if (h.cycle.period <= 0) h.cycle = cycles[0];
    }
    MP4D_CHECK(run_all(all, all_frames, 30, priors.gait, job));
  }
  keep_best(all, 4, 2);
  MP4D_CHECK(run_all(all, {its(400), 600, 100, 0.05f, 0.015f, 0.03f}, 50, priors.gait, job));

  const Hypothesis& best = all[0];
  const MedialEnergy& energy = best.plan->energy;
  fit.body = best.plan->body;
  fit.loss = best.score;
  fit.cycle = best.cycle;
  fit.mask_iou = capsule_iou(energy, best, masks, evidence.unit_px);
  std::vector<int> every(masks.size());
  std::iota(every.begin(), every.end(), 0);
  const int stride = energy.pose_size();
  const std::vector<float> pose = interpolate_poses(best.pose, best.frames, every, stride);
  fit.shape = energy.unpack_shape(best.shape.data());
  for (std::size_t t = 0; t < masks.size(); ++t) fit.poses.push_back(energy.unpack_pose(&pose[t * stride]));
  return fit;
}

}  // namespace mp4d
