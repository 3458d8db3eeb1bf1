#ifndef INVAR_SEQUENCER_SOLVER_STATUS_H
#define INVAR_SEQUENCER_SOLVER_STATUS_H

#include <invar/solver/stored_matrix.h>

#include <cstdint>

namespace invar::sequencer {

/// What became of a solve or a programming, as completion records say it (enum invar_status).
std::uint32_t to_status(solver::SolveStatus status);
std::uint32_t status_of(const solver::ProgramOutcome& outcome);

}  // namespace invar::sequencer

#endif
