#include "motion/joint_keys.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr double kDegrees = 57.29577951308232;
constexpr float kLeastTravel = 1e-3f / 0.002f;  // metres; its share is a millimetre

Transform between(const Transform& a, const Transform& b, float t) {
  return {a.translation + t * (b.translation - a.translation), a.rotation.slerp(t, b.rotation), a.scale + t * (b.scale - a.scale)};
}

std::vector<int> joints_of(const Clip& clip, int joint) {
  if (joint >= 0) return {joint};
  std::vector<int> all(clip.poses.empty() ? 0 : clip.poses.front().size());
  for (std::size_t j = 0; j < all.size(); ++j) all[j] = static_cast<int>(j);
  return all;
}

float share_of_time(const Clip& clip, int a, int b, int at) {
  const auto& t = clip.times;
  return static_cast<float>((t[at] - t[a]) / (t[b] - t[a]));
}

/// How far each time is from what its neighbours among the keys say, 1 = at the tolerance.
class Departure {
 public:
  Departure(const Clip& clip, int joint, const KeyTolerance& tolerance) : clip_(clip), joints_(joints_of(clip, joint)), tolerance_(tolerance) {
    for (const int j : joints_) {
      Aabb box;
      for (const Pose& pose : clip.poses) box.extend(pose[j].translation);
      travel_.push_back(std::max(box.diagonal().norm(), kLeastTravel));
    }
  }

  double at(int i, int a, int b) const {
    double most = 0;
    for (std::size_t k = 0; k < joints_.size(); ++k) {
      const int j = joints_[k];
      const Transform expected = between(clip_.poses[a][j], clip_.poses[b][j], share_of_time(clip_, a, b, i));
      const Transform& is = clip_.poses[i][j];
      most = std::max(most, kDegrees * expected.rotation.angularDistance(is.rotation) / tolerance_.degrees);
      most = std::max(most, double((expected.translation - is.translation).norm() / travel_[k]) / tolerance_.share);
      most = std::max(most, double((expected.scale - is.scale).norm()) / tolerance_.share);
    }
    return most;
  }

 private:
  const Clip& clip_;
  std::vector<int> joints_;
  std::vector<float> travel_;
  KeyTolerance tolerance_;
};

std::vector<int> without(const std::vector<int>& keys, const std::vector<int>& chosen) {
  std::vector<int> kept;
  for (const int key : keys)
    if (key == keys.front() || key == keys.back() || std::find(chosen.begin(), chosen.end(), key) == chosen.end()) kept.push_back(key);
  return kept;
}

/// The joint at index `at`, which may lie between two.
Transform sampled(const Clip& clip, int joint, double at) {
  const int last = static_cast<int>(clip.poses.size()) - 1, i = std::clamp(static_cast<int>(at), 0, std::max(0, last - 1));
  return between(clip.poses[i][joint], clip.poses[std::min(i + 1, last)][joint], static_cast<float>(at - i));
}

}  // namespace

std::vector<int> joint_keys(const Clip& clip, int joint, const KeyTolerance& tolerance) {
  const int last = static_cast<int>(clip.times.size()) - 1;
  if (last < 0) return {};
  const Departure departure(clip, joint, tolerance);
  std::vector<char> is_key(clip.times.size(), 0);
  is_key.front() = is_key.back() = 1;
  std::vector<std::pair<int, int>> open{{0, last}};
  while (!open.empty()) {
    const auto [a, b] = open.back();
    open.pop_back();
    double worst = 1;
    int at = -1;
    for (int i = a + 1; i < b; ++i)
      if (const double away = departure.at(i, a, b); away > worst) worst = away, at = i;
    if (at < 0) continue;
    is_key[at] = 1;
    open.emplace_back(a, at);
    open.emplace_back(at, b);
  }
  std::vector<int> keys;
  for (int i = 0; i <= last; ++i)
    if (is_key[i]) keys.push_back(i);
  return keys;
}

Clip without_joint_keys(const Clip& clip, int joint, const std::vector<int>& keys, const std::vector<int>& chosen) {
  const std::vector<int> kept = without(keys, chosen);
  Clip changed = clip;
  for (std::size_t k = 0; k + 1 < kept.size(); ++k) {
    const int a = kept[k], b = kept[k + 1];
    if (std::none_of(chosen.begin(), chosen.end(), [&](int key) { return key > a && key < b; })) continue;
    for (int i = a + 1; i < b; ++i)
      for (const int j : joints_of(clip, joint)) changed.poses[i][j] = between(clip.poses[a][j], clip.poses[b][j], share_of_time(clip, a, b, i));
  }
  return changed;
}

Clip with_joint_keys_moved(const Clip& clip, int joint, const std::vector<int>& keys, const std::vector<int>& chosen, int by, int* moved) {
  const std::vector<int> fixed = without(keys, chosen);
  const auto moves = [&](int key) { return !std::binary_search(fixed.begin(), fixed.end(), key); };
  for (std::size_t k = 0; k < keys.size(); ++k) {
    if (!moves(keys[k])) continue;
    if (!moves(keys[k + 1])) by = std::min(by, keys[k + 1] - keys[k] - 1);
    if (!moves(keys[k - 1])) by = std::max(by, keys[k - 1] - keys[k] + 1);
  }
  if (moved) *moved = by;
  Clip changed = clip;
  for (std::size_t k = 0; k + 1 < keys.size(); ++k) {
    const int old_a = keys[k], old_b = keys[k + 1];
    const int a = old_a + (moves(old_a) ? by : 0), b = old_b + (moves(old_b) ? by : 0);
    if (a == old_a && b == old_b) continue;
    for (int i = a; i <= b; ++i) {
      const double from = old_a + double(old_b - old_a) * (i - a) / (b - a);
      for (const int j : joints_of(clip, joint)) changed.poses[i][j] = sampled(clip, j, from);
    }
  }
  return changed;
}

Clip with_joint_key(const Clip& clip, int joint, const std::vector<int>& keys, int at, const Pose& pose) {
  const auto next = std::upper_bound(keys.begin(), keys.end(), at);
  const auto from = std::lower_bound(keys.begin(), keys.end(), at);
  const int before = from == keys.begin() ? at : *(from - 1), after = next == keys.end() ? at : *next;
  Clip changed = clip;
  for (int i = before; i <= after; ++i) {
    const float near = i == at ? 1 : i < at ? share_of_time(clip, before, at, i) : 1 - share_of_time(clip, at, after, i);
    for (const int j : joints_of(clip, joint)) {
      const Transform &was = clip.poses[at][j], &is = pose[j];
      Transform& to = changed.poses[i][j];
      to.translation += near * (is.translation - was.translation);
      to.scale += near * (is.scale - was.scale);
      to.rotation = (to.rotation * Quat::Identity().slerp(near, was.rotation.conjugate() * is.rotation)).normalized();
    }
  }
  return changed;
}

}  // namespace mp4d
