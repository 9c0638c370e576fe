#include "motion/retarget_series.h"
#include <algorithm>
#include <cmath>

namespace mp4d::retargeting {

std::vector<float> smooth_series(const std::vector<float>& values, const std::vector<double>& times, double sigma) {
  std::vector<float> out(values.size());
  for (std::size_t t = 0; t < values.size(); ++t) {
    double sum = 0, total = 0;
    const auto add = [&](std::size_t k) {
      const double d = (times[k] - times[t]) / sigma;
      if (std::abs(d) > 4) return false;
      const double w = std::exp(-0.5 * d * d);
      sum += w * values[k];
      total += w;
      return true;
    };
    for (std::size_t k = t; k < values.size() && add(k); ++k) {
    }
    for (std::size_t k = t; k-- > 0 && add(k);) {
    }
    out[t] = static_cast<float>(sum / total);
  }
  return out;
}

std::vector<float> lower_envelope(const std::vector<float>& values, const std::vector<double>& times, double window,
                                  double sigma) {
  std::vector<float> low = values;
  for (std::size_t t = 0; t < values.size(); ++t) {
    for (std::size_t s = t; s-- > 0 && times[t] - times[s] < window;) low[t] = std::min(low[t], values[s]);
    for (std::size_t s = t + 1; s < values.size() && times[s] - times[t] < window; ++s)
      low[t] = std::min(low[t], values[s]);
  }
  return smooth_series(low, times, sigma);
}

std::vector<float> upper_envelope(std::vector<float> values, const std::vector<double>& times, double window,
                                  double sigma) {
  for (float& value : values) value = -value;
  values = lower_envelope(values, times, window, sigma);
  for (float& value : values) value = -value;
  return values;
}

}  // namespace mp4d::retargeting
