#ifndef INVAR_SOLVER_DIGITAL_OPERATIONS_H
#define INVAR_SOLVER_DIGITAL_OPERATIONS_H

namespace invar::solver {

// What the MAC lanes do besides products with the matrix: the same figures for solvers that compute
// and for the timing that does not.

/// Per element of a right-hand side and iteration: x + dx, r - A dx, |r|^2.
constexpr int k_update_operations = 3;
/// Per element, once at the end: b - A x, |r|^2.
constexpr int k_check_operations = 2;
/// Per row of the matrix, once: a square root and a division, in multiply-accumulates (assumption).
constexpr int k_scale_operations = 10;

}  // namespace invar::solver

#endif
