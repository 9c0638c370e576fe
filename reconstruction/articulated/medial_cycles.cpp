#include "reconstruction/articulated/medial_search.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr float kFoldBlur = 0.08f;  // mask units

// How much a cycle makes up for: a period that binds most frames may cost more than one that binds few, and more where
// the silhouette bobs with it.
double cycle_worth(const MotionCycle& cycle, float span, const VerticalBob& bob) {
  const auto [period, alternate] = cycle;
  if (period <= 0) return 0;
  const float bound = std::max(0.0f, 1 - period / span) + (alternate ? 1 - 0.5f * period / span : 0);
  return (0.2 + 0.3 * std::max(0.0f, bob.repeats(alternate ? 0.5f * period : period))) * std::min(1.0f, 2 * bound);
}

void place_limbs(MedialHypothesis& h) {
  if (h.gait >= 0) apply_gait(h);
  else if (h.folded) fold_limbs(h, kFoldBlur);
}

// The `count` best of the body plan's gaits, whose periods differ, in the phases that explain the silhouettes best as they are.
std::vector<MedialHypothesis> usual_gaits(const MedialHypothesis& free, const std::vector<float>& periods, std::size_t count) {
  constexpr int kPhases = 12;
  struct Guess {
    int gait;
    float period, phase;
    double energy;
  };
  std::vector<Guess> guesses;
  for (int gait = 0; gait < static_cast<int>(free.plan->body.gaits.size()); ++gait) {
    for (float period : periods) {
      for (int phase = 0; phase < kPhases; ++phase) guesses.push_back({gait, period, float(phase) / kPhases, 0});
    }
  }
  auto with = [&](const Guess& g) {
    MedialHypothesis h = free;
    h.cycle = {g.period, true};
    h.gait = g.gait;
    h.gait_phase = g.phase;
    return h;
  };
#pragma omp parallel for schedule(dynamic)
  for (int i = 0; i < static_cast<int>(guesses.size()); ++i) {
    MedialHypothesis h = with(guesses[i]);
    apply_gait(h);
    guesses[i].energy =
        h.plan->energy.evaluate(h.frames, {kFoldBlur, 200, 0}, h.shape.data(), h.pose.data(), nullptr, nullptr);
  }
  std::stable_sort(guesses.begin(), guesses.end(), [](const Guess& x, const Guess& y) { return x.energy < y.energy; });
  std::vector<MedialHypothesis> best;
  for (const Guess& g : guesses) {
    const bool near = std::any_of(best.begin(), best.end(), [&](const MedialHypothesis& b) {
      return b.gait == g.gait && std::abs(std::log(b.cycle.period / g.period)) < 0.1f;
    });
    if (!near && best.size() < count) best.push_back(with(g));
  }
  return best;
}

}  // namespace

