#include "reconstruction/articulated/metrics.h"
#include "io/masks.h"
#include "motion/kinematics.h"
#include "motion/point_tree.h"
#include "render/hard_raster.h"
#include <Eigen/Eigenvalues>
#include <Eigen/SVD>
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numeric>

namespace mp4d {
namespace {

using Vec3d = Eigen::Vector3d;
using Mat3d = Eigen::Matrix3d;

constexpr int kCoarseSamples = 300;
constexpr int kMiddleSamples = 2000;
constexpr int kCoarseIterations = 12;
constexpr int kFineIterations = 6;
constexpr int kKeptStarts = 3;
constexpr int kScaleRounds = 12;

struct Rigid {
  Mat3d rotation = Mat3d::Identity();
  Vec3d translation = Vec3d::Zero();
};

/// Sums over pairs (a in the result's space, b in the truth's) from which rotation and scale follow.
struct PairSums {
  double count = 0;
  Vec3d a = Vec3d::Zero(), b = Vec3d::Zero();
  Mat3d ba = Mat3d::Zero();
  double aa = 0, bb = 0;

  void add(const Vec3& pa, const Vec3& pb, double weight) {
    const Vec3d x = pa.cast<double>(), y = pb.cast<double>();
    count += weight;
    a += weight * x;
    b += weight * y;
    ba += weight * y * x.transpose();
    aa += weight * x.squaredNorm();
    bb += weight * y.squaredNorm();
  }
  double spread_a() const { return aa - a.squaredNorm() / count; }
  double spread_b() const { return bb - b.squaredNorm() / count; }
  /// Least-squares b = scale * rotation * a + translation for a given scale (Horn 1987; Umeyama 1991 for the sign).
  Rigid fit(double scale) const {
    const Mat3d covariance = ba - b * a.transpose() / count;
    const Eigen::JacobiSVD<Mat3d> svd(covariance, Eigen::ComputeFullU | Eigen::ComputeFullV);
    Vec3d sign = Vec3d::Ones();
    if ((svd.matrixU() * svd.matrixV().transpose()).determinant() < 0) sign.z() = -1;
    Rigid out;
    out.rotation = svd.matrixU() * sign.asDiagonal() * svd.matrixV().transpose();
    out.translation = (b - scale * out.rotation * a) / count;
    return out;
  }
};

enum class Pairing { kBothWays, kResultToTruth };

/// Samples of one frame's two surfaces at one density.
struct Level {
  PointTree result, truth;

  Level(Points result_samples, Points truth_samples)
      : result(std::move(result_samples)), truth(std::move(truth_samples)) {}

  /// Visits the samples with their nearest partner on the other surface: visit(result_point, truth_point, distance in
  /// the truth's unit, true for a result sample). The inverse query keeps the result's tree valid for every pose.
  template <class Visit>
  void for_each_pair(const Rigid& pose, double scale, Pairing pairing, Visit visit) const {
    const Mat3 forward = (scale * pose.rotation).cast<float>();
    const Mat3 inverse = (pose.rotation.transpose() / scale).cast<float>();
    const Vec3 t = pose.translation.cast<float>();
    float d2 = 0;
    for (Eigen::Index i = 0; i < result.points().rows(); ++i) {
      const Vec3 a = result.points().row(i);
      const auto j = truth.nearest(forward * a + t, d2);
      visit(a, Vec3(truth.points().row(j)), std::sqrt(d2), true);
    }
    if (pairing == Pairing::kResultToTruth) return;
    for (Eigen::Index i = 0; i < truth.points().rows(); ++i) {
      const Vec3 b = truth.points().row(i);
      const auto j = result.nearest(inverse * (b - t), d2);
      visit(Vec3(result.points().row(j)), b, std::sqrt(d2) * float(scale), false);
    }
  }

  PairSums pairs(const Rigid& pose, double scale, Pairing pairing) const {
    const double weight_result = 1.0 / double(result.points().rows()), weight_truth = 1.0 / double(truth.points().rows());
    PairSums sums;
    for_each_pair(pose, scale, pairing, [&](const Vec3& a, const Vec3& b, float, bool from_result) {
      sums.add(a, b, from_result ? weight_result : weight_truth);
    });
    return sums;
  }

