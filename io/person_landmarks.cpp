#include "io/person_landmarks.h"
#include "core/files.h"
#include "io/internal/onnx_session.h"
#include "io/internal/opencv.h"
#include "io/internal/tflite.h"
#include "io/networks.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <omp.h>
#include <opencv2/imgproc.hpp>

namespace mp4d {
namespace {

constexpr int kDetectorSide = 224, kLandmarkSide = 256;
constexpr int kBoxValues = 12;       // centre, size and four points of a person
constexpr int kLandmarkValues = 5;   // x, y, depth, visibility, presence
constexpr int kAllLandmarks = 39;    // the last six are for following the person
constexpr int kHipsLandmark = 33, kReachLandmark = 34;
constexpr float kLeastScore = 0.5f, kMostOverlap = 0.3f, kMargin = 1.25f;  // as the network's authors use it
constexpr int kRefinements = 2;

float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

Result<internal::OnnxSession> open_network(const NetworkPackage& package, std::size_t file) {
  MP4D_TRY(runtime, find_network("onnxruntime"));
  const std::filesystem::path path = network_path(package, network_folder(), file);
  MP4D_TRY(bytes, read_file(path));
  auto onnx = internal::tflite_to_onnx(bytes);
  if (!onnx) return fail(onnx.error().code, "{}: {}", path.string(), onnx.error().message);
  auto session = internal::OnnxSession::of_bytes(network_path(runtime, network_folder()), *onnx, omp_get_max_threads());
  if (!session) return fail(session.error().code, "{}: {}", path.string(), session.error().message);
  return session;
}

/// Where the network looks: for cells of 8, 16 and 32 pixels 2, 2 and 6 people each, the cell's centre in 0..1.
std::vector<Vec2> anchors() {
  std::vector<Vec2> out;
  for (const auto& [cell, people] : {std::pair{8, 2}, {16, 2}, {32, 6}}) {
    const int cells = kDetectorSide / cell;
    for (int y = 0; y < cells; ++y)
      for (int x = 0; x < cells; ++x)
        for (int i = 0; i < people; ++i) out.push_back(Vec2(float(x) + 0.5f, float(y) + 0.5f) / float(cells));
  }
  return out;
}

float area(const Vec2& low, const Vec2& high) { return std::max(0.0f, high.x() - low.x()) * std::max(0.0f, high.y() - low.y()); }

float overlap(const PersonBox& a, const PersonBox& b) {
  const float both = area(a.low.cwiseMax(b.low), a.high.cwiseMin(b.high));
  return both / std::max(area(a.low, a.high) + area(b.low, b.high) - both, 1e-6f);
}

/// One box for each set of overlapping ones: their mean by score.
std::vector<PersonBox> merged(std::vector<PersonBox> boxes) {
  std::sort(boxes.begin(), boxes.end(), [](const PersonBox& a, const PersonBox& b) { return a.score > b.score; });
  std::vector<PersonBox> out;
  while (!boxes.empty()) {
    const PersonBox best = boxes[0];
    PersonBox mean;
    float weight = 0;
    std::erase_if(boxes, [&](const PersonBox& box) {
      if (overlap(box, best) <= kMostOverlap) return false;
      mean.low += box.score * box.low;
      mean.high += box.score * box.high;
      mean.hips += box.score * box.hips;
      mean.above += box.score * box.above;
      weight += box.score;
      return true;
    });
    if (!(weight > 0)) break;  // a box without area
    for (Vec2* place : {&mean.low, &mean.high, &mean.hips, &mean.above}) *place /= weight;
    mean.score = best.score;
    out.push_back(mean);
  }
  return out;
}

/// Affine map from the pixels of a square of `side` pixels to those of the image. The square's centre, and where its right and
/// lower edges' middles are from there, in pixels of the image.
cv::Mat image_from_square(int side, const Vec2& centre, const Vec2& right, const Vec2& down) {
  const float scale = 2.0f / static_cast<float>(side);
  const Vec2 x = right * scale, y = down * scale;
  const Vec2 first = centre - right - down + 0.5f * (x + y) - Vec2::Constant(0.5f);  // pixel centres are at half coordinates
  return (cv::Mat_<float>(2, 3) << x.x(), y.x(), first.x(), x.y(), y.y(), first.y());
}

/// `image` seen through such a square, as height x width x 3 in lowest..1.
std::vector<float> crop(const cv::Mat& image, int side, const Vec2& centre, const Vec2& right, const Vec2& down, float lowest, int border) {
  const cv::Mat image_from_crop = image_from_square(side, centre, right, down);
  const float shrink = 2 * right.norm() / static_cast<float>(side);
  cv::Mat source = image;
  if (shrink > 1.5f) cv::GaussianBlur(image, source, {}, 0.4 * static_cast<double>(shrink));
  cv::Mat bytes, floats;
  cv::warpAffine(source, bytes, image_from_crop, {side, side}, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, border);
  bytes.convertTo(floats, CV_32F, (1 - static_cast<double>(lowest)) / 255, static_cast<double>(lowest));
  return {floats.ptr<float>(), floats.ptr<float>() + floats.total() * 3};
}

/// The square about a person in which the network looks for landmarks.
struct PersonSquare {
  Vec2 centre, right, up;  ///< from the centre to the edges' middles

