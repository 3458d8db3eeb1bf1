#include <invar/registers/accelerator_registers.h>
#include <invar/sequencer/solver_status.h>

namespace invar::sequencer {
namespace {

std::uint32_t to_status(programming::ProgrammingStatus status) {
  switch (status) {
    case programming::ProgrammingStatus::ok:
      return INVAR_STATUS_OK;
    case programming::ProgrammingStatus::cell_failed:
      return INVAR_STATUS_CELL_FAILED;
    case programming::ProgrammingStatus::worn_out:
      return INVAR_STATUS_WORN_OUT;
    case programming::ProgrammingStatus::unstable:
      return INVAR_STATUS_UNSTABLE;
  }
  return INVAR_STATUS_UNSTABLE;
}

std::uint32_t to_status(solver::MatrixVerdict verdict) {
  switch (verdict) {
    case solver::MatrixVerdict::ok:
      return INVAR_STATUS_OK;
    case solver::MatrixVerdict::not_positive_definite:
      return INVAR_STATUS_UNSTABLE;
    default:
      return INVAR_STATUS_BAD_MATRIX;
  }
}

}  // namespace

std::uint32_t to_status(solver::SolveStatus status) {
  switch (status) {
    case solver::SolveStatus::ok:
      return INVAR_STATUS_OK;
    case solver::SolveStatus::not_converged:
      return INVAR_STATUS_NOT_CONVERGED;
    case solver::SolveStatus::saturated:
      return INVAR_STATUS_SATURATED;
    case solver::SolveStatus::not_finite:
      return INVAR_STATUS_BAD_RHS;
  }
  return INVAR_STATUS_NOT_CONVERGED;
}

std::uint32_t status_of(const solver::ProgramOutcome& outcome) {
  return outcome.verdict != solver::MatrixVerdict::ok ? to_status(outcome.verdict)
                                                      : to_status(outcome.status);
}

}  // namespace invar::sequencer
