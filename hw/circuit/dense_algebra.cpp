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

Eigen::MatrixXf product(InstructionSet set, const Eigen::MatrixXf& a, const Eigen::MatrixXf& b) {
  Eigen::MatrixXf result(a.rows(), b.cols());
  kernels::dense_kernels(set).multiply_single(
      1.0F, a.data(), b.data(), result.data(), static_cast<int>(a.rows()),
      static_cast<int>(b.cols()), static_cast<int>(a.cols()));
  return result;
}

Eigen::VectorXcd eigenvalues(InstructionSet set, const Eigen::MatrixXd& matrix) {
  const Eigen::Index n = matrix.rows();
  Eigen::VectorXd real(n), imaginary(n);
  if (!kernels::dense_kernels(set).eigenvalues(matrix.data(), static_cast<int>(n), real.data(),
                                               imaginary.data())) {
    throw std::runtime_error("circuit: the poles of the loop did not converge");
  }
  Eigen::VectorXcd values(n);
  values.real() = real;
  values.imag() = imaginary;
  return values;
}

}  // namespace invar::circuit
