#include "motion/fit_surface.h"
#include "motion/kinematics.h"
#include "motion/point_tree.h"
#include "reconstruction/articulated/reference_phase2.h"
#include <atomic>
#include <cmath>
#include <map>
#include <omp.h>
#include <torch/torch.h>

namespace mp4d {
namespace {

using Eigen::MatrixX3d;
using torch::Tensor;

Tensor tensor_of(const Points& points) {
  return torch::from_blob(const_cast<float*>(points.data()), {points.rows(), 3}, torch::kFloat32).clone();
}

Tensor tensor_of(const std::vector<int64_t>& indices, std::vector<int64_t> shape) {
  return torch::from_blob(const_cast<int64_t*>(indices.data()), shape, torch::kInt64).clone();
}

Points points_of(const Tensor& t) {
  const Tensor c = t.detach().contiguous();
  return Eigen::Map<const Points>(c.data_ptr<float>(), c.size(0), 3);
}

/// Rotation matrices (B x 3 x 3) of quaternions w, x, y, z of any length (B x 4).
Tensor rotation(const Tensor& quaternion) {
  const Tensor q = quaternion / quaternion.norm(2, 1, true);
  const Tensor w = q.select(1, 0), x = q.select(1, 1), y = q.select(1, 2), z = q.select(1, 3);
  return torch::stack({1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),  //
                       2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),  //
                       2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)}, 1).view({-1, 3, 3});
}

/// The vertices' mean is the origin, the longest side of the rest mesh 1.
Points normalised(const Points& verts, float unit) {
  return (verts.rowwise() - verts.colwise().mean()) / unit;
}

/// What all frames share.
struct Rest {
  float unit = 1;  // metres
  int64_t verts = 0;
  std::vector<int> bones;  // joints with skin
  Points centre;           // B x 3, of the bones
  Tensor centres;
  Tensor spread;                  // V x 4B: weight times (vertex - centre, 1)
  Tensor edge_from, edge_to;      // E
  Tensor degree;                  // V x 1
  Tensor fold[4];                 // per pair of faces: the shared edge's ends, the two other corners
};

/// The middle of the bone from a joint to its children; a joint without children is its own middle.
std::vector<Vec3> bone_centres(const Skeleton& skeleton, const std::vector<Mat4>& bind) {
  std::vector<Vec3> centre(skeleton.size(), Vec3::Zero());
  std::vector<int> children(skeleton.size(), 0);
  for (int j = 0; j < skeleton.size(); ++j) {
    const int p = skeleton.joints[j].parent;
    if (p < 0) continue;
    centre[p] += bind[j].topRightCorner<3, 1>();
    ++children[p];
  }
  for (int j = 0; j < skeleton.size(); ++j) {
    const Vec3 place = bind[j].topRightCorner<3, 1>();
    centre[j] = children[j] ? Vec3(0.5f * (place + centre[j] / children[j])) : place;
  }
  return centre;
}

