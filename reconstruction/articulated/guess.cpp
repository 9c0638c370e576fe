#include "reconstruction/articulated/guess.h"
#include "motion/kinematics.h"
#include "reconstruction/articulated/distance_field2d.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

// Joints whose flexion is limited, as a twist about the flexion axis; those that are stiff otherwise turn little else.
std::vector<JointLimit> joint_limits(const MedialTemplate& body, const MedialFrame& bind) {
  constexpr float kStiff = 4, kLittle = 1.0f;  // rad
  std::vector<JointLimit> limits;
  for (int j = 0; j < body.size(); ++j) {
    const MedialJoint& joint = body.joints[j];
    if (joint.leaf || joint.parent < 0 || !std::isfinite(joint.limit_min.x()) || !std::isfinite(joint.limit_max.x()))
      continue;
    JointLimit limit;
    limit.joint = j;
    limit.axis = bind.rotations[joint.parent].col(0);
    limit.twist_min = joint.limit_min.x() - joint.bind.x();
    limit.twist_max = joint.limit_max.x() - joint.bind.x();
    if (std::min(joint.stiffness.y(), joint.stiffness.z()) >= kStiff) limit.swing_max = kLittle;
    limits.push_back(limit);
  }
  return limits;
}

}  // namespace

CoarseGuess guess_from_medial_fit(const MedialFit& fit, int width, int height, int cells) {
  CoarseGuess guess;
  guess.category = fit.body.name;
  guess.score = fit.loss;
  guess.mask_iou = fit.mask_iou;
  const MedialFrame bind = pose_body(fit.body, fit.shape, bind_rotations(fit.body));
  guess.canonical = extract_surface(medial_volume(fit.body, fit.shape, bind, cells));
  guess.weights = medial_weights(fit.body, fit.shape, bind, guess.canonical.verts);
  const int n = fit.body.size();
  for (int j = 0; j < n; ++j) {
    Joint joint;
    joint.name = fit.body.joints[j].name;
    joint.parent = fit.body.joints[j].parent;
    joint.rest.translation = bind.positions.row(j).transpose();
    if (joint.parent >= 0) joint.rest.translation -= bind.positions.row(joint.parent).transpose();
    guess.skeleton.joints.push_back(joint);
  }
  guess.limits = joint_limits(fit.body, bind);
  for (const MedialPose& pose : fit.poses) {
    const MedialFrame frame = pose_body(fit.body, fit.shape, pose.rotations);
    std::vector<Mat4> parts(n, Mat4::Identity());
    Pose local = rest_pose(guess.skeleton);
    std::vector<Mat3> turned(n);
    for (int j = 0; j < n; ++j) {
      turned[j] = frame.rotations[j] * bind.rotations[j].transpose();
      parts[j].topLeftCorner<3, 3>() = turned[j];
      parts[j].topRightCorner<3, 1>() =
          frame.positions.row(j).transpose() - turned[j] * bind.positions.row(j).transpose();
      const int p = guess.skeleton.joints[j].parent;
      local[j].rotation = Quat(p < 0 ? turned[j] : Mat3(turned[p].transpose() * turned[j])).normalized();
    }
    guess.poses.push_back(std::move(local));
    guess.body_from_canonical.push_back(std::move(parts));
    guess.cameras.push_back(medial_camera(fit, pose, width, height));
  }
  return guess;
}

