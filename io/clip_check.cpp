#include "io/clip_check.h"
#include "io/internal/camera_motion.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mp4d {
namespace {

using Severity = Finding::Severity;

// Each is explained in docs/clip_check.md.
constexpr int kSmallestSide = 240;          // px, shorter side
constexpr double kBlur = 0.005;             // standard deviation of the edges' blur, share of the longer side
constexpr double kDark = 6, kBright = 249;  // of 255
constexpr double kClipped = 0.25;           // share of pixels
constexpr double kDim = 50;                 // of 255: the brightest twentieth is darker
constexpr double kFastCamera = 0.08;        // share of the width a frame
constexpr double kExplained = 0.75;         // share of the background that follows one homography
constexpr double kSmallSubject = 64;        // px, root of the area
constexpr double kLargeSubject = 0.6;       // share of the picture
constexpr double kContact = 0.1;            // edge length touched by the mask, of the root of its area
constexpr double kSomeFrames = 0.1;         // share of the frames from which something is said
constexpr double kStill = 0.15;             // own motion over the clip, in roots of the subject's area

/// "3 of 40 frames (first at 0.12 s)".
std::string frames_text(const std::vector<std::size_t>& which, const ClipLook& look) {
  return fmt::format("{} of {} frames (first at {:.2f} s)", which.size(), look.frames.images.size(),
                     look.frames.times[which.front()]);
}

double quantile(std::vector<float> values, double share) {
  if (values.empty()) return 0;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

/// What a frame's judged region (the subject, or all) looks like.
struct Look {
  double blur = 0;              // px, standard deviation of the sharper edges' blur
  double dark = 0, bright = 0;  // shares
  double highlights = 0;        // 95th percentile
};

/// Blur of edges by the ratio of gradients before and after a further known blur (Zhuo and Sim 2011): at an edge of
/// deviation s, |g| / |g_s0| = sqrt((s^2 + s0^2) / s^2).
double edge_blur(const cv::Mat& gray, const cv::Mat& region) {
  constexpr double kKnown = 1;
  cv::Mat again, dx, dy, g, g_again;
  cv::GaussianBlur(gray, again, {}, kKnown);
  cv::Sobel(gray, dx, CV_32F, 1, 0);
  cv::Sobel(gray, dy, CV_32F, 0, 1);
  cv::magnitude(dx, dy, g);
  cv::Sobel(again, dx, CV_32F, 1, 0);
  cv::Sobel(again, dy, CV_32F, 0, 1);
  cv::magnitude(dx, dy, g_again);
  std::vector<float> strength, blur;
  for (int y = 0; y < gray.rows; ++y)
    for (int x = 0; x < gray.cols; ++x)
      if (region.at<std::uint8_t>(y, x)) strength.push_back(g.at<float>(y, x));
  const float strong = static_cast<float>(std::max(quantile(strength, 0.95), 8.0));
  for (int y = 0; y < gray.rows; ++y)
    for (int x = 0; x < gray.cols; ++x) {
      const float here = g.at<float>(y, x);
      if (!region.at<std::uint8_t>(y, x) || here < strong) continue;
      const float ratio = here / std::max(g_again.at<float>(y, x), 1e-3f);
      blur.push_back(static_cast<float>(kKnown) / std::sqrt(std::max(ratio * ratio - 1, 0.01f)));
    }
  return quantile(blur, 0.25);
}

Look look_at(const Image& image, const cv::Mat& region) {
  cv::Mat gray;
  cv::cvtColor(internal::as_mat(image), gray, image.channels == 4 ? cv::COLOR_RGBA2GRAY : cv::COLOR_RGB2GRAY);
  Look look;
  std::vector<float> values;
  for (int y = 0; y < gray.rows; ++y)
    for (int x = 0; x < gray.cols; ++x)
      if (region.at<std::uint8_t>(y, x)) values.push_back(gray.at<std::uint8_t>(y, x));
  if (values.empty()) return look;
  for (const float value : values) {
    look.dark += value <= kDark;
    look.bright += value >= kBright;
  }
  look.dark /= static_cast<double>(values.size());
  look.bright /= static_cast<double>(values.size());
  look.highlights = quantile(values, 0.95);
  gray.convertTo(gray, CV_32F);
  cv::Mat wider;  // the outline's edges count too
  cv::dilate(region, wider, cv::getStructuringElement(cv::MORPH_ELLIPSE, {5, 5}));
  look.blur = edge_blur(gray, wider);
  return look;
}

void check_size(const ClipLook& look, std::vector<Finding>& findings) {
  if (std::min(look.width, look.height) >= kSmallestSide) return;
  findings.push_back(
      {"size", Severity::kWarning,
       fmt::format("the picture is only {} x {} pixels: limbs are a few pixels thick and their motion is "
                   "coarse; use a larger version of the clip, at least {} pixels on the shorter side",
                   look.width, look.height, kSmallestSide)});
}

void check_looks(const ClipLook& look, const std::vector<cv::Mat>& subject, std::vector<Finding>& findings) {
  std::vector<std::size_t> blurred, dark, bright, dim;
  const char* whose = subject.empty() ? "the picture" : "the subject";
  for (std::size_t t = 0; t < look.frames.images.size(); ++t) {
    const Image& image = look.frames.images[t];
    const cv::Mat all(image.height, image.width, CV_8U, cv::Scalar(255));
    if (!subject.empty() && cv::countNonZero(subject[t]) == 0) continue;
    const Look here = look_at(image, subject.empty() ? all : subject[t]);
    if (here.blur > std::max(1.2, kBlur * std::max(image.width, image.height))) blurred.push_back(t);
    if (here.dark > kClipped) dark.push_back(t);
    if (here.bright > kClipped) bright.push_back(t);
    if (here.highlights < kDim) dim.push_back(t);
  }
  const double some = kSomeFrames * static_cast<double>(look.frames.images.size());
  const auto report = [&](const char* what, const std::vector<std::size_t>& which, const std::string& text,
                          Severity severity) {
    if (static_cast<double>(which.size()) > some)
      findings.push_back({what, severity, fmt::format("{} {} in {}", whose, text, frames_text(which, look))});
  };
  report(
      "blur", blurred,
      fmt::format("is blurred (edges spread over more than {:.1f} % of the picture; outlines and flow are less exact; "
                  "use a shorter exposure, focus on the subject, or leave these frames out)",
                  100 * kBlur),
      Severity::kWarning);
  // A black or white backdrop is no fault: without masks it cannot be told from a subject without detail.
  const Severity clipped = subject.empty() ? Severity::kNote : Severity::kWarning;
  report("exposure", dark,
         "is black without detail over a quarter of its area (its motion cannot be followed there; "
         "expose longer or add light)",
         clipped);
  report("exposure", bright,
         "is white without detail over a quarter of its area (its motion cannot be followed there; "
         "expose shorter or move it out of the glare)",
         clipped);
  report("exposure", dim, "is dim (nothing is brighter than a fifth of white: noise hides its motion; add light)",
         Severity::kWarning);
}

void check_camera(const ClipLook& look, const internal::CameraMotion& camera, std::vector<Finding>& findings) {
  const double speed = camera.speed_px / look.frames.images[0].width;
  if (camera.is_static) {
    findings.push_back({"camera", Severity::kNote, "the camera stands still"});
    return;
  }
  const std::string moves = fmt::format("the camera moves, by {:.1f} % of the picture's width a frame", 100 * speed);
  if (speed > kFastCamera)
    findings.push_back({"camera", Severity::kWarning,
                        moves + ": motion between frames is hard to follow; pan slower or film at a higher rate"});
  else if (camera.explained < kExplained)
    findings.push_back(
        {"camera", Severity::kNote,
         fmt::format("{}, and only {:.0f} % of the picture moves as one background would: computed masks "
                     "lean on colours; give --masks if they look wrong",
                     moves, 100 * camera.explained)});
  else
    findings.push_back({"camera", Severity::kNote, moves});
}

/// Length of the picture's edges that `mask` touches: left, right, top, bottom.
std::array<int, 4> contact(const cv::Mat& mask) {
  return {cv::countNonZero(mask.col(0)), cv::countNonZero(mask.col(mask.cols - 1)), cv::countNonZero(mask.row(0)),
          cv::countNonZero(mask.row(mask.rows - 1))};
}

void check_place(const ClipLook& look, const std::vector<cv::Mat>& subject, std::vector<Finding>& findings) {
  static constexpr std::array<const char*, 4> kEdges{"left", "right", "top", "bottom"};
  std::vector<std::size_t> absent, cut;
  std::vector<float> shares;
  std::array<int, 4> edges{};
  for (std::size_t t = 0; t < subject.size(); ++t) {
    const int area = cv::countNonZero(subject[t]);
    if (area == 0) {
      absent.push_back(t);
      continue;
    }
    shares.push_back(static_cast<float>(area) / static_cast<float>(subject[t].total()));
    const std::array<int, 4> touched = contact(subject[t]);
    bool here = false;
    for (std::size_t e = 0; e < 4; ++e)
      if (touched[e] > kContact * std::sqrt(area)) {
        here = true;
        ++edges[e];
      }
    if (here) cut.push_back(t);
  }
  if (!absent.empty())
    findings.push_back({"absent", Severity::kWarning,
                        fmt::format("there is no subject in {}: its motion is guessed there; choose --start and --end "
                                    "so that it is always in the picture",
                                    frames_text(absent, look))});
  if (shares.empty()) return;
  const double share = quantile(shares, 0.5);
  const double side = std::sqrt(share * static_cast<double>(look.width) * look.height);
  if (side < kSmallSubject)
    findings.push_back(
        {"area", Severity::kWarning,
         fmt::format("the subject is small: {:.1f} % of the picture, about {:.0f} x {:.0f} pixels, where "
                     "{:.0f} x {:.0f} are needed to see limbs; come closer, zoom in, or crop a larger "
                     "version of the clip",
                     100 * share, side, side, kSmallSubject, kSmallSubject)});
  if (share > kLargeSubject)
    findings.push_back({"area", Severity::kWarning,
                        fmt::format("the subject fills {:.0f} % of the picture: its outline is hardly seen; film from "
                                    "further away",
                                    100 * share)});
  if (static_cast<double>(cut.size()) > kSomeFrames * static_cast<double>(subject.size())) {
    std::string names;
    for (std::size_t e = 0; e < 4; ++e)
      if (edges[e] > 0) names += (names.empty() ? "" : ", ") + std::string(kEdges[e]);
    findings.push_back({"cut off", Severity::kWarning,
                        fmt::format("the subject is cut off by the picture's edge ({}) in {}: what lies outside is "
                                    "guessed; film from further away, or leave these frames out with --start and --end",
                                    names, frames_text(cut, look))});
  }
}

void check_motion(const ClipLook& look, const internal::CameraMotion& camera, const std::vector<cv::Mat>& subject,
                  std::vector<Finding>& findings) {
  double sum = 0;
  for (std::size_t t = 0; t < look.flow.size(); ++t) {
    const int area = cv::countNonZero(subject[t]);
    if (area > 0) sum += cv::mean(internal::residual_motion(camera, look.flow, t), subject[t])[0] / std::sqrt(area);
  }
  if (sum > kStill) return;
  findings.push_back(
      {"motion", Severity::kWarning,
       fmt::format("the subject hardly moves: over the clip by {:.0f} % of its own size; limbs that do "
                   "not move cannot be told apart, and the animation will be almost still; choose a part "
                   "of the clip with motion",
                   100 * sum)});
}

/// `masks` at the size of the look's frames, CV_8U.
std::vector<cv::Mat> small_masks(const ClipLook& look, const std::vector<Mask>& masks) {
  std::vector<cv::Mat> out;
  const cv::Size size(look.frames.images[0].width, look.frames.images[0].height);
  for (const Mask& mask : masks) {
    cv::Mat small;
    cv::resize(internal::as_mat(mask), small, size, 0, 0, cv::INTER_AREA);
    out.push_back(small > 127);
  }
  return out;
}

}  // namespace

const char* to_string(Severity severity) { return severity == Severity::kNote ? "note" : "warning"; }

std::vector<Finding> check_clip(const ClipLook& look, const std::vector<Mask>& masks) {
  std::vector<Finding> findings;
  if (look.frames.images.empty()) return findings;
  const std::vector<cv::Mat> subject = small_masks(look, masks);
  check_size(look, findings);
  check_looks(look, subject, findings);
  if (!subject.empty()) check_place(look, subject, findings);
  if (look.flow.empty()) return findings;
  std::vector<cv::Mat> gray(look.frames.images.size());
  for (std::size_t t = 0; t < gray.size(); ++t)
    cv::cvtColor(internal::as_mat(look.frames.images[t]), gray[t],
                 look.frames.images[t].channels == 4 ? cv::COLOR_RGBA2GRAY : cv::COLOR_RGB2GRAY);
  std::vector<cv::Mat> hidden;  // flow bleeds over the outline
  for (const cv::Mat& mask : subject) {
    hidden.emplace_back();
    cv::dilate(mask, hidden.back(), cv::getStructuringElement(cv::MORPH_ELLIPSE, {21, 21}));
  }
  const internal::CameraMotion camera = internal::estimate_camera_motion(gray, look.flow, hidden);
  check_camera(look, camera, findings);
  if (!subject.empty()) check_motion(look, camera, subject, findings);
  return findings;
}

}  // namespace mp4d
