#include "io/internal/fbx_objects.h"
#include <Eigen/LU>
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace mp4d {
namespace {

using Vec3d = Eigen::Vector3d;
using Quatd = Eigen::Quaterniond;

constexpr double kTicks = 46186158000.0;  // a second
constexpr double kDegree = 180 / std::numbers::pi;
constexpr double kSameAngle = 2e-4;  // radians between straight Euler curves and the shortest turn
constexpr int kDeepest = 6;          // halvings of one step
constexpr std::int32_t kLinear = 4, kAutoTangent = 0x100;

/// Rotation about x, then y, then z, degrees.
Quatd from_euler(const Vec3d& degrees) {
  const Vec3d half = degrees / kDegree;
  return Quatd(Eigen::AngleAxisd(half.z(), Vec3d::UnitZ()) * Eigen::AngleAxisd(half.y(), Vec3d::UnitY()) *
               Eigen::AngleAxisd(half.x(), Vec3d::UnitX()));
}

struct Track {
  std::vector<double> times;
  std::vector<Vec3d> values;
};

/// Keys of a joint's rotation against rest. Euler angles that go straight between two keys do not turn as the joint
/// does; where they stray, keys are put between.
class RotationTrack {
 public:
  RotationTrack(const Clip& clip, int joint, const Quatd& rest) {
    for (const Pose& pose : clip.poses)
      turns_.push_back((rest.conjugate() * pose[joint].rotation.cast<double>()).normalized());
    put(clip.times[0], fbx_euler(turns_[0], Vec3d::Zero()));
    for (std::size_t i = 1; i < turns_.size(); ++i) {
      const int depth = clip.times[i] - clip.times[i - 1] < 1e-4 ? 0 : kDeepest;  // a jump stays one
      refine(clip.times[i - 1], turns_[i - 1], clip.times[i], turns_[i], depth);
    }
  }
  Track track;

 private:
  void put(double time, const Vec3d& value) {
    track.times.push_back(time);
    track.values.push_back(value);
  }
  void refine(double t0, const Quatd& a, double t1, const Quatd& b, int depth) {
    const Vec3d start = track.values.back(), end = fbx_euler(b, start);
    bool close = true;
    for (const double s : {0.25, 0.5, 0.75})
      close = close && from_euler(start + s * (end - start)).angularDistance(a.slerp(s, b)) < kSameAngle;
    if (close || depth == 0) {
      put(t1, end);
      return;
    }
    const double middle = 0.5 * (t0 + t1);
    const Quatd between = a.slerp(0.5, b);
    refine(t0, a, middle, between, depth - 1);
    refine(middle, between, t1, b, depth - 1);
  }

  std::vector<Quatd> turns_;
};

Track vector_track(const Clip& clip, int joint, bool scale) {
  Track track{clip.times, {}};
  for (const Pose& pose : clip.poses)
    track.values.push_back((scale ? pose[joint].scale : pose[joint].translation).cast<double>());
  return track;
}

/// A track that stands still needs its ends only.
void thin(Track& track) {
  const bool still =
      std::all_of(track.values.begin(), track.values.end(), [&](const Vec3d& v) { return v == track.values[0]; });
  if (!still || track.times.size() <= 2) return;
  track.times = {track.times.front(), track.times.back()};
  track.values = {track.values.front(), track.values.back()};
}

void add_track(const Track& track, const char* letter, const char* property, std::int64_t joint, std::int64_t layer,
               FbxObjects& out) {
  static constexpr std::array<const char*, 3> kAxes{"d|X", "d|Y", "d|Z"};
  std::int64_t node_id;
  FbxRecord& node = out.make("AnimationCurveNode", letter, "AnimCurveNode", "", node_id);
  FbxRecord& defaults = node.child("Properties70");
  for (int k = 0; k < 3; ++k) defaults.property(kAxes[k], "Number", "", "A", track.values[0][k]);
  out.connect(node_id, layer);
  out.connect(node_id, joint, property);
  std::vector<std::int64_t> times;
  for (const double time : track.times) times.push_back(fbx_time(time));
  for (int k = 0; k < 3; ++k) {
    std::vector<float> values;
    for (const Vec3d& value : track.values) values.push_back(static_cast<float>(value[k]));
    std::int64_t id;
    FbxRecord& curve = out.make("AnimationCurve", "", "AnimCurve", "", id);
    curve.child("Default", track.values[0][k]);
    curve.child("KeyVer", 4008);
    curve.child("KeyTime", times);
    curve.child("KeyValueFloat", values);
    curve.child("KeyAttrFlags", std::vector<std::int32_t>{kLinear | kAutoTangent});
    curve.child("KeyAttrDataFloat", std::vector<float>{0, 0, 0, 0});
    curve.child("KeyAttrRefCount", std::vector<std::int32_t>{static_cast<std::int32_t>(times.size())});
    out.connect(id, node_id, kAxes[k]);
  }
}

}  // namespace

std::int64_t fbx_time(double seconds) { return std::llround(seconds * kTicks); }

Vec3d fbx_euler(const Quatd& rotation, const Vec3d& near) {
  const Eigen::Matrix3d m = rotation.toRotationMatrix();
  const double sine = std::clamp(-m(2, 0), -1.0, 1.0);
  Vec3d first;
  if (std::abs(sine) > 1 - 1e-12) {  // x and z turn about the same axis: x stays
    const double x = near.x() / kDegree;
    const double both = std::atan2(-m(0, 1), m(1, 1));  // z - x or z + x
    first = {x, std::asin(sine), sine > 0 ? both + x : both - x};
  } else {
    first = {std::atan2(m(2, 1), m(2, 2)), std::asin(sine), std::atan2(m(1, 0), m(0, 0))};
  }
  first *= kDegree;
  Vec3d second(first.x() + 180, 180 - first.y(), first.z() + 180);
  for (Vec3d* angles : {&first, &second})
    for (int k = 0; k < 3; ++k) (*angles)[k] += 360 * std::round((near[k] - (*angles)[k]) / 360);
  return (first - near).squaredNorm() <= (second - near).squaredNorm() ? first : second;
}

void add_fbx_clips(const RiggedModel& model, const std::vector<std::int64_t>& joint_ids, FbxObjects& out) {
  if (model.clips.empty()) return;
  const int joints = model.skeleton.size();
  // A path that one clip moves is in all: editors play one clip after the other without going back to rest.
  std::vector<std::array<bool, 3>> moves(joints, {false, false, false});
  for (const Clip& clip : model.clips) {
    for (const Pose& pose : clip.poses)
      for (int j = 0; j < joints; ++j) {
        const Transform& rest = model.skeleton.joints[j].rest;
        moves[j][0] |= pose[j].translation != rest.translation;
        moves[j][1] |= std::abs(pose[j].rotation.dot(rest.rotation)) < 1 - 1e-7f ||
                       pose[j].rotation.angularDistance(rest.rotation) > 1e-6f;
        moves[j][2] |= pose[j].scale != rest.scale;
      }
  }
  // Blender takes the bind pose for rest, and what has no curve for being there.
  const std::vector<Eigen::Matrix4d> bind = fbx_bind_matrices(model);
  for (int j = 0; j < joints; ++j) {
    const int parent = model.skeleton.joints[j].parent;
    const Eigen::Matrix4d bound = parent < 0 ? bind[j] : Eigen::Matrix4d(bind[parent].inverse() * bind[j]);
    if (!bound.isApprox(model.skeleton.joints[j].rest.matrix().cast<double>(), 1e-4)) moves[j].fill(true);
  }
  const auto any = [](const auto& m) { return m[0] || m[1] || m[2]; };
  if (std::none_of(moves.begin(), moves.end(), any)) moves[0][0] = true;  // a clip of rest keeps its length

  for (const Clip& clip : model.clips) {
    std::int64_t stack_id, layer_id;
    const std::int64_t start = fbx_time(clip.times.front()), stop = fbx_time(clip.times.back());
    FbxRecord& stack = out.make("AnimationStack", clip.name, "AnimStack", "", stack_id);
    FbxRecord& properties = stack.child("Properties70");
    properties.property("LocalStart", "KTime", "Time", "", start);
    properties.property("LocalStop", "KTime", "Time", "", stop);
    properties.property("ReferenceStart", "KTime", "Time", "", start);
    properties.property("ReferenceStop", "KTime", "Time", "", stop);
    out.make("AnimationLayer", "BaseLayer", "AnimLayer", "", layer_id);
    out.connect(layer_id, stack_id);
    for (int j = 0; j < joints; ++j) {
      const auto add = [&](Track track, const char* letter, const char* property) {
        thin(track);
        add_track(track, letter, property, joint_ids[j], layer_id, out);
      };
      if (moves[j][0]) add(vector_track(clip, j, false), "T", "Lcl Translation");
      if (moves[j][1])
        add(RotationTrack(clip, j, model.skeleton.joints[j].rest.rotation.cast<double>().normalized()).track, "R",
            "Lcl Rotation");
      if (moves[j][2]) add(vector_track(clip, j, true), "S", "Lcl Scaling");
    }
  }
}

}  // namespace mp4d
