#include "reconstruction/field/pose_refinement.h"
#include <algorithm>
#include <cmath>
#include <utility>

namespace mp4d {
namespace {

Mat3 turned(const Vec3& turn) {
  const float angle = turn.norm();
  return angle > 0 ? Eigen::AngleAxisf(angle, turn / angle).toRotationMatrix() : Mat3(Mat3::Identity());
}

}  // namespace

void PoseRefinement::move(std::span<Ray> rays, std::span<const std::uint32_t> cameras) const {
  std::vector<Mat3> turns;
  for (const Vec6& value : values_) turns.push_back(turned(value.head<3>()));
  for (std::size_t i = 0; i < rays.size(); ++i) {
    rays[i].origin += values_[cameras[i]].tail<3>();
    rays[i].direction = turns[cameras[i]] * rays[i].direction;
  }
}

Camera PoseRefinement::moved(const Camera& camera, std::size_t number) const {
  Camera out = camera;
  const Iso3 world_from_camera = camera.camera_from_world.inverse();
  Iso3 moved = Iso3::Identity();
  moved.linear() = turned(values_[number].head<3>()) * world_from_camera.linear();
  moved.translation() = world_from_camera.translation() + values_[number].tail<3>();
  out.camera_from_world = moved.inverse();
  return out;
}

void PoseRefinement::step(std::span<const Ray> rays, std::span<const RayGradient> gradients, std::span<const std::uint32_t> cameras,
                          float turn, float shift) {
  constexpr float kFirst = 0.9f, kSecond = 0.99f, kEpsilon = 1e-8f;
  std::vector<Vec6> gradient(values_.size(), Vec6::Zero());
  for (std::size_t i = 0; i < rays.size(); ++i) {
    gradient[cameras[i]].head<3>() += rays[i].direction.cross(gradients[i].direction);
    gradient[cameras[i]].tail<3>() += gradients[i].origin;
  }
  ++steps_;
  const float first = 1 / (1 - std::pow(kFirst, steps_)), second = 1 / (1 - std::pow(kSecond, steps_));
  Vec6 rate, mean = Vec6::Zero();
  rate << turn, turn, turn, shift, shift, shift;
  for (std::size_t c = 0; c < values_.size(); ++c) {
    first_[c] = kFirst * first_[c] + (1 - kFirst) * gradient[c];
    second_[c] = kSecond * second_[c] + (1 - kSecond) * gradient[c].cwiseAbs2();
    values_[c].array() -= rate.array() * first * first_[c].array() / ((second * second_[c].array()).sqrt() + kEpsilon);
    mean += values_[c] / static_cast<float>(values_.size());
  }
  for (Vec6& value : values_) value -= mean;
}

std::vector<float> PoseRefinement::state() const {
  std::vector<float> out;
  if (empty()) return out;
  for (const auto* list : {&values_, &first_, &second_})
    for (const Vec6& v : *list) out.insert(out.end(), v.begin(), v.end());
  out.push_back(steps_);
  return out;
}

bool PoseRefinement::restore(std::span<const float> state) {
  if (state.size() != (empty() ? 0 : 18 * values_.size() + 1)) return false;
  if (empty()) return true;
  const float* from = state.data();
  for (auto* list : {&values_, &first_, &second_})
    for (Vec6& v : *list) std::copy_n(std::exchange(from, from + 6), 6, v.data());
  steps_ = *from;
  return true;
}

}  // namespace mp4d
