#include "reconstruction/articulated/own_template.h"
#include "motion/auto_rig.h"
#include "motion/kinematics.h"
#include "motion/voxels.h"
#include <algorithm>
#include <cmath>
#include <limits>

namespace mp4d {
namespace {

constexpr int kCells = 64;
constexpr float kStiffness = 1;  // between a limb's flexion and its other axes in the shipped plans
constexpr int kMostJoints = 40;

/// How one part moves against another over the clip, on its own vertices.
struct Likeness {
  double cosine = 1;  ///< of the displacements from frame to frame
  double apart = 0;   ///< root mean square distance between the two motions, share of the size
};

Points moved_by(const Points& verts, const Mat4& part) {
  return (verts * part.topLeftCorner<3, 3>().transpose()).rowwise() + part.topRightCorner<3, 1>().transpose();
}

Likeness likeness(const CoarseGuess& guess, const Points& verts, int a, int b, float size) {
  double both = 0, of_a = 0, of_b = 0, off = 0;
  Points last_a, last_b;
  const auto& middle = guess.body_from_canonical[guess.body_from_canonical.size() / 2];
  const Mat4 apart = middle[static_cast<std::size_t>(b)].inverse() * middle[static_cast<std::size_t>(a)];  // where a stands relative to b on the whole
  for (std::size_t t = 0; t < guess.body_from_canonical.size(); ++t) {
    const auto& parts = guess.body_from_canonical[t];
    Points by_a = moved_by(verts, parts[static_cast<std::size_t>(a)]);
    Points by_b = moved_by(verts, parts[static_cast<std::size_t>(b)] * apart);
    off += (by_a - by_b).squaredNorm();
    if (t > 0) {
      const Points da = by_a - last_a, db = by_b - last_b;
      both += da.cwiseProduct(db).sum();
      of_a += da.squaredNorm();
      of_b += db.squaredNorm();
    }
    last_a = std::move(by_a);
    last_b = std::move(by_b);
  }
  Likeness result;
  result.apart = std::sqrt(off / (static_cast<double>(verts.rows()) * guess.body_from_canonical.size())) / size;
  result.cosine = of_a > 0 && of_b > 0 ? both / std::sqrt(of_a * of_b) : 0;
  return result;
}

/// Gives what belongs to joint `j` to its parent.
void merge(CoarseGuess& guess, int j) {
  Skeleton& skeleton = guess.skeleton;
  const int parent = skeleton.joints[j].parent;
  guess.weights.col(parent) += guess.weights.col(j);
  Eigen::MatrixXf weights(guess.weights.rows(), guess.weights.cols() - 1);
  weights << guess.weights.leftCols(j), guess.weights.rightCols(guess.weights.cols() - j - 1);
  guess.weights = std::move(weights);
  for (Joint& joint : skeleton.joints)
    if (joint.parent == j) {
      joint.parent = parent;
      joint.rest.translation += skeleton.joints[j].rest.translation;  // rest rotations are the identity
    }
  skeleton.joints.erase(skeleton.joints.begin() + j);
  for (Joint& joint : skeleton.joints)
    if (joint.parent > j) --joint.parent;
  for (auto& parts : guess.body_from_canonical) parts.erase(parts.begin() + j);
  for (std::size_t t = 0; t < guess.poses.size(); ++t) {
    Pose& pose = guess.poses[t];
    pose.erase(pose.begin() + j);
    const auto& parts = guess.body_from_canonical[t];
    for (int i = 0; i < skeleton.size(); ++i) {
      const int p = skeleton.joints[i].parent;
      if (p < 0) continue;
      pose[i].rotation = Quat(Mat3(parts[p].topLeftCorner<3, 3>().transpose() * parts[i].topLeftCorner<3, 3>())).normalized();
    }
  }
}

}  // namespace

Result<MedialTemplate> own_template(const std::vector<Mask>& masks, float vertical_fov) {
  MP4D_TRY(still, inflate_silhouette(masks, vertical_fov, kCells));
  AutoRigOptions options;
  options.body_plan = "none";
  options.up = "y";
  options.forward = "+z";
  MP4D_TRY(rigged, auto_rig(still.canonical, options));
  MP4D_TRY(solid, voxelise(still.canonical));
  const Skeleton& skeleton = rigged.model.skeleton;
  if (skeleton.size() > kMostJoints)
    return fail(ErrorCode::kFailed, "category none: the subject's outline has {} joints, {} at most can be followed; choose a body plan by --category",
                skeleton.size(), kMostJoints);
  const std::vector<Mat4> placed = forward_kinematics(skeleton, rest_pose(skeleton));
  MedialTemplate body;
  body.name = "none";
  body.elevation = 0.1f;
  for (int j = 0; j < skeleton.size(); ++j) {
    const Vec3 place = placed[j].topRightCorner<3, 1>();
    MedialJoint joint;
    joint.name = skeleton.joints[j].name;
    joint.parent = skeleton.joints[j].parent;
    joint.mirror = joint.shape_of = joint.radius_of = j;
    joint.offset = joint.parent < 0 ? Vec3::Zero().eval() : (place - placed[joint.parent].topRightCorner<3, 1>()).eval();
    joint.radius = std::max(-solid.distance.sample(place), 0.5f * solid.distance.cell);
    joint.stiffness.setConstant(kStiffness);
    joint.limit_min.setConstant(-std::numeric_limits<float>::infinity());
    joint.limit_max.setConstant(std::numeric_limits<float>::infinity());
    if (joint.parent >= 0) body.joints[joint.parent].leaf = false;
    body.joints.push_back(std::move(joint));
  }
  if (body.size() == 1) {  // a blob: one bone along its longest side
    const Aabb box = bounds(still.canonical.verts);
    int axis = 0;
    const float length = box.sizes().maxCoeff(&axis);
    MedialJoint tip = body.joints.front();
    tip.name = "tip";
    tip.parent = 0;
    tip.mirror = tip.shape_of = tip.radius_of = 1;
    tip.offset[axis] = std::max(0.5f * length - tip.radius, 0.25f * tip.radius);
    body.joints.front().leaf = false;
    body.joints.push_back(tip);
  }
  body.joints.front().stiffness.setConstant(20);  // the camera turns in its place
  normalise(body);
  body.leg_root.assign(body.size(), -1);
  body.foreleg.assign(body.size(), 0);
  return body;
}

int merge_parts(CoarseGuess& guess) {
  constexpr double kLittle = 0.005;
  struct Round {
    double cosine;
    int parts;  // it is for more than these
  };
  constexpr Round kRounds[] = {{0.99, 1}, {0.95, 16}, {0.90, 10}};
  const float size = bounds(guess.canonical.verts).sizes().maxCoeff();
  const int before = guess.skeleton.size();
  for (const Round& round : kRounds) {
    // The likest first; a merged part moves as its parent does, so that likenesses are taken anew.
    while (guess.skeleton.size() > round.parts) {
      int likest = -1;
      double best = round.cosine;
      for (int j = 1; j < guess.skeleton.size(); ++j) {
        std::vector<int> own;
        for (Eigen::Index v = 0; v < guess.weights.rows(); ++v)
          if (guess.weights(v, j) > 0.5f) own.push_back(static_cast<int>(v));
        const int parent = guess.skeleton.joints[j].parent;
        const Likeness like = own.empty() ? Likeness{} : likeness(guess, guess.canonical.verts(own, Eigen::all), j, parent, size);
        const double cosine = like.apart < kLittle ? 1 : like.cosine;
        if (cosine >= best) {
          best = cosine;
          likest = j;
        }
      }
      if (likest < 0) break;
      merge(guess, likest);
    }
  }
  return before - guess.skeleton.size();
}

}  // namespace mp4d
