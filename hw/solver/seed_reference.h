#ifndef INVAR_SOLVER_SEED_REFERENCE_H
#define INVAR_SOLVER_SEED_REFERENCE_H

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/LU>
#include <optional>

namespace invar::solver {

/// What first analog shots are compared with: the FP64 solution of the matrix that was asked for.
///
/// For figures alone. It belongs to no machine: nothing is charged, and no result depends on it.
class SeedReference {
 public:
  /// \param matrix A, n x n \param symmetric whether that is promised
  SeedReference(const Eigen::MatrixXd& matrix, bool symmetric);

  /// -log2 of the mean over the columns of |first - A^-1 rhs| / |A^-1 rhs|. 0 where there is
  /// nothing to compare: zero right-hand sides, a matrix singular to working precision.
  /// \param first solutions of one shot, n x k \param rhs n x k
  double effective_bits(const Eigen::MatrixXd& first, const Eigen::MatrixXd& rhs) const;
  /// |first - A^-1 rhs| / |A^-1 rhs| of the first column, which has to have a solution.
  double error(const Eigen::MatrixXd& first, const Eigen::MatrixXd& rhs) const;

 private:
  Eigen::MatrixXd solve(const Eigen::MatrixXd& rhs) const;

  std::optional<Eigen::LLT<Eigen::MatrixXd>> cholesky_;  ///< where A is positive definite
  std::optional<Eigen::PartialPivLU<Eigen::MatrixXd>> lu_;
};

}  // namespace invar::solver

#endif
