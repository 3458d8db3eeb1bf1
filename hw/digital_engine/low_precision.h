#ifndef INVAR_DIGITAL_ENGINE_LOW_PRECISION_H
#define INVAR_DIGITAL_ENGINE_LOW_PRECISION_H

// What jobs that invert compute in fewer bits than FP32.
//
// Matrices are scaled to a diagonal near 1 (Jacobi) and columns of right-hand sides to their
// largest element, by powers of two where the format is a floating-point one: nothing is rounded by
// that, and the exponents are kept beside the numbers. Numbers that come from and go to FP32 jobs
// are converted on the way.
//
// MACs accumulate in FP32 (INT8: in 32-bit integers). What is rounded to the format: operands, and
// each result that goes back to the scratchpad, i.e. a pivot, an element divided by one, and an
// element to the right of or below a block of `block_rows` columns once for each block.
//
// Source: IEEE 754 rounding to nearest; mixed-precision MACs as in tensor cores (arXiv 1804.06826).

#include <invar/digital_engine/engine_precision.h>
#include <invar/registers/digital_engine_registers.h>

#include <Eigen/Core>

namespace invar::digital_engine {

using Matrix = Eigen::MatrixXf;

/// Each to the nearest value of the format.
void round_all(Eigen::Ref<Matrix> values, Precision precision);

/// Symmetric positive definite `a`, of which the lower triangle is read, to its Cholesky factor.
/// \return INVAR_ENGINE_OK, _NOT_POSITIVE_DEFINITE (in this format) or _OVERFLOW
invar_engine_status low_precision_cholesky(const InversionFormats& formats, Matrix& a);

/// Columns of `x` to (factor factor^T)^-1 x; the factor's lower triangle is read.
/// \return INVAR_ENGINE_OK, or _OVERFLOW where finite numbers became infinite
invar_engine_status low_precision_solve(const InversionFormats& formats, const Matrix& factor,
                                        Matrix& x);

/// (factor factor^T)^-1, rounded as it is kept for products. \return as of the solve
invar_engine_status low_precision_inverse(const InversionFormats& formats, const Matrix& factor,
                                          Matrix& inverse);

/// An inverse as it is kept for products: its format is that of the product.
void round_inverse(const InversionFormats& formats, Matrix& inverse);

/// inverse * x, of FP32 numbers to FP32 numbers. \return as of the solve
invar_engine_status low_precision_product(const InversionFormats& formats, const Matrix& inverse,
                                          Matrix& x);

/// left * right, of FP32 numbers to FP32 numbers, left's rows and right's columns in the format.
/// \return as of the solve
invar_engine_status low_precision_gemm(Precision precision, const Matrix& left, const Matrix& right,
                                       Matrix& product);

}  // namespace invar::digital_engine

#endif
