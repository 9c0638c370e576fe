#include "io/internal/mask_steps.h"
#include "io/masks.h"
#include <algorithm>
#include <cmath>
#include <limits>
#include <opencv2/imgproc.hpp>
#include <queue>

namespace mp4d {
namespace {

using namespace internal;

constexpr int kWorkSize = 384;
constexpr double kSmoothness = 2.5;  // log odds, as in compute_masks
constexpr int kRounds = 3;
constexpr float kStepCost = 0.5f;    // of a pixel without contrast, 8-bit CIELAB
constexpr float kRimHandicap = 40;   // the rim is background, less surely than a point that was given
constexpr float kClickReach = 60;    // costs within which a point overrules a mask that was there
constexpr double kPlaceOdds = 3, kBeforeOdds = 1.5, kClickOdds = 6, kSeedOdds = 20;
constexpr int kSeedRadius = 2;       // px at work size
constexpr double kReach = 0.25;      // of the picture: background colours are learnt up to so far from the subject

struct Seed {
  cv::Point at;
  float cost = 0;
};

/// Least sum of contrasts along a way from a seed to each pixel.
cv::Mat ways_from(const cv::Mat& lab, const std::vector<Seed>& seeds) {
  cv::Mat cost(lab.size(), CV_32F, cv::Scalar(std::numeric_limits<float>::max()));
  using Entry = std::pair<float, int>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
  const auto reach = [&](int x, int y, float value) {
    if (value >= cost.at<float>(y, x)) return;
    cost.at<float>(y, x) = value;
    open.emplace(value, y * lab.cols + x);
  };
  for (const Seed& seed : seeds) reach(seed.at.x, seed.at.y, seed.cost);
  while (!open.empty()) {
    const auto [value, index] = open.top();
    open.pop();
    const int x = index % lab.cols, y = index / lab.cols;
    if (value > cost.at<float>(y, x)) continue;
    for (const auto& [dx, dy] : {std::pair{1, 0}, {-1, 0}, {0, 1}, {0, -1}}) {
      const int u = x + dx, v = y + dy;
      if (u < 0 || v < 0 || u >= lab.cols || v >= lab.rows) continue;
      const cv::Vec3i difference = cv::Vec3i(lab.at<cv::Vec3b>(y, x)) - cv::Vec3i(lab.at<cv::Vec3b>(v, u));
      reach(u, v, value + kStepCost + static_cast<float>(cv::norm(difference)));
    }
  }
  return cost;
}

std::vector<Seed> rim(const cv::Size& size) {
  std::vector<Seed> seeds;
  for (int x = 0; x < size.width; ++x)
    for (const int y : {0, size.height - 1}) seeds.push_back({{x, y}, kRimHandicap});
  for (int y = 0; y < size.height; ++y)
    for (const int x : {0, size.width - 1}) seeds.push_back({{x, y}, kRimHandicap});
  return seeds;
}

/// Log odds by the ways from the points, and by the mask that was there.
cv::Mat place_odds(const cv::Mat& lab, const std::vector<Seed>& subject, std::vector<Seed> background, const cv::Mat& before) {
  if (before.empty())
    for (const Seed& seed : rim(lab.size())) background.push_back(seed);
  const cv::Mat near = ways_from(lab, subject), far = ways_from(lab, background);
  cv::Mat odds(lab.size(), CV_32F);
  for (int y = 0; y < lab.rows; ++y)
    for (int x = 0; x < lab.cols; ++x) {
      const double a = near.at<float>(y, x), b = far.at<float>(y, x);
      odds.at<float>(y, x) = static_cast<float>(
          before.empty() ? kPlaceOdds * (b - a) / (b + a + 1)
                         : (before.at<std::uint8_t>(y, x) ? kBeforeOdds : -kBeforeOdds) +
                               kClickOdds * (std::exp(-a / kClickReach) - std::exp(-b / kClickReach)));
    }
  return odds;
}

ColourModels learn(const cv::Mat& lab, const cv::Mat& subject) {
  ColourModels models;
  cv::Mat inside, distance, weight;
  subject.convertTo(inside, CV_32F, 1.0 / 255);
  models.subject.add(lab, inside);
  cv::distanceTransform(255 - subject, distance, cv::DIST_L2, cv::DIST_MASK_3);
  cv::exp(-distance / (kReach * std::max(lab.cols, lab.rows)), weight);
  weight.setTo(0, subject);
  models.background.add(lab, weight);
  models.subject.finish();
  models.background.finish();
  return models;
}

}  // namespace

Result<Mask> mask_from_points(const Image& picture, const std::vector<MaskPoint>& points, const Mask& before) {
  if (picture.empty() || picture.channels < 3)
    return fail(ErrorCode::kInput, "a mask can only be computed from a colour picture; give a mask");
  if (!before.empty() && (before.width != picture.width || before.height != picture.height))
    return fail(ErrorCode::kInput, "the mask is {}x{}, the picture {}x{}; give one of the picture's size", before.width, before.height, picture.width, picture.height);
  const SingleThreadedOpenCv scope;
  MP4D_TRY(clip, make_work_clip({{picture}, {0}, {"0000"}, 0}, kWorkSize, nullptr));
  const cv::Mat& lab = clip.lab[0];
  std::vector<Seed> subject, background;
  cv::Mat seeds = cv::Mat::zeros(lab.size(), CV_32F);
  for (const MaskPoint& point : points) {
    if (!(point.x >= 0 && point.y >= 0 && point.x < picture.width && point.y < picture.height))
      return fail(ErrorCode::kUsage, "the point ({}, {}) is outside of the picture of {}x{} pixels; give one inside", point.x, point.y, picture.width, picture.height);
    const cv::Point at(static_cast<int>(point.x * lab.cols / picture.width), static_cast<int>(point.y * lab.rows / picture.height));
    (point.subject ? subject : background).push_back({at, 0});
    cv::circle(seeds, at, kSeedRadius, point.subject ? kSeedOdds : -kSeedOdds, cv::FILLED);
  }
  cv::Mat known;
  if (!before.empty()) {
    cv::resize(as_mat(before), known, lab.size(), 0, 0, cv::INTER_AREA);
    known = known > 127;
  } else if (subject.empty()) {
    return fail(ErrorCode::kUsage, "no point lies on the subject; give one");
  }
  const cv::Mat place = place_odds(lab, subject, background, known);
  cv::Mat found = place + seeds > 0;
  for (int round = 0; round < kRounds; ++round) found = cut(lab, place + seeds + colour_odds(lab, learn(lab, found)), kSmoothness);
  // What no point is in and no mask had is something else of the same colours.
  cv::Mat labels;
  const int count = cv::connectedComponents(found, labels);
  std::vector<char> wanted(static_cast<std::size_t>(count), 0);
  for (const Seed& seed : subject) wanted[labels.at<int>(seed.at)] = 1;
  if (!known.empty())
    for (int y = 0; y < labels.rows; ++y)
      for (int x = 0; x < labels.cols; ++x)
        if (known.at<std::uint8_t>(y, x)) wanted[labels.at<int>(y, x)] = 1;
  for (int label = 1; label < count; ++label)
    if (!wanted[label]) found.setTo(0, labels == label);
  return clean_mask(from_mat<std::uint8_t>(refine_to(to_rgb(picture), found)));
}

}  // namespace mp4d
