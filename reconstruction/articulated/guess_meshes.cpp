#include "reconstruction/articulated/guess_meshes.h"
#include "io/model_io.h"
#include "motion/point_tree.h"
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <numbers>

namespace mp4d {
namespace {

constexpr int kSamples = 1000;        // for the alignment
constexpr int kTargetSamples = 2500;  // kept
constexpr int kHeadings = 8;
constexpr int kIterations = 25;

struct Fit {
  Eigen::Matrix4f to_body = Eigen::Matrix4f::Identity();
  double distance = 1e30;  // RMS both ways, body units
};

Points moved(const Points& points, const Eigen::Matrix4f& m) {
  return (points * m.topLeftCorner<3, 3>().transpose()).rowwise() + m.topRightCorner<3, 1>().transpose();
}

float radius(const Points& points) {
  const Eigen::RowVector3f mean = points.colwise().mean();
  return std::sqrt((points.rowwise() - mean).squaredNorm() / points.rows());
}

// Least squares of scale, rotation and translation (Umeyama 1991).
Eigen::Matrix4f similarity(const Eigen::Matrix3Xf& from, const Eigen::Matrix3Xf& to) {
  const Eigen::Matrix3Xd a = from.cast<double>(), b = to.cast<double>();
  const Eigen::Vector3d mean_a = a.rowwise().mean(), mean_b = b.rowwise().mean();
  const Eigen::Matrix3d cross = (b.colwise() - mean_b) * (a.colwise() - mean_a).transpose();
  const Eigen::JacobiSVD<Eigen::Matrix3d> svd(cross, Eigen::ComputeFullU | Eigen::ComputeFullV);
  Eigen::Vector3d sign(1, 1, (svd.matrixU() * svd.matrixV().transpose()).determinant() < 0 ? -1 : 1);
  const Eigen::Matrix3d turn = svd.matrixU() * sign.asDiagonal() * svd.matrixV().transpose();
  const double scale = svd.singularValues().dot(sign) / (a.colwise() - mean_a).squaredNorm();
  Eigen::Matrix4f m = Eigen::Matrix4f::Identity();
  m.topLeftCorner<3, 3>() = (scale * turn).cast<float>();
  m.topRightCorner<3, 1>() = (mean_b - scale * turn * mean_a).cast<float>();
  return m;
}

Fit icp(const Points& source, const Points& target, const PointTree& tree, float heading) {
  Fit fit;
  const Mat3 turn = radius(target) / radius(source) * Eigen::AngleAxisf(heading, Vec3::UnitY()).toRotationMatrix();
  fit.to_body.topLeftCorner<3, 3>() = turn;
  fit.to_body.topRightCorner<3, 1>() = target.colwise().mean().transpose() - turn * source.colwise().mean().transpose();
  Eigen::Matrix3Xf from(3, source.rows() + target.rows()), to(3, source.rows() + target.rows());
  for (int it = 0; it <= kIterations; ++it) {
    const Points here = moved(source, fit.to_body);
    const PointTree back(here);
    double sum = 0;
    float d2 = 0;
    for (Eigen::Index i = 0; i < source.rows(); ++i) {
      from.col(i) = source.row(i).transpose();
      to.col(i) = target.row(tree.nearest(here.row(i).transpose(), d2)).transpose();
      sum += d2 / source.rows();
    }
    for (Eigen::Index i = 0; i < target.rows(); ++i) {
      from.col(source.rows() + i) = source.row(back.nearest(target.row(i).transpose(), d2)).transpose();
      to.col(source.rows() + i) = target.row(i).transpose();
      sum += d2 / target.rows();
    }
    fit.distance = std::sqrt(sum / 2);
    if (it < kIterations) fit.to_body = similarity(from, to);
  }
  return fit;
}

Fit align(const Points& source, const Points& target) {
  const PointTree tree(target);
  Fit best;
  for (int h = 0; h < kHeadings; ++h) {
    const Fit fit = icp(source, target, tree, 2 * std::numbers::pi_v<float> * h / kHeadings);
    if (fit.distance < best.distance) best = fit;
  }
  return best;
}

}  // namespace

Result<std::vector<Mesh>> read_guess_meshes(const std::filesystem::path& path, std::size_t frames) {
  std::vector<Mesh> meshes;
  if (std::filesystem::is_directory(path)) {
    MP4D_TRY(read, read_mesh_folder(path));
    meshes = std::move(read);
    if (meshes.size() != frames)
      return fail(ErrorCode::kInput, "guess {}: {} meshes for {} frames; give one a frame, or a single mesh file",
                  path.string(), meshes.size(), frames);
  } else {
    MP4D_TRY(model, read_model(path));
    meshes.push_back(std::move(model.mesh));
  }
  for (std::size_t i = 0; i < meshes.size(); ++i) {
    if (!meshes[i].verts.allFinite() || !(surface_area(meshes[i].verts, meshes[i].faces) > 0))
      return fail(ErrorCode::kInput, "guess {}: mesh {} has no surface or values that are not numbers", path.string(), i);
  }
  return meshes;
}

Result<std::vector<GuessTarget>> align_guess_meshes(const std::vector<Mesh>& meshes, const CoarseGuess& guess,
                                                    JobContext* job) {
  const std::vector<Points> frames = pose_guess(guess);
  const float size = bounds(guess.canonical.verts).sizes().maxCoeff();
  std::vector<std::pair<int, int>> jobs;  // mesh, frame
  if (meshes.size() == 1) {
    jobs.push_back({0, -1});
    const int count = std::min<int>(8, static_cast<int>(frames.size()));
    for (int k = 0; k < count; ++k) jobs.push_back({0, int(k * (frames.size() - 1) / std::max(1, count - 1))});
  } else {
    for (int t = 0; t < static_cast<int>(meshes.size()); ++t) jobs.push_back({t, t});
  }
  std::vector<GuessTarget> targets(jobs.size());
#pragma omp parallel for schedule(dynamic)
  for (int i = 0; i < static_cast<int>(jobs.size()); ++i) {
    if (cancelled(job)) continue;
    const auto [m, t] = jobs[i];
    const Points& pose = t < 0 ? guess.canonical.verts : frames[t];
    const Points there = sample_surface(pose, guess.canonical.faces, kSamples, 2);
    const Points here = sample_surface(meshes[m].verts, meshes[m].faces, kSamples, 1);
    const Fit fit = align(here, there);
    targets[i] = {t, moved(sample_surface(meshes[m].verts, meshes[m].faces, kTargetSamples, 3), fit.to_body),
                  fit.distance / size};
  }
  MP4D_CHECK(check(job));
  if (meshes.size() == 1) {
    auto best = std::min_element(targets.begin(), targets.end(),
                                 [](const auto& a, const auto& b) { return a.distance < b.distance; });
    targets = {*best};
  }
  return targets;
}

}  // namespace mp4d