  /// Point-to-point ICP (Besl and McKay 1992) at a fixed scale.
  Rigid icp(Rigid pose, double scale, int iterations, Pairing pairing) const {
    for (int i = 0; i < iterations; ++i) {
      const PairSums sums = pairs(pose, scale, pairing);
      const Rigid next = sums.fit(scale);
      const double size = std::sqrt(sums.spread_b() / sums.count);
      const Vec3d centre = sums.b / sums.count;
      const double moved = (next.rotation * pose.rotation.transpose() * (centre - pose.translation) + next.translation -
                            centre).norm();
      const double turned = (next.rotation - pose.rotation).norm();
      pose = next;
      if (turned < 1e-4 && moved < 1e-4 * size) break;
    }
    return pose;
  }

  double chamfer(const Rigid& pose, double scale) const {
    double sum_result = 0, sum_truth = 0;
    for_each_pair(pose, scale, Pairing::kBothWays, [&](const Vec3&, const Vec3&, float d, bool from_result) {
      (from_result ? sum_result : sum_truth) += d;
    });
    return sum_result / double(result.points().rows()) + sum_truth / double(truth.points().rows());
  }
};

Vec3d centroid(const Points& points) { return points.colwise().mean().cast<double>().transpose(); }

double rms_radius(const Points& points) {
  return std::sqrt((points.rowwise() - points.colwise().mean()).cast<double>().rowwise().squaredNorm().mean());
}

/// Columns: principal axes, right-handed.
Mat3d principal_axes(const Points& points) {
  const Points centred = points.rowwise() - points.colwise().mean();
  const Mat3d covariance = (centred.transpose() * centred).cast<double>();
  Mat3d axes = Eigen::SelfAdjointEigenSolver<Mat3d>(covariance).eigenvectors();
  if (axes.determinant() < 0) axes.col(0) *= -1;
  return axes;
}

/// Rotations from which ICP starts: every 45 degrees about the up axis, the other proper symmetries of the cube
/// (result lying on a side or upside down), and the four proper alignments of the principal axes.
std::vector<Mat3d> start_rotations(const Points& result, const Points& truth) {
  std::vector<Mat3d> starts;
  for (int k = 0; k < 8; ++k) starts.push_back(Eigen::AngleAxisd(k * M_PI / 4, Vec3d::UnitY()).toRotationMatrix());
  std::array<int, 3> order{0, 1, 2};
  do {
    for (int signs = 0; signs < 8; ++signs) {
      Mat3d m = Mat3d::Zero();
      for (int row = 0; row < 3; ++row) m(row, order[row]) = (signs >> row) & 1 ? -1 : 1;
      const bool yaw = m(1, 1) > 0.5;
      if (m.determinant() > 0 && !yaw) starts.push_back(m);
    }
  } while (std::next_permutation(order.begin(), order.end()));
  const Mat3d from = principal_axes(result), to = principal_axes(truth);
  for (const auto& flip : {Vec3d(1, 1, 1), Vec3d(1, -1, -1), Vec3d(-1, 1, -1), Vec3d(-1, -1, 1)})
    starts.push_back(to * flip.asDiagonal() * from.transpose());
  return starts;
}

struct Candidate {
  Rigid pose;
  double chamfer = 0;
};

/// Best pose over all starts: all with few points, the best few again with more.
Rigid align(const Level& coarse, const Level& middle, double scale, int iterations) {
  const Vec3d from = centroid(middle.result.points()), to = centroid(middle.truth.points());
  std::vector<Candidate> candidates;
  for (const Mat3d& rotation : start_rotations(middle.result.points(), middle.truth.points())) {
    Candidate c{{rotation, to - scale * rotation * from}};
    c.pose = coarse.icp(c.pose, scale, std::min(iterations, kCoarseIterations), Pairing::kBothWays);
    c.chamfer = coarse.chamfer(c.pose, scale);
    candidates.push_back(c);
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& x, const Candidate& y) { return x.chamfer < y.chamfer; });
  // Starts that ran into the same minimum need no second look.
  std::vector<Candidate> kept;
  for (const Candidate& c : candidates) {
    const bool seen = std::any_of(kept.begin(), kept.end(), [&](const Candidate& k) {
      return Eigen::AngleAxisd(k.pose.rotation.transpose() * c.pose.rotation).angle() < 0.15;
    });
    if (!seen) kept.push_back(c);
    if (kept.size() == kKeptStarts) break;
  }
  for (Candidate& c : kept) {
    c.pose = middle.icp(c.pose, scale, iterations, Pairing::kBothWays);
    c.chamfer = middle.chamfer(c.pose, scale);
  }
  return std::min_element(kept.begin(), kept.end(),
                          [](const Candidate& x, const Candidate& y) { return x.chamfer < y.chamfer; })
      ->pose;
}

FrameScore score_frame(const Level& level, const Rigid& pose, double scale, double side) {
  constexpr std::array<double, 3> kBounds{0.02, 0.05, 0.10};
  double sum[2] = {0, 0};
  double hits[2][3] = {{0, 0, 0}, {0, 0, 0}};
  level.for_each_pair(pose, scale, Pairing::kBothWays, [&](const Vec3&, const Vec3&, float d, bool from_result) {
    sum[from_result] += d;
    for (int k = 0; k < 3; ++k) hits[from_result][k] += d <= kBounds[k] * side;
  });
  const double n[2] = {double(level.truth.points().rows()), double(level.result.points().rows())};
  const auto f_score = [&](int k) {
    const double recall = hits[0][k] / n[0], precision = hits[1][k] / n[1];
    return precision + recall > 0 ? 200 * precision * recall / (precision + recall) : 0.0;
  };
  return {100 * (sum[0] / n[0] + sum[1] / n[1]) / side, f_score(0), f_score(1), f_score(2)};
}

Result<void> check_surface(const char* which, std::size_t frame, const Points& verts, const Faces& faces) {
  if (verts.rows() == 0 || faces.rows() == 0)
    return fail(ErrorCode::kInput, "{}: frame {} has {} vertices and {} triangles; a score needs a surface in every frame",
                which, frame, verts.rows(), faces.rows());
  if (!verts.allFinite())
    return fail(ErrorCode::kInput, "{}: frame {} has vertices that are not finite numbers", which, frame);
  if (faces.minCoeff() < 0 || faces.maxCoeff() >= verts.rows())
    return fail(ErrorCode::kInput, "{}: frame {} has a triangle with vertex {}; indices must be in 0..{}", which, frame,
                faces.minCoeff() < 0 ? faces.minCoeff() : faces.maxCoeff(), verts.rows() - 1);
  if (!(surface_area(verts, faces) > 0))
    return fail(ErrorCode::kInput, "{}: frame {} has no area; all its triangles are degenerate", which, frame);
  return {};
}

}  // namespace

