#ifndef INVAR_SOLVER_JACOBI_SCALING_H
#define INVAR_SOLVER_JACOBI_SCALING_H

#include <Eigen/Core>

namespace invar::solver {

/// Why a matrix cannot be stored, or that it can.
enum class MatrixVerdict {
  ok,
  not_finite,             ///< NaN or infinity
  not_symmetric,          ///< |a_ij - a_ji| above 1e-6 of sqrt(a_ii a_jj)
  diagonal_not_positive,  ///< a diagonal element <= 0
  not_positive_definite,  ///< an element with |a_ij| > sqrt(a_ii a_jj)
};

/// Symmetric Jacobi scaling: D^-1/2 A D^-1/2 with D = diag(A). A symmetric positive definite matrix
/// gets a unit diagonal and magnitudes up to 1, which is what a tile holds best.
struct JacobiScaling {
  MatrixVerdict verdict = MatrixVerdict::ok;
  Eigen::VectorXd scale;       ///< 1 / sqrt(a_ii), n
  double peak = 1.0;           ///< largest magnitude after that; 1 where symmetric
  Eigen::MatrixXd normalised;  ///< n x n, D^-1/2 A D^-1/2 / peak

  /// \param general need not be symmetric nor definite; its diagonal is positive all the same, or
  /// no loop would settle
  explicit JacobiScaling(const Eigen::MatrixXd& matrix, bool general = false);
};

/// Weights of the rows of A in the norm of a residual, which make rows of all units count alike:
/// D^-1/2 with D = diag(A), or, for a general matrix, 1 over the largest magnitude of the row.
/// \param matrix n x n, with a positive diagonal unless it is general
Eigen::VectorXd row_weights(const Eigen::MatrixXd& matrix, bool general);

}  // namespace invar::solver

#endif
