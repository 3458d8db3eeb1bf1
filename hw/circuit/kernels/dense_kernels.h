#ifndef INVAR_CIRCUIT_KERNELS_DENSE_KERNELS_H
#define INVAR_CIRCUIT_KERNELS_DENSE_KERNELS_H

#include <invar/circuit/instruction_set.h>

#include <memory>

namespace invar::circuit::kernels {

/// LU factors with partial pivoting of a dense matrix. Matrices are column-major without gaps.
class DenseLu {
 public:
  virtual ~DenseLu() = default;
  /// x := A^-1 x, n x columns.
  virtual void solve(double* x, int columns) const = 0;
  /// x := A^-T x.
  virtual void solve_transposed(double* x, int columns) const = 0;
  /// Estimate of the reciprocal 1-norm condition number.
  virtual double reciprocal_condition() const = 0;
  virtual double smallest_pivot() const = 0;
  /// 1 or -1.
  virtual int determinant_sign() const = 0;
};

/// Linear algebra of one instruction set.
struct DenseKernels {
  std::shared_ptr<const DenseLu> (*factor)(const double* a, int n);
  /// c := alpha op(a) op(b) + beta c; c is rows x columns, `inner` the summed dimension.
  void (*multiply)(double alpha, const double* a, bool transpose_a, const double* b,
                   bool transpose_b, double beta, double* c, int rows, int columns, int inner);
  /// The same in single precision without transposition and with beta 0.
  void (*multiply_single)(float alpha, const float* a, const float* b, float* c, int rows,
                          int columns, int inner);
  /// Eigenvalues of a general matrix. \return whether they converged
  bool (*eigenvalues)(const double* a, int n, double* real, double* imaginary);
};

/// \throws std::invalid_argument if the processor does not run this level
const DenseKernels& dense_kernels(InstructionSet set);

}  // namespace invar::circuit::kernels

#endif