Result<SequenceScore> score_sequence(const std::vector<Points>& result_frames, const std::vector<Faces>& result_faces,
                                     const MeshSequence& truth, const MetricOptions& options, JobContext* job) {
  const std::size_t count = truth.frames.size();
  if (count == 0) return fail(ErrorCode::kInput, "truth: no frames; nothing to score against");
  if (result_frames.size() != count)
    return fail(ErrorCode::kInput,
                "result has {} frames, the truth {}; they are matched by index, so use the same clip, range and step",
                result_frames.size(), count);
  if (result_faces.size() != count && result_faces.size() != 1)
    return fail(ErrorCode::kInput, "result has {} face lists for {} frames; give one, or one a frame",
                result_faces.size(), count);
  if (options.samples < 100 || options.icp_iterations < 1)
    return fail(ErrorCode::kUsage, "samples = {} and icp iterations = {}: at least 100 and 1 are needed", options.samples,
                options.icp_iterations);
  const auto faces_of = [&](std::size_t f) -> const Faces& { return result_faces[result_faces.size() == 1 ? 0 : f]; };
  for (std::size_t f = 0; f < count; ++f) {
    MP4D_CHECK(check_surface("result", f, result_frames[f], faces_of(f)));
    MP4D_CHECK(check_surface("truth", f, truth.frames[f], truth.faces));
  }

  // Result and truth get different streams: a surface against itself then shows the sampling's own distance, not 0.
  const auto make_level = [&](std::size_t f, int samples) {
    const std::uint64_t seed = (std::uint64_t(options.seed) << 32) + (f << 1);
    return std::make_unique<Level>(sample_surface(result_frames[f], faces_of(f), samples, seed),
                                   sample_surface(truth.frames[f], truth.faces, samples, seed + 1));
  };
  const int n = static_cast<int>(count);
  std::vector<Rigid> poses(count);
  SequenceScore score;
  score.frames.resize(count);

  if (options.align) {
    std::vector<std::unique_ptr<Level>> middle(count);
    std::vector<double> ratios(count);
#pragma omp parallel for schedule(dynamic)
    for (int f = 0; f < n; ++f) {
      middle[f] = make_level(f, std::min(options.samples, kMiddleSamples));
      ratios[f] = rms_radius(middle[f]->truth.points()) / rms_radius(middle[f]->result.points());
    }
    std::nth_element(ratios.begin(), ratios.begin() + n / 2, ratios.end());
    score.scale = ratios[n / 2];

#pragma omp parallel for schedule(dynamic)
    for (int f = 0; f < n; ++f) {
      if (cancelled(job)) continue;
      const auto coarse = make_level(f, std::min(options.samples, kCoarseSamples));
      poses[f] = align(*coarse, *middle[f], score.scale, options.icp_iterations);
    }
    MP4D_CHECK(check(job));

    // The scale that makes the spread of matched points equal (Horn 1987, symmetric form), pooled over the clip.
    for (int round = 0; round < kScaleRounds; ++round) {
      std::vector<double> spread_a(count), spread_b(count);
#pragma omp parallel for schedule(dynamic)
      for (int f = 0; f < n; ++f) {
        poses[f] = middle[f]->icp(poses[f], score.scale, 3, Pairing::kBothWays);
        const PairSums sums = middle[f]->pairs(poses[f], score.scale, Pairing::kBothWays);
        spread_a[f] = sums.spread_a();
        spread_b[f] = sums.spread_b();
      }
      MP4D_CHECK(check(job));
      const double next = std::sqrt(std::accumulate(spread_b.begin(), spread_b.end(), 0.0) /
                                    std::accumulate(spread_a.begin(), spread_a.end(), 0.0));
      const double change = std::abs(next / score.scale - 1);
      // The translation belongs to the scale: keep the result's centre where it is.
#pragma omp parallel for
      for (int f = 0; f < n; ++f)
        poses[f].translation += (score.scale - next) * (poses[f].rotation * centroid(middle[f]->result.points()));
      score.scale = next;
      if (change < 1e-4) break;
    }

    // The reported alignment is BANMo's: result to truth only. Both ways would score better by up to 0.3 % here, but
    // one way cannot find the scale, for it prefers a result shrunk into the truth.
#pragma omp parallel for schedule(dynamic)
    for (int f = 0; f < n; ++f)
      poses[f] = middle[f]->icp(poses[f], score.scale, options.icp_iterations, Pairing::kResultToTruth);
  }

  int done = 0;
#pragma omp parallel for schedule(dynamic)
  for (int f = 0; f < n; ++f) {
    if (cancelled(job)) continue;
    const auto level = make_level(f, options.samples);
    if (options.align)
      poses[f] = level->icp(poses[f], score.scale, std::min(options.icp_iterations, kFineIterations),
                            Pairing::kResultToTruth);
    const double side = bounds(truth.frames[f]).sizes().maxCoeff();
    score.frames[f] = score_frame(*level, poses[f], score.scale, side);
#pragma omp critical(mp4d_score_progress)
    step(job, ++done);
  }
  MP4D_CHECK(check(job));

  for (const FrameScore& f : score.frames) {
    score.mean.chamfer += f.chamfer / n;
    score.mean.f2 += f.f2 / n;
    score.mean.f5 += f.f5 / n;
    score.mean.f10 += f.f10 / n;
  }
  return score;
}

