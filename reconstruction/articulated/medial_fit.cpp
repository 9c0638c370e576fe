#include "reconstruction/articulated/medial_fit.h"
#include "core/rng.h"
#include "reconstruction/articulated/distance_field2d.h"
#include "reconstruction/articulated/medial_energy.h"
#include "reconstruction/articulated/turn_rate.h"
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

struct Evidence {
  std::vector<PixelPool> pools;
  std::vector<int> usable;
  float unit_px = 1;
};

// Half of the pool near the contour, a quarter inside, a quarter in the grown bounding box.
PixelPool make_pool(const Mask& mask, const FlowPair* flow, float unit, unsigned seed, int frame) {
  constexpr int kPool = 3000;
  PixelPool pool;
  int x0 = mask.width, x1 = -1, y0 = mask.height, y1 = -1;
  std::size_t area = 0;
  double su = 0, sv = 0;
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      if (!mask.at(x, y)) continue;
      ++area;
      su += x + 0.5;
      sv += y + 0.5;
      x0 = std::min(x0, x);
      x1 = std::max(x1, x);
      y0 = std::min(y0, y);
      y1 = std::max(y1, y);
    }
  }
  if (area < 64) return pool;
  pool.usable = true;
  const float cx = 0.5f * mask.width, cy = 0.5f * mask.height;
  pool.mask_u = (float(su / area) - cx) / unit;
  pool.mask_v = (float(sv / area) - cy) / unit;
  pool.area = area / (unit * unit);
  const ImageF distance = signed_distance(mask);
  const int margin = static_cast<int>(0.25f * unit) + 1;
  x0 = std::max(0, x0 - margin);
  y0 = std::max(0, y0 - margin);
  x1 = std::min(mask.width - 1, x1 + margin);
  y1 = std::min(mask.height - 1, y1 + margin);
  std::vector<int> contour, inside, box;
  for (int y = y0; y <= y1; ++y) {
    for (int x = x0; x <= x1; ++x) {
      const float d = distance.at(x, y);
      const int i = y * mask.width + x;
      if (std::abs(d) < 0.12f * unit) contour.push_back(i);
      if (d < 0) inside.push_back(i);
      box.push_back(i);
    }
  }
  std::vector<int> chosen;
  std::uint64_t draw = 0;
  auto take = [&](const std::vector<int>& from, int count) {
    for (int k = 0; k < count && !from.empty(); ++k) {
      chosen.push_back(from[rng::integer(seed, frame, draw++, static_cast<std::uint32_t>(from.size()))]);
    }
  };
  take(contour, kPool / 2);
  take(inside, kPool / 4);
  take(box, kPool / 4);
  for (std::size_t i = chosen.size(); i > 1; --i) std::swap(chosen[i - 1], chosen[rng::integer(seed, frame, draw++, static_cast<std::uint32_t>(i))]);
  for (int i : chosen) {
    const int x = i % mask.width, y = i / mask.width;
    pool.x.push_back((x + 0.5f - cx) / unit);
    pool.y.push_back((y + 0.5f - cy) / unit);
    pool.distance.push_back(distance.data[i] / unit);
  }
  constexpr int kStride = 4;
  pool.field = ImageF(mask.width / kStride, mask.height / kStride, 1);
  pool.field_cell = kStride / unit;
  for (int y = 0; y < pool.field.height; ++y) {
    for (int x = 0; x < pool.field.width; ++x) {
      pool.field.at(x, y) = distance.at(x * kStride + kStride / 2, y * kStride + kStride / 2) / unit;
    }
  }
  if (!flow) return pool;
  constexpr int kFlowPool = 1200;
  for (int k = 0; k < kFlowPool && !inside.empty(); ++k) {
    const int i = inside[rng::integer(seed, frame, draw++, static_cast<std::uint32_t>(inside.size()))];
    const int x = i % mask.width, y = i / mask.width;
    if (distance.data[i] > -1.5f || !flow->forward_valid.data[i]) continue;
    pool.flow_x.push_back((x + 0.5f - cx) / unit);
    pool.flow_y.push_back((y + 0.5f - cy) / unit);
    pool.flow_u.push_back(flow->forward.at(x, y, 0) / unit);
    pool.flow_v.push_back(flow->forward.at(x, y, 1) / unit);
  }
  return pool;
}

Evidence gather(const std::vector<Mask>& masks, const std::vector<FlowPair>& flow, unsigned seed) {
  Evidence evidence;
  std::vector<double> areas;
  for (const Mask& mask : masks) {
    const double area = std::count_if(mask.data.begin(), mask.data.end(), [](auto v) { return v != 0; });
    if (area >= 64) areas.push_back(area);
  }
  if (areas.empty()) return evidence;
  std::nth_element(areas.begin(), areas.begin() + areas.size() / 2, areas.end());
  evidence.unit_px = std::sqrt(float(areas[areas.size() / 2]));
  evidence.pools.resize(masks.size());
#pragma omp parallel for schedule(dynamic)
  for (int t = 0; t < static_cast<int>(masks.size()); ++t) {
    evidence.pools[t] = make_pool(masks[t], t < static_cast<int>(flow.size()) ? &flow[t] : nullptr, evidence.unit_px, seed, t);
  }
  for (int t = 0; t < static_cast<int>(masks.size()); ++t) {
    if (evidence.pools[t].usable) evidence.usable.push_back(t);
  }
  return evidence;
}

struct Plan;

struct Hypothesis {
  const Plan* plan = nullptr;
  std::vector<float> shape, pose;  // pose: frames x pose_size
  std::vector<int> frames;
  double score = 0;
};

struct Stage {
  int iterations, pixels, flow_pixels;
  float blur_start, blur_end, rate;
};

class Optimiser {
 public:
  Optimiser(const MedialTemplate& body, const MedialEnergy& energy) : energy_(energy) {
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
          stage.flow_pixels};
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
  const MedialEnergy& energy_;
  std::vector<float> shape_rate_, pose_rate_;
};

// One body plan in the race.
struct Plan {
  Plan(const MedialTemplate& b, const Evidence& evidence, const MedialFit& camera, const MedialPriors& priors,
       const std::vector<float>& yaw_track)
      : body(b),
        energy(body, evidence.pools, camera.focal, camera.base_depth, priors, yaw_track),
        optimiser(body, energy) {}

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
std::vector<Hypothesis> first_guesses(const Plan& plan, const Evidence& evidence, const std::vector<float>& turns) {
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
  const int to = from == 0 ? 10 : from == 10 ? 20 : from == 20 ? 50 : 100;
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
  const Evidence evidence = gather(masks, flow, options.seed);
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
  MP4D_CHECK(run_all(all, {its(150), 200, 60, 0.10f, 0.04f, 0.03f}, 20, priors.gait, job));
  keep_best(all, 4, 2);
  MP4D_CHECK(run_all(all, {its(400), 600, 100, 0.05f, 0.015f, 0.03f}, 50, priors.gait, job));

  Hypothesis& best = all[0];
  const MedialEnergy& energy = best.plan->energy;
  fit.body = best.plan->body;
  fit.loss = best.score;
  fit.mask_iou = capsule_iou(energy, best, masks, evidence.unit_px);
  std::vector<int> every(masks.size());
  std::iota(every.begin(), every.end(), 0);
  const int stride = energy.pose_size();
  best.pose = interpolate_poses(best.pose, best.frames, every, stride);
  fit.shape = energy.unpack_shape(best.shape.data());
  for (std::size_t t = 0; t < masks.size(); ++t) fit.poses.push_back(energy.unpack_pose(&best.pose[t * stride]));
  return fit;
}

}  // namespace mp4d
