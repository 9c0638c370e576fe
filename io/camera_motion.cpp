#include "io/internal/camera_motion.h"
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <opencv2/imgproc.hpp>

namespace mp4d::internal {
namespace {

constexpr int kGrid = 5;  // px between samples
constexpr int kIterations = 15;
constexpr double kStaticStep = 0.3;   // px a frame at the corners
constexpr double kStaticDrift = 2.0;  // px over the whole clip

struct Sample {
  Eigen::Vector2d from, to;  // pixels relative to the centre, divided by the width
  double weight;
};

Eigen::Vector2d apply(const Eigen::Matrix3d& h, const Eigen::Vector2d& p) {
  return (h * p.homogeneous()).hnormalized();
}

/// Homography with h33 = 1 that minimises the weighted algebraic error; mildly drawn to `towards`.
Eigen::Matrix3d solve(const std::vector<Sample>& samples, const std::vector<double>& weights,
                      const Eigen::Matrix3d& towards) {
  using Vector8 = Eigen::Matrix<double, 8, 1>;
  Eigen::Matrix<double, 8, 8> a = Eigen::Matrix<double, 8, 8>::Zero();
  Vector8 b = Vector8::Zero();
  double total = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto& [p, q, unused] = samples[i];
    Vector8 row_x, row_y;
    row_x << p.x(), p.y(), 1, 0, 0, 0, -q.x() * p.x(), -q.x() * p.y();
    row_y << 0, 0, 0, p.x(), p.y(), 1, -q.y() * p.x(), -q.y() * p.y();
    a += weights[i] * (row_x * row_x.transpose() + row_y * row_y.transpose());
    b += weights[i] * (row_x * q.x() + row_y * q.y());
    total += weights[i];
  }
  Vector8 prior;
  prior << towards(0, 0), towards(0, 1), towards(0, 2), towards(1, 0), towards(1, 1), towards(1, 2), towards(2, 0),
      towards(2, 1);
  const double stiffness = 1e-5 * total + 1e-12;
  a.diagonal().array() += stiffness;
  const Vector8 h = a.ldlt().solve(b + stiffness * prior);
  Eigen::Matrix3d out;
  out << h(0), h(1), h(2), h(3), h(4), h(5), h(6), h(7), 1;
  return out;
}

std::vector<Sample> sample_flow(const cv::Mat& gray, const FlowPair& pair, const cv::Mat& subject) {
  cv::Mat dx, dy;
  cv::Sobel(gray, dx, CV_32F, 1, 0);
  cv::Sobel(gray, dy, CV_32F, 0, 1);
  cv::Mat texture = dx.mul(dx) + dy.mul(dy);
  cv::boxFilter(texture, texture, -1, {7, 7});
  const double width = gray.cols, cx = gray.cols / 2.0, cy = gray.rows / 2.0;
  std::vector<Sample> samples;
  for (int y = kGrid / 2; y < gray.rows; y += kGrid)
    for (int x = kGrid / 2; x < gray.cols; x += kGrid) {
      if (!pair.forward_valid.at(x, y) || (!subject.empty() && subject.at<std::uint8_t>(y, x))) continue;
      const double energy = texture.at<float>(y, x);
      const double rim = std::max(std::abs(x - cx) / cx, std::abs(y - cy) / cy);
      const Eigen::Vector2d p(x - cx, y - cy), f(pair.forward.at(x, y, 0), pair.forward.at(x, y, 1));
      samples.push_back({p / width, (p + f) / width, energy / (energy + 400) * (0.15 + rim * rim)});
    }
  return samples;
}

Eigen::Matrix3d fit(const cv::Mat& gray, const FlowPair& pair, const cv::Mat& subject, double& explained) {
  explained = 1;
  const std::vector<Sample> samples = sample_flow(gray, pair, subject);
  Eigen::Matrix3d h = Eigen::Matrix3d::Identity();
  if (samples.size() < 30) return h;
  std::vector<double> weights(samples.size()), residuals(samples.size());
  const double pixel = 1.0 / gray.cols;
  for (int iteration = 0; iteration < kIterations; ++iteration) {
    for (std::size_t i = 0; i < samples.size(); ++i) residuals[i] = (apply(h, samples[i].from) - samples[i].to).norm();
    // The scale shrinks from all to the better part of the samples.
    std::vector<double> sorted = residuals;
    const auto part = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() * (iteration < 5 ? 6 : 4) / 10);
    std::nth_element(sorted.begin(), part, sorted.end());
    const double scale = std::max(*part, 0.1 * pixel);
    for (std::size_t i = 0; i < samples.size(); ++i)
      weights[i] = samples[i].weight / (1 + std::pow(residuals[i] / scale, 2));
    h = solve(samples, weights, h);
  }
  double good = 0, all = 1e-9;
  for (const Sample& sample : samples) {
    all += sample.weight;
    if ((apply(h, sample.from) - sample.to).norm() < pixel) good += sample.weight;
  }
  explained = good / all;
  return h;
}

