#include "motion/filters.h"
#include <algorithm>
#include <cmath>
#include <numbers>

namespace mp4d {
namespace {

Vec3 log_map(Quat q) {
  if (q.w() < 0) q.coeffs() = -q.coeffs();
  const float sine = q.vec().norm();
  if (sine < 1e-8f) return 2 * q.vec();
  return 2 * std::atan2(sine, q.w()) / sine * q.vec();
}

Quat exp_map(const Vec3& w) {
  const float angle = w.norm();
  return angle < 1e-12f ? Quat::Identity() : Quat(Eigen::AngleAxisf(angle, w / angle));
}

// The logarithm of the same rotation that is nearest to `near`: follows spins beyond half a turn.
Vec3 unwrapped(const Vec3& w, const Vec3& near) {
  const float angle = w.norm(), expected = near.norm();
  if (angle < 1e-2f && expected < 1) return w;
  const Vec3 turn = 2 * std::numbers::pi_v<float> * (angle < 1e-2f ? Vec3(near / expected) : Vec3(w / angle));
  return w + std::round((near - w).dot(turn) / turn.squaredNorm()) * turn;
}

Vec3 angular_velocity(const Clip& clip, std::size_t t, std::size_t joint) {
  const Quat step = clip.poses[t + 1][joint].rotation * clip.poses[t][joint].rotation.conjugate();
  return log_map(step) / static_cast<float>(clip.times[t + 1] - clip.times[t]);
}

}  // namespace

Result<Clip> smooth_clip(const Clip& clip, double cutoff_hz) {
  if (!(cutoff_hz > 0)) return fail(ErrorCode::kUsage, "cut-off of {} Hz: must be above 0", cutoff_hz);
  const double sigma = std::sqrt(std::numbers::ln2) / (2 * std::numbers::pi * cutoff_hz);
  Clip out = clip;
  const int count = static_cast<int>(clip.poses.size());
  for (int t = 0; t < count; ++t) {
    int reach = 0;
    while (t - reach > 0 && t + reach + 1 < count &&
           std::min(clip.times[t] - clip.times[t - reach - 1], clip.times[t + reach + 1] - clip.times[t]) < 4 * sigma)
      ++reach;
    for (std::size_t j = 0; j < clip.poses[t].size(); ++j) {
      const Transform& centre = clip.poses[t][j];
      Vec3 turn = Vec3::Zero(), shift = Vec3::Zero(), scale = Vec3::Zero();
      float total = 1;
      for (int side : {-1, 1}) {
        Vec3 last = Vec3::Zero();
        for (int k = 1; k <= reach; ++k) {
          const int at = t + side * k;
          const double dt = (clip.times[at] - clip.times[t]) / sigma;
          const float weight = static_cast<float>(std::exp(-0.5 * dt * dt));
          const Transform& other = clip.poses[at][j];
          const Vec3 expected = k > 1 ? Vec3(last * (static_cast<float>(k) / static_cast<float>(k - 1))) : last;
          last = unwrapped(log_map(centre.rotation.conjugate() * other.rotation), expected);
          turn += weight * last;
          shift += weight * (other.translation - centre.translation);
          scale += weight * (other.scale - centre.scale);
          total += weight;
        }
      }
      Transform& result = out.poses[t][j];
      result.rotation = (centre.rotation * exp_map(turn / total)).normalized();
      result.translation = centre.translation + shift / total;
      result.scale = centre.scale + scale / total;
    }
  }
  return out;
}

double jitter(const Clip& clip) {
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t t = 1; t + 1 < clip.poses.size(); ++t)
    for (std::size_t j = 0; j < clip.poses[t].size(); ++j, ++count) {
      const float dt = static_cast<float>(clip.times[t + 1] - clip.times[t - 1]) / 2;
      sum += ((angular_velocity(clip, t, j) - angular_velocity(clip, t - 1, j)) / dt).squaredNorm();
    }
  return count > 0 ? std::sqrt(sum / static_cast<double>(count)) : 0.0;
}

}  // namespace mp4d
