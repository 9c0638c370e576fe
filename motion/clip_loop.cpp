#include "motion/clip_edit.h"
#include "motion/kinematics.h"
#include <algorithm>
#include <cmath>
#include <numbers>

namespace mp4d {
namespace {

constexpr std::size_t kMostFrames = 600;  // the search compares all pairs
constexpr double kVelocityWeight = 0.1;   // seconds: a velocity counts as the angle it makes in this time
constexpr float kSteady = 0.8f;           // of all the ground that the root covers, travel keeps so much
constexpr float kTravelShare = 0.02f;     // of the size; less than this is drift and is closed

/// Half the rotation vector, fit for comparing.
Vec3 rotation_vector(const Quat& from, const Quat& to) {
  Eigen::AngleAxisf turn(from.conjugate() * to);
  float angle = turn.angle();
  if (angle > std::numbers::pi_v<float>) angle -= 2 * std::numbers::pi_v<float>;
  return angle * turn.axis();
}

/// The key rate of the clip, from the median step.
double rate_of(const Clip& clip) {
  std::vector<double> steps;
  for (std::size_t i = 1; i < clip.times.size(); ++i)
    if (clip.times[i] - clip.times[i - 1] > 1e-4) steps.push_back(clip.times[i] - clip.times[i - 1]);
  if (steps.empty()) return 30;
  std::nth_element(steps.begin(), steps.begin() + steps.size() / 2, steps.end());
  return std::clamp(1 / steps[steps.size() / 2], 15.0, 120.0);
}

/// The joint that carries the body over the ground: the topmost one whose place in its parent changes most.
int travelling_joint(const Skeleton& skeleton, const Clip& clip) {
  std::vector<float> path(skeleton.joints.size(), 0);
  float most = 0;
  for (int j = 0; j < skeleton.size(); ++j) {
    for (const Pose& pose : clip.poses)
      path[j] = std::max(path[j], (pose[j].translation - clip.poses[0][j].translation).norm());
    most = std::max(most, path[j]);
  }
  for (int j = 0; j < skeleton.size(); ++j)
    if (path[j] > 0.5f * most && most > 0) return j;
  return 0;
}

class Cycles {
 public:
  Cycles(const Skeleton& skeleton, const Clip& frames, double rate) : frames_(frames), joints_(skeleton.size()) {
    std::vector<float> below(joints_, 1);  // what hangs on a joint moves with it
    for (int j = joints_ - 1; j > 0; --j)
      if (skeleton.joints[j].parent >= 0) below[skeleton.joints[j].parent] += below[j];
    float sum = 0;
    for (const float w : below) sum += w;
    for (const float w : below) weight_.push_back(w / sum);
    const std::size_t n = frames.poses.size();
    velocity_.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t a = i > 0 ? i - 1 : 0, b = std::min(n - 1, i + 1);
      for (int j = 0; j < joints_; ++j)
        velocity_[i].push_back(rotation_vector(frames.poses[a][j].rotation, frames.poses[b][j].rotation) *
                               static_cast<float>(rate / static_cast<double>(b - a)));
    }
  }

  /// Weighted mean angle between two frames, radians.
  double angle(std::size_t a, std::size_t b) const {
    double sum = 0;
    for (int j = 0; j < joints_; ++j) {
      const double dot = std::abs(frames_.poses[a][j].rotation.dot(frames_.poses[b][j].rotation));
      sum += weight_[j] * 2 * std::acos(std::min(1.0, dot));
    }
    return sum;
  }
  double cost(std::size_t a, std::size_t b) const {
    double sum = 0;
    for (int j = 0; j < joints_; ++j) sum += weight_[j] * (velocity_[a][j] - velocity_[b][j]).norm();
    return angle(a, b) + kVelocityWeight * sum;
  }

 private:
  const Clip& frames_;
  int joints_;
  std::vector<float> weight_;
  std::vector<std::vector<Vec3>> velocity_;
};

/// Adds to every pose in the last `blend` seconds the part of the gap between last and first that is due.
void close_gap(Clip& clip, double blend, int root, const Vec3& kept) {
  const Pose first = clip.poses.front(), last = clip.poses.back();
  const double end = clip.times.back();
  for (std::size_t i = 1; i < clip.poses.size(); ++i) {
    const double u =
        blend > 0 ? std::clamp((clip.times[i] - (end - blend)) / blend, 0.0, 1.0) : (i + 1 == clip.poses.size());
    const float s = static_cast<float>(u * u * (3 - 2 * u));
    if (s == 0) continue;
    for (std::size_t j = 0; j < first.size(); ++j) {
      Transform& local = clip.poses[i][j];
      Quat gap = first[j].rotation * last[j].rotation.conjugate();
      if (gap.w() < 0) gap.coeffs() = -gap.coeffs();
      local.rotation = (Quat::Identity().slerp(s, gap) * local.rotation).normalized();
      Vec3 shift = first[j].translation - last[j].translation;
      if (static_cast<int>(j) == root) shift += kept;
      local.translation += s * shift;
      local.scale += s * (first[j].scale - last[j].scale);
    }
  }
}

}  // namespace

