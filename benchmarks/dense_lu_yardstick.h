#ifndef INVAR_BENCHMARKS_DENSE_LU_YARDSTICK_H
#define INVAR_BENCHMARKS_DENSE_LU_YARDSTICK_H

namespace invar::benchmarks {

/// Eigen's PartialPivLU of an n x n matrix, and one solution: what solving a plain matrix of the
/// same size takes. Compiled for each instruction set, with Eigen's own choice of block sizes.
using DenseLu = void (*)(const double* matrix, int n, const double* right_hand_side, double* x);

void dense_lu_baseline(const double* matrix, int n, const double* right_hand_side, double* x);
#ifdef INVAR_BENCHMARKS_X86
void dense_lu_avx2(const double* matrix, int n, const double* right_hand_side, double* x);
void dense_lu_avx512(const double* matrix, int n, const double* right_hand_side, double* x);
#endif

}  // namespace invar::benchmarks

#endif
