// Shadows that a subject casts on the ground: as dark as a subject, and connected with it.
#include "io/internal/mask_steps.h"
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mp4d::internal {
namespace {

constexpr float kDeepest = 0.12f, kFaintest = 0.85f;  // share of the light that a shadow leaves
constexpr float kTint = 0.2f, kLearntTint = 0.12f;    // log ratio: how unlike the channels are darkened, before and after a look
constexpr float kDarker = 0.2f;                       // log ratio: how much darker than seen elsewhere
constexpr float kBlack = 0.004f;                      // linear light below which a hue means nothing
constexpr double kReach = 0.06;                       // of the picture's longer side, first neighbourhood
constexpr double kEnough = 0.03;                      // of the subject's pixels: shadow seen beside it that tells a look
constexpr std::size_t kFramesLearntFrom = 16;

/// What a shadow does to light: log ratios of the three channels to their mean, and the least mean.
struct ShadowLook {
  cv::Vec3f tint{0, 0, 0};
  float deepest = std::log(kDeepest), tolerance = kTint;
};

/// Linear RGB, CV_32FC3, of what surrounds each pixel: mean over the `known` pixels (CV_8U) of growing neighbourhoods.
cv::Mat surrounding_light(const cv::Mat& light, const cv::Mat& known) {
  cv::Mat out = cv::Mat::zeros(light.size(), CV_32FC3), filled = cv::Mat::zeros(light.size(), CV_8U), weight, masked;
  known.convertTo(weight, CV_32F, 1.0 / 255);
  light.copyTo(masked, known);
  const int longer = std::max(light.cols, light.rows);
  for (double reach = kReach; reach < 1; reach *= 2) {
    const int side = 2 * static_cast<int>(reach * longer) + 1;
    cv::Mat sum, share;
    cv::boxFilter(masked, sum, CV_32F, {side, side}, {-1, -1}, true, cv::BORDER_CONSTANT);
    cv::boxFilter(weight, share, CV_32F, {side, side}, {-1, -1}, true, cv::BORDER_CONSTANT);
    for (int y = 0; y < out.rows; ++y)
      for (int x = 0; x < out.cols; ++x)
        if (!filled.at<std::uint8_t>(y, x) && share.at<float>(y, x) > 0.05f) {
          out.at<cv::Vec3f>(y, x) = sum.at<cv::Vec3f>(y, x) / share.at<float>(y, x);
          filled.at<std::uint8_t>(y, x) = 255;
        }
  }
  return out;
}

struct Darkening {
  float mean;      ///< log of the share of the light that is left
  cv::Vec3f tint;  ///< that of each channel, less the mean
};

Darkening darkening(const cv::Vec3f& here, const cv::Vec3f& around) {
  cv::Vec3f ratio;
  for (int c = 0; c < 3; ++c) ratio[c] = std::log((here[c] + kBlack) / (around[c] + kBlack));
  const float mean = (ratio[0] + ratio[1] + ratio[2]) / 3;
  return {mean, ratio - cv::Vec3f::all(mean)};
}

bool is_shadow(const Darkening& dark, const ShadowLook& look) {
  return dark.mean < std::log(kFaintest) && dark.mean > look.deepest && cv::norm(dark.tint - look.tint, cv::NORM_INF) < look.tolerance;
}

/// A frame's light and what the ground sends where nothing is in its way.
struct Ground {
  cv::Mat light, lit;  ///< CV_32FC3, linear RGB
  cv::Mat beside;      ///< CV_8U: ground that is seen, below the subject's middle
  cv::Mat below;       ///< CV_8U: the subject below its middle
};

cv::Mat linear_light(const cv::Mat& lab) {
  cv::Mat real;
  lab.convertTo(real, CV_32F);
  for (int y = 0; y < real.rows; ++y)
    for (int x = 0; x < real.cols; ++x) {
      auto& p = real.at<cv::Vec3f>(y, x);
      p = {p[0] * (100.0f / 255), p[1] - 128, p[2] - 128};
    }
  cv::cvtColor(real, real, cv::COLOR_Lab2LRGB);
  return real;
}

template <class Visit>
void visit_dark(const Ground& ground, const cv::Mat& where, Visit visit) {
  for (int y = 0; y < where.rows; ++y)
    for (int x = 0; x < where.cols; ++x)
      if (where.at<std::uint8_t>(y, x)) visit(y, x, darkening(ground.light.at<cv::Vec3f>(y, x), ground.lit.at<cv::Vec3f>(y, x)));
}

Ground ground_of(const cv::Mat& lab, const cv::Mat& subject) {
  Ground ground{linear_light(lab), {}, {}, subject.clone()};
  const cv::Rect box = cv::boundingRect(subject);
  const int middle = box.y + box.height / 2;
  ground.below.rowRange(0, middle).setTo(0);
  cv::Mat near;
  cv::dilate(subject, near, cv::getStructuringElement(cv::MORPH_ELLIPSE, {5, 5}));
  ground.beside = near == 0;
  ground.beside.rowRange(0, middle).setTo(0);
  ground.lit = surrounding_light(ground.light, ground.beside);
  cv::Mat known = ground.beside.clone();  // without the shadow that is beside the subject
  visit_dark(ground, ground.beside, [&](int y, int x, const Darkening& dark) {
    if (is_shadow(dark, {})) known.at<std::uint8_t>(y, x) = 0;
  });
  ground.lit = surrounding_light(ground.light, known);
  return ground;
}

float percentile(std::vector<float>& values, double share) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

/// From shadow that lies beside the subject, within half its size.
ShadowLook learn_look(const std::vector<cv::Mat>& lab, const std::vector<cv::Mat>& subject) {
  std::vector<float> mean, tint[3];
  double area = 0;
  const std::size_t step = (lab.size() + kFramesLearntFrom - 1) / kFramesLearntFrom;
  for (std::size_t t = 0; t < lab.size(); t += step) {
    const cv::Rect box = cv::boundingRect(subject[t]);
    if (box.empty()) continue;
    area += cv::countNonZero(subject[t]);
    const Ground ground = ground_of(lab[t], subject[t]);
    cv::Mat near = cv::Mat::zeros(subject[t].size(), CV_8U);
    const cv::Point margin(box.width / 2, box.height / 2);
    near(cv::Rect(box.tl() - margin, box.br() + margin) & cv::Rect({0, 0}, near.size())).setTo(255);
    near &= ground.beside;
    visit_dark(ground, near, [&](int, int, const Darkening& dark) {
      if (!is_shadow(dark, {})) return;
      mean.push_back(dark.mean);
      for (int c = 0; c < 3; ++c) tint[c].push_back(dark.tint[c]);
    });
  }
  ShadowLook look;
  if (static_cast<double>(mean.size()) < std::max(1.0, kEnough * area)) return look;
  for (int c = 0; c < 3; ++c) look.tint[c] = percentile(tint[c], 0.5);
  look.tolerance = kLearntTint;
  look.deepest = std::max(look.deepest, percentile(mean, 0.1) - kDarker);
  return look;
}

}  // namespace

std::vector<cv::Mat> cast_shadows(const std::vector<cv::Mat>& lab, const std::vector<cv::Mat>& subject) {
  const int frames = static_cast<int>(lab.size());
  const ShadowLook look = learn_look(lab, subject);
  std::vector<cv::Mat> shadows(lab.size());
#pragma omp parallel for schedule(dynamic)
  for (int i = 0; i < frames; ++i) {
    const auto t = static_cast<std::size_t>(i);
    const Ground ground = ground_of(lab[t], subject[t]);
    shadows[t] = cv::Mat::zeros(lab[t].size(), CV_8U);
    visit_dark(ground, ground.below, [&](int y, int x, const Darkening& dark) {
      if (is_shadow(dark, look)) shadows[t].at<std::uint8_t>(y, x) = 255;
    });
    cv::morphologyEx(shadows[t], shadows[t], cv::MORPH_OPEN, cv::getStructuringElement(cv::MORPH_ELLIPSE, {3, 3}));
  }
  return shadows;
}

}  // namespace mp4d::internal
