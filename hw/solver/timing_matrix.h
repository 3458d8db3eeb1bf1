#ifndef INVAR_SOLVER_TIMING_MATRIX_H
#define INVAR_SOLVER_TIMING_MATRIX_H

#include <invar/solver/stored_matrix.h>
#include <invar/solver/timing_estimate.h>

#include <memory>

namespace invar::solver {

/// A matrix on as many tiles as it needs, without numbers: programming and solving return the
/// expected time and energy of each: the costs of an analog matrix, of expected counts
/// (docs/workload.md lists them). Work per command does not grow with the number of tiles; all
/// tiles that do the same share one activity.
///
/// `program` takes an empty matrix, `solve` and `multiply` look at the number of columns only and
/// return no values; every right-hand side counts as solved.
std::unique_ptr<StoredMatrix> make_timing_matrix(const StoredMatrixParameters& parameters,
                                                 const TimingEstimate& estimate);

}  // namespace invar::solver

#endif
