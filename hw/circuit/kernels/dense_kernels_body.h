// Dense linear algebra by Eigen, compiled once for each instruction set (dense_kernels_*.cpp) with
// its namespace renamed, so that the linker never takes a function of one set for another.
#define Eigen INVAR_KERNEL_EIGEN
// Eigen's products of small matrices round differently with the place of the data in memory; those
// of large ones do not.
#define EIGEN_GEMM_TO_COEFFBASED_THRESHOLD 0
#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#undef Eigen

#include <invar/circuit/kernels/dense_kernels.h>

namespace invar::circuit::kernels {
namespace {

namespace dense = INVAR_KERNEL_EIGEN;
using Matrix = dense::MatrixXd;
using ConstantView = dense::Map<const Matrix>;
using View = dense::Map<Matrix>;

class EigenLu final : public DenseLu {
 public:
  explicit EigenLu(const ConstantView& a) : factor_(a) {}
  void solve(double* x, int columns) const override {
    if (columns == 1) {
      dense::Map<dense::VectorXd> vector(x, factor_.rows());
      vector = factor_.permutationP() * vector.eval();
      factor_.matrixLU().triangularView<dense::UnitLower>().solveInPlace(vector);
      factor_.matrixLU().triangularView<dense::Upper>().solveInPlace(vector);
      return;
    }
    View view(x, factor_.rows(), columns);
    view = factor_.solve(view.eval());
  }
  void solve_transposed(double* x, int columns) const override {
    View view(x, factor_.rows(), columns);
    view = factor_.transpose().solve(view.eval());
  }
  double reciprocal_condition() const override { return factor_.rcond(); }
  double smallest_pivot() const override {
    return factor_.matrixLU().diagonal().cwiseAbs().minCoeff();
  }
  int determinant_sign() const override {
    const auto negative = (factor_.matrixLU().diagonal().array() < 0.0).count();
    const int sign = factor_.permutationP().determinant() > 0 ? 1 : -1;
    return negative % 2 == 0 ? sign : -sign;
  }

 private:
  dense::PartialPivLU<Matrix> factor_;
};

std::shared_ptr<const DenseLu> factor(const double* a, int n) {
  return std::make_shared<EigenLu>(ConstantView(a, n, n));
}

void multiply(double alpha, const double* a, bool transpose_a, const double* b, bool transpose_b,
              double beta, double* c, int rows, int columns, int inner) {
  const ConstantView left(a, transpose_a ? inner : rows, transpose_a ? rows : inner);
  const ConstantView right(b, transpose_b ? columns : inner, transpose_b ? inner : columns);
  View result(c, rows, columns);
  if (beta == 0.0) {
    result.setZero();
  } else if (beta != 1.0) {
    result *= beta;
  }
  if (transpose_a && transpose_b) {
    result.noalias() += alpha * left.transpose() * right.transpose();
  } else if (transpose_a) {
    result.noalias() += alpha * left.transpose() * right;
  } else if (transpose_b) {
    result.noalias() += alpha * left * right.transpose();
  } else {
    result.noalias() += alpha * left * right;
  }
}

void multiply_single(float alpha, const float* a, const float* b, float* c, int rows, int columns,
                     int inner) {
  const dense::Map<const dense::MatrixXf> left(a, rows, inner);
  const dense::Map<const dense::MatrixXf> right(b, inner, columns);
  dense::Map<dense::MatrixXf>(c, rows, columns).noalias() = alpha * left * right;
}

bool eigenvalues(const double* a, int n, double* real, double* imaginary) {
  const dense::EigenSolver<Matrix> solver(ConstantView(a, n, n), false);
  if (solver.info() != dense::Success) {
    return false;
  }
  dense::Map<dense::VectorXd>(real, n) = solver.eigenvalues().real();
  dense::Map<dense::VectorXd>(imaginary, n) = solver.eigenvalues().imag();
  return true;
}

constexpr DenseKernels k_kernels = {factor, multiply, multiply_single, eigenvalues};

}  // namespace
}  // namespace invar::circuit::kernels
