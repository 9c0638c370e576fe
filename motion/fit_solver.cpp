#include "motion/fit_solver.h"
#include "motion/block_system.h"
#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace mp4d::fitting {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kLimitWeight = 10;  // far above any data term: one degree beyond a limit costs as much as 5 % of the size
constexpr double kFloor = 1e-13;
constexpr double kSmallestDecrease = 1e-4;
constexpr double kExact = 1e-13;  // mean squared distance over squared size: beyond what single-precision input holds

Eigen::Vector2d beyond(const M3& rotation, const Limit& limit) {
  const auto [twist, swing] = twist_and_swing(rotation, limit.axis);
  return {std::max(0.0, swing - limit.swing_max),
          std::max(0.0, twist - limit.twist_max) + std::min(0.0, twist - limit.twist_min)};
}

V3 turn_velocity(const FrameState& from, const FrameState& to, int joint) {
  return rotation_log(to.rotation[joint] * from.rotation[joint].transpose());
}

struct Terms {
  const Chain& chain;
  const PairTable& table;
  std::span<const FrameData> data;
  const Priors& priors;
  std::span<const Limit> limits;
  std::vector<FrameState> anchor;

  double data_cost(std::span<const FrameState> states) const {
    std::vector<double> costs(states.size());
#pragma omp parallel for schedule(static) if (states.size() > 4)
    for (std::size_t t = 0; t < states.size(); ++t) {
      Posed posed;
      chain.pose(states[t], posed);
      costs[t] = data[t].cost(table, posed.skin);
    }
    return std::accumulate(costs.begin(), costs.end(), 0.0);
  }

  double prior_cost(std::span<const FrameState> states) const {
    double sum = 0;
    const bool in_time = priors.turn > 0 || priors.shift > 0;
    for (std::size_t t = 0; t < states.size(); ++t) {
      const bool middle = in_time && t > 0 && t + 1 < states.size();
      for (int j = 0; j < chain.size(); ++j) {
        if (chain.rotation_at[j] >= 0) {
          sum += priors.rest * rotation_log(states[t].rotation[j]).squaredNorm();
          if (middle)
            sum += priors.turn * (turn_velocity(states[t], states[t + 1], j) -
                                  turn_velocity(states[t - 1], states[t], j)).squaredNorm();
          if (priors.hold > 0) sum += priors.hold * turn_velocity(anchor[t], states[t], j).squaredNorm();
        }
        if (chain.shift_at[j] >= 0) {
          if (middle)
            sum += priors.shift *
                   (states[t - 1].shift[j] - 2 * states[t].shift[j] + states[t + 1].shift[j]).squaredNorm();
          if (priors.hold > 0) sum += priors.hold * (states[t].shift[j] - anchor[t].shift[j]).squaredNorm();
        }
        if (chain.scale_at[j] >= 0) {
          sum += priors.scale * std::pow(states[t].log_scale[j], 2);
          if (middle && chain.scale_mode == ScaleMode::kPerFrame)
            sum += priors.shift * std::pow(states[t - 1].log_scale[j] - 2 * states[t].log_scale[j] +
                                           states[t + 1].log_scale[j], 2);
        }
      }
      for (const Limit& limit : limits)
        sum += kLimitWeight * beyond(states[t].rotation[limit.joint], limit).squaredNorm();
    }
    return sum;
  }

  // `right` holds minus the gradient.
  void add_single_frame_priors(const FrameState& state, const FrameState& held, MatrixXd& h, VectorXd& right,
                               MatrixXd& corner, VectorXd& right_shared) const {
    for (int j = 0; j < chain.size(); ++j) {
      if (const int at = chain.rotation_at[j]; at >= 0) {
        const auto add = [&](double weight, const V3& w) {
          const M3 jac = left_jacobian_inverse(w);
          h.block<3, 3>(at, at) += weight * jac.transpose() * jac;
          right.segment<3>(at) -= weight * jac.transpose() * w;
        };
        add(priors.rest, rotation_log(state.rotation[j]));
        if (priors.hold > 0) add(priors.hold, turn_velocity(held, state, j));
      }
      if (const int at = chain.shift_at[j]; at >= 0 && priors.hold > 0) {
        h.diagonal().segment<3>(at).array() += priors.hold;
        right.segment<3>(at) -= priors.hold * (state.shift[j] - held.shift[j]);
      }
      if (const int at = chain.scale_at[j]; at >= 0) {
        const bool shared = chain.scale_mode == ScaleMode::kShared;
        (shared ? corner : h)(at, at) += priors.scale;
        (shared ? right_shared : right)[at] -= priors.scale * state.log_scale[j];
      }
    }
    constexpr double kStep = 1e-6;
    for (const Limit& limit : limits) {
      const M3& q = state.rotation[limit.joint];
      const Eigen::Vector2d r = beyond(q, limit);
      const int at = chain.rotation_at[limit.joint];
      if (at < 0 || r.isZero(0)) continue;
      Eigen::Matrix<double, 2, 3> jac;
      for (int i = 0; i < 3; ++i)
        jac.col(i) = (beyond(rotation_exp(kStep * V3::Unit(i)) * q, limit) -
                      beyond(rotation_exp(-kStep * V3::Unit(i)) * q, limit)) / (2 * kStep);
      h.block<3, 3>(at, at) += kLimitWeight * jac.transpose() * jac;
      right.segment<3>(at) -= kLimitWeight * jac.transpose() * r;
    }
  }