Result<Clip> loop_clip(const Skeleton& skeleton, const Clip& clip, const LoopOptions& options, Loop* found) {
  const double length = clip.times.empty() ? 0 : clip.times.back() - clip.times.front();
  if (length < options.shortest)
    return fail(ErrorCode::kInput, "clip '{}': {:.3f} s are too short for a cycle of at least {} s", clip.name, length,
                options.shortest);
  double rate = rate_of(clip);
  rate = std::min(rate, static_cast<double>(kMostFrames) / length);
  const Clip frames = resample_clip(clip, rate);
  const std::size_t n = frames.poses.size();
  const Cycles cycles(skeleton, frames, rate);
  double range = 0;
  for (std::size_t i = 1; i < n; ++i) range = std::max(range, cycles.angle(0, i));
  if (range < 1e-3)
    return fail(ErrorCode::kInput, "clip '{}': its joints do not turn; there is no cycle to find", clip.name);

  const std::size_t shortest = std::max<std::size_t>(2, static_cast<std::size_t>(std::ceil(options.shortest * rate)));
  struct Cut {
    std::size_t a, b;
    double cost;
  };
  std::vector<Cut> cuts;
  double best = INFINITY;
  for (std::size_t a = 0; a + shortest < n; ++a) {
    double moved = 0;
    for (std::size_t b = a + 1; b < n; ++b) {
      moved = std::max(moved, cycles.angle(a, b));
      if (b - a < shortest || moved < 0.5 * range) continue;  // standing still is no cycle
      cuts.push_back({a, b, cycles.cost(a, b)});
      best = std::min(best, cuts.back().cost);
    }
  }
  if (cuts.empty())
    return fail(ErrorCode::kInput, "clip '{}': no cycle of at least {} s lies in its {:.3f} s", clip.name,
                options.shortest, length);
  // Two rounds close as well as one: of cuts that are nearly as good as the best, the shortest.
  const double good = best + 0.05 * range;
  const Cut* cut = nullptr;
  for (const Cut& c : cuts) {
    if (c.cost > good) continue;
    const bool shorter = cut && c.b - c.a + 2 < cut->b - cut->a;
    const bool better = cut && c.b - c.a <= cut->b - cut->a + 2 && c.cost < cut->cost;
    if (!cut || shorter || better) cut = &c;
  }
  const double start = frames.times[cut->a] - frames.times.front(), end = frames.times[cut->b] - frames.times.front();
  MP4D_TRY(loop, trim_clip(frames, start, end));

  const int root = travelling_joint(skeleton, loop);
  const std::vector<Mat4> at_start = forward_kinematics(skeleton, loop.poses.front());
  const std::vector<Mat4> at_end = forward_kinematics(skeleton, loop.poses.back());
  Vec3 ground = at_end[root].topRightCorner<3, 1>() - at_start[root].topRightCorner<3, 1>();
  ground.y() = 0;
  Aabb box;
  for (const Mat4& m : at_start) box.extend(Vec3(m.topRightCorner<3, 1>()));
  // What swings to and fro and ends a little off has not travelled.
  float least = 0, most = 0;
  for (const Pose& pose : loop.poses) {
    const Vec3 gone =
        forward_kinematics(skeleton, pose)[root].topRightCorner<3, 1>() - at_start[root].topRightCorner<3, 1>();
    const float along = gone.dot(ground) / std::max(1e-9f, ground.norm());
    least = std::min(least, along);
    most = std::max(most, along);
  }
  if (ground.norm() < kTravelShare * box.sizes().maxCoeff() || ground.norm() < kSteady * (most - least))
    ground.setZero();
  const int parent = skeleton.joints[root].parent;
  Mat3 axes = Mat3::Identity();
  if (parent >= 0) axes = at_start[parent].topLeftCorner<3, 3>();
  const Vec3 travel = std::abs(axes.determinant()) > 1e-9f ? Vec3(axes.inverse() * ground) : Vec3(Vec3::Zero());
  const double blend = std::min(options.blend, 0.5 * (end - start));
  close_gap(loop, blend, root, travel);
  if (options.in_place) {
    for (std::size_t i = 0; i < loop.poses.size(); ++i)
      loop.poses[i][root].translation -= static_cast<float>(loop.times[i] / loop.times.back()) * travel;
  }
  keep_rotations_close(loop);
  if (found) *found = {start, end, cycles.angle(cut->a, cut->b) * 180 / std::numbers::pi, blend, ground.norm()};
  return std::move(loop);
}

}  // namespace mp4d
