#include "motion/block_system.h"

namespace mp4d::fitting {
namespace {

void damp(Eigen::MatrixXd& m, double damping, double floor) {
  m.diagonal() += damping * m.diagonal();
  m.diagonal().array() += floor;
}

}  // namespace

bool BlockSystem::solve(double damping, double floor, std::vector<Eigen::VectorXd>& x, Eigen::VectorXd& x_shared) const {
  using Eigen::MatrixXd;
  const std::size_t count = diagonal.size();
  const bool coupled = count > 1 && next[0].size() > 0;
  std::vector<Eigen::LLT<MatrixXd>> factor(count);
  std::vector<MatrixXd> l1(count), l2(count);  // factor blocks below the diagonal
  for (std::size_t t = 0; t < count; ++t) {
    MatrixXd s = diagonal[t];
    damp(s, damping, floor);
    if (coupled && t >= 1) s.selfadjointView<Eigen::Lower>().rankUpdate(l1[t - 1], -1.0);
    if (coupled && t >= 2) s.selfadjointView<Eigen::Lower>().rankUpdate(l2[t - 2], -1.0);
    factor[t].compute(s);
    if (factor[t].info() != Eigen::Success) return false;
    if (!coupled) continue;
    const auto l = factor[t].matrixL();
    if (t + 1 < count) {
      l1[t] = next[t];
      if (t >= 1) l1[t].noalias() -= l2[t - 1] * l1[t - 1].transpose();
      l1[t] = l.solve(l1[t].transpose()).transpose();
    }
    if (t + 2 < count) l2[t] = l.solve(second[t].transpose()).transpose();
  }

  // Forward substitution of the right-hand side and of the border at once.
  const Eigen::Index shared = corner.rows();
  std::vector<MatrixXd> y(count);
  MatrixXd schur = corner;
  damp(schur, damping, floor);
  Eigen::VectorXd reduced = right_shared;
  for (std::size_t t = 0; t < count; ++t) {
    y[t].resize(right[t].size(), 1 + shared);
    y[t].col(0) = right[t];
    if (shared > 0) y[t].rightCols(shared) = border[t];
    if (coupled && t >= 1) y[t].noalias() -= l1[t - 1] * y[t - 1];
    if (coupled && t >= 2) y[t].noalias() -= l2[t - 2] * y[t - 2];
    factor[t].matrixL().solveInPlace(y[t]);
    if (shared > 0) {
      schur.noalias() -= y[t].rightCols(shared).transpose() * y[t].rightCols(shared);
      reduced.noalias() -= y[t].rightCols(shared).transpose() * y[t].col(0);
    }
  }
  x_shared.resize(shared);
  if (shared > 0) {
    const Eigen::LLT<MatrixXd> last(schur);
    if (last.info() != Eigen::Success) return false;
    x_shared = last.solve(reduced);
  }
  x.resize(count);
  for (std::size_t t = count; t-- > 0;) {
    x[t] = y[t].col(0);
    if (shared > 0) x[t].noalias() -= y[t].rightCols(shared) * x_shared;
    if (coupled && t + 1 < count) x[t].noalias() -= l1[t].transpose() * x[t + 1];
    if (coupled && t + 2 < count) x[t].noalias() -= l2[t].transpose() * x[t + 2];
    factor[t].matrixU().solveInPlace(x[t]);
  }
  return true;
}

}  // namespace mp4d::fitting
