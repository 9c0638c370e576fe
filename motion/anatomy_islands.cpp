#include "motion/anatomy_frame.h"
#include <algorithm>
#include <map>

namespace mp4d::anatomy {
namespace {

constexpr double kTouches = 0.05;  // share of the best contact that counts as touching
constexpr int kNamedTrunk = 4;     // joints that an island called "body" counts for more
constexpr float kLow = 0.25f;      // of the height: above this nothing is a foot
constexpr float kAtEnd = 0.04f;    // of the size: how near to the end of a leg a loose foot rests

using SharedSkin = std::map<std::pair<int, int>, double>;

/// Sum of the weights each pair of joints shares on vertices: how much their parts of the surface touch.
SharedSkin shared_skin(const RiggedModel& model) {
  SharedSkin shared;
  const Skin& skin = model.skin;
  const auto add = [&](int a, int b, double w) {
    if (a != b) shared[{std::min(a, b), std::max(a, b)}] += w;
  };
  for (Eigen::Index v = 0; v < skin.joints.rows(); ++v)
    for (int a = 0; a < 4; ++a)
      for (int b = a + 1; b < 4; ++b)
        if (skin.weights(v, a) > 0 && skin.weights(v, b) > 0)
          add(skin.joints(v, a), skin.joints(v, b), skin.weights(v, a) * skin.weights(v, b));
  for (Eigen::Index f = 0; f < model.mesh.faces.rows(); ++f)
    for (int k = 0; k < 3; ++k)
      add(skin.joints(model.mesh.faces(f, k), 0), skin.joints(model.mesh.faces(f, (k + 1) % 3), 0), 0.25);
  return shared;
}

/// The weighted joints, and bare joints from which several parts of the body start (a spider's middle): those whose
/// parts touch each other where they start. On a root between the feet they touch at their ends.
std::vector<char> with_hubs(const RiggedModel& model, const Anatomy& body, const std::vector<int>& top,
                            const SharedSkin& shared) {
  const Skeleton& skeleton = model.skeleton;
  const Aabb box = bounds(model.mesh.verts);
  std::vector<char> solid = body.weighted;
  std::map<int, std::vector<int>> parts;
  for (int j = 0; j < skeleton.size(); ++j)
    if (top[j] == j && skeleton.joints[j].parent >= 0) parts[skeleton.joints[j].parent].push_back(j);
  for (const auto& [hub, islands] : parts) {
    if (islands.size() < 3 || body.position(hub).y() < box.min().y() + 0.1f * box.sizes().y()) continue;
    std::size_t at_start = 0;
    for (const int island : islands) {
      double best = 0;
      int touched = island;
      for (const auto& [pair, touch] : shared)
        for (const auto& [mine, other] : {pair, std::pair(pair.second, pair.first)})
          if (top[mine] == island && top[other] != island && touch > best) best = touch, touched = other;
      at_start += top[touched] == touched;
    }
    if (5 * at_start >= 3 * islands.size()) solid[hub] = 1;
  }
  return solid;
}

float distance_to_segment(const Vec3& p, const Vec3& a, const Vec3& b) {
  const Vec3 along = b - a;
  const float length2 = along.squaredNorm();
  const float s = length2 > 0 ? std::clamp((p - a).dot(along) / length2, 0.0f, 1.0f) : 0;
  return (p - a - s * along).norm();
}

}  // namespace

void attach_islands(const RiggedModel& model, const std::vector<JointName>& names, Anatomy& body) {
  const Skeleton& skeleton = model.skeleton;
  std::vector<int> top(skeleton.size(), -1);  // topmost weighted ancestor or itself
  std::map<int, double> area;
  const auto find_tops = [&](const std::vector<char>& solid) {
    for (int j = 0; j < skeleton.size(); ++j) {
      const int parent = skeleton.joints[j].parent;
      top[j] = parent >= 0 && top[parent] >= 0 ? top[parent] : (solid[j] ? j : -1);
    }
  };
  find_tops(body.weighted);
  const auto shared = shared_skin(model);
  body.body = with_hubs(model, body, top, shared);
  find_tops(body.body);
  for (Eigen::Index v = 0; v < model.skin.joints.rows(); ++v) area[top[model.skin.joints(v, 0)]] += 1;
  if (area.size() < 2) return;
  // The body is the island of most joints, one called so before others; the rest is hung on what is already placed.
  std::map<int, int> joints;
  for (int j = 0; j < skeleton.size(); ++j)
    if (top[j] >= 0 && body.weighted[j]) ++joints[top[j]];
  for (auto& [island, count] : joints)
    if (names[island].part == JointName::Part::kTrunk) count += kNamedTrunk;
  std::vector<int> islands;
  for (const auto& [island, count] : joints) islands.push_back(island);
  std::stable_sort(islands.begin(), islands.end(),
                   [&](int a, int b) { return joints[a] != joints[b] ? joints[a] > joints[b] : area[a] > area[b]; });
  std::vector<char> placed(skeleton.size(), 0);
  const auto place = [&](int island) {
    for (int j = 0; j < skeleton.size(); ++j) placed[j] |= top[j] == island;
  };
  place(islands.front());
  std::vector<int> waiting(islands.begin() + 1, islands.end());
  while (!waiting.empty()) {
    int best_island = waiting.front(), best_carrier = -1;
    double best = 0;
    for (const int island : waiting)
      for (const auto& [pair, touch] : shared)
        for (const auto& [mine, other] : {pair, std::pair(pair.second, pair.first)})
          if (top[mine] == island && placed[other] && touch > best &&
              (names[island].side == names[other].side || names[other].side == Side::kMiddle)) {
            best = touch;
            best_island = island;
            best_carrier = other;
          }
    if (best_carrier >= 0) {  // of those it touches well, the nearest: a foot hangs on the shin, not on the thigh
      float nearest = (body.position(best_carrier) - body.position(best_island)).norm();
      for (const auto& [pair, touch] : shared)
        for (const auto& [mine, other] : {pair, std::pair(pair.second, pair.first)})
          if (top[mine] == best_island && placed[other] && touch > kTouches * best &&
              names[other].side == names[best_carrier].side)
            if (const float d = (body.position(other) - body.position(best_island)).norm(); d < nearest)
              nearest = d, best_carrier = other;
    } else {  // touches nothing: the nearest joint
      float nearest = std::numeric_limits<float>::max();
      for (int j = 0; j < skeleton.size(); ++j)
        if (placed[j] && body.weighted[j])
          if (const float d = (body.position(j) - body.position(best_island)).norm(); d < nearest)
            nearest = d, best_carrier = j;
    }
    body.carrier[best_island] = best_carrier;
    place(best_island);
    std::erase(waiting, best_island);
  }
}

void attach_loose_feet(const Skeleton& skeleton, const std::vector<JointName>& names, Anatomy& body) {
  const int count = skeleton.size();
  std::vector<char> leaf(count, 1);
  Aabb box;
  for (int j = 0; j < count; ++j) {
    if (!body.weighted[j]) continue;
    box.extend(body.position(j));
    if (skeleton.joints[j].parent >= 0) leaf[skeleton.joints[j].parent] = 0;
  }
  if (box.isEmpty()) return;
  const float size = box.diagonal().norm();
  const auto hangs_on = [&](int joint, int above) {
    while (joint >= 0 && joint != above) joint = skeleton.joints[joint].parent;
    return joint >= 0;
  };
  for (int j = 0; j < count; ++j) {
    const int parent = skeleton.joints[j].parent;
    const Vec3 at = body.position(j);
    // What hangs on a joint of its side is no loose foot but a toe beside others.
    if (!body.weighted[j] || parent < 0 || names[j].side == Side::kMiddle || names[parent].side == names[j].side ||
        at.y() > box.min().y() + kLow * box.sizes().y())
      continue;
    float nearest = kAtEnd * size;
    int carrier = -1;
    for (int end = 0; end < count; ++end) {  // the last link of a leg that ends where this joint is
      const int top = skeleton.joints[end].parent;
      if (!leaf[end] || !body.weighted[end] || top < 0 || names[top].side != names[j].side || hangs_on(end, j) ||
          !hangs_on(end, parent) || top == parent)
        continue;
      if (const float d = distance_to_segment(at, body.position(top), body.position(end)); d < nearest)
        nearest = d, carrier = top;
    }
    if (carrier >= 0) body.carrier[j] = carrier;
  }
}

}  // namespace mp4d::anatomy