  PersonSquare(const PersonBox& box, const Image& image) : centre(box.hips) {
    const float half = kMargin * std::clamp(box.reach(), 4.0f, 4.0f * static_cast<float>(std::max(image.width, image.height)));
    up = half * (box.above - centre).normalized();
    right = Vec2(-up.y(), up.x());
  }
};

cv::Mat rgb_of(const Image& image) {
  cv::Mat rgb = internal::as_mat(image);
  if (image.channels == 4) cv::cvtColor(rgb, rgb, cv::COLOR_RGBA2RGB);
  return rgb;
}

}  // namespace

struct PersonNetwork::State {
  internal::OnnxSession detector, landmarks;
};

Result<PersonNetwork> PersonNetwork::open() {
  MP4D_TRY(package, find_network("pose"));
  if (!network_installed("pose"))
    return fail(ErrorCode::kUsage, "the pose network is not installed; run 'magicpose4d models install pose'");
  MP4D_TRY(landmarks, open_network(package, 0));
  MP4D_TRY(detector, open_network(package, 1));
  return PersonNetwork(std::make_shared<State>(State{std::move(detector), std::move(landmarks)}));
}

Result<std::vector<PersonBox>> PersonNetwork::detect(const Image& image, const JobContext* job) const {
  const internal::SingleThreadedOpenCv scope;
  static const std::vector<Vec2> places = anchors();
  const float side = static_cast<float>(std::max(image.width, image.height));
  const Vec2 centre = 0.5f * Vec2(static_cast<float>(image.width), static_cast<float>(image.height));
  std::vector<float> input =
      crop(rgb_of(image), kDetectorSide, centre, {side / 2, 0}, {0, side / 2}, -1, cv::BORDER_CONSTANT);
  MP4D_TRY(found, state_->detector.run(input, {1, kDetectorSide, kDetectorSide, 3},
                                       {{"output0", places.size() * kBoxValues}, {"output1", places.size()}}, job));
  std::vector<PersonBox> boxes;
  for (std::size_t i = 0; i < places.size(); ++i) {
    PersonBox box;
    box.score = sigmoid(found[1][i]);
    if (!(box.score >= kLeastScore)) continue;
    const float* values = &found[0][i * kBoxValues];
    const auto at = [&](int value) { return Vec2(Vec2(values[value], values[value + 1]) / kDetectorSide); };
    const auto in_image = [&](const Vec2& place) { return Vec2(centre + side * (place - Vec2::Constant(0.5f))); };
    const Vec2 middle = places[i] + at(0), half = 0.5f * at(2);
    box.low = in_image(middle - half);
    box.high = in_image(middle + half);
    box.hips = in_image(places[i] + at(4));
    box.above = in_image(places[i] + at(6));
    if (box.hips.allFinite() && box.above.allFinite() && box.reach() > 1) boxes.push_back(box);
  }
  boxes = merged(std::move(boxes));
  std::sort(boxes.begin(), boxes.end(), [](const PersonBox& a, const PersonBox& b) { return a.reach() > b.reach(); });
  return boxes;
}

Result<PersonLandmarks> PersonNetwork::landmarks(const Image& image, const PersonBox& at, const JobContext* job) const {
  const internal::SingleThreadedOpenCv scope;
  const cv::Mat rgb = rgb_of(image);
  PersonLandmarks out;
  out.box = at;
  for (int round = 0; round <= kRefinements; ++round) {
    const PersonSquare square(out.box, image);
    const float half = square.up.norm();
    const Vec2 up = square.up / half, right = square.right / half;
    std::vector<float> input = crop(rgb, kLandmarkSide, square.centre, square.right, -square.up, 0, cv::BORDER_CONSTANT);
    MP4D_TRY(found, state_->landmarks.run(input, {1, kLandmarkSide, kLandmarkSide, 3},
                                          {{"output0", kAllLandmarks * kLandmarkValues}, {"output1", 1}, {"output4", kAllLandmarks * 3}},
                                          job));
    const auto pixel = [&](int landmark) {
      const float* values = &found[0][static_cast<std::size_t>(landmark * kLandmarkValues)];
      const Vec2 place = Vec2(values[0], values[1]) * (2.0f / kLandmarkSide) - Vec2::Ones();
      return Vec2(square.centre + place.x() * square.right - place.y() * square.up);
    };
    out.score = found[1][0];
    for (int i = 0; i < kLandmarkCount; ++i) {
      const float* values = &found[0][static_cast<std::size_t>(i * kLandmarkValues)];
      out.picture.row(i) << pixel(i).transpose(), values[2] * half * (2.0f / kLandmarkSide);
      out.visibility[i] = sigmoid(values[3]);
      out.presence[i] = sigmoid(values[4]);
      const float* metres = &found[2][static_cast<std::size_t>(3 * i)];
      out.world.row(i) << (metres[0] * right - metres[1] * up).transpose(), metres[2];
    }
    if (!out.picture.allFinite() || !out.world.allFinite() || !std::isfinite(out.score))
      return fail(ErrorCode::kFailed, "the pose network gave numbers that are not finite");
    if (out.score < kLeastScore) break;  // nobody to look closer at
    out.box.hips = pixel(kHipsLandmark);
    out.box.above = pixel(kReachLandmark);
    out.box.low = out.picture.leftCols<2>().colwise().minCoeff().transpose();
    out.box.high = out.picture.leftCols<2>().colwise().maxCoeff().transpose();
    out.box.score = out.score;
    if (out.box.reach() < 1) break;
  }
  return out;
}

Result<ImageF> PersonNetwork::figure(const Image& image, const PersonBox& box, const JobContext* job) const {
  const internal::SingleThreadedOpenCv scope;
  const PersonSquare square(box, image);
  std::vector<float> input = crop(rgb_of(image), kLandmarkSide, square.centre, square.right, -square.up, 0, cv::BORDER_CONSTANT);
  MP4D_TRY(found, state_->landmarks.run(input, {1, kLandmarkSide, kLandmarkSide, 3}, {{"output2", kLandmarkSide * kLandmarkSide}}, job));
  for (float& value : found[0]) value = sigmoid(value);
  cv::Mat whole;
  cv::warpAffine(cv::Mat(kLandmarkSide, kLandmarkSide, CV_32F, found[0].data()), whole,
                 image_from_square(kLandmarkSide, square.centre, square.right, -square.up), {image.width, image.height});
  return internal::from_mat<float>(whole);
}

}  // namespace mp4d
