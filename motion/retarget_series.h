#pragma once
#include <vector>

namespace mp4d::retargeting {

/// Low-pass of `values`, one a time, with a Gaussian of `sigma` seconds, cut off at the ends.
std::vector<float> smooth_series(const std::vector<float>& values, const std::vector<double>& times, double sigma);

/// The least of the values within `window` seconds before and after, smoothed: what is taken away comes and goes
/// gently.
std::vector<float> lower_envelope(const std::vector<float>& values, const std::vector<double>& times, double window,
                                  double sigma);

/// The same with the greatest.
std::vector<float> upper_envelope(std::vector<float> values, const std::vector<double>& times, double window,
                                  double sigma);

}  // namespace mp4d::retargeting