Rest take_rest(const Skeleton& skeleton, const Skin& skin, const Points& verts, const Faces& faces,
               const std::vector<Mat4>& bind) {
  Rest rest;
  rest.unit = bounds(verts).sizes().maxCoeff();
  rest.verts = verts.rows();
  const Eigen::MatrixXf weights = dense_weights(skin, skeleton.size());
  for (int j = 0; j < skeleton.size(); ++j) {
    if (weights.col(j).sum() > 0) rest.bones.push_back(j);
  }
  const int bones = static_cast<int>(rest.bones.size());
  const Points x = normalised(verts, rest.unit);
  const Eigen::RowVector3f mean = verts.colwise().mean();
  const std::vector<Vec3> centre = bone_centres(skeleton, bind);
  rest.centre.resize(bones, 3);
  Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> spread(rest.verts, 4 * bones);
  for (int b = 0; b < bones; ++b) {
    rest.centre.row(b) = (centre[rest.bones[b]].transpose() - mean) / rest.unit;
    const auto w = weights.col(rest.bones[b]);
    spread.middleCols<3>(4 * b) = w.asDiagonal() * (x.rowwise() - rest.centre.row(b));
    spread.col(4 * b + 3) = w;
  }
  rest.centres = tensor_of(rest.centre);
  rest.spread = torch::from_blob(spread.data(), {rest.verts, 4 * bones}, torch::kFloat32).clone();

  std::map<std::pair<int, int>, std::vector<int>> opposite;  // corners that face an edge
  for (Eigen::Index f = 0; f < faces.rows(); ++f) {
    for (int k = 0; k < 3; ++k)
      opposite[std::minmax(faces(f, k), faces(f, (k + 1) % 3))].push_back(faces(f, (k + 2) % 3));
  }
  std::vector<int64_t> from, to, fold[4];
  for (const auto& [edge, corners] : opposite) {
    from.push_back(edge.first);
    to.push_back(edge.second);
    for (std::size_t i = 0; i < corners.size(); ++i) {
      for (std::size_t k = i + 1; k < corners.size(); ++k) {
        const int corner[4] = {edge.first, edge.second, corners[i], corners[k]};
        for (int c = 0; c < 4; ++c) fold[c].push_back(corner[c]);
      }
    }
  }
  rest.edge_from = tensor_of(from, {int64_t(from.size())});
  rest.edge_to = tensor_of(to, {int64_t(to.size())});
  for (int c = 0; c < 4; ++c) rest.fold[c] = tensor_of(fold[c], {int64_t(fold[c].size())});
  const Tensor one = torch::ones({int64_t(from.size()), 1});
  rest.degree = torch::zeros({rest.verts, 1}).index_add(0, rest.edge_from, one).index_add(0, rest.edge_to, one).clamp_min(1);
  return rest;
}

Tensor edge_length(const Rest& rest, const Tensor& x) {
  return (x.index_select(0, rest.edge_from) - x.index_select(0, rest.edge_to)).square().sum(1).mean();
}

Tensor normal_consistency(const Rest& rest, const Tensor& x) {
  if (rest.fold[0].size(0) == 0) return torch::zeros({});
  const Tensor a = x.index_select(0, rest.fold[0]);
  const Tensor along = x.index_select(0, rest.fold[1]) - a;
  const Tensor one = torch::cross(along, x.index_select(0, rest.fold[2]) - a, 1);
  const Tensor other = torch::cross(x.index_select(0, rest.fold[3]) - a, along, 1);
  return (1 - torch::cosine_similarity(one, other, 1)).mean();
}

Tensor laplacian(const Rest& rest, const Tensor& x) {
  const Tensor difference = x.index_select(0, rest.edge_from) - x.index_select(0, rest.edge_to);
  const Tensor sum = torch::zeros_like(x).index_add(0, rest.edge_from, difference).index_add(0, rest.edge_to, -difference);
  return ((sum / rest.degree).square().sum(1) + 1e-12).sqrt().mean();
}

/// Points of a surface as corners (N x 3) and their weights (N x 3 x 1).
struct Samples {
  Tensor corners, weights;
  Tensor on(const Tensor& verts) const {
    return (verts.index_select(0, corners.flatten()).view({-1, 3, 3}) * weights).sum(1);
  }
};

Samples draw(const Points& verts, const Faces& faces, int count, int seed) {
  std::vector<int64_t> corners;
  std::vector<float> weights;
  for (const fitting::FacePoint& p : fitting::sample_faces(verts.cast<double>(), faces, count, seed)) {
    for (int k = 0; k < 3; ++k) corners.push_back(faces(p.face, k));
    for (double w : {p.a, p.b, p.c}) weights.push_back(static_cast<float>(w));
  }
  const auto n = static_cast<int64_t>(corners.size() / 3);
  return {tensor_of(corners, {n, 3}), torch::from_blob(weights.data(), {n, 3, 1}, torch::kFloat32).clone()};
}

Tensor nearest(const Tensor& queries, const Tensor& points) {
  const PointTree tree(points_of(points));
  const Points q = points_of(queries);
  std::vector<int64_t> found;
  float squared = 0;
  for (Eigen::Index i = 0; i < q.rows(); ++i) found.push_back(tree.nearest(q.row(i).transpose(), squared));
  return points.index_select(0, tensor_of(found, {int64_t(found.size())}));
}

