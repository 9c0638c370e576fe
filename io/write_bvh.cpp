#include "core/files.h"
#include "io/internal/export_formats.h"
#include "motion/clip_edit.h"
#include "motion/kinematics.h"
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <numbers>

namespace mp4d {
namespace {

using Vec3d = Eigen::Vector3d;
using Mat3d = Eigen::Matrix3d;

constexpr double kDegree = 180 / std::numbers::pi;

/// The rotation nearest to a matrix.
Mat3d rotation_of(const Mat3d& m) {
  const Eigen::JacobiSVD<Mat3d> svd(m, Eigen::ComputeFullU | Eigen::ComputeFullV);
  Vec3d sign = Vec3d::Ones();
  if (svd.matrixU().determinant() * svd.matrixV().determinant() < 0) sign.z() = -1;
  return svd.matrixU() * sign.asDiagonal() * svd.matrixV().transpose();
}

/// Degrees about z, x and y of R = Rz Rx Ry, of all triples that mean the same the one nearest `near`.
Vec3d zxy_angles(const Mat3d& r, const Vec3d& near) {
  const double sine = std::clamp(r(2, 1), -1.0, 1.0);
  Vec3d first;
  if (std::abs(sine) > 1 - 1e-12) {  // z and y turn about the same axis: y stays
    const double y = near[2] / kDegree, both = std::atan2(r(1, 0), r(0, 0));
    first = {sine > 0 ? both - y : both + y, std::asin(sine), y};
  } else {
    first = {std::atan2(-r(0, 1), r(1, 1)), std::asin(sine), std::atan2(-r(2, 0), r(2, 2))};
  }
  first *= kDegree;
  Vec3d second(first[0] + 180, 180 - first[1], first[2] + 180);
  for (Vec3d* angles : {&first, &second})
    for (int k = 0; k < 3; ++k) (*angles)[k] += 360 * std::round((near[k] - (*angles)[k]) / 360);
  return (first - near).squaredNorm() <= (second - near).squaredNorm() ? first : second;
}

/// A skeleton as BVH has it: every joint rests in the world's axes, and only angles (and places, where a bone does not
/// keep its length) change.
class BvhText {
 public:
  explicit BvhText(const RiggedModel& model) : model_(model), joints_(model.skeleton.joints) {
    children_.resize(joints_.size());
    for (int j = 0; j < count(); ++j)
      if (joints_[j].parent >= 0) children_[joints_[j].parent].push_back(j);
    rest_ = forward_kinematics(model.skeleton, rest_pose(model.skeleton));
    tips_ = joint_tips(model);
    for (const Pose& pose : model.clips[0].poses) add_frame(forward_kinematics(model.skeleton, pose));
    find_stretching();
  }

  std::string run() {
    out_ = "HIERARCHY\n";
    for (int j = 0; j < count(); ++j)
      if (joints_[j].parent < 0) put_tree(j);
    const std::vector<double>& times = model_.clips[0].times;
    const double step =
        times.size() > 1 ? (times.back() - times.front()) / static_cast<double>(times.size() - 1) : 1 / 30.0;
    out_ += fmt::format("MOTION\nFrames: {}\nFrame Time: {}\n", times.size(), step);
    for (std::size_t f = 0; f < times.size(); ++f) {
      std::string line;
      for (const int j : order_) {
        if (has_place(j)) append(line, places_[f][j]);
        append(line, angles_[f][j]);
      }
      out_ += line + "\n";
    }
    return std::move(out_);
  }

 private:
  int count() const { return static_cast<int>(joints_.size()); }
  bool has_place(int j) const { return joints_[j].parent < 0 || stretches_[j]; }
  Vec3d offset(int j) const {
    if (joints_[j].parent < 0) return Vec3d::Zero();  // readers disagree whether a root's is added to its place
    return (rest_[j].topRightCorner<3, 1>() - rest_[joints_[j].parent].topRightCorner<3, 1>()).cast<double>();
  }

  void add_frame(const std::vector<Mat4>& world) {
    std::vector<Mat3d> turned(world.size());  // world rotation from rest
    std::vector<Vec3d> place(world.size()), angles(world.size());
    for (std::size_t j = 0; j < world.size(); ++j) {
      const Mat3d rest = rest_[j].topLeftCorner<3, 3>().cast<double>(),
                  now = world[j].topLeftCorner<3, 3>().cast<double>();
      turned[j] = rotation_of(now) * rotation_of(rest).transpose();
      const int parent = joints_[j].parent;
      const Vec3d at = world[j].topRightCorner<3, 1>().cast<double>();
      const Mat3d before = parent < 0 ? Mat3d::Identity() : turned[parent];
      place[j] =
          parent < 0 ? at : Vec3d(before.transpose() * (at - world[parent].topRightCorner<3, 1>().cast<double>()));
      const Vec3d near = angles_.empty() ? Vec3d::Zero() : angles_.back()[j];
      angles[j] = zxy_angles(before.transpose() * turned[j], near);
    }
    places_.push_back(std::move(place));
    angles_.push_back(std::move(angles));
  }

  void find_stretching() {
    Aabb box;
    for (const Mat4& m : rest_) box.extend(Vec3(m.topRightCorner<3, 1>()));
    const double tolerance = 1e-4 * std::max(1e-6f, box.sizes().maxCoeff());
    stretches_.assign(joints_.size(), 0);
    for (const auto& frame : places_)
      for (int j = 0; j < count(); ++j) stretches_[j] |= (frame[j] - offset(j)).norm() > tolerance;
  }

