#include "app/cli/truth_motion.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include <Eigen/Eigenvalues>
#include <cmath>
#include <limits>

namespace mp4d {
namespace {

// Shares of the size. A stride changes the spread by about one per cent.
constexpr double kSame = 1e-3, kAgree = 4e-3;

/// Standard deviations of a surface along its principal axes, smallest first.
Vec3 spread(const Points& verts, const Faces& faces) {
  Eigen::Matrix3d outer = Eigen::Matrix3d::Zero();
  Eigen::Vector3d sum = Eigen::Vector3d::Zero();
  double area = 0;
  for (Eigen::Index f = 0; f < faces.rows(); ++f) {
    const Eigen::Vector3d a = verts.row(faces(f, 0)).cast<double>(), b = verts.row(faces(f, 1)).cast<double>(),
                          c = verts.row(faces(f, 2)).cast<double>(), middle = a + b + c;
    const double weight = (b - a).cross(c - a).norm() / 2;
    area += weight;
    sum += weight / 3 * middle;
    outer += weight / 12 *
             (a * a.transpose() + b * b.transpose() + c * c.transpose() + middle * middle.transpose());
  }
  if (!(area > 0)) return Vec3::Zero();
  const Eigen::Vector3d mean = sum / area;
  return Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d>(outer / area - mean * mean.transpose())
      .eigenvalues()
      .cwiseMax(0.0)
      .cwiseSqrt()
      .cast<float>();
}

/// Mean difference of two sequences of spreads after one scale, as a share of the size.
double difference(const std::vector<Vec3>& model, const std::vector<Vec3>& truth) {
  double ours = 0, theirs = 0, apart = 0;
  for (const Vec3& s : model) ours += s.norm();
  for (const Vec3& s : truth) theirs += s.norm();
  if (!(ours > 0) || !(theirs > 0)) return std::numeric_limits<double>::infinity();
  for (std::size_t t = 0; t < truth.size(); ++t) apart += (static_cast<float>(theirs / ours) * model[t] - truth[t]).norm();
  return apart / theirs;
}

}  // namespace

Result<TruthMotion> find_truth_motion(const std::filesystem::path& path, const MeshSequence& truth) {
  MP4D_TRY(model, read_model(path));
  if (model.skeleton.size() == 0 || model.clips.empty())
    return fail(ErrorCode::kInput, "{}: has no skeleton with a clip; give the animated model that the truth shows",
                path.string());
  std::vector<Vec3> wanted;
  for (const Points& verts : truth.frames) wanted.push_back(spread(verts, truth.faces));
  const std::size_t count = truth.frames.size();
  const double frame_s = count > 1 ? (truth.times.back() - truth.times.front()) / (count - 1) : 1;

  TruthMotion best;
  double least = std::numeric_limits<double>::infinity();
  for (const int slowdown : {1, 2, 3, 4}) {
    if (least <= kSame) break;
    for (const Clip& clip : model.clips) {
      const double step_s = frame_s / slowdown;
      // A cycle is shown with or without its last key, which looks like its first.
      const int steps = static_cast<int>(std::lround((clip.times.back() - clip.times.front()) / step_s));
      std::vector<Pose> poses;
      std::vector<Vec3> shown;
      for (int i = 0; i <= steps && i < static_cast<int>(count); ++i) {
        poses.push_back(sample_clip(clip, clip.times.front() + i * step_s));
        const auto joints = forward_kinematics(model.skeleton, poses.back());
        shown.push_back(spread(skin_linear(model.mesh.verts, model.skin, joints), model.mesh.faces));
      }
      for (const int once : {std::max(steps, 1), steps + 1}) {
        std::vector<Vec3> played;
        for (std::size_t t = 0; t < count; ++t) played.push_back(shown[t % once]);
        const double apart = difference(played, wanted);
        if (apart >= least) continue;
        least = apart;
        best.clip = clip.name;
        best.poses.clear();
        for (std::size_t t = 0; t < count; ++t) best.poses.push_back(poses[t % once]);
      }
    }
  }
  if (least > kAgree)
    return fail(ErrorCode::kInput, "{}: none of its clips shows the truth (the nearest, '{}', differs by {:.2f} % of the "
                "size); give the model that the truth was made of, and the truth's rate with --fps", path.string(),
                best.clip, 100 * least);
  best.model = std::move(model);
  return best;
}

}  // namespace mp4d
