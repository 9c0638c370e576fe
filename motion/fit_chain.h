#pragma once
#include "motion/rig.h"
#include <Eigen/Dense>
#include <memory>
#include <utility>
#include <vector>

// Internals of motion/fit: the articulated model in double precision. Lengths are in units of the rest mesh's
// bounding box diagonal, axes are the mesh's, rotations are relative to the rest (bind) pose.
namespace mp4d::fitting {

using V3 = Eigen::Vector3d;
using M3 = Eigen::Matrix3d;
using M34 = Eigen::Matrix<double, 3, 4>;
using V7 = Eigen::Matrix<double, 7, 1>;
using M7 = Eigen::Matrix<double, 7, 7>;

enum class ScaleMode { kOff, kShared, kPerFrame };

/// Pose of one frame. World rotation G_j = G_parent Q_j, position
/// p_j = p_parent + G_parent (A_parent (c_j - c_parent) + d_j), A = I + (exp(log_scale) - 1) stretch.
struct FrameState {
  std::vector<M3> rotation;        ///< Q_j
  std::vector<V3> shift;           ///< d_j, zero unless the joint is free to translate
  std::vector<double> log_scale;
};

/// A posed chain. A vertex is sum_b M_b u_b with u_b = w_b (v, 1), so a pose is linear in the matrices (docs/phase2.md).
struct Posed {
  std::vector<M3> rotation;  ///< G_j
  std::vector<V3> position;  ///< p_j
  std::vector<M34> skin;     ///< M_b = [G A | p - G A c]
  std::vector<M34> stretch;  ///< derivative of M_b by its own log scale
  std::vector<double> scale;
};

/// Rest geometry and the numbering of the unknowns: per frame first all rotations and shifts (and scales when
/// they vary by frame), then the scales shared by all frames.
struct Chain {
  std::vector<int> parent;
  std::vector<std::vector<int>> children;
  std::vector<V3> centre;   ///< c_j
  std::vector<M3> frame;    ///< rest axes of the joint
  std::vector<M3> stretch;  ///< u u^T of the bone, or identity where a joint has several bones
  std::vector<bool> weighted;        ///< has skin
  std::vector<bool> moves_skin;      ///< itself or a descendant has skin
  std::vector<int> rotation_at, shift_at, scale_at;  ///< first unknown, -1 = fixed
  ScaleMode scale_mode = ScaleMode::kOff;
  int frame_unknowns = 0;
  int shared_unknowns = 0;

  int size() const { return static_cast<int>(parent.size()); }
  bool stretches_skin() const { return scale_mode == ScaleMode::kShared; }
  V3 bone_axis(int joint) const;  ///< unit, towards the child (the only one or their mean), else from the parent
  FrameState rest_state() const;
  void pose(const FrameState& state, Posed& posed) const;
  void number_unknowns(ScaleMode mode);
  /// state after the step `delta` (frame unknowns, then shared): Q <- exp(e) Q, d <- d + e, log s <- log s + e.
  FrameState stepped(const FrameState& state, const Eigen::VectorXd& frame_delta,
                     const Eigen::VectorXd& shared_delta) const;
  /// Rest centres under the scales of `state`, all joints unrotated and unshifted.
  std::vector<V3> scaled_centres(const std::vector<double>& log_scale) const;
};

/// Chain of a skinned skeleton in its bind pose. Joints that move no skin are fixed; so are the ancestors of the
/// first joint that moves the skin by itself or branches; that joint also translates. With `loose_below_bare`, a
/// branching joint without skin is fixed too, and the joints below it move freely.
Chain make_chain(const Skeleton& skeleton, const Skin& skin, const V3& origin, double unit, bool loose_below_bare);

/// Vertex, surface sample or edge as a sparse combination of bones.
struct Influence {
  int bone;
  Eigen::Vector4d u;
};
struct PointSet {
  std::vector<int> start{0};
  std::vector<Influence> influences;

  int size() const { return static_cast<int>(start.size()) - 1; }
  void add(const std::vector<std::pair<int, double>>& verts_and_factors, const Eigen::MatrixX3d& verts, const Skin& skin);
  V3 position(int point, const std::vector<M34>& skin) const {
    V3 x = V3::Zero();
    for (int i = start[point]; i < start[point + 1]; ++i) x += skin[influences[i].bone] * influences[i].u;
    return x;
  }
};

/// The bone pairs that share points.
struct PairTable {
  int joints = 0;
  std::vector<int> id;  ///< joints x joints, -1 = none; only first <= second
  std::vector<std::pair<int, int>> pairs;

  explicit PairTable(int joint_count) : joints(joint_count), id(static_cast<std::size_t>(joint_count) * joint_count, -1) {}
  void add(const PointSet& points);
  int find(int a, int b) const { return id[static_cast<std::size_t>(a) * joints + b]; }
};

/// Quadratic form in the skinning matrices of one frame: sum over points of weight |x - y|^2 through moments
/// (K_ab = sum u_a u_b^T, D_b = sum y u_b^T), plus rows weight (n.x - offset)^2.
struct Moments {
  std::vector<Eigen::Matrix4d> k;  ///< one a pair
};
struct PlaneRow {
  int point;
  V3 normal;
  double offset;
  double weight;
};
struct FrameData {
  std::shared_ptr<const Moments> moments;
  std::vector<M34> d;
  double y2 = 0;
  std::vector<std::pair<const PointSet*, std::vector<PlaneRow>>> rows;

  double cost(const PairTable& table, const std::vector<M34>& skin) const;
};

/// Gauss-Newton system of `data` in the chain's unknowns: cost(delta) ~ c + 2 g.delta + delta^T H delta.
void linearise(const Chain& chain, const PairTable& table, const FrameData& data, const Posed& posed,
               Eigen::MatrixXd& h, Eigen::VectorXd& g);

M3 rotation_exp(const V3& w);
V3 rotation_log(const M3& r);
M3 left_jacobian_inverse(const V3& w);
M3 nearest_rotation(const M3& m);

}  // namespace mp4d::fitting
