#include "motion/retarget_root.h"
#include "motion/retarget_series.h"
#include <algorithm>
#include <cmath>

namespace mp4d::retargeting {
namespace {

/// The way without what swings about it: through the clip's ends, over a second and more smoothed.
std::vector<Vec3> travelled(const std::vector<Vec3>& pelvis, const std::vector<double>& times) {
  const std::size_t count = pelvis.size();
  std::vector<Vec3> way(count, Vec3::Zero());
  const double length = times.back() - times.front();
  if (!(length > 0)) return way;
  std::vector<float> x(count), z(count);
  const Vec3 whole = pelvis.back() - pelvis.front();
  for (std::size_t t = 0; t < count; ++t) {  // off the straight line
    const float s = static_cast<float>((times[t] - times.front()) / length);
    x[t] = pelvis[t].x() - pelvis.front().x() - s * whole.x();
    z[t] = pelvis[t].z() - pelvis.front().z() - s * whole.z();
  }
  if (length > 2) {
    x = smooth_series(x, times, 0.5);
    z = smooth_series(z, times, 0.5);
  } else {
    std::fill(x.begin(), x.end(), 0.0f);
    std::fill(z.begin(), z.end(), 0.0f);
  }
  for (std::size_t t = 0; t < count; ++t) {
    const float s = static_cast<float>((times[t] - times.front()) / length);
    way[t] = Vec3(s * whole.x() + x[t], 0, s * whole.z() + z[t]);
  }
  return way;
}

void lock_to_ground(std::vector<Vec3>& shift, const std::vector<FootTrack>& feet,
                    const std::vector<float>& rest_height) {
  const std::size_t count = shift.size();
  std::vector<Vec3> step(count, Vec3::Zero());
  std::vector<char> held(count, 0);
  std::vector<float> lift(count, 0);
  std::vector<char> known(count, 0);
  for (std::size_t t = 0; t < count; ++t) {
    Vec3 sum = Vec3::Zero();
    int down = 0;
    float lowest = 1e30f;
    for (std::size_t f = 0; f < feet.size(); ++f) {
      if (!feet[f].down[t]) continue;
      lowest = std::min(lowest, feet[f].sole[t].y() - rest_height[f]);
      if (t > 0 && feet[f].down[t - 1]) {
        sum += feet[f].sole[t] - feet[f].sole[t - 1];
        ++down;
      }
    }
    if (down > 0) step[t] = -Vec3(sum.x(), 0, sum.z()) / static_cast<float>(down), held[t] = 1;
    if (lowest < 1e30f) lift[t] = -lowest, known[t] = 1;
  }
  // In the air it goes on as before, and before the first contact as after it.
  const auto first = std::find(held.begin(), held.end(), 1);
  for (std::size_t t = 1; t < count && first != held.end(); ++t) {
    if (!held[t])
      step[t] = t > static_cast<std::size_t>(first - held.begin()) ? step[t - 1] : step[first - held.begin()];
    shift[t] = shift[t - 1] + step[t];
  }
  std::size_t last = count;
  for (std::size_t t = 0; t < count; ++t) {  // between contacts the height goes over evenly
    if (!known[t]) continue;
    for (std::size_t k = last == count ? 0 : last + 1; k < t; ++k)
      lift[k] = last == count
                    ? lift[t]
                    : lift[last] + (lift[t] - lift[last]) * static_cast<float>(k - last) / static_cast<float>(t - last);
    last = t;
  }
  if (last < count)
    for (std::size_t k = last + 1; k < count; ++k) lift[k] = lift[last];
  for (std::size_t t = 0; t < count; ++t) shift[t].y() = lift[t];
}

}  // namespace

std::vector<Vec3> root_shift(const std::string& mode, const std::vector<double>& times, const std::vector<Vec3>& pelvis,
                             const std::vector<FootTrack>& feet, const std::vector<float>& rest_height) {
  std::vector<Vec3> shift(times.size(), Vec3::Zero());
  if (times.size() < 2) return shift;
  if (mode == "in-place") {
    const std::vector<Vec3> way = travelled(pelvis, times);
    for (std::size_t t = 0; t < shift.size(); ++t) shift[t] = -way[t];
  } else if (mode == "ground-locked") {
    lock_to_ground(shift, feet, rest_height);
  }
  return shift;
}

}  // namespace mp4d::retargeting
