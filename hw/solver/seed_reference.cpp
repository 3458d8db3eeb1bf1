#include <invar/solver/seed_reference.h>

#include <cmath>

namespace invar::solver {

using Eigen::Index;
using Eigen::MatrixXd;

SeedReference::SeedReference(const MatrixXd& matrix, bool symmetric) {
  if (symmetric) {
    cholesky_.emplace(matrix);
    if (cholesky_->info() == Eigen::Success) {
      return;
    }
    cholesky_.reset();
  }
  lu_.emplace(matrix);
}

MatrixXd SeedReference::solve(const MatrixXd& rhs) const {
  return cholesky_ ? MatrixXd(cholesky_->solve(rhs)) : MatrixXd(lu_->solve(rhs));
}

double SeedReference::error(const MatrixXd& first, const MatrixXd& rhs) const {
  const MatrixXd solution = solve(rhs.leftCols(1));
  return (first.leftCols(1) - solution).norm() / solution.norm();
}

double SeedReference::effective_bits(const MatrixXd& first, const MatrixXd& rhs) const {
  const MatrixXd solution = solve(rhs);
  double error_sum = 0.0;
  Index counted = 0;
  for (Index column = 0; column < rhs.cols(); ++column) {
    const double norm = solution.col(column).norm();
    if (norm > 0.0 && std::isfinite(norm)) {
      error_sum += (first.col(column) - solution.col(column)).norm() / norm;
      ++counted;
    }
  }
  return error_sum > 0.0 && std::isfinite(error_sum)
             ? -std::log2(error_sum / static_cast<double>(counted))
             : 0.0;
}

}  // namespace invar::solver