double bone_length_variation(const Skeleton& skeleton, const Clip& clip) {
  if (clip.poses.empty()) return 0;
  Eigen::ArrayXXd lengths(clip.poses.size(), skeleton.size());
  for (std::size_t f = 0; f < clip.poses.size(); ++f) {
    const std::vector<Mat4> world = forward_kinematics(skeleton, clip.poses[f]);
    for (int j = 0; j < skeleton.size(); ++j) {
      const int parent = skeleton.joints[j].parent;
      lengths(Eigen::Index(f), j) =
          parent < 0 ? 0.0 : double((world[j].col(3) - world[parent].col(3)).head<3>().norm());
    }
  }
  const double longest = lengths.maxCoeff();
  double sum = 0;
  int bones = 0;
  for (int j = 0; j < skeleton.size(); ++j) {
    const double mean = lengths.col(j).mean();
    if (mean <= 1e-6 * longest) continue;  // roots and joints on top of their parent have no length to vary
    sum += std::sqrt((lengths.col(j) - mean).square().mean()) / mean;
    ++bones;
  }
  return bones ? sum / bones : 0;
}

double angular_acceleration(const Clip& clip) {
  const std::size_t frames = clip.poses.size();
  if (frames < 3 || clip.poses[0].empty()) return 0;
  const auto velocity = [&](std::size_t f, std::size_t j) -> Vec3d {
    const Eigen::Quaterniond from = clip.poses[f][j].rotation.cast<double>(),
                             to = clip.poses[f + 1][j].rotation.cast<double>();
    Eigen::Quaterniond turn = from.conjugate() * to;
    if (turn.w() < 0) turn.coeffs() *= -1;
    const double sine = turn.vec().norm();
    const double factor = sine > 1e-12 ? 2 * std::atan2(sine, turn.w()) / sine : 2.0;
    return factor * turn.vec() / (clip.times[f + 1] - clip.times[f]);
  };
  double sum = 0;
  const std::size_t joints = clip.poses[0].size();
  for (std::size_t j = 0; j < joints; ++j)
    for (std::size_t f = 0; f + 2 < frames; ++f)
      sum += (velocity(f + 1, j) - velocity(f, j)).norm() / (0.5 * (clip.times[f + 2] - clip.times[f]));
  return sum / double(joints * (frames - 2));
}

