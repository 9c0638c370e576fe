#include "motion/chain_map.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr double kArmForLeg = 0.7, kLegMirrored = 0.6, kLegForArm = 0.6, kWingForArm = 0.5, kOtherLeg = 0.7;
constexpr double kLeast = 0.44;  // below this a chain had better keep its rest pose

class Mapper {
 public:
  Mapper(const Anatomy& source, const Anatomy& target) : source_(source), target_(target) {}

  ChainMap run(bool steps, ForelegSource forelegs) {
    for (const ChainRole role : {ChainRole::kTrunk, ChainRole::kNeck, ChainRole::kTail})
      add(source_.find(role), target_.find(role), 1, false);
    for (const Side side : {Side::kLeft, Side::kRight}) {
      legs(side, steps, forelegs);
      arms(side);
      add(source_.find(ChainRole::kGirdle, side), target_.find(ChainRole::kGirdle, side), 1, false);
    }
    std::stable_sort(map_.pairs.begin(), map_.pairs.end(),
                     [](const ChainPair& a, const ChainPair& b) { return a.target < b.target; });
    for (int i = 0; i < static_cast<int>(target_.chains.size()); ++i)
      if (std::none_of(map_.pairs.begin(), map_.pairs.end(), [i](const ChainPair& p) { return p.target == i; }))
        map_.unmatched.push_back(i);
    return std::move(map_);
  }

 private:
  static Side other(Side side) { return side == Side::kLeft ? Side::kRight : Side::kLeft; }

  void add(int s, int t, double confidence, bool mirror) {
    if (s < 0 || t < 0) return;
    const Chain &a = source_.chains[s], &b = target_.chains[t];
    const double na = static_cast<double>(a.joints.size()), nb = static_cast<double>(b.joints.size());
    confidence *= std::sqrt(a.evidence * b.evidence) * (0.8 + 0.2 * std::min(na, nb) / std::max(na, nb));
    if (confidence >= kLeast) map_.pairs.push_back({s, t, confidence, mirror});
  }

  void legs(Side side, bool steps, ForelegSource forelegs) {
    const auto mine = source_.all(ChainRole::kLeg, side), wanted = target_.all(ChainRole::kLeg, side);
    const auto across = source_.all(ChainRole::kLeg, other(side));
    const auto arm = source_.all(ChainRole::kArm, side);
    const int have = static_cast<int>(mine.size()), need = static_cast<int>(wanted.size());
    if (need == 0) return;
    if (have == need) {
      for (int i = 0; i < need; ++i) add(mine[i], wanted[i], 1, false);
      return;
    }
    if (have == 0) {
      if (need == 2 && !arm.empty()) add(arm[0], wanted[0], kArmForLeg, false);
      return;
    }
    if (have == 1 && need == 2) {  // a person's motion on four legs
      const bool legs_lead =
          forelegs == ForelegSource::kLegs || (forelegs == ForelegSource::kAuto && (steps || arm.empty()));
      add(mine[0], wanted[1], 1, false);
      if (legs_lead && !across.empty())
        add(across[0], wanted[0], kLegMirrored, true);
      else if (!arm.empty())
        add(arm[0], wanted[0], kArmForLeg, false);
      return;
    }
    if (have >= 2 && need == 1) {  // four legs or more on two: the hindmost
      add(mine[have - 1], wanted[0], 1, false);
      return;
    }
    if (need > have) {
      // Legs side by side alternate, as they do on an animal with many: every second one takes the other side's.
      for (int i = 0; i < need; ++i) {
        const int from = have == 1 ? 0 : (i * have) / need;
        const bool mirror = i % 2 == 1 && from < static_cast<int>(across.size());
        add(mirror ? across[from] : mine[from], wanted[i], mirror ? kLegMirrored : kOtherLeg, mirror);
      }
      return;
    }
    for (int i = 0; i < need; ++i)
      add(mine[need == 1 ? have - 1 : i * (have - 1) / (need - 1)], wanted[i], kOtherLeg, false);
  }

  void arms(Side side) {
    const auto arm = source_.all(ChainRole::kArm, side), wing = source_.all(ChainRole::kWing, side);
    const auto leg = source_.all(ChainRole::kLeg, side);
    const auto arms_wanted = target_.all(ChainRole::kArm, side), wings_wanted = target_.all(ChainRole::kWing, side);
    if (!arms_wanted.empty()) {
      if (!arm.empty())
        add(arm[0], arms_wanted[0], 1, false);
      else if (leg.size() >= 2)
        add(leg[0], arms_wanted[0], kLegForArm, false);
      else if (!wing.empty())
        add(wing[0], arms_wanted[0], kWingForArm, false);
    }
    if (!wings_wanted.empty()) {
      if (!wing.empty())
        add(wing[0], wings_wanted[0], 1, false);
      else if (arms_wanted.empty() && !arm.empty())
        add(arm[0], wings_wanted[0], kWingForArm, false);
    }
  }

  const Anatomy& source_;
  const Anatomy& target_;
  ChainMap map_;
};

std::string joints_text(const Chain& chain, const RiggedModel& model) {
  const std::string& first = model.skeleton.joints[chain.joints.front()].name;
  if (chain.joints.size() == 1) return first;
  return fmt::format("{} … {}", first, model.skeleton.joints[chain.joints.back()].name);
}

}  // namespace

ForelegSource foreleg_source(const std::string& name) {
  return name == "arms" ? ForelegSource::kArms : name == "legs" ? ForelegSource::kLegs : ForelegSource::kAuto;
}

ChainMap map_chains(const Anatomy& source, const Anatomy& target, bool steps, ForelegSource forelegs) {
  return Mapper(source, target).run(steps, forelegs);
}

std::vector<std::string> describe(const ChainMap& map, const RiggedModel& source, const Anatomy& source_body,
                                  const RiggedModel& target, const Anatomy& target_body) {
  std::vector<std::string> lines;
  for (const ChainPair& pair : map.pairs) {
    const Chain &s = source_body.chains[pair.source], &t = target_body.chains[pair.target];
    lines.push_back(fmt::format("{:<14} <- {:<14} {:.2f}  {} <- {}{}", t.name(), s.name(), pair.confidence,
                                joints_text(t, target), joints_text(s, source), pair.mirror ? ", mirrored" : ""));
  }
  for (const int chain : map.unmatched) {
    const Chain& t = target_body.chains[chain];
    lines.push_back(fmt::format("{:<14} keeps its rest pose  {}", t.name(), joints_text(t, target)));
  }
  return lines;
}

}  // namespace mp4d
