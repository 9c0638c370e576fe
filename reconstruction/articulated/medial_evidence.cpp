#include "reconstruction/articulated/medial_evidence.h"
#include "core/rng.h"
#include "reconstruction/articulated/distance_field2d.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

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

}  // namespace

MedialEvidence gather_medial_evidence(const std::vector<Mask>& masks, const std::vector<FlowPair>& flow, unsigned seed,
                                      const std::vector<LimbLandmarks>& landmarks) {
  MedialEvidence evidence;
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
    PixelPool& pool = evidence.pools[t];
    if (!pool.usable) continue;
    evidence.usable.push_back(t);
    for (std::size_t i = 0; !landmarks.empty() && i < kLimbLandmarks.size(); ++i) {
      if (landmarks[t].trust[i] <= 0) continue;
      const Vec2 centre(0.5f * masks[t].width, 0.5f * masks[t].height), at = (landmarks[t].pixel[i] - centre) / evidence.unit_px;
      pool.landmarks.push_back({static_cast<int>(i), at.x(), at.y(), landmarks[t].trust[i]});
    }
  }
  return evidence;
}

std::vector<int> key_frames(const MedialEvidence& evidence, int count) {
  const std::vector<int>& usable = evidence.usable;
  const int n = static_cast<int>(usable.size());
  if (n <= count) return usable;
  std::vector<double> motion(n, 0.0);  // from a usable frame to the next
  double total = 0;
  for (int i = 0; i + 1 < n; ++i) {
    const PixelPool& pool = evidence.pools[usable[i]];
    for (std::size_t k = 0; k < pool.flow_u.size(); ++k) motion[i] += std::hypot(pool.flow_u[k], pool.flow_v[k]) / pool.flow_u.size();
    total += motion[i];
  }
  std::vector<int> keys;
  double passed = 0;  // of 1
  for (int i = 0; i < n; ++i) {
    const int wanted = static_cast<int>(keys.size()), left = count - wanted;
    // The last before its share is passed, and never so late that too few frames remain for the others.
    const double time = double(usable[i + 1 < n ? i + 1 : i] - usable[i]) / (usable.back() - usable.front());
    const double step = total > 0 ? 0.5 * time + 0.5 * motion[i] / total : time;
    if (wanted < count && (passed + step > double(wanted) / (count - 1) + 1e-9 || n - i <= left)) keys.push_back(usable[i]);
    passed += step;
  }
  return keys;
}

}  // namespace mp4d
