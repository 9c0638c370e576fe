#pragma once
// Internal to io's sources: the steps of compute_masks. All pictures are at work size; colours are 8-bit CIELAB as
// OpenCV scales it; probabilities and log odds are CV_32F, positive odds speak for the subject.
#include "io/internal/camera_motion.h"
#include <array>

namespace mp4d::internal {

struct WorkClip {
  std::vector<cv::Mat> lab;   ///< CV_8UC3
  std::vector<cv::Mat> gray;  ///< CV_8U
  std::vector<FlowPair> flow;
  CameraMotion camera;

  std::size_t frames() const { return lab.size(); }
  cv::Size size() const { return lab[0].size(); }
};

/// Colour distribution over 32^3 cells of CIELAB, smoothed.
class ColourHistogram {
 public:
  void add(const cv::Mat& lab, const cv::Mat& weight);
  /// Smooths and normalises to mean 1; to be called once, after the last add().
  void finish();
  float density(const cv::Vec3b& lab) const;

 private:
  static constexpr int kCells = 32;
  static float cell_position(std::uint8_t value, int channel);
  std::vector<float> cells_ = std::vector<float>(kCells * kCells * kCells, 0.0f);
};

/// The frames at work size, with flow and the camera's motion (a single frame has neither).
Result<WorkClip> make_work_clip(const Frames& frames, int work_size, JobContext* job);

/// CV_8UC3; alpha is left out.
cv::Mat to_rgb(const Image& image);

struct ColourModels {
  ColourHistogram subject, background;
};

/// Log odds of the colours alone, within -3 ... 3.
cv::Mat colour_odds(const cv::Mat& lab, const ColourModels& models);

/// What the background looks like behind a frame's pixels, from the same place in other frames.
struct Plate {
  cv::Mat median;     ///< CV_8UC3
  cv::Mat low, high;  ///< CV_8UC3, range of colours at the pixel and its 8 neighbours
  cv::Mat spread;     ///< CV_32F, median absolute deviation over time, mean of channels
  cv::Mat coverage;   ///< CV_32F, number of frames that show the background there
};

/// Per-pixel median over up to `max_samples` frames brought into the view of frame t. `subject` (CV_8U a frame, may be
/// empty = unknown) is left out.
Plate background_plate(const WorkClip& clip, const std::vector<cv::Mat>& subject, std::size_t t, int max_samples);

/// Log odds that frame colours differ from the plate by more than its spread; tolerant of shadows.
cv::Mat plate_odds(const cv::Mat& lab, const Plate& plate);

/// For a static camera: where hardly anything ever moves, CV_8U, judged by the residual `motion` of most frames (px)
/// and by texture that keeps its place where the colours never left the plate's (outside `passed`).
cv::Mat mostly_still(const WorkClip& clip, const Plate& plate, const cv::Mat& passed,
                     const std::vector<cv::Mat>& motion);

/// Log odds that colours do not fit the background nearby (mean and variance of pixels outside `subject`, CV_8U,
/// gathered over growing, flat neighbourhoods). Near 0 where the background is too varied to tell.
cv::Mat surroundings_odds(const cv::Mat& lab, const cv::Mat& subject);

/// Contrast against everything that is connected with the picture's rim: minimum barrier distance (Strand et al. 2013,
/// raster scans as in Zhang et al. 2015), 0..1.
cv::Mat barrier_saliency(const cv::Mat& lab);

/// The pixels of `subject` (CV_8U a frame) that are the shadow it casts on the ground: below its middle, of the hue of the ground around it
/// with less light. How much less, and how that is tinted, is learnt from shadow beside the subject if any is seen.
std::vector<cv::Mat> cast_shadows(const std::vector<cv::Mat>& lab, const std::vector<cv::Mat>& subject);

/// Probability of foreground in every frame, CV_32F: ISNet (Qin et al. 2022) on every eighth frame and the last,
/// carried to the frames between by the flow. Errors: the network is not installed or cannot be run. Reports eight
/// tenths of as many steps as there are frames.
Result<std::vector<cv::Mat>> network_foreground(const Frames& frames, const WorkClip& clip, JobContext* job);

/// What certainly is not the subject at `point` (pixels, in `frame`), by the pose network's view of people: CV_8U a frame. People
/// other than the one at the point; if it is on one, also parts of `foreground` that are too large to be worn or held. None (an empty
/// vector) where the network is not installed. Errors: it cannot be run. Reports a tenth of as many steps as there are frames, after eight.
Result<std::vector<cv::Mat>> network_others(const Frames& frames, const WorkClip& clip, cv::Point2d point, std::size_t frame,
                                            const std::vector<cv::Mat>& foreground, JobContext* job);

/// Labels (CV_8U, 0 or 255) of the least energy: `odds` a pixel, and `smoothness` a pair of unlike neighbours of the
/// same colour (Boykov and Jolly 2001).
cv::Mat cut(const cv::Mat& lab, const cv::Mat& odds, double smoothness);

/// `subject` (CV_8U or CV_32F a frame) of frames t - 1 and t + 1 carried to t by the flow, mean, 0..1; 0.5 where
/// unknown.
cv::Mat carried_from_neighbours(const WorkClip& clip, const std::vector<cv::Mat>& subject, std::size_t t);

/// The pixel that a point of a picture is in, also on its right and lower edge.
inline cv::Point pixel_at(cv::Point2d point, cv::Size size) {
  return {std::min(static_cast<int>(point.x), size.width - 1), std::min(static_cast<int>(point.y), size.height - 1)};
}

/// Follows one thing through the frames: the largest, or the one at `point` (pixels; negative = none) in the first
/// frame from `frame` on that has something there. `subject` (CV_8U a frame) keeps only it; things that touch it for a
/// while are cut off. Stops early when cancelled. Returns the number of frames in which it was lost (left empty), or -1
/// if there is nothing at `point`.
int follow_one(const WorkClip& clip, cv::Point2d point, std::size_t frame, std::vector<cv::Mat>& subject,
               const JobContext* job);

/// `subject` at work size, refined to `full`'s edges (fast guided filter: He and Sun 2015). CV_8U, 0 or 255.
cv::Mat refine_to(const cv::Mat& full_rgb, const cv::Mat& subject);

}  // namespace mp4d::internal