double surface_acceleration(const MeshSequence& sequence) {
  const std::size_t frames = sequence.frames.size();
  if (frames < 3 || sequence.frames[0].rows() == 0) return 0;
  double size = 0;
  for (const Points& verts : sequence.frames) size += double(bounds(verts).sizes().maxCoeff()) / double(frames);
  double sum = 0;
  for (std::size_t f = 0; f + 2 < frames; ++f) {
    const double before = sequence.times[f + 1] - sequence.times[f], after = sequence.times[f + 2] - sequence.times[f + 1];
    const Eigen::MatrixX3d v0 = (sequence.frames[f + 1] - sequence.frames[f]).cast<double>() / before;
    const Eigen::MatrixX3d v1 = (sequence.frames[f + 2] - sequence.frames[f + 1]).cast<double>() / after;
    sum += (v1 - v0).rowwise().norm().mean() / (0.5 * (before + after));
  }
  return size > 0 ? sum / double(frames - 2) / size : 0;
}

double reprojection_iou(const MeshSequence& motion, const std::vector<Camera>& cameras, const std::vector<Mask>& masks) {
  double sum = 0;
  int count = 0;
  for (std::size_t t = 0; t < masks.size(); ++t) {
    const bool seen = std::any_of(masks[t].data.begin(), masks[t].data.end(), [](auto v) { return v != 0; });
    if (!seen) continue;
    sum += mask_iou(render_mask(cameras[t], motion.frames[t], motion.faces), masks[t]);
    ++count;
  }
  return count ? sum / count : 0;
}

}  // namespace mp4d
