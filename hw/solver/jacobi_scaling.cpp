#include <invar/solver/jacobi_scaling.h>

#include <algorithm>
#include <cmath>

namespace invar::solver {
namespace {

/// Single-precision factors are symmetric to rounding only.
constexpr double k_symmetry_tolerance = 1e-6;

}  // namespace

JacobiScaling::JacobiScaling(const Eigen::MatrixXd& matrix, bool general) {
  if (!matrix.allFinite()) {
    verdict = MatrixVerdict::not_finite;
    return;
  }
  if (!(matrix.diagonal().minCoeff() > 0.0)) {
    verdict = MatrixVerdict::diagonal_not_positive;
    return;
  }
  scale = row_weights(matrix, false);
  normalised = scale.asDiagonal() * matrix * scale.asDiagonal();
  if (!normalised.allFinite()) {
    verdict = MatrixVerdict::not_finite;
    return;
  }
  if (general) {
    peak = normalised.cwiseAbs().maxCoeff();
    normalised = (normalised / peak).cwiseMax(-1.0).cwiseMin(1.0);
    return;
  }
  const Eigen::MatrixXd transposed = normalised.transpose();
  if ((normalised - transposed).cwiseAbs().maxCoeff() > k_symmetry_tolerance) {
    verdict = MatrixVerdict::not_symmetric;
    return;
  }
  normalised = 0.5 * (normalised + transposed);
  if (normalised.cwiseAbs().maxCoeff() > 1.0 + k_symmetry_tolerance) {
    verdict = MatrixVerdict::not_positive_definite;
    return;
  }
  normalised = normalised.cwiseMax(-1.0).cwiseMin(1.0);
}

Eigen::VectorXd row_weights(const Eigen::MatrixXd& matrix, bool general) {
  if (general) {
    return matrix.cwiseAbs().rowwise().maxCoeff().cwiseInverse();
  }
  return matrix.diagonal().cwiseSqrt().cwiseInverse();
}

}  // namespace invar::solver