Result<std::vector<MedialHypothesis>> with_cycles(const MedialHypothesis& free, const VerticalBob& bob,
                                                  const MedialStage& stage, JobContext* job) {
  constexpr std::size_t kScan = 64, kFewest = 16, kCycles = 3;
  if (free.frames.size() < kFewest) return std::vector<MedialHypothesis>{free};
  MedialHypothesis scanned = free;
  if (scanned.frames.size() > kScan) {
    const std::size_t first = (scanned.frames.size() - kScan) / 2, stride = scanned.plan->energy.pose_size();
    scanned.frames = {scanned.frames.begin() + first, scanned.frames.begin() + first + kScan};
    scanned.pose = {scanned.pose.begin() + first * stride, scanned.pose.begin() + (first + kScan) * stride};
  }
  const float span = static_cast<float>(scanned.frames.back() - scanned.frames.front());
  std::vector<MedialHypothesis> tries(1, scanned);
  auto add = [&](float period, bool alternate) {
    tries.push_back(scanned);
    tries.back().cycle = {period, alternate};
    tries.back().worth = cycle_worth(tries.back().cycle, span, bob);
  };
  const auto& joints = free.plan->body.joints;
  const bool paired = std::any_of(joints.begin(), joints.end(), [&](const MedialJoint& j) { return &joints[j.mirror] != &j; });
  constexpr float kShortest = 8, kRatio = 1.07f;  // frames; between neighbours in the scan
  for (float period = kShortest; period <= 1.3f * span; period *= kRatio) {
    if (period <= 0.85f * span) add(period, false);
    if (paired) add(period, true);
  }
  constexpr std::size_t kGaits = 6;
  constexpr float kGaitRatio = 1.05f;
  std::vector<float> periods;
  for (float period = kShortest; period <= 1.3f * span; period *= kGaitRatio) periods.push_back(period);
  for (MedialHypothesis& h : usual_gaits(scanned, periods, kGaits)) {
    h.worth = cycle_worth(h.cycle, span, bob);
    tries.push_back(std::move(h));
  }
  std::size_t done = 0;
  auto run = [&]() -> Result<void> {
    Result<void> outcome;
#pragma omp parallel for schedule(dynamic)
    for (int i = static_cast<int>(done); i < static_cast<int>(tries.size()); ++i) {
      place_limbs(tries[i]);
      Result<void> one = tries[i].plan->optimiser.run(tries[i], stage, job);
      tries[i].score *= 1 - tries[i].worth;
#pragma omp critical
      if (!one) outcome = one;
    }
    std::sort(tries.begin(), tries.end(), [](const auto& x, const auto& y) { return x.score < y.score; });
    done = tries.size();
    return outcome;
  };
  MP4D_CHECK(run());
  // Where legs were taken for each other the true period costs much: the leading ones, and half of them, are tried with
  // the limbs found anew.
  constexpr std::size_t kFolded = 4;
  std::vector<MotionCycle> leading;
  for (const MedialHypothesis& h : tries) {
    const bool known = std::any_of(leading.begin(), leading.end(), [&](const MotionCycle& c) {
      return c.alternate == h.cycle.alternate && std::abs(std::log(c.period / h.cycle.period)) < 0.1f;
    });
    if (h.cycle.period > 0 && !known && leading.size() < kFolded) leading.push_back(h.cycle);
  }
  auto add_folded = [&](float period, bool alternate) {
    const bool known = std::any_of(tries.begin(), tries.end(), [&](const MedialHypothesis& h) {
      return h.folded && h.cycle.alternate == alternate && std::abs(std::log(h.cycle.period / period)) < 0.01f;
    });
    if (period < kShortest || known || (alternate && !paired)) return;
    add(period, alternate);
    tries.back().folded = true;
  };
  for (const MotionCycle& c : leading) {
    add_folded(c.period, c.alternate);
    add_folded(c.period / 2, c.alternate);
    if (!c.alternate) add_folded(c.period, true);
  }
  MP4D_CHECK(run());
  const MedialHypothesis leader = tries.front();
  const MotionCycle coarse = leader.cycle;
  if (coarse.period <= 0) return std::vector<MedialHypothesis>{free};
  for (int i = -4; i <= 4; ++i) {
    if (i == 0) continue;
    const float period = coarse.period * (1 + 0.02f * i);
    if (leader.gait >= 0) {
      add(period, coarse.alternate);
      tries.back().gait = leader.gait;
      const float middle = 0.5f * (scanned.frames.front() + scanned.frames.back());
      tries.back().gait_phase = leader.gait_phase + middle / leader.cycle.period - middle / period;
    } else {
      leader.folded ? add_folded(period, coarse.alternate) : add(period, coarse.alternate);
    }
  }
  MP4D_CHECK(run());
  std::vector<MedialHypothesis> following;
  for (const MedialHypothesis& h : tries) {
    const bool near = std::abs(h.cycle.period / coarse.period - 1) < 0.1f;
    if (!near || h.cycle.alternate != coarse.alternate || following.size() == kCycles) continue;
    following.push_back(free);
    following.back().cycle = h.cycle;
    following.back().worth = h.worth;
    following.back().folded = h.folded;
    following.back().gait = h.gait;
    following.back().gait_phase = h.gait_phase;
    following.back().score = h.score;
  }
  // Seen from the side, near and far limbs exchanged differ by little.
  if (leader.gait >= 0 && !following.empty()) {
    following.push_back(following.front());
    following.back().gait_phase += 0.5f;
  }
#pragma omp parallel for schedule(dynamic)
  for (int i = 0; i < static_cast<int>(following.size()); ++i) {
    place_limbs(following[i]);
  }
  for (std::size_t i = 0, count = following.size(); i < count; ++i) {
    const MedialHypothesis& h = following[i];
    if (!h.cycle.alternate ||
        h.plan->energy.footfall_order(h.frames, h.shape.data(), h.pose.data(), h.cycle.period) == 0)
      continue;
    following.push_back(h);
    exchange_forelegs(following.back());
  }
  return following;
}

std::vector<MedialHypothesis> with_cycle_of(const MedialHypothesis& free, const MedialHypothesis& leader) {
  std::vector<MedialHypothesis> following(1, free);
  following[0].cycle = leader.cycle;
  following[0].worth = leader.worth;
  following[0].folded = true;
  const float period = leader.cycle.period;
  for (MedialHypothesis& h : usual_gaits(free, {0.96f * period, 0.98f * period, period, 1.02f * period, 1.04f * period}, 1)) {
    following.push_back(std::move(h));
    following.back().worth = leader.worth;
  }
#pragma omp parallel for schedule(dynamic)
  for (int i = 0; i < static_cast<int>(following.size()); ++i) place_limbs(following[i]);
  return following;
}

}  // namespace mp4d