Tensor chamfer(const Tensor& x, const Tensor& y) {
  return (x - nearest(x, y)).square().sum(1).mean() + (y - nearest(y, x)).square().sum(1).mean();
}

/// Rotations (B x 3 x 3) and translations (B x 3) of the bones about their centres, in units.
struct Motion {
  Tensor rotation, translation;
};

/// One frame, from the rest pose. Leaves early, with what it has, on a cancel.
Motion follow(const Rest& rest, const Faces& rest_faces, const Points& target_verts, const Faces& target_faces, int frame,
              const ReferenceOptions& options, const JobContext* job) {
  const auto bones = static_cast<int64_t>(rest.bones.size());
  Tensor quaternion = torch::zeros({bones, 4});
  quaternion.select(1, 0).fill_(1);
  quaternion.requires_grad_(true);
  Tensor translation = torch::zeros({bones, 3}).requires_grad_(true);
  torch::optim::Adam adam({quaternion, translation}, torch::optim::AdamOptions(options.learning_rate));
  const Points wanted = normalised(target_verts, rest.unit);
  const Tensor wanted_verts = tensor_of(wanted);
  for (int it = 0; it < options.steps && !cancelled(job); ++it) {
    const Tensor r = rotation(quaternion);
    const Tensor matrix = torch::cat({r.transpose(1, 2), (rest.centres + translation).unsqueeze(1)}, 1).view({4 * bones, 3});
    const Tensor posed = rest.spread.matmul(matrix);
    const int seed = options.seed + 2 * (frame * options.steps + it);
    const Tensor x = draw(points_of(posed), rest_faces, options.samples, seed).on(posed);
    const Tensor y = draw(wanted, target_faces, options.samples, seed + 1).on(wanted_verts);
    const Tensor distance = chamfer(x, y);
    if (distance.item<double>() <= options.stop) break;
    const Tensor loss = options.chamfer * distance + options.edge_length * edge_length(rest, posed) +
                        options.normal_consistency * normal_consistency(rest, posed) + options.laplacian * laplacian(rest, posed);
    adam.zero_grad();
    loss.backward();
    adam.step();
  }
  const torch::NoGradGuard no_grad;
  return {rotation(quaternion), translation.clone()};
}

/// moved_from_rest of every joint, metres. Joints without skin go with their parent, or with the whole.
std::vector<Mat4> joint_motion(const Rest& rest, const Skeleton& skeleton, const Motion& motion, const Vec3& rest_mean,
                               const Vec3& target_mean) {
  Mat4 whole = Mat4::Identity();
  whole.topRightCorner<3, 1>() = target_mean - rest_mean;
  std::vector<Mat4> moved(skeleton.size(), whole);
  std::size_t b = 0;
  for (int j = 0; j < skeleton.size(); ++j) {
    if (b == rest.bones.size() || rest.bones[b] != j) {
      if (const int p = skeleton.joints[j].parent; p >= 0) moved[j] = moved[p];
      continue;
    }
    const Tensor r = motion.rotation[b].contiguous(), t = motion.translation[b].contiguous();
    const Mat3 turn = Eigen::Map<const Eigen::Matrix<float, 3, 3, Eigen::RowMajor>>(r.data_ptr<float>());
    const Vec3 shift = Eigen::Map<const Vec3>(t.data_ptr<float>());
    const Vec3 centre = rest_mean + rest.unit * rest.centre.row(b).transpose();
    moved[j].topLeftCorner<3, 3>() = turn;
    moved[j].topRightCorner<3, 1>() = centre - turn * centre + rest.unit * shift + target_mean - rest_mean;
    ++b;
  }
  return moved;
}

Transform rigid(const Mat4& matrix) {
  Transform t;
  t.translation = matrix.topRightCorner<3, 1>();
  t.rotation = Quat(Mat3(matrix.topLeftCorner<3, 3>())).normalized();
  return t;
}

