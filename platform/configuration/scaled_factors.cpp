#include <invar/platform/configuration/scaled_factors.h>
#include <invar/solver/jacobi_scaling.h>

#include <cmath>
#include <limits>

namespace invar::platform {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Rounds of scaling (choice: magnitudes within a factor of two after a few).
constexpr int k_scaling_rounds = 8;

/// The power of two nearest to 1 / sqrt(x); 1 for a row of zeros.
double inverse_root(double x) {
  return x > 0.0 ? std::ldexp(1.0, -static_cast<int>(std::lround(0.5 * std::log2(x)))) : 1.0;
}

/// Scales and returns the scaled matrix.
MatrixXd equilibrate(const MatrixXd& matrix, VectorXd& rows, VectorXd& columns) {
  MatrixXd scaled = matrix;
  rows = VectorXd::Ones(matrix.rows());
  columns = VectorXd::Ones(matrix.cols());
  for (int round = 0; round < k_scaling_rounds; ++round) {
    const VectorXd by_row = scaled.cwiseAbs().rowwise().maxCoeff().unaryExpr(&inverse_root);
    const VectorXd by_column =
        scaled.cwiseAbs().colwise().maxCoeff().transpose().unaryExpr(&inverse_root);
    scaled = by_row.asDiagonal() * scaled * by_column.asDiagonal();
    rows.array() *= by_row.array();
    columns.array() *= by_column.array();
  }
  return scaled;
}

/// Whether a symmetric matrix of unit diagonal, which has no Cholesky factors, is singular rather
/// than indefinite.
bool is_singular(const MatrixXd& scaled) {
  const Eigen::LDLT<MatrixXd> factors(scaled);
  const double round_off =
      static_cast<double>(scaled.rows()) * std::numeric_limits<double>::epsilon();
  return factors.vectorD().minCoeff() > -round_off;
}

}  // namespace

ScaledFactors::ScaledFactors(const MatrixXd& matrix, bool general)
    : general_(general), row_weight_(solver::row_weights(matrix, general)) {
  MatrixXd scaled;
  double reciprocal = 0.0;
  if (general) {
    scaled = equilibrate(matrix, row_scale_, column_scale_);
    lu_.compute(scaled);
    reciprocal = lu_.matrixLU().diagonal().cwiseAbs().minCoeff() > 0.0 ? lu_.rcond() : 0.0;
  } else {
    row_scale_ = column_scale_ = row_weight_;
    scaled = row_scale_.asDiagonal() * matrix * column_scale_.asDiagonal();
    cholesky_.compute(scaled);
    if (cholesky_.info() != Eigen::Success) {
      verdict_ = is_singular(scaled) ? Verdict::singular : Verdict::not_positive_definite;
      condition_ = std::numeric_limits<double>::infinity();
      return;
    }
    reciprocal = cholesky_.rcond();
  }
  condition_ = 1.0 / reciprocal;
  verdict_ =
      reciprocal > std::numeric_limits<double>::epsilon() ? Verdict::regular : Verdict::singular;
}

MatrixXd ScaledFactors::solve(const MatrixXd& rhs) const {
  const MatrixXd scaled = row_scale_.asDiagonal() * rhs;
  const MatrixXd solution = general_ ? MatrixXd(lu_.solve(scaled)) : cholesky_.solve(scaled);
  return column_scale_.asDiagonal() * solution;
}

}  // namespace invar::platform
