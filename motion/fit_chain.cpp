#include "motion/fit_chain.h"
#include <algorithm>
#include <cmath>

namespace mp4d::fitting {
namespace {

M3 cross_matrix(const V3& v) {
  M3 m;
  m << 0, -v.z(), v.y(), v.z(), 0, -v.x(), -v.y(), v.x(), 0;
  return m;
}

// sum of a x b given sum of a b^T
V3 summed_cross(const M3& ab) { return {ab(1, 2) - ab(2, 1), ab(2, 0) - ab(0, 2), ab(0, 1) - ab(1, 0)}; }

// J_a^T J_b summed over points, for the twist (about the origin) and log scale of bones a and b.
M7 moment_block(const Eigen::Matrix4d& k, const M34& ma, const M34& mb, const M34& la, const M34& lb, bool scales) {
  M7 h = M7::Zero();
  const M34 ma_k = ma * k;
  const M3 s = ma_k * mb.transpose();
  h.topLeftCorner<3, 3>() = s.trace() * M3::Identity() - s.transpose();
  h.block<3, 3>(0, 3) = cross_matrix(ma_k.col(3));
  h.block<3, 3>(3, 0) = -cross_matrix(mb * k.row(3).transpose());
  h.block<3, 3>(3, 3) = k(3, 3) * M3::Identity();
  if (scales) {
    const M34 la_k = la * k;
    const M3 m_l = ma_k * lb.transpose(), l_m = la_k * mb.transpose();
    h.block<3, 1>(0, 6) = summed_cross(m_l);
    h.block<1, 3>(6, 0) = -summed_cross(l_m).transpose();
    h.block<3, 1>(3, 6) = lb * k.row(3).transpose();
    h.block<1, 3>(6, 3) = la_k.col(3).transpose();
    h(6, 6) = (la_k.array() * lb.array()).sum();
  }
  return h;
}

}  // namespace

M3 rotation_exp(const V3& w) {
  const double angle = w.norm();
  return angle < 1e-12 ? M3(M3::Identity() + cross_matrix(w)) : Eigen::AngleAxisd(angle, w / angle).toRotationMatrix();
}

V3 rotation_log(const M3& r) {
  const Eigen::AngleAxisd a(r);
  return a.angle() * a.axis();
}

M3 left_jacobian_inverse(const V3& w) {
  const double angle = w.norm();
  const M3 x = cross_matrix(w);
  const double c = angle < 1e-4 ? 1.0 / 12 : 1 / (angle * angle) - (1 + std::cos(angle)) / (2 * angle * std::sin(angle));
  return M3::Identity() - 0.5 * x + c * x * x;
}

M3 nearest_rotation(const M3& m) {
  Eigen::JacobiSVD<M3> svd(m, Eigen::ComputeFullU | Eigen::ComputeFullV);
  M3 u = svd.matrixU();
  if ((u * svd.matrixV().transpose()).determinant() < 0) u.col(2) *= -1;
  return u * svd.matrixV().transpose();
}

V3 Chain::bone_axis(int joint) const {
  V3 axis = V3::Zero();
  for (int c : children[joint]) axis += centre[c] - centre[joint];
  if (axis.norm() < 1e-9 && parent[joint] >= 0) axis = centre[joint] - centre[parent[joint]];
  return axis.norm() < 1e-9 ? V3(V3::UnitY()) : V3(axis.normalized());
}

FrameState Chain::rest_state() const {
  FrameState state;
  state.rotation.assign(size(), M3::Identity());
  state.shift.assign(size(), V3::Zero());
  state.log_scale.assign(size(), 0.0);
  return state;
}

void Chain::pose(const FrameState& state, Posed& posed) const {
  posed.rotation.resize(size());
  posed.position.resize(size());
  posed.skin.resize(size());
  posed.stretch.resize(size());
  posed.scale.resize(size());
  std::vector<M3> stretched(size());
  for (int j = 0; j < size(); ++j) {
    const double s = posed.scale[j] = std::exp(state.log_scale[j]);
    stretched[j] = M3::Identity() + (s - 1) * stretch[j];
    const int p = parent[j];
    if (p < 0) {
      posed.rotation[j] = state.rotation[j];
      posed.position[j] = centre[j] + state.shift[j];
    } else {
      posed.rotation[j] = posed.rotation[p] * state.rotation[j];
      posed.position[j] =
          posed.position[p] + posed.rotation[p] * (stretched[p] * (centre[j] - centre[p]) + state.shift[j]);
    }
    const M3 linear = stretches_skin() ? M3(posed.rotation[j] * stretched[j]) : posed.rotation[j];
    posed.skin[j] << linear, posed.position[j] - linear * centre[j];
    if (stretches_skin()) {
      const M3 d = s * posed.rotation[j] * stretch[j];
      posed.stretch[j] << d, -d * centre[j];
    } else {
      posed.stretch[j].setZero();
    }
  }
}

void Chain::number_unknowns(ScaleMode mode) {
  scale_mode = mode;
  frame_unknowns = shared_unknowns = 0;
  for (int j = 0; j < size(); ++j)
    if (rotation_at[j] >= 0) rotation_at[j] = frame_unknowns, frame_unknowns += 3;
  for (int j = 0; j < size(); ++j)
    if (shift_at[j] >= 0) shift_at[j] = frame_unknowns, frame_unknowns += 3;
  for (int j = 0; j < size(); ++j) {
    scale_at[j] = -1;
    const bool has_bone = weighted[j] || std::any_of(children[j].begin(), children[j].end(),
                                                     [&](int c) { return moves_skin[c]; });
    if (mode == ScaleMode::kOff || rotation_at[j] < 0 || !has_bone) continue;
    if (mode == ScaleMode::kPerFrame) {
      if (std::none_of(children[j].begin(), children[j].end(), [&](int c) { return moves_skin[c]; })) continue;
      scale_at[j] = frame_unknowns++;
    } else {
      scale_at[j] = shared_unknowns++;
    }
  }
}

FrameState Chain::stepped(const FrameState& state, const Eigen::VectorXd& frame_delta,
                          const Eigen::VectorXd& shared_delta) const {
  FrameState next = state;
  const Eigen::VectorXd& scale_delta = scale_mode == ScaleMode::kPerFrame ? frame_delta : shared_delta;
  for (int j = 0; j < size(); ++j) {
    if (rotation_at[j] >= 0) {
      const V3 e = frame_delta.segment<3>(rotation_at[j]);
      next.rotation[j] = rotation_exp(e) * state.rotation[j];
    }
    if (shift_at[j] >= 0) next.shift[j] += frame_delta.segment<3>(shift_at[j]);
    if (scale_at[j] >= 0 && scale_delta.size() > 0) next.log_scale[j] += scale_delta[scale_at[j]];
  }
  return next;
}

std::vector<V3> Chain::scaled_centres(const std::vector<double>& log_scale) const {
  FrameState state = rest_state();
  state.log_scale = log_scale;
  Posed posed;
  pose(state, posed);
  return posed.position;
}

Chain make_chain(const Skeleton& skeleton, const Skin& skin, const V3& origin, double unit, bool loose_below_bare) {
  const int count = skeleton.size();
  Chain chain;
  chain.parent.resize(count);
  chain.children.resize(count);
  chain.centre.resize(count);
  chain.frame.resize(count);
  chain.weighted.assign(count, false);
  for (Eigen::Index v = 0; v < skin.joints.rows(); ++v)
    for (int k = 0; k < 4; ++k)
      if (skin.weights(v, k) > 0) chain.weighted[skin.joints(v, k)] = true;
  chain.moves_skin = chain.weighted;
  std::vector<Eigen::Matrix4d> world(count);
  for (int j = 0; j < count; ++j) {
    const int p = chain.parent[j] = skeleton.joints[j].parent;
    if (p >= 0) chain.children[p].push_back(j);
    // A joint with skin stands where its bind matrix says; one without follows its parent.
    const Eigen::Matrix4d local = skeleton.joints[j].rest.matrix().cast<double>();
    world[j] = chain.weighted[j] ? Eigen::Matrix4d(skin.joint_from_mesh[j].cast<double>().inverse())
                                 : (p < 0 ? local : Eigen::Matrix4d(world[p] * local));
    chain.centre[j] = (world[j].topRightCorner<3, 1>() - origin) / unit;
    chain.frame[j] = nearest_rotation(world[j].topLeftCorner<3, 3>());
  }
  for (int j = count - 1; j >= 0; --j)
    if (chain.moves_skin[j] && chain.parent[j] >= 0) chain.moves_skin[chain.parent[j]] = true;

  chain.rotation_at.assign(count, -1);
  chain.shift_at.assign(count, -1);
  chain.scale_at.assign(count, -1);
  for (int j = 0; j < count; ++j) {
    if (!chain.moves_skin[j]) continue;
    const auto branches = std::count_if(chain.children[j].begin(), chain.children[j].end(),
                                        [&](int c) { return chain.moves_skin[c]; });
    const bool below_carrier = chain.parent[j] >= 0 && chain.rotation_at[chain.parent[j]] >= 0;
    if (below_carrier) {
      chain.rotation_at[j] = 0;
    } else if (chain.weighted[j] || (branches > 1 && !loose_below_bare)) {
      chain.rotation_at[j] = chain.shift_at[j] = 0;
    }
  }
  chain.stretch.resize(count);
  for (int j = 0; j < count; ++j) {
    const V3 u = chain.bone_axis(j);
    const bool single = chain.children[j].size() == 1 || (chain.children[j].empty() && chain.parent[j] >= 0);
    chain.stretch[j] = single ? M3(u * u.transpose()) : M3(M3::Identity());
  }
  chain.number_unknowns(ScaleMode::kOff);
  return chain;
}

void PointSet::add(const std::vector<std::pair<int, double>>& verts_and_factors, const Eigen::MatrixX3d& verts,
                   const Skin& skin) {
  const int first = start.back();
  for (const auto& [v, factor] : verts_and_factors)
    for (int k = 0; k < 4; ++k) {
      const double w = factor * skin.weights(v, k);
      if (w == 0) continue;
      const int bone = skin.joints(v, k);
      auto found = std::find_if(influences.begin() + first, influences.end(),
                                [&](const Influence& i) { return i.bone == bone; });
      if (found == influences.end()) found = influences.insert(found, {bone, Eigen::Vector4d::Zero()});
      found->u.head<3>() += w * verts.row(v).transpose();
      found->u[3] += w;
    }
  std::sort(influences.begin() + first, influences.end(),
            [](const Influence& a, const Influence& b) { return a.bone < b.bone; });
  start.push_back(static_cast<int>(influences.size()));
}

void PairTable::add(const PointSet& points) {
  for (int p = 0; p < points.size(); ++p)
    for (int i = points.start[p]; i < points.start[p + 1]; ++i)
      for (int k = i; k < points.start[p + 1]; ++k) {
        const int a = points.influences[i].bone, b = points.influences[k].bone;
        int& slot = id[static_cast<std::size_t>(a) * joints + b];
        if (slot < 0) slot = static_cast<int>(pairs.size()), pairs.emplace_back(a, b);
      }
}

double FrameData::cost(const PairTable& table, const std::vector<M34>& skin) const {
  double sum = y2;
  for (std::size_t i = 0; i < moments->k.size(); ++i) {
    const auto [a, b] = table.pairs[i];
    const double term = ((skin[a] * moments->k[i]).array() * skin[b].array()).sum();
    sum += a == b ? term : 2 * term;
  }
  for (std::size_t b = 0; b < d.size(); ++b) sum -= 2 * (d[b].array() * skin[b].array()).sum();
  for (const auto& [points, list] : rows)
    for (const PlaneRow& row : list) {
      const double r = row.normal.dot(points->position(row.point, skin)) - row.offset;
      sum += row.weight * r * r;
    }
  return sum;
}

void linearise(const Chain& chain, const PairTable& table, const FrameData& data, const Posed& posed,
               Eigen::MatrixXd& h, Eigen::VectorXd& g) {
  const int joints = chain.size();
  const bool scales = chain.stretches_skin();
  std::vector<M7> blocks(table.pairs.size(), M7::Zero());
  std::vector<M34> slope(joints, M34::Zero());  // sum of residual u_b^T
  for (int b = 0; b < joints; ++b) slope[b] = -data.d[b];
  for (std::size_t i = 0; i < table.pairs.size(); ++i) {
    const auto [a, b] = table.pairs[i];
    const Eigen::Matrix4d& k = data.moments->k[i];
    if (k(3, 3) == 0 && k.isZero(0)) continue;
    blocks[i] = moment_block(k, posed.skin[a], posed.skin[b], posed.stretch[a], posed.stretch[b], scales);
    slope[b] += posed.skin[a] * k;
    if (a != b) slope[a] += posed.skin[b] * k.transpose();
  }
  std::vector<V7> wrench(joints);
  for (int b = 0; b < joints; ++b) {
    wrench[b].head<3>() = summed_cross(posed.skin[b] * slope[b].transpose());
    wrench[b].segment<3>(3) = slope[b].col(3);
    wrench[b][6] = (posed.stretch[b].array() * slope[b].array()).sum();
  }
  std::vector<V7> row_of;
  for (const auto& [points, list] : data.rows)
    for (const PlaneRow& row : list) {
      const int first = points->start[row.point], last = points->start[row.point + 1];
      double residual = -row.offset;
      row_of.resize(last - first);
      for (int i = first; i < last; ++i) {
        const Influence& f = points->influences[i];
        const V3 x = posed.skin[f.bone] * f.u;
        V7& r = row_of[i - first];
        r.head<3>() = x.cross(row.normal);
        r.segment<3>(3) = f.u[3] * row.normal;
        r[6] = scales ? row.normal.dot(posed.stretch[f.bone] * f.u) : 0.0;
        residual += row.normal.dot(x);
      }
      for (int i = 0; i < last - first; ++i) {
        const int a = points->influences[first + i].bone;
        const V7 weighted = row.weight * row_of[i];
        wrench[a] += residual * weighted;
        for (int k = i; k < last - first; ++k)
          blocks[table.find(a, points->influences[first + k].bone)].noalias() += weighted * row_of[k].transpose();
      }
    }

  // Twists of a joint move its whole subtree: sum rows and columns up the tree (the scale row stays the bone's).
  Eigen::MatrixXd c = Eigen::MatrixXd::Zero(7 * joints, 7 * joints);
  for (std::size_t i = 0; i < table.pairs.size(); ++i) {
    const auto [a, b] = table.pairs[i];
    c.block<7, 7>(7 * a, 7 * b) = blocks[i];
    if (a != b) c.block<7, 7>(7 * b, 7 * a) = blocks[i].transpose();
  }
  for (int j = joints - 1; j > 0; --j)
    if (const int p = chain.parent[j]; p >= 0) {
      c.middleCols<6>(7 * p) += c.middleCols<6>(7 * j);
      wrench[p].head<6>() += wrench[j].head<6>();
    }
  for (int j = joints - 1; j > 0; --j)
    if (const int p = chain.parent[j]; p >= 0) c.middleRows<6>(7 * p) += c.middleRows<6>(7 * j);

  // Each unknown as twists of one or more joints.
  const int unknowns = chain.frame_unknowns + chain.shared_unknowns;
  std::vector<std::vector<std::pair<int, V7>>> columns(unknowns);
  for (int j = 0; j < joints; ++j) {
    const M3 axes = chain.parent[j] < 0 ? M3(M3::Identity()) : posed.rotation[chain.parent[j]];
    for (int i = 0; i < 3; ++i) {
      V7 twist = V7::Zero();
      if (chain.rotation_at[j] >= 0) {
        twist.head<3>() = axes.col(i);
        twist.segment<3>(3) = posed.position[j].cross(axes.col(i));
        columns[chain.rotation_at[j] + i] = {{j, twist}};
      }
      if (chain.shift_at[j] >= 0) {
        twist.head<3>().setZero();
        twist.segment<3>(3) = axes.col(i);
        columns[chain.shift_at[j] + i] = {{j, twist}};
      }
    }
    if (chain.scale_at[j] < 0) continue;
    auto& column = columns[chain.scale_at[j] + (chain.scale_mode == ScaleMode::kShared ? chain.frame_unknowns : 0)];
    if (scales) column.emplace_back(j, V7::Unit(6));
    for (int child : chain.children[j]) {
      V7 twist = V7::Zero();
      const V3 offset = chain.stretch[j] * (chain.centre[child] - chain.centre[j]);
      twist.segment<3>(3) = posed.scale[j] * (posed.rotation[j] * offset);
      column.emplace_back(child, twist);
    }
  }
  Eigen::MatrixXd y = Eigen::MatrixXd::Zero(7 * joints, unknowns);
  g.resize(unknowns);
  for (int u = 0; u < unknowns; ++u) {
    g[u] = 0;
    for (const auto& [j, twist] : columns[u]) {
      y.col(u).noalias() += c.middleCols<7>(7 * j) * twist;
      g[u] += twist.dot(wrench[j]);
    }
  }
  h.setZero(unknowns, unknowns);
  for (int u = 0; u < unknowns; ++u)
    for (const auto& [j, twist] : columns[u]) h.row(u).noalias() += twist.transpose() * y.middleRows<7>(7 * j);
}

}  // namespace mp4d::fitting
