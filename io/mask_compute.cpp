#include "io/internal/mask_steps.h"
#include "io/masks.h"
#include "io/networks.h"
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <optional>

namespace mp4d {
namespace internal {

cv::Mat to_rgb(const Image& image) {
  cv::Mat rgb = as_mat(image);
  if (image.channels == 4) cv::cvtColor(rgb, rgb, cv::COLOR_RGBA2RGB);
  return rgb;
}

Result<WorkClip> make_work_clip(const Frames& frames, int work_size, JobContext* job) {
  WorkClip clip;
  const Image& first = frames.images[0];
  const double scale = std::min(1.0, static_cast<double>(work_size) / std::max(first.width, first.height));
  const cv::Size size(std::max(16, static_cast<int>(std::lround(scale * first.width))),
                      std::max(16, static_cast<int>(std::lround(scale * first.height))));
  Frames small;
  for (const Image& image : frames.images) {
    MP4D_CHECK(check(job));
    cv::Mat rgb, lab, gray;
    cv::resize(to_rgb(image), rgb, size, 0, 0, cv::INTER_AREA);
    small.images.push_back(from_mat<std::uint8_t>(rgb));
    cv::cvtColor(rgb, gray, cv::COLOR_RGB2GRAY);
    cv::GaussianBlur(rgb, rgb, {}, 0.6);
    cv::cvtColor(rgb, lab, cv::COLOR_RGB2Lab);
    clip.lab.push_back(lab);
    clip.gray.push_back(gray);
  }
  if (frames.images.size() < 2) {
    clip.camera.is_static = false;
    clip.camera.explained = 0;
    return clip;
  }
  std::optional<JobContext> silent;  // its steps are not ours, its cancel token is
  if (job) silent.emplace(std::vector<JobContext::Phase>{}, nullptr, nullptr, job->cancel_token());
  MP4D_TRY(flow, compute_flow(small, silent ? &*silent : nullptr));
  clip.flow = std::move(flow);
  clip.camera = estimate_camera_motion(clip.gray, clip.flow);
  return clip;
}

cv::Mat colour_odds(const cv::Mat& lab, const ColourModels& models) {
  cv::Mat odds(lab.size(), CV_32F);
  for (int y = 0; y < lab.rows; ++y)
    for (int x = 0; x < lab.cols; ++x) {
      const auto& colour = lab.at<cv::Vec3b>(y, x);
      const float ratio =
          std::log((models.subject.density(colour) + 0.05f) / (models.background.density(colour) + 0.05f));
      odds.at<float>(y, x) = std::clamp(ratio, -3.0f, 3.0f);
    }
  return odds;
}

}  // namespace internal

namespace {

using namespace internal;

constexpr int kPlateSamples = 25;
constexpr int kRounds = 3;
constexpr double kSmoothness = 2.5;  // log odds
constexpr double kNetworkOdds = 8;   // log odds where a network is sure
constexpr double kCertain = 20;      // log odds
constexpr double kShadowOdds = 4;    // log odds
constexpr double kMoving = 0.8;      // px a frame against the background
constexpr double kExplained = 0.75;  // below, the background's motion is no homography

/// Cancel and progress over all passes through the clip: as many steps as frames in total.
struct Run {
  JobContext* job;
  int passes;
  int first_step = 0;  ///< steps done before
  int pass = 0;
};

/// Runs `work(t)` for every frame on all threads; stops early when cancelled.
template <class Work>
Result<void> for_each_frame(const WorkClip& clip, Run& run, Work work) {
  const int frames = static_cast<int>(clip.frames());
  int done = 0;
#pragma omp parallel for schedule(dynamic)
  for (int t = 0; t < frames; ++t) {
    if (cancelled(run.job)) continue;
    work(static_cast<std::size_t>(t));
#pragma omp critical(mp4d_masks_progress)
    step(run.job, run.first_step + (run.pass * frames + ++done) * (frames - run.first_step) / (frames * run.passes));
  }
  ++run.pass;
  return check(run.job);
}

cv::Mat disc(int radius) { return cv::getStructuringElement(cv::MORPH_ELLIPSE, {2 * radius + 1, 2 * radius + 1}); }

/// The parts of `moving` that are no specks. CV_8U.
cv::Mat blobs_of(const cv::Mat& moving) {
  cv::Mat blobs, labels, stats, centres;
  cv::morphologyEx(moving, blobs, cv::MORPH_OPEN, disc(1));
  const int count = cv::connectedComponentsWithStats(blobs, labels, stats, centres);
  int largest = 0;
  for (int i = 1; i < count; ++i) largest = std::max(largest, stats.at<int>(i, cv::CC_STAT_AREA));
  for (int i = 1; i < count; ++i)
    if (stats.at<int>(i, cv::CC_STAT_AREA) < 0.05 * largest) blobs.setTo(0, labels == i);
  return blobs;
}

/// Convex hull of all that moves around frame t, and how far outside of it a pixel is (0 inside), pixels.
cv::Mat distance_to_hull(const std::vector<cv::Mat>& blobs, std::size_t t) {
  const std::size_t reach = std::max<std::size_t>(2, blobs.size() / 5);
  std::vector<cv::Point> points;
  for (std::size_t s = t > reach ? t - reach : 0; s <= std::min(blobs.size() - 1, t + reach); ++s) {
    std::vector<cv::Point> here;
    cv::findNonZero(blobs[s], here);
    points.insert(points.end(), here.begin(), here.end());
  }
  cv::Mat outside(blobs[0].size(), CV_8U, cv::Scalar(255)), distance;
  if (!points.empty()) {
    std::vector<cv::Point> hull;
    cv::convexHull(points, hull);
    cv::fillConvexPoly(outside, hull, 0);
  }
  cv::distanceTransform(outside, distance, cv::DIST_L2, cv::DIST_MASK_3);
  return distance;
}

/// The subject's colours, and those of what is not `hidden`, mostly near it.
ColourModels learn_colours(const WorkClip& clip, const std::vector<cv::Mat>& subject,
                           const std::vector<cv::Mat>& hidden, const Run& run) {
  ColourModels models;
  const double reach = 0.25 * std::max(clip.size().width, clip.size().height);
  for (std::size_t t = 0; t < clip.frames() && !cancelled(run.job); ++t) {
    cv::Mat inside, distance, weight;
    subject[t].convertTo(inside, CV_32F, 1.0 / 255);
    models.subject.add(clip.lab[t], inside);
    cv::distanceTransform(subject[t] == 0, distance, cv::DIST_L2, cv::DIST_MASK_3);
    cv::exp(-distance / reach, weight);
    weight += 0.1;
    weight.setTo(0, hidden[t]);
    models.background.add(clip.lab[t], weight);
  }
  models.subject.finish();
  models.background.finish();
  return models;
}

struct Guess {
  std::vector<cv::Mat> prior;    ///< log odds of the place alone
  std::vector<cv::Mat> subject;  ///< CV_8U
  std::vector<cv::Mat> open;     ///< CV_8U, 255 where the background must not be learnt from yet
  std::vector<cv::Mat> others;   ///< CV_8U, 255 where another thing stands out, or empty
  std::vector<cv::Mat> shadows;  ///< CV_8U, 255 where the subject's shadow is, or empty
};

/// First guess for a camera whose motion is understood: what moves is the subject, what lies near is open.
Result<void> start_from_motion(const WorkClip& clip, Guess& guess, Run& run) {
  std::vector<cv::Mat> changed(clip.frames()), blobs(clip.frames()), motion(clip.frames());
  MP4D_CHECK(for_each_frame(clip, run, [&](std::size_t t) {
    motion[t] = residual_motion(clip.camera, clip.flow, std::min(t, clip.frames() - 2));
    blobs[t] = blobs_of(motion[t] > kMoving);
  }));
  // The plate leaves out what moves, or a slow subject would be in it.
  const std::vector<cv::Mat> moving = blobs;
  Plate still;
  if (clip.camera.is_static) still = background_plate(clip, moving, 0, kPlateSamples);
  MP4D_CHECK(for_each_frame(clip, run, [&](std::size_t t) {
    const Plate plate = clip.camera.is_static ? still : background_plate(clip, moving, t, kPlateSamples);
    changed[t] = plate_odds(clip.lab[t], plate) > 1;
    blobs[t] = blobs_of(changed[t] | moving[t]);
  }));
  // Where a static camera sees something pass, it sees the background before or after; where nothing ever stirs, only
  // it.
  cv::Mat passed = cv::Mat::zeros(clip.size(), CV_8U), fixed = passed.clone();
  if (clip.camera.is_static) {
    for (const cv::Mat& here : changed) passed |= here;
    fixed = mostly_still(clip, still, passed, motion);
  }
  const double far = 0.04 * std::max(clip.size().width, clip.size().height);
  std::vector<cv::Mat> seeds(clip.frames());
  MP4D_CHECK(for_each_frame(clip, run, [&](std::size_t t) {
    const cv::Mat distance = distance_to_hull(blobs, t);
    cv::Mat outwards = distance / far;
    cv::min(outwards, 4.0, outwards);
    guess.prior[t] = 0.3 - outwards;
    const cv::Mat revealed = (passed | fixed) & ~changed[t] & ~blobs[t];
    cv::subtract(guess.prior[t], 2.0, guess.prior[t], revealed);
    cv::subtract(guess.prior[t], 3.0, guess.prior[t], fixed & ~changed[t]);
    guess.open[t] = (distance < far) & ~revealed;
    seeds[t] = changed[t] & blobs[t];
  }));
  const ColourModels models = learn_colours(clip, seeds, guess.open, run);
  return for_each_frame(clip, run, [&](std::size_t t) {
    cv::Mat odds =
        guess.prior[t] + colour_odds(clip.lab[t], models) + 0.4 * surroundings_odds(clip.lab[t], guess.open[t]);
    cv::add(odds, 2.0, odds, seeds[t]);
    guess.subject[t] = cut(clip.lab[t], odds, kSmoothness);
  });
}

/// First guess for a camera whose motion is not: what stands out from the picture's rim, near the centre.
Result<void> start_from_saliency(const WorkClip& clip, Guess& guess, Run& run) {
  return for_each_frame(clip, run, [&](std::size_t t) {
    const cv::Mat saliency = barrier_saliency(clip.lab[t]);
    cv::Mat eight_bit;
    saliency.convertTo(eight_bit, CV_8U, 255);
    const double threshold = cv::threshold(eight_bit, eight_bit, 0, 255, cv::THRESH_OTSU) / 255;
    cv::Mat& prior = guess.prior[t];
    prior.create(clip.size(), CV_32F);
    for (int y = 0; y < prior.rows; ++y)
      for (int x = 0; x < prior.cols; ++x) {
        const double u = 2.0 * x / prior.cols - 1, v = 2.0 * y / prior.rows - 1;
        prior.at<float>(y, x) = static_cast<float>(0.8 - 2.5 * std::pow(std::max(std::abs(u), std::abs(v)), 3));
      }
    const cv::Mat odds = prior + 8 * (saliency - threshold);
    guess.subject[t] = cut(clip.lab[t], odds, kSmoothness);
    guess.open[t] = guess.subject[t];
  });
}

/// First guess from a network's probability of foreground.
void start_from_network(const std::vector<cv::Mat>& foreground, Guess& guess) {
  for (std::size_t t = 0; t < foreground.size(); ++t) {
    guess.prior[t] = 2 * kNetworkOdds * (foreground[t] - 0.5);
    guess.subject[t] = foreground[t] > 0.5;
    guess.open[t] = foreground[t] > 0.1;
    if (guess.others.empty()) continue;
    guess.subject[t].setTo(0, guess.others[t]);
    guess.open[t].setTo(0, guess.others[t]);
  }
}

/// One round of relearning and cutting. In the first, `open` places teach nothing about the background.
Result<void> improve(const WorkClip& clip, Guess& guess, bool first, bool use_plate, Run& run) {
  std::vector<cv::Mat> hidden(clip.frames());
  for (std::size_t t = 0; t < clip.frames(); ++t)
    hidden[t] = first ? guess.open[t] | guess.subject[t] : guess.subject[t];
  const ColourModels models = learn_colours(clip, guess.subject, hidden, run);
  Plate still;
  if (use_plate && clip.camera.is_static) still = background_plate(clip, hidden, 0, kPlateSamples);
  std::vector<cv::Mat> next(clip.frames());
  MP4D_CHECK(for_each_frame(clip, run, [&](std::size_t t) {
    const cv::Mat carried = carried_from_neighbours(clip, guess.subject, t);
    cv::Mat odds = 0.5 * guess.prior[t] + 0.8 * colour_odds(clip.lab[t], models) +
                   0.7 * surroundings_odds(clip.lab[t], hidden[t]) + 3.0 * (carried - 0.5);
    if (use_plate) {
      const int samples = clip.camera.is_static ? kPlateSamples : kPlateSamples / 2;
      const Plate plate = clip.camera.is_static ? still : background_plate(clip, hidden, t, samples);
      cv::Mat trust = plate.coverage / (0.3 * std::min(samples, static_cast<int>(clip.frames())));
      cv::min(trust, 1.0, trust);
      odds += plate_odds(clip.lab[t], plate).mul(trust);
    }
    if (!guess.shadows.empty()) cv::subtract(odds, kShadowOdds, odds, guess.shadows[t]);
    if (!guess.others.empty()) odds.setTo(-kCertain, guess.others[t]);
    next[t] = cut(clip.lab[t], odds, kSmoothness);
  }));
  guess.subject.swap(next);
  return {};
}

Result<Masks> masks_of(const Frames& frames, const WorkClip& clip, const MaskOptions& options, JobContext* job) {
  const bool understood = clip.camera.is_static || clip.camera.explained > kExplained;
  const cv::Point2d point = options.subject_x < 0 ? cv::Point2d(-1, -1)
                                                  : cv::Point2d(options.subject_x * clip.size().width, options.subject_y * clip.size().height);
  const std::vector<cv::Mat> none(clip.frames());
  Guess guess{none, none, none, {}, {}};
  Run run{job, options.network ? 1 + kRounds + 1 : (understood ? 4 : 1) + kRounds + 2};
  if (options.network) {
    MP4D_TRY(foreground, network_foreground(frames, clip, job));
    if (point.x >= 0) {
      MP4D_TRY(others, network_others(frames, clip, point, options.subject_frame, foreground, job));
      guess.others = std::move(others);
    }
    start_from_network(foreground, guess);
    run.first_step = static_cast<int>(0.9 * static_cast<double>(clip.frames()));
  } else {
    MP4D_CHECK(understood ? start_from_motion(clip, guess, run) : start_from_saliency(clip, guess, run));
  }
  for (int round = 0; round < kRounds; ++round) MP4D_CHECK(improve(clip, guess, round == 0, understood, run));
  if (!options.network) {  // which has seen enough shadows
    guess.shadows = cast_shadows(clip.lab, guess.subject);
    for (std::size_t t = 0; t < clip.frames(); ++t) guess.subject[t].setTo(0, guess.shadows[t]);
    MP4D_CHECK(improve(clip, guess, false, understood, run));
  }
  const int lost = follow_one(clip, point, options.subject_frame, guess.subject, job);
  MP4D_CHECK(check(job));
  if (lost < 0)
    return fail(ErrorCode::kInput,
                "nothing that moves or stands out was found at ({}, {}) from frame {} on; give a point on the subject "
                "and the frame in which it is there, or masks",
                options.subject_x, options.subject_y, options.subject_frame);
  if (lost > 0 && clip.frames() < 2)
    return fail(ErrorCode::kInput,
                "no subject found: nothing stands out from the picture's rim; cut the subject out of its background "
                "(alpha), or give a mask");
  if (2 * lost > static_cast<int>(clip.frames()))
    return fail(ErrorCode::kInput,
                "no subject found in {} of {} frames: nothing moves against the background or stands out from "
                "it; film with a still camera before a plain background, or give masks",
                lost, clip.frames());
  if (lost > 0) warn(job, fmt::format("computed masks: the subject was lost in {} of {} frames", lost, clip.frames()));
  Masks out;
  out.masks.resize(clip.frames());
  MP4D_CHECK(for_each_frame(clip, run, [&](std::size_t t) {
    out.masks[t] = clean_mask(from_mat<std::uint8_t>(refine_to(to_rgb(frames.images[t]), guess.subject[t])));
  }));
  const CameraMotion& camera = clip.camera;
  const bool single = clip.frames() < 2;
  out.source =
      options.network && single ? std::string("computed: network isnet and graph cuts")
      : single                  ? std::string("computed: by contrast with the picture's rim and graph cuts")
      : options.network         ? std::string("computed: network isnet on every eighth frame, flow and graph cuts")
      : camera.is_static
          ? std::string("computed: static camera, background model and graph cuts")
          : fmt::format("computed: moving camera ({:.1f} px a frame at {} px, homography explains {:.0f} %), {}",
                        camera.speed_px, clip.size().width, 100 * camera.explained,
                        understood ? "stabilised background model and graph cuts"
                                   : "by contrast with the picture's rim and graph cuts");
  return out;
}

}  // namespace

bool mask_network_installed() { return network_installed("isnet"); }

namespace {

Result<void> check_options(const MaskOptions& options) {
  if (options.work_size < 64 || options.work_size > 4096)
    return fail(ErrorCode::kUsage, "work_size {} must be between 64 and 4096 pixels", options.work_size);
  if (options.subject_x > 1 || options.subject_y > 1 || (options.subject_x < 0) != (options.subject_y < 0))
    return fail(ErrorCode::kUsage,
                "subject point ({}, {}) must be in 0..1 of width and height, or -1, -1 for the largest",
                options.subject_x, options.subject_y);
  if (options.network && !mask_network_installed())
    return fail(ErrorCode::kUsage, "masks from a network: none is installed; run 'magicpose4d models install isnet'");
  return {};
}

}  // namespace

Result<Masks> compute_masks(const Frames& frames, const MaskOptions& options, JobContext* job) {
  if (frames.images.size() < 2)
    return fail(ErrorCode::kInput,
                "masks can only be computed from a moving picture: {} frame is not enough; give a longer "
                "clip, or masks",
                frames.images.size());
  MP4D_CHECK(check_options(options));
  const SingleThreadedOpenCv scope;
  MP4D_TRY(clip, make_work_clip(frames, options.work_size, job));
  return masks_of(frames, clip, options, job);
}

Result<Masks> compute_mask(const Image& picture, const MaskOptions& options, JobContext* job) {
  if (picture.empty() || picture.channels < 3)
    return fail(ErrorCode::kInput, "a mask can only be computed from a colour picture; give a mask");
  MP4D_CHECK(check_options(options));
  const SingleThreadedOpenCv scope;
  const Frames frames{{picture}, {0}, {"0000"}, 0};
  MP4D_TRY(clip, make_work_clip(frames, options.work_size, job));
  return masks_of(frames, clip, options, job);
}

}  // namespace mp4d
