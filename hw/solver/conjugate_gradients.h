#ifndef INVAR_SOLVER_CONJUGATE_GRADIENTS_H
#define INVAR_SOLVER_CONJUGATE_GRADIENTS_H

#include <invar/solver/stored_matrix.h>

#include <memory>

namespace invar::solver {

/// A matrix without tiles: it stands in the matrix buffer, in the lanes' precision, and is solved
/// with by conjugate gradients on the MAC lanes, preconditioned with its diagonal (Hestenes and
/// Stiefel 1952; Saad, Iterative Methods, algorithm 9.1). Nothing is written to cells.
///
/// `program` loads it and scales it to a unit diagonal, which is the preconditioner; the norm of
/// the scaled rows is that of residuals. `solve` serves `refined` alone: a right-hand side ends
/// when the residual of the recurrence, as the lanes have it, is within the tolerance. There is no
/// check in FP64 at the end, which training has no use for: `relative_residual` is measured outside
/// the accounting, and may be larger than the tolerance where the lanes' precision is.
///
/// Numbers: matrix and vectors are kept in blocks that share an exponent, rounded whenever they are
/// written; sums and scalars are wider. Charged, an iteration and right-hand side: n^2 + 5 n and
/// two divisions (ten multiply-accumulates each: assumption), a direction to the buffer and back.
/// The right-hand sides of an iteration share what it fetches of the matrix.
///
/// \param units lanes and buffers that it has: those of so many tiles
std::unique_ptr<StoredMatrix> make_conjugate_gradient_matrix(
    const StoredMatrixParameters& parameters, int units);

}  // namespace invar::solver

#endif
