#ifndef INVAR_CIRCUIT_DENSE_ALGEBRA_H
#define INVAR_CIRCUIT_DENSE_ALGEBRA_H

#include <invar/circuit/kernels/dense_kernels.h>

#include <Eigen/Core>
#include <memory>

namespace invar::circuit {

/// LU factors of a square matrix, by the kernels of an instruction set.
class DenseFactor {
 public:
  DenseFactor() = default;
  /// \throws std::domain_error with `what` if the matrix is singular to working precision
  DenseFactor(const Eigen::MatrixXd& matrix, InstructionSet set, const char* what);

  Eigen::MatrixXd solve(Eigen::MatrixXd x) const;
  Eigen::VectorXd solve(Eigen::VectorXd x) const;
  /// A^-T x
  Eigen::MatrixXd solve_transposed(Eigen::MatrixXd x) const;
  Eigen::VectorXd solve_transposed(Eigen::VectorXd x) const;
  Eigen::MatrixXd inverse() const;
  double reciprocal_condition() const { return factor_->reciprocal_condition(); }
  int determinant_sign() const { return factor_->determinant_sign(); }

 private:
  Eigen::Index size_ = 0;
  std::shared_ptr<const kernels::DenseLu> factor_;
};

/// op(a) op(b), by the kernels of an instruction set.
Eigen::MatrixXd product(InstructionSet set, const Eigen::MatrixXd& a, const Eigen::MatrixXd& b,
                        bool transpose_a = false, bool transpose_b = false);

/// a b in single precision.
Eigen::MatrixXf product(InstructionSet set, const Eigen::MatrixXf& a, const Eigen::MatrixXf& b);

/// Eigenvalues of a general matrix. \throws std::runtime_error if they do not converge
Eigen::VectorXcd eigenvalues(InstructionSet set, const Eigen::MatrixXd& matrix);

}  // namespace invar::circuit

#endif