  void add_acceleration(std::span<const FrameState> states, std::size_t t, BlockSystem& system) const {
    const auto add = [&](int at, double weight, const M3& before, const M3& here, const M3& after, const V3& r,
                         int size) {
      const M3 jac[3] = {before, here, after};
      for (int i = 0; i < 3; ++i) {
        system.right[t - 1 + i].segment(at, size) -= weight * (jac[i].transpose() * r).head(size);
        for (int k = 0; k <= i; ++k) {
          MatrixXd& block = i == k ? system.diagonal[t - 1 + i]
                                   : (i - k == 1 ? system.next[t - 1 + k] : system.second[t - 1 + k]);
          block.block(at, at, size, size) += weight * (jac[i].transpose() * jac[k]).topLeftCorner(size, size);
        }
      }
    };
    const M3 one = M3::Identity();
    for (int j = 0; j < chain.size(); ++j) {
      if (const int at = chain.rotation_at[j]; at >= 0) {
        const V3 in = turn_velocity(states[t - 1], states[t], j), out = turn_velocity(states[t], states[t + 1], j);
        const M3 jac_in = left_jacobian_inverse(in), jac_out = left_jacobian_inverse(out);
        add(at, priors.turn, jac_in.transpose(), -jac_out.transpose() - jac_in, jac_out, out - in, 3);
      }
      if (const int at = chain.shift_at[j]; at >= 0)
        add(at, priors.shift, one, -2 * one, one,
            states[t - 1].shift[j] - 2 * states[t].shift[j] + states[t + 1].shift[j], 3);
      if (const int at = chain.scale_at[j]; at >= 0 && chain.scale_mode == ScaleMode::kPerFrame)
        add(at, priors.shift, one, -2 * one, one,
            V3::Constant(states[t - 1].log_scale[j] - 2 * states[t].log_scale[j] + states[t + 1].log_scale[j]), 1);
    }
  }

  BlockSystem linearised(std::span<const FrameState> states) const {
    const std::size_t count = states.size();
    const int n = chain.frame_unknowns, s = chain.shared_unknowns;
    BlockSystem system;
    system.diagonal.resize(count);
    system.next.resize(count);
    system.second.resize(count);
    system.border.resize(count);
    system.right.resize(count);
    std::vector<MatrixXd> corners(count);
    std::vector<VectorXd> shared(count);
    const bool in_time = count > 2 && (priors.turn > 0 || priors.shift > 0);
#pragma omp parallel for schedule(dynamic) if (count > 4)
    for (std::size_t t = 0; t < count; ++t) {
      Posed posed;
      chain.pose(states[t], posed);
      MatrixXd h;
      VectorXd g;
      linearise(chain, table, data[t], posed, h, g);
      system.diagonal[t] = h.topLeftCorner(n, n);
      system.border[t] = h.topRightCorner(n, s);
      system.right[t] = -g.head(n);
      corners[t] = h.bottomRightCorner(s, s);
      shared[t] = -g.tail(s);
      add_single_frame_priors(states[t], anchor[t], system.diagonal[t], system.right[t], corners[t], shared[t]);
      if (in_time) {
        system.next[t] = MatrixXd::Zero(n, n);
        system.second[t] = MatrixXd::Zero(n, n);
      }
    }
    system.corner = MatrixXd::Zero(s, s);
    system.right_shared = VectorXd::Zero(s);
    for (std::size_t t = 0; t < count; ++t) {
      system.corner += corners[t];
      system.right_shared += shared[t];
      if (in_time && t > 0 && t + 1 < count) add_acceleration(states, t, system);
    }
    return system;
  }
};

}  // namespace

std::pair<double, double> twist_and_swing(const M3& rotation, const V3& axis) {
  Eigen::Quaterniond q(rotation);
  if (q.w() < 0) q.coeffs() = -q.coeffs();
  const double along = q.vec().dot(axis);
  double twist = 2 * std::atan2(along, q.w());
  if (twist > std::numbers::pi) twist -= 2 * std::numbers::pi;
  if (twist <= -std::numbers::pi) twist += 2 * std::numbers::pi;
  const double swing = 2 * std::acos(std::clamp(std::hypot(along, q.w()), 0.0, 1.0));
  return {twist, swing};
}

double minimise(const Chain& chain, const PairTable& table, std::span<const FrameData> data,
                std::span<FrameState> states, const Priors& priors, std::span<const Limit> limits, int iterations) {
  const Terms terms{chain, table, data, priors, limits, {states.begin(), states.end()}};
  double data_cost = terms.data_cost(states);
  double cost = data_cost + terms.prior_cost(states);
  double damping = 1e-4;
  std::vector<FrameState> trial(states.size());
  std::vector<VectorXd> delta;
  VectorXd shared;
  for (int i = 0; i < iterations; ++i) {
    const BlockSystem system = terms.linearised(states);
    bool better = false;
    double decrease = 0;
    int attempt = 0;
    for (; attempt < 8 && !better; ++attempt, damping *= 6) {
      if (!system.solve(damping, kFloor, delta, shared)) continue;
      for (std::size_t t = 0; t < states.size(); ++t) trial[t] = chain.stepped(states[t], delta[t], shared);
      const double trial_data = terms.data_cost(trial);
      const double trial_cost = trial_data + terms.prior_cost(trial);
      if (!(trial_cost < cost)) continue;
      better = true;
      decrease = cost - trial_cost;
      cost = trial_cost;
      data_cost = trial_data;
      std::copy(trial.begin(), trial.end(), states.begin());
    }
    if (!better) break;
    damping = std::max(1e-9, damping / (attempt == 1 ? 30 : 6));  // the loop has raised it once too often
    if (decrease < kSmallestDecrease * cost || cost < kExact * static_cast<double>(states.size())) break;
  }
  return data_cost;
}

}  // namespace mp4d::fitting
