#include <invar/circuit/dense_algebra.h>

#include <limits>
#include <stdexcept>
#include <utility>

namespace invar::circuit {

DenseFactor::DenseFactor(const Eigen::MatrixXd& matrix, InstructionSet set, const char* what)
    : size_(matrix.rows()),
      factor_(kernels::dense_kernels(set).factor(matrix.data(), static_cast<int>(matrix.rows()))) {
  // Below rounding the last pivots are noise, even if they are not zero.
  if (!(factor_->smallest_pivot() > 0.0) ||
      !(factor_->reciprocal_condition() > std::numeric_limits<double>::epsilon())) {
    throw std::domain_error(what);
  }
}

Eigen::MatrixXd DenseFactor::solve(Eigen::MatrixXd x) const {
  factor_->solve(x.data(), static_cast<int>(x.cols()));
  return x;
}

Eigen::VectorXd DenseFactor::solve(Eigen::VectorXd x) const {
  factor_->solve(x.data(), 1);
  return x;
}

Eigen::MatrixXd DenseFactor::solve_transposed(Eigen::MatrixXd x) const {
  factor_->solve_transposed(x.data(), static_cast<int>(x.cols()));
  return x;
}

Eigen::VectorXd DenseFactor::solve_transposed(Eigen::VectorXd x) const {
  factor_->solve_transposed(x.data(), 1);
  return x;
}

Eigen::MatrixXd DenseFactor::inverse() const {
  return solve(Eigen::MatrixXd(Eigen::MatrixXd::Identity(size_, size_)));
}

Eigen::MatrixXd product(InstructionSet set, const Eigen::MatrixXd& a, const Eigen::MatrixXd& b,
                        bool transpose_a, bool transpose_b) {
  const Eigen::Index rows = transpose_a ? a.cols() : a.rows();
  const Eigen::Index inner = transpose_a ? a.rows() : a.cols();
  const Eigen::Index columns = transpose_b ? b.rows() : b.cols();
  Eigen::MatrixXd result(rows, columns);
  kernels::dense_kernels(set).multiply(1.0, a.data(), transpose_a, b.data(), transpose_b, 0.0,
                                       result.data(), static_cast<int>(rows),
                                       static_cast<int>(columns), static_cast<int>(inner));
  return result;
}

}  // namespace invar::circuit
