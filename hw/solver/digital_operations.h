#ifndef INVAR_SOLVER_DIGITAL_OPERATIONS_H
#define INVAR_SOLVER_DIGITAL_OPERATIONS_H

namespace invar::solver {

// What the MAC lanes do besides products with the matrix: the same figures for solvers that compute
// and for the timing that does not.

/// Per element of a right-hand side and iteration: x + dx, S A dx, r - S A dx, |r|^2.
constexpr int k_update_operations = 4;
/// Per element, once at the end: b - A x, S r, |S r|^2.
constexpr int k_check_operations = 3;
/// Per element of a right-hand side and iteration, where its units are asked for: S^-1 r, C S r,
/// C^-1 x, and the norms of these and of x.
constexpr int k_unit_operations = 7;
/// Per row of the matrix, once: a square root and a division, in multiply-accumulates (assumption).
constexpr int k_scale_operations = 10;

}  // namespace invar::solver

#endif
