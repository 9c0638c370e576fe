#include "io/internal/mask_steps.h"
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mp4d::internal {
namespace {

constexpr float kNoiseL = 5, kNoiseAb = 2.5f;         // 8-bit CIELAB: camera noise and compression
constexpr float kShadow = 0.6f, kDeepShadow = 0.45f;  // share of the lit CIELAB lightness: surely one, surely not
constexpr float kShadowTolerance = 0.15f;             // share of a shadow's darkening that counts

/// Lightness differences that a shadow explains hardly count.
float lightness_difference(float value, float expected) {
  const float difference = value - expected;
  if (difference >= 0) return difference;
  const float object = std::clamp((kShadow - value / expected) / (kShadow - kDeepShadow), 0.0f, 1.0f);
  return difference * (kShadowTolerance + (1 - kShadowTolerance) * object);
}

float outside(float value, float low, float high) {
  return value < low ? value - low : value > high ? value - high : 0;
}

/// Frames to look at for the plate of t: evenly over the clip for a static camera, else those whose view still
/// overlaps.
std::vector<std::size_t> plate_samples(const WorkClip& clip, std::size_t t, int max_samples) {
  std::vector<std::size_t> candidates;
  const cv::Size size = clip.size();
  for (std::size_t s = 0; s < clip.frames(); ++s) {
    if (!clip.camera.is_static) {
      const cv::Matx33d h = clip.camera.first_from_frame[t].inv() * clip.camera.first_from_frame[s];
      const cv::Vec3d centre = h * cv::Vec3d(size.width / 2.0, size.height / 2.0, 1);
      if (centre[2] <= 0 || std::hypot(centre[0] / centre[2] - size.width / 2.0,
                                       centre[1] / centre[2] - size.height / 2.0) > 0.5 * size.width)
        continue;
    }
    candidates.push_back(s);
  }
  const std::size_t count = std::min(candidates.size(), static_cast<std::size_t>(max_samples));
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(candidates[(2 * i + 1) * candidates.size() / (2 * count)]);
  return chosen;
}

}  // namespace

Plate background_plate(const WorkClip& clip, const std::vector<cv::Mat>& subject, std::size_t t, int max_samples) {
  const cv::Size size = clip.size();
  std::vector<cv::Mat> colours, valid;
  for (const std::size_t s : plate_samples(clip, t, max_samples)) {
    cv::Mat colour = clip.lab[s], usable(size, CV_8U, cv::Scalar(255));
    if (!subject.empty()) {
      cv::dilate(subject[s], usable, cv::getStructuringElement(cv::MORPH_ELLIPSE, {7, 7}));
      usable = usable == 0;
    }
    if (!clip.camera.is_static && s != t) {
      const cv::Matx33d h = clip.camera.first_from_frame[t].inv() * clip.camera.first_from_frame[s];
      colour = cv::Mat();  // not into the clip's own pixels
      cv::warpPerspective(clip.lab[s], colour, h, size, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
      cv::Mat warped;
      cv::warpPerspective(usable, warped, h, size, cv::INTER_NEAREST, cv::BORDER_CONSTANT, 0);
      usable = warped;
    }
    colours.push_back(colour);
    valid.push_back(usable);
  }
  cv::Mat median(size, CV_8UC3, cv::Scalar::all(0));
  Plate plate{median, {}, {}, cv::Mat(size, CV_32F, cv::Scalar(0)), cv::Mat(size, CV_32F, cv::Scalar(0))};
  std::vector<std::uint8_t> values;
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) {
      float spread = 0;
      for (int c = 0; c < 3; ++c) {
        values.clear();
        for (std::size_t s = 0; s < colours.size(); ++s)
          if (valid[s].at<std::uint8_t>(y, x)) values.push_back(colours[s].at<cv::Vec3b>(y, x)[c]);
        if (values.empty()) break;
        const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
        std::nth_element(values.begin(), middle, values.end());
        const int m = *middle;
        median.at<cv::Vec3b>(y, x)[c] = static_cast<std::uint8_t>(m);
        for (std::uint8_t& value : values) value = static_cast<std::uint8_t>(std::abs(value - m));
        std::nth_element(values.begin(), middle, values.end());
        spread += static_cast<float>(*middle) / 3;
      }
      plate.spread.at<float>(y, x) = spread;
      plate.coverage.at<float>(y, x) = static_cast<float>(values.size());
    }
  // Unseen pixels must not widen the range of their neighbours.
  cv::Mat seen = plate.coverage > 0, low = median.clone(), high = median.clone();
  low.setTo(cv::Scalar::all(255), seen == 0);
  high.setTo(cv::Scalar::all(0), seen == 0);
  cv::erode(low, plate.low, {});
  cv::dilate(high, plate.high, {});
  return plate;
}

cv::Mat plate_odds(const cv::Mat& lab, const Plate& plate) {
  cv::Mat odds(lab.size(), CV_32F);
  for (int y = 0; y < lab.rows; ++y)
    for (int x = 0; x < lab.cols; ++x) {
      if (plate.coverage.at<float>(y, x) == 0) {
        odds.at<float>(y, x) = 0;
        continue;
      }
      const auto& colour = lab.at<cv::Vec3b>(y, x);
      const auto &low = plate.low.at<cv::Vec3b>(y, x), &high = plate.high.at<cv::Vec3b>(y, x);
      const float noise = 1.5f * plate.spread.at<float>(y, x);
      const float l =
          (colour[0] < low[0] ? lightness_difference(colour[0], low[0]) : outside(colour[0], low[0], high[0])) /
          (kNoiseL + noise);
      float distance = l * l;
      for (int c = 1; c < 3; ++c) {
        const float d = outside(colour[c], low[c], high[c]) / (kNoiseAb + 0.5f * noise);
        distance += d * d;
      }
      odds.at<float>(y, x) = std::clamp(0.5f * distance - 3.0f, -3.0f, 4.0f);
    }
  return odds;
}

cv::Mat mostly_still(const WorkClip& clip, const Plate& plate, const cv::Mat& passed,
                     const std::vector<cv::Mat>& motion) {
  constexpr double kStill = 0.12, kStillTexture = 0.5;  // px
  constexpr double kTexture = 4;                        // lightness a pixel
  const cv::Size window(5, 5);
  cv::Mat lightness, dx, dy, gradient;
  cv::extractChannel(plate.median, lightness, 0);
  cv::Sobel(lightness, dx, CV_32F, 1, 0, 3, 1.0 / 8);
  cv::Sobel(lightness, dy, CV_32F, 0, 1, 3, 1.0 / 8);
  cv::magnitude(dx, dy, gradient);
  cv::boxFilter(gradient, gradient, -1, window);
  cv::Mat most_change = cv::Mat::zeros(clip.size(), CV_32F);
  for (std::size_t t = 0; t < clip.frames(); ++t) {
    cv::Mat now, change;
    cv::extractChannel(clip.lab[t], now, 0);
    cv::absdiff(now, lightness, change);
    cv::boxFilter(change, change, CV_32F, window);
    cv::max(most_change, change, most_change);
  }
  // Flow bleeds from what passes by into its surroundings, but not most of the time.
  cv::Mat usual_motion(clip.size(), CV_32F);
  std::vector<float> values(clip.frames());
  const auto upper = values.begin() + static_cast<std::ptrdiff_t>(values.size() * 3 / 4);
  for (int y = 0; y < usual_motion.rows; ++y)
    for (int x = 0; x < usual_motion.cols; ++x) {
      for (std::size_t t = 0; t < values.size(); ++t) values[t] = motion[t].at<float>(y, x);
      std::nth_element(values.begin(), upper, values.end());
      usual_motion.at<float>(y, x) = *upper;
    }
  const cv::Mat in_place = (gradient > kTexture) & (most_change < kStillTexture * gradient) & ~passed;
  return (usual_motion < kStill) | in_place;
}

cv::Mat surroundings_odds(const cv::Mat& lab, const cv::Mat& subject) {
  const cv::Size small(std::max(8, lab.cols / 4), std::max(8, lab.rows / 4));
  cv::Mat colour, weight, hidden;
  cv::dilate(subject, hidden, cv::getStructuringElement(cv::MORPH_ELLIPSE, {9, 9}));
  cv::Mat visible = hidden == 0;
  visible.convertTo(weight, CV_32F, 1.0 / 255);
  lab.convertTo(colour, CV_32F);
  std::vector<cv::Mat> channels;
  cv::split(colour, channels);
  // Weighted sums of 1, c and c^2, small, then gathered over neighbourhoods that grow where nothing is near.
  std::vector<cv::Mat> sums;
  for (int i = 0; i < 7; ++i) {
    cv::Mat sum = weight.clone();
    if (i > 0) sum = sum.mul(channels[(i - 1) % 3]);
    if (i > 3) sum = sum.mul(channels[(i - 1) % 3]);
    cv::Mat reduced;
    cv::resize(sum, reduced, small, 0, 0, cv::INTER_AREA);
    cv::Mat total = cv::Mat::zeros(small, CV_32F);
    double share = 1;
    for (const double reach : {0.03, 0.08, 0.2}) {
      cv::Mat gathered;
      cv::GaussianBlur(reduced, gathered, {}, 2.5 * reach * small.width, reach * small.height, cv::BORDER_REPLICATE);
      total += share * gathered;
      share *= 0.03;
    }
    sums.push_back(total);
  }
  std::vector<cv::Mat> means, variances;
  for (int c = 0; c < 3; ++c) {
    cv::Mat mean = sums[static_cast<std::size_t>(1 + c)] / (sums[0] + 1e-9), full;
    cv::Mat variance = sums[static_cast<std::size_t>(4 + c)] / (sums[0] + 1e-9) - mean.mul(mean);
    cv::resize(mean, full, lab.size(), 0, 0, cv::INTER_LINEAR);
    means.push_back(full.clone());
    cv::resize(variance, full, lab.size(), 0, 0, cv::INTER_LINEAR);
    variances.push_back(full.clone());
  }
  constexpr float kUniform = 11.0f;  // -log density of a subject of any colour
  cv::Mat odds(lab.size(), CV_32F);
  for (int y = 0; y < lab.rows; ++y)
    for (int x = 0; x < lab.cols; ++x) {
      float background = 2.76f;  // 1.5 log(2 pi)
      for (int c = 0; c < 3; ++c) {
        const float expected = means[c].at<float>(y, x), value = lab.at<cv::Vec3b>(y, x)[c];
        const float noise = c == 0 ? kNoiseL : kNoiseAb;
        const float variance = std::max(0.0f, variances[c].at<float>(y, x)) + noise * noise;
        const float d = c == 0 ? lightness_difference(value, expected) : value - expected;
        background += 0.5f * (d * d / variance + std::log(variance));
      }
      odds.at<float>(y, x) = std::clamp(background - kUniform, -3.0f, 4.0f);
    }
  return odds;
}

cv::Mat barrier_saliency(const cv::Mat& lab) {
  cv::Mat smooth, out(lab.size(), CV_32F, cv::Scalar(0));
  cv::GaussianBlur(lab, smooth, {}, 1.0);
  const int w = lab.cols, h = lab.rows;
  for (int channel = 0; channel < 3; ++channel) {
    cv::Mat value, distance(lab.size(), CV_32F, cv::Scalar(1e6));
    cv::extractChannel(smooth, value, channel);
    cv::Mat low = value.clone(), high = value.clone();
    distance.row(0).setTo(0);
    distance.row(h - 1).setTo(0);
    distance.col(0).setTo(0);
    distance.col(w - 1).setTo(0);
    const auto relax = [&](int y, int x, int from_y, int from_x) {
      const std::uint8_t v = value.at<std::uint8_t>(y, x);
      const std::uint8_t l = std::min(low.at<std::uint8_t>(from_y, from_x), v);
      const std::uint8_t u = std::max(high.at<std::uint8_t>(from_y, from_x), v);
      const float cost = static_cast<float>(u - l);
      if (cost >= distance.at<float>(y, x)) return;
      distance.at<float>(y, x) = cost;
      low.at<std::uint8_t>(y, x) = l;
      high.at<std::uint8_t>(y, x) = u;
    };
    for (int pass = 0; pass < 4; ++pass) {
      const bool forward = pass % 2 == 0;
      const int s = forward ? -1 : 1;
      for (int j = 1; j + 1 < h; ++j)
        for (int i = 1; i + 1 < w; ++i) {
          const int y = forward ? j : h - 1 - j, x = forward ? i : w - 1 - i;
          relax(y, x, y + s, x);
          relax(y, x, y, x + s);
        }
    }
    // A shadow is a barrier in lightness alone, so lightness counts less.
    out += distance * (channel == 0 ? 0.4 : 1.5);
  }
  double highest = 0;
  cv::minMaxLoc(out, nullptr, &highest);
  if (highest > 0) out /= highest;
  return out;
}

cv::Mat refine_to(const cv::Mat& full_rgb, const cv::Mat& subject) {
  constexpr int kRadius = 4;
  constexpr float kSmoothness = 1e-3f;  // variance of colours in 0..1 below which the edge is not sharpened
  const cv::Size window(2 * kRadius + 1, 2 * kRadius + 1);
  cv::Mat small, guide, target;
  cv::resize(full_rgb, small, subject.size(), 0, 0, cv::INTER_AREA);
  small.convertTo(guide, CV_32FC3, 1.0 / 255);
  subject.convertTo(target, CV_32F, 1.0 / 255);
  std::array<cv::Mat, 3> channel, mean, covariance_with_target;
  cv::split(guide, channel.data());
  const auto box = [&](const cv::Mat& m) {
    cv::Mat out;
    cv::boxFilter(m, out, CV_32F, window);
    return out;
  };
  const cv::Mat mean_target = box(target);
  for (int c = 0; c < 3; ++c) {
    mean[c] = box(channel[c]);
    covariance_with_target[c] = box(channel[c].mul(target)) - mean[c].mul(mean_target);
  }
  std::array<std::array<cv::Mat, 3>, 3> covariance;
  for (int i = 0; i < 3; ++i)
    for (int j = i; j < 3; ++j)
      covariance[i][j] = covariance[j][i] = box(channel[i].mul(channel[j])) - mean[i].mul(mean[j]);
  cv::Mat slope(subject.size(), CV_32FC3), offset(subject.size(), CV_32F);
  for (int y = 0; y < subject.rows; ++y)
    for (int x = 0; x < subject.cols; ++x) {
      cv::Matx33f sigma;
      cv::Vec3f cross;
      for (int i = 0; i < 3; ++i) {
        cross[i] = covariance_with_target[i].at<float>(y, x);
        for (int j = 0; j < 3; ++j) sigma(i, j) = covariance[i][j].at<float>(y, x) + (i == j ? kSmoothness : 0);
      }
      const cv::Vec3f a = sigma.inv(cv::DECOMP_CHOLESKY) * cross;
      slope.at<cv::Vec3f>(y, x) = a;
      float b = mean_target.at<float>(y, x);
      for (int i = 0; i < 3; ++i) b -= a[i] * mean[i].at<float>(y, x);
      offset.at<float>(y, x) = b;
    }
  cv::boxFilter(slope, slope, -1, window);
  cv::boxFilter(offset, offset, -1, window);
  cv::Mat full_slope, full_offset, out(full_rgb.size(), CV_8U);
  cv::resize(slope, full_slope, full_rgb.size(), 0, 0, cv::INTER_LINEAR);
  cv::resize(offset, full_offset, full_rgb.size(), 0, 0, cv::INTER_LINEAR);
  for (int y = 0; y < out.rows; ++y)
    for (int x = 0; x < out.cols; ++x) {
      const auto& colour = full_rgb.at<cv::Vec3b>(y, x);
      const auto& a = full_slope.at<cv::Vec3f>(y, x);
      float value = full_offset.at<float>(y, x);
      for (int i = 0; i < 3; ++i) value += a[i] * static_cast<float>(colour[i]) / 255;
      out.at<std::uint8_t>(y, x) = value > 0.5f ? 255 : 0;
    }
  return out;
}

cv::Mat carried_from_neighbours(const WorkClip& clip, const std::vector<cv::Mat>& subject, std::size_t t) {
  const cv::Size size = clip.size();
  cv::Mat sum(size, CV_32F, cv::Scalar(0)), count(size, CV_32F, cv::Scalar(0));
  const auto add = [&](const cv::Mat& other, const ImageF& flow, const Mask& valid) {
    for (int y = 0; y < size.height; ++y)
      for (int x = 0; x < size.width; ++x) {
        if (!valid.at(x, y)) continue;
        const int sx = std::clamp(static_cast<int>(std::lround(x + flow.at(x, y, 0))), 0, size.width - 1);
        const int sy = std::clamp(static_cast<int>(std::lround(y + flow.at(x, y, 1))), 0, size.height - 1);
        sum.at<float>(y, x) += static_cast<float>(other.at<std::uint8_t>(sy, sx)) / 255;
        count.at<float>(y, x) += 1;
      }
  };
  if (t > 0) add(subject[t - 1], clip.flow[t - 1].backward, clip.flow[t - 1].backward_valid);
  if (t + 1 < clip.frames()) add(subject[t + 1], clip.flow[t].forward, clip.flow[t].forward_valid);
  return (sum + 0.5) / (count + 1);
}

}  // namespace mp4d::internal
