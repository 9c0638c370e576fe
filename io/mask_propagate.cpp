#include "io/internal/mask_steps.h"
#include "io/masks.h"
#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace mp4d {
namespace {

using namespace internal;

constexpr int kWorkSize = 384;
constexpr double kSmoothness = 2.5;   // log odds, as in compute_masks
constexpr double kTrustedDepth = 3;   // px at work size: so deep inside or outside, the carried mask is believed
constexpr double kMostPlaceOdds = 5;  // log odds
constexpr double kReach = 0.25;       // of the picture: background colours are learnt up to so far from the subject

/// Distance to the outline, pixels, positive inside.
cv::Mat depth_of(const cv::Mat& subject) {
  cv::Mat inside, outside;
  cv::distanceTransform(subject, inside, cv::DIST_L2, cv::DIST_MASK_5);
  cv::distanceTransform(255 - subject, outside, cv::DIST_L2, cv::DIST_MASK_5);
  return inside - outside;
}

cv::Mat carried(const cv::Mat& subject, const ImageF& flow) {
  cv::Mat map(subject.size(), CV_32FC2), out;
  for (int y = 0; y < map.rows; ++y)
    for (int x = 0; x < map.cols; ++x)
      map.at<cv::Vec2f>(y, x) = {static_cast<float>(x) + flow.at(x, y, 0), static_cast<float>(y) + flow.at(x, y, 1)};
  cv::remap(subject, out, map, cv::noArray(), cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  return out > 127;
}

cv::Mat place_odds(const cv::Mat& depth) {
  cv::Mat odds = depth * (kMostPlaceOdds / kTrustedDepth);
  cv::min(odds, kMostPlaceOdds, odds);
  cv::max(odds, -kMostPlaceOdds, odds);
  return odds;
}

Result<ColourModels> learn(const WorkClip& clip, const std::vector<cv::Mat>& known) {
  ColourModels models;
  const double reach = kReach * std::max(clip.size().width, clip.size().height);
  bool both = false;
  for (std::size_t t = 0; t < known.size(); ++t) {
    if (known[t].empty()) continue;
    const int area = cv::countNonZero(known[t]);
    both = both || (area > 0 && area < static_cast<int>(known[t].total()));
    cv::Mat inside, distance, weight;
    known[t].convertTo(inside, CV_32F, 1.0 / 255);
    models.subject.add(clip.lab[t], inside);
    cv::distanceTransform(255 - known[t], distance, cv::DIST_L2, cv::DIST_MASK_3);
    cv::exp(-distance / reach, weight);
    weight.setTo(0, known[t]);
    models.background.add(clip.lab[t], weight);
  }
  if (!both)
    return fail(ErrorCode::kInput, "no given mask shows both subject and background; paint the subject in one frame");
  models.subject.finish();
  models.background.finish();
  return models;
}

}  // namespace

Result<Masks> propagate_masks(const Frames& frames, const std::vector<Mask>& given, JobContext* job) {
  const std::size_t count = frames.images.size();
  std::vector<std::size_t> anchors;
  for (std::size_t t = 0; t < std::min(count, given.size()); ++t) {
    if (given[t].empty()) continue;
    if (given[t].width != frames.images[t].width || given[t].height != frames.images[t].height)
      return fail(ErrorCode::kInput, "the mask of frame {} is {}x{}, the frame {}x{}", t, given[t].width, given[t].height,
                  frames.images[t].width, frames.images[t].height);
    anchors.push_back(t);
  }
  if (anchors.empty()) return fail(ErrorCode::kInput, "no frame has a mask; paint the subject in one");
  MP4D_TRY(clip, make_work_clip(frames, kWorkSize, job));
  std::vector<cv::Mat> known(count);
  for (const std::size_t t : anchors) {
    cv::resize(as_mat(given[t]), known[t], clip.size(), 0, 0, cv::INTER_AREA);
    known[t] = known[t] > 127;
  }
  MP4D_TRY(models, learn(clip, known));

  // From every anchor away in both directions, to the next one or the clip's end.
  const auto sweep = [&](bool forward, std::vector<cv::Mat>& found, std::vector<int>& away) -> Result<void> {
    for (const std::size_t anchor : anchors) {
      cv::Mat last = known[anchor];
      for (std::size_t t = anchor;;) {
        if (forward ? t + 1 >= count : t == 0) break;
        const std::size_t next = forward ? t + 1 : t - 1;
        if (!known[next].empty()) break;
        MP4D_CHECK(check(job));
        const cv::Mat there = carried(last, forward ? clip.flow[t].backward : clip.flow[next].forward);
        found[next] = cut(clip.lab[next], place_odds(depth_of(there)) + colour_odds(clip.lab[next], models), kSmoothness);
        away[next] = static_cast<int>(forward ? next - anchor : anchor - next);
        last = found[next];
        t = next;
      }
    }
    return {};
  };
  std::vector<cv::Mat> ahead(count), back(count);
  std::vector<int> ahead_by(count, 0), back_by(count, 0);
  MP4D_CHECK(sweep(true, ahead, ahead_by));
  MP4D_CHECK(sweep(false, back, back_by));

  Masks out;
  out.source = fmt::format("carried from {} given masks by flow and graph cuts", anchors.size());
  for (std::size_t t = 0; t < count; ++t) {
    MP4D_CHECK(check(job));
    if (!known[t].empty()) {
      out.masks.push_back(given[t]);
    } else {
      cv::Mat subject;
      if (ahead[t].empty() || back[t].empty()) {
        subject = ahead[t].empty() ? back[t] : ahead[t];
      } else {  // the nearer anchor counts more
        const double share = static_cast<double>(back_by[t]) / (ahead_by[t] + back_by[t]);
        const cv::Mat depth = share * depth_of(ahead[t]) + (1 - share) * depth_of(back[t]);
        subject = cut(clip.lab[t], place_odds(depth) + colour_odds(clip.lab[t], models), kSmoothness);
      }
      out.masks.push_back(clean_mask(from_mat<std::uint8_t>(refine_to(to_rgb(frames.images[t]), subject))));
    }
    step(job, static_cast<int>(t + 1));
  }
  return out;
}

}  // namespace mp4d
