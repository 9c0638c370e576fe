#include "motion/contacts.h"
#include <algorithm>
#include <cmath>

namespace mp4d {

double contact_level(const std::vector<FootTrack>& feet, double expected) {
  std::vector<float> lowest;
  for (const FootTrack& foot : feet)
    for (std::size_t t = 0; t < foot.sole.size(); ++t) {
      if (t >= lowest.size())
        lowest.push_back(foot.sole[t].y());
      else
        lowest[t] = std::min(lowest[t], foot.sole[t].y());
    }
  if (lowest.empty()) return 0;
  std::sort(lowest.begin(), lowest.end());
  const double low = lowest[lowest.size() / 20], high = lowest[3 * lowest.size() / 5];
  return std::clamp(expected, low, high);
}

void find_contacts(FootTrack& foot, const std::vector<double>& times, double level, double leg_length,
                   const ContactOptions& options) {
  const std::size_t count = foot.sole.size();
  foot.down.assign(count, 0);
  foot.at_rest.assign(count, 0);
  bool down = false, rest = false;
  for (std::size_t t = 0; t < count; ++t) {
    const double height = (foot.sole[t].y() - level) / leg_length;
    down = height < (down ? options.off_height : options.on_height);
    const std::size_t a = t > 0 ? t - 1 : t, b = t + 1 < count ? t + 1 : t;
    const double dt = times[b] - times[a];
    const double speed = dt > 0 ? (foot.sole[b] - foot.sole[a]).norm() / dt / leg_length : 0;
    rest = down && speed < (rest ? options.off_speed : options.on_speed);
    foot.down[t] = down;
    foot.at_rest[t] = rest;
  }
  for (std::size_t t = 0; t < count; ++t)
    if (foot.at_rest[t] && (t == 0 || !foot.at_rest[t - 1]) && (t + 1 == count || !foot.at_rest[t + 1]))
      foot.at_rest[t] = 0;
}

double hold_resting(std::vector<Vec3>& sole, const std::vector<char>& at_rest, const std::vector<double>& times,
                    double blend) {
  const std::size_t count = sole.size();
  std::vector<Vec3> correction(count, Vec3::Zero());
  std::vector<double> weight(count, 0);
  double largest = 0;
  for (std::size_t a = 0; a < count;) {
    if (!at_rest[a]) {
      ++a;
      continue;
    }
    std::size_t b = a;
    while (b + 1 < count && at_rest[b + 1]) ++b;
    Vec3 mean = Vec3::Zero();
    for (std::size_t t = a; t <= b; ++t) mean += sole[t];
    mean /= static_cast<float>(b - a + 1);
    for (std::size_t t = a; t <= b; ++t) {
      correction[t] = mean - sole[t];
      weight[t] = 1;
      largest = std::max<double>(largest, correction[t].norm());
    }
    const auto fade = [&](std::size_t t, std::size_t edge) {
      const double x = 1 - std::abs(times[t] - times[edge]) / blend;
      if (x <= 0 || at_rest[t]) return false;
      const double w = x * x * (3 - 2 * x);
      correction[t] += static_cast<float>(w) * (mean - sole[edge]);
      weight[t] += w;
      return true;
    };
    for (std::size_t t = a; t-- > 0 && fade(t, a);) {
    }
    for (std::size_t t = b + 1; t < count && fade(t, b); ++t) {
    }
    a = b + 1;
  }
  for (std::size_t t = 0; t < count; ++t)
    if (weight[t] > 0) sole[t] += correction[t] / static_cast<float>(std::max(1.0, weight[t]));
  return largest;
}

}  // namespace mp4d