cv::Matx33d to_pixels(const Eigen::Matrix3d& h, cv::Size size) {
  Eigen::Matrix3d normalised_from_pixel;
  normalised_from_pixel << 1.0 / size.width, 0, -0.5, 0, 1.0 / size.width, -0.5 * size.height / size.width, 0, 0, 1;
  const Eigen::Matrix3d p = normalised_from_pixel.inverse() * h * normalised_from_pixel;
  cv::Matx33d out;
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) out(i, j) = p(i, j) / p(2, 2);
  return out;
}

cv::Point2d apply(const cv::Matx33d& h, double x, double y) {
  const cv::Vec3d q = h * cv::Vec3d(x, y, 1);
  return {q[0] / q[2], q[1] / q[2]};
}

double corner_shift(const cv::Matx33d& h, cv::Size size) {
  double sum = 0;
  for (const double x : {0.0, size.width - 1.0})
    for (const double y : {0.0, size.height - 1.0}) sum += cv::norm(apply(h, x, y) - cv::Point2d(x, y)) / 4;
  return sum;
}

}  // namespace

CameraMotion estimate_camera_motion(const std::vector<cv::Mat>& gray, const std::vector<FlowPair>& flow,
                                    const std::vector<cv::Mat>& subject) {
  CameraMotion camera;
  const cv::Size size = gray[0].size();
  std::vector<cv::Matx33d> next_from_frame(flow.size());
  std::vector<double> explained(flow.size());
#pragma omp parallel for schedule(dynamic)
  for (std::size_t t = 0; t < flow.size(); ++t)
    next_from_frame[t] = to_pixels(fit(gray[t], flow[t], subject.empty() ? cv::Mat() : subject[t], explained[t]), size);
  camera.first_from_frame = {cv::Matx33d::eye()};
  double drift = 0;
  for (const cv::Matx33d& h : next_from_frame) {
    camera.speed_px += corner_shift(h, size) / static_cast<double>(flow.size());
    camera.first_from_frame.push_back(camera.first_from_frame.back() * h.inv());
    drift = std::max(drift, corner_shift(camera.first_from_frame.back(), size));
  }
  camera.explained = std::accumulate(explained.begin(), explained.end(), 0.0) / static_cast<double>(flow.size());
  camera.is_static = camera.speed_px < kStaticStep && drift < kStaticDrift;
  if (camera.is_static) std::fill(camera.first_from_frame.begin(), camera.first_from_frame.end(), cv::Matx33d::eye());
  return camera;
}

cv::Mat residual_motion(const CameraMotion& camera, const std::vector<FlowPair>& flow, std::size_t t) {
  const cv::Matx33d h = camera.first_from_frame[t + 1].inv() * camera.first_from_frame[t];
  const ImageF& forward = flow[t].forward;
  cv::Mat out(forward.height, forward.width, CV_32F);
  for (int y = 0; y < forward.height; ++y)
    for (int x = 0; x < forward.width; ++x) {
      const cv::Point2d target = apply(h, x, y);
      out.at<float>(y, x) =
          static_cast<float>(std::hypot(x + forward.at(x, y, 0) - target.x, y + forward.at(x, y, 1) - target.y));
    }
  return out;
}

}  // namespace mp4d::internal