/// parent_from_joint of every joint from root_from_joint.
Pose local_pose(const Skeleton& skeleton, const std::vector<Mat4>& root_from_joint) {
  Pose pose;
  for (int j = 0; j < skeleton.size(); ++j) {
    const int p = skeleton.joints[j].parent;
    pose.push_back(rigid(p < 0 ? root_from_joint[j] : Mat4(root_from_joint[p].inverse() * root_from_joint[j])));
  }
  return pose;
}

/// root_from_joint of the bind pose without scale.
std::vector<Mat4> bind_pose(const Skin& skin) {
  std::vector<Mat4> bind;
  for (const Mat4& joint_from_mesh : skin.joint_from_mesh) {
    Mat4 m = joint_from_mesh.inverse();
    for (int c = 0; c < 3; ++c) m.col(c).head<3>().normalize();
    bind.push_back(m);
  }
  return bind;
}

}  // namespace

Result<FitResult> fit_reference(const Skeleton& skeleton, const Skin& skin, const Points& rest_verts, const Faces& faces,
                                const FitTarget& target, const ReferenceOptions& options, JobContext* job) {
  MP4D_CHECK(check_fit_input(skeleton, skin, rest_verts, faces, target));
  const std::vector<Mat4> bind = bind_pose(skin);
  const Rest rest = take_rest(skeleton, skin, rest_verts, faces, bind);
  std::vector<Motion> motion(target.size());
  std::atomic<int> done = 0;
  // A frame's tensors are small: frames side by side use the cores better than each frame's kernels would.
#pragma omp parallel for schedule(dynamic)
  for (int t = 0; t < target.size(); ++t) {
    motion[t] = follow(rest, faces, *target.verts[t], *target.faces[t], t, options, job);
    ++done;
    if (omp_get_thread_num() == 0) step(job, kFitSteps * done / target.size());
  }
  MP4D_CHECK(check(job));

  FitResult result;
  result.skeleton = skeleton;
  const Pose at_rest = local_pose(skeleton, bind);
  for (int j = 0; j < skeleton.size(); ++j) result.skeleton.joints[j].rest = at_rest[j];
  result.rest_verts = rest_verts;
  result.skin = skin;
  result.skin.joint_from_mesh = inverse_bind(result.skeleton);
  result.bone_scale.assign(skeleton.size(), 1.0);
  result.size = bounds(rest_verts).diagonal().norm();
  result.clip = {"fit", target.times, {}};
  const Vec3 rest_mean = rest_verts.colwise().mean().transpose();
  for (int t = 0; t < target.size(); ++t) {
    const Vec3 target_mean = target.verts[t]->colwise().mean().transpose();
    std::vector<Mat4> world = joint_motion(rest, skeleton, motion[t], rest_mean, target_mean);
    for (std::size_t j = 0; j < world.size(); ++j) world[j] = (world[j] * bind[j]).eval();
    result.clip.poses.push_back(local_pose(skeleton, world));
  }
  keep_rotations_close(result.clip);

  result.rms.resize(target.size());
#pragma omp parallel for schedule(dynamic)
  for (int t = 0; t < target.size(); ++t) {
    const Points posed = skin_linear(rest_verts, result.skin, forward_kinematics(result.skeleton, result.clip.poses[t]));
    const auto samples = [&options](const MatrixX3d& verts, const Faces& f, int seed) {
      std::vector<fitting::V3> points;
      for (const fitting::FacePoint& p : fitting::sample_faces(verts, f, options.samples, seed))
        points.push_back(p.a * verts.row(f(p.face, 0)) + p.b * verts.row(f(p.face, 1)) + p.c * verts.row(f(p.face, 2)));
      return points;
    };
    const MatrixX3d a = posed.cast<double>(), b = target.verts[t]->cast<double>();
    result.rms[t] = std::sqrt(fitting::mean_squared_distance(a, faces, samples(a, faces, options.seed), b, *target.faces[t],
                                                             samples(b, *target.faces[t], options.seed + 1)));
  }
  return result;
}

}  // namespace mp4d
