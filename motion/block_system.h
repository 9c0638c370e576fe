#pragma once
#include <Eigen/Dense>
#include <vector>

namespace mp4d::fitting {

/// Symmetric positive definite system of T blocks of n unknowns each, coupled to the next two blocks, plus s
/// unknowns that couple to all of them: the normal equations of poses over time with shared bone scales.
struct BlockSystem {
  std::vector<Eigen::MatrixXd> diagonal;  ///< T of n x n
  std::vector<Eigen::MatrixXd> next;      ///< T of n x n: rows of block t+1, columns of t; 0 x 0 = uncoupled
  std::vector<Eigen::MatrixXd> second;    ///< T of n x n: rows of block t+2, columns of t; 0 x 0 = uncoupled
  std::vector<Eigen::MatrixXd> border;    ///< T of n x s
  Eigen::MatrixXd corner;                 ///< s x s
  std::vector<Eigen::VectorXd> right;     ///< T of n
  Eigen::VectorXd right_shared;           ///< s

  /// Solves (A + damping diag(A) + floor I) x = right by block Cholesky, O(T n^3). False if not positive definite.
  bool solve(double damping, double floor, std::vector<Eigen::VectorXd>& x, Eigen::VectorXd& x_shared) const;
};

}  // namespace mp4d::fitting
