#ifndef INVAR_SOLVER_EXPECTED_WRITING_H
#define INVAR_SOLVER_EXPECTED_WRITING_H

#include <invar/programming/programming_result.h>
#include <invar/solver/stored_matrix_parameters.h>
#include <invar/solver/timing_estimate.h>

namespace invar::solver {

/// Largest number of pulses among `cells` cells that take 1 + Poisson(mean - 1) pulses each, up to
/// a maximum: the expectation over the draws.
double expected_largest_pulses(double cells, const device::RramParameters& device);
/// Expected pulses of one cell.
double expected_pulses(const device::RramParameters& device);

/// Writing one tile as write_matrix does, with expected counts of pulses and reads.
programming::ProgrammingResult expected_writing(const StoredMatrixParameters& parameters,
                                                const TimingSample& sample, double rows,
                                                int slices);

/// What `count` tiles take that are written alike, but for the time, which is that of one.
programming::ProgrammingResult on_tiles(const programming::ProgrammingResult& one, double count);

}  // namespace invar::solver

#endif