Result<CoarseGuess> inflate_silhouette(const std::vector<Mask>& masks, float vertical_fov, int cells) {
  struct Region {
    double area = 0, u = 0, v = 0;
  };
  std::vector<Region> regions;
  int largest = -1;
  for (const Mask& mask : masks) {
    Region r;
    for (int y = 0; y < mask.height; ++y) {
      for (int x = 0; x < mask.width; ++x) {
        if (!mask.at(x, y)) continue;
        r.area += 1;
        r.u += x + 0.5;
        r.v += y + 0.5;
      }
    }
    if (r.area > 0) {
      r.u /= r.area;
      r.v /= r.area;
      if (largest < 0 || r.area > regions[largest].area) largest = static_cast<int>(regions.size());
    }
    regions.push_back(r);
  }
  if (largest < 0) return fail(ErrorCode::kInput, "masks: no frame shows the subject");

  const Mask& mask = masks[largest];
  const Region& key = regions[largest];
  const ImageF distance = signed_distance(mask);
  const float unit = std::sqrt(static_cast<float>(key.area));
  // Balls on a coarse lattice of interior pixels: their union has the silhouette and a round section everywhere.
  Aabb box;
  std::vector<Vec4> balls;
  const int stride = std::max(1, static_cast<int>(unit / 60));
  for (int y = 0; y < mask.height; y += stride) {
    for (int x = 0; x < mask.width; x += stride) {
      const float r = -distance.at(x, y) / unit;
      if (r <= 0) continue;
      const Vec3 c(float(x + 0.5 - key.u) / unit, -float(y + 0.5 - key.v) / unit, 0);
      balls.push_back({c.x(), c.y(), c.z(), r});
      box.extend((c.array() + r).matrix());
      box.extend((c.array() - r).matrix());
    }
  }
  if (balls.empty()) return fail(ErrorCode::kInput, "masks: the subject is nowhere {} pixels thick in the frame that shows most of it; fill its holes", stride);
  VoxelGrid grid = make_grid(box, cells, 2 * box.sizes().maxCoeff() / cells);
  std::fill(grid.values.begin(), grid.values.end(), 1e9f);
#pragma omp parallel for schedule(dynamic)
  for (int z = 0; z < grid.nz; ++z) {
    for (int y = 0; y < grid.ny; ++y) {
      for (int x = 0; x < grid.nx; ++x) {
        const Vec3 p = grid.position(x, y, z);
        float nearest = 1e9f;
        for (const Vec4& ball : balls) nearest = std::min(nearest, (p - ball.head<3>()).norm() - ball.w());
        grid.at(x, y, z) = nearest;
      }
    }
  }
  CoarseGuess guess;
  guess.category = "still";
  guess.canonical = extract_surface(grid);
  guess.weights = Eigen::MatrixXf::Ones(guess.canonical.verts.rows(), 1);
  for (std::size_t t = 0; t < masks.size(); ++t) {
    const Region& r = regions[t].area > 0 ? regions[t] : key;
    Camera camera = make_camera(mask.width, mask.height, vertical_fov);
    const float depth = camera.fx / std::sqrt(static_cast<float>(r.area));
    camera.camera_from_world.linear() = Vec3(1, -1, -1).asDiagonal();
    camera.camera_from_world.translation() =
        depth * Vec3((float(r.u) - camera.cx) / camera.fx, (float(r.v) - camera.cy) / camera.fy, 1);
    guess.cameras.push_back(camera);
    guess.body_from_canonical.push_back({Mat4::Identity()});
  }
  return guess;
}

std::vector<Points> pose_guess(const CoarseGuess& guess) {
  std::vector<Points> frames(guess.body_from_canonical.size());
#pragma omp parallel for schedule(dynamic)
  for (int t = 0; t < static_cast<int>(frames.size()); ++t) {
    const auto& parts = guess.body_from_canonical[t];
    Points out = Points::Zero(guess.canonical.verts.rows(), 3);
    for (std::size_t j = 0; j < parts.size(); ++j) {
      if (guess.weights.col(j).isZero()) continue;
      const Mat3 a = parts[j].topLeftCorner<3, 3>();
      const Vec3 b = parts[j].topRightCorner<3, 1>();
      const Points moved = (guess.canonical.verts * a.transpose()).rowwise() + b.transpose();
      out.array() += moved.array().colwise() * guess.weights.col(j).array();
    }
    frames[t] = std::move(out);
  }
  return frames;
}

}  // namespace mp4d
