#include <invar/solver/residual_norms.h>

#include <utility>

namespace invar::solver {

using Eigen::Index;
using Eigen::VectorXd;

ResidualNorms::ResidualNorms(VectorXd row_scale, VectorXd column_scale)
    : row_scale_(std::move(row_scale)), column_scale_(std::move(column_scale)) {}

void ResidualNorms::begin(const Eigen::MatrixXd& rhs) {
  scaled_rhs_norm_ = scaled(rhs).colwise().norm();
  rhs_norm_.resize(rhs.cols());
  for (Index column = 0; column < rhs.cols(); ++column) {
    // Only the scaled peaks are about 1.
    rhs_norm_[column] = rhs.col(column).stableNorm();
  }
}

bool ResidualNorms::is_small_in_units(Index column, const VectorXd& scaled_residual,
                                      const VectorXd& solution, double tolerance) const {
  if (!asks_for_units()) {
    return true;
  }
  const double residual = scaled_residual.cwiseQuotient(row_scale_).stableNorm();
  if (!(residual <= tolerance * rhs_norm_[column])) {
    return false;
  }
  const double error = scaled_residual.cwiseProduct(column_scale_).stableNorm();
  const double unscaled = solution.stableNorm();
  const double scaled = solution.cwiseQuotient(column_scale_).stableNorm();
  return error * scaled <= tolerance * unscaled * scaled_rhs_norm_[column];
}

}  // namespace invar::solver