  /// A leaf that only marks where its parent ends, and has the name that readers give such a place, is written as such.
  bool is_end(int j) const {
    if (!children_[j].empty() || joints_[j].parent < 0 || stretches_[j]) return false;
    if (joints_[j].name != joints_[joints_[j].parent].name + "_end") return false;
    if (children_[joints_[j].parent].size() != 1) return false;
    const bool turns =
        std::any_of(angles_.begin(), angles_.end(), [j](const auto& frame) { return frame[j].norm() > 1e-3; });
    return !turns && !(model_.skin.joints.array() == j && model_.skin.weights.array() > 0).any();
  }

  static void append(std::string& line, const Vec3d& values) {
    for (int k = 0; k < 3; ++k)
      line += fmt::format("{}{:.6f}", line.empty() ? "" : " ", std::abs(values[k]) < 5e-7 ? 0.0 : values[k]);
  }

  void put_offset(const std::string& indent, const Vec3d& offset) {
    std::string line;
    append(line, offset);
    out_ += indent + "OFFSET " + line + "\n";
  }

  void put_tree(int root) {
    struct Step {
      int joint, depth;
      bool close;
    };
    std::vector<Step> stack{{root, 0, false}};
    while (!stack.empty()) {
      const Step step = stack.back();
      stack.pop_back();
      const std::string indent(step.depth, '\t');
      if (step.close) {
        out_ += indent + "}\n";
        continue;
      }
      const int j = step.joint;
      if (is_end(j)) {
        out_ += indent + "End Site\n" + indent + "{\n";
        put_offset(indent + "\t", offset(j));
        out_ += indent + "}\n";
        continue;
      }
      order_.push_back(j);
      out_ += fmt::format("{}{} {}\n{}{{\n", indent, step.depth == 0 ? "ROOT" : "JOINT", joints_[j].name, indent);
      put_offset(indent + "\t", offset(j));
      out_ += fmt::format("{}\tCHANNELS {}Zrotation Xrotation Yrotation\n", indent,
                          has_place(j) ? "6 Xposition Yposition Zposition " : "3 ");
      if (children_[j].empty()) {
        out_ += indent + "\tEnd Site\n" + indent + "\t{\n";
        put_offset(indent + "\t\t", (rest_[j].topLeftCorner<3, 3>() * tips_[j]).cast<double>());
        out_ += indent + "\t}\n";
      }
      stack.push_back({j, step.depth, true});
      for (auto child = children_[j].rbegin(); child != children_[j].rend(); ++child)
        stack.push_back({*child, step.depth + 1, false});
    }
  }

  const RiggedModel& model_;
  const std::vector<Joint>& joints_;
  std::vector<std::vector<int>> children_;
  std::vector<Mat4> rest_;
  std::vector<Vec3> tips_;
  std::vector<char> stretches_;
  std::vector<int> order_;                           // as written
  std::vector<std::vector<Vec3d>> places_, angles_;  // for each frame and joint: in the parent's axes; degrees z, x, y
  std::string out_;
};

void add_common_root(RiggedModel& model) {
  Skeleton& skeleton = model.skeleton;
  if (std::count_if(skeleton.joints.begin(), skeleton.joints.end(), [](const Joint& j) { return j.parent < 0; }) < 2)
    return;
  std::string name = "root";
  while (skeleton.find(name) >= 0) name += "_";
  for (Joint& joint : skeleton.joints) ++joint.parent;
  skeleton.joints.insert(skeleton.joints.begin(), Joint{name, -1, {}});
  model.skin.joint_from_mesh.insert(model.skin.joint_from_mesh.begin(), Mat4::Identity());
  model.skin.joints.array() += 1;
  for (Clip& clip : model.clips)
    for (Pose& pose : clip.poses) pose.insert(pose.begin(), Transform{});
}

/// Keys at even steps from 0 that end where the clip does.
Clip even_keys(const Clip& clip, double rate) {
  if (clip.times.size() < 2) return {clip.name, {0}, clip.poses};
  const double length = clip.times.back() - clip.times.front();
  Clip out = clip;
  const double step = length / std::max<double>(1, static_cast<double>(clip.times.size()) - 1);
  bool even = true;
  for (std::size_t i = 0; i < clip.times.size(); ++i)
    even = even && std::abs(clip.times[i] - clip.times[0] - static_cast<double>(i) * step) < 0.01 * step;
  if (!even) out = resample_clip(clip, std::max(1.0, std::round(length * rate)) / length);
  for (std::size_t i = 0; i < out.times.size(); ++i)
    out.times[i] = length * static_cast<double>(i) / static_cast<double>(out.times.size() - 1);
  return out;
}

}  // namespace

Result<RiggedModel> prepare_bvh(RiggedModel model, const ExportSettings& settings) {
  if (model.skeleton.size() == 0)
    return fail(ErrorCode::kFailed, "not written: BVH holds motions of joints, and the model has none");
  if (model.clips.empty()) model.clips.push_back({"rest", {0}, {rest_pose(model.skeleton)}});
  model.clips[0] = even_keys(model.clips[0], settings.frame_rate);
  add_common_root(model);
  return model;
}

Result<void> write_bvh(const std::filesystem::path& path, const RiggedModel& model, const ExportSettings& settings) {
  return write_atomically(path, BvhText(to_file_space(model, settings)).run());
}

}  // namespace mp4d
