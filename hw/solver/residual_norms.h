#ifndef INVAR_SOLVER_RESIDUAL_NORMS_H
#define INVAR_SOLVER_RESIDUAL_NORMS_H

#include <Eigen/Core>

namespace invar::solver {

/// The norms of residuals that a solve of A x = b goes by.
///
/// |S r| / |S b| is what every solve promises: S are weights of the rows that make rows of all
/// units count alike. A residual may be small there while an unknown whose unit makes it small
/// beside the others is not known at all; who asks for the units has, as far as FP64 allows,
///
///   |r| <= t |b|                          in the units of the right-hand side, and
///   |C S r| <= t |x| |S b| / |C^-1 x|     in the units of the solution,
///
/// where C are the units of the unknowns: C A S has entries of about 1, and C S r is about the
/// error of x. For unknowns of one unit all three are the same.
class ResidualNorms {
 public:
  /// \param row_scale S, n \param column_scale C, n; empty: units are not asked for
  ResidualNorms(Eigen::VectorXd row_scale, Eigen::VectorXd column_scale);

  /// \param rhs n x k, of peaks about 1 in the scaled basis
  void begin(const Eigen::MatrixXd& rhs);

  Eigen::MatrixXd scaled(const Eigen::MatrixXd& rows) const {
    return row_scale_.asDiagonal() * rows;
  }
  Eigen::MatrixXd unscaled(const Eigen::MatrixXd& rows) const {
    return row_scale_.cwiseInverse().asDiagonal() * rows;
  }
  const Eigen::VectorXd& row_scale() const { return row_scale_; }
  /// |S b| of a column.
  double rhs_norm(Eigen::Index column) const { return scaled_rhs_norm_[column]; }
  bool asks_for_units() const { return column_scale_.size() != 0; }
  /// Whether a residual S r is small enough in the units too; true where nobody asks.
  bool is_small_in_units(Eigen::Index column, const Eigen::VectorXd& scaled_residual,
                         const Eigen::VectorXd& solution, double tolerance) const;

 private:
  Eigen::VectorXd row_scale_;
  Eigen::VectorXd column_scale_;
  Eigen::VectorXd scaled_rhs_norm_;
  Eigen::VectorXd rhs_norm_;
};

}  // namespace invar::solver

#endif
