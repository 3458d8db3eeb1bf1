#ifndef INVAR_PROGRAMMING_PROGRAMMING_RESULT_H
#define INVAR_PROGRAMMING_PROGRAMMING_RESULT_H

#include <cstdint>

namespace invar::programming {

enum class ProgrammingStatus { ok, cell_failed, worn_out, unstable };

/// How often cells and controller worked while a matrix was programmed: all that its time and the
/// energy outside the cells depend on.
struct ProgrammingCounts {
  std::uint64_t cells = 0;          ///< cells looked at, each time: written, or right already
  std::uint64_t written_cells = 0;  ///< of them, those that got at least one pulse
  std::uint64_t set_pulses = 0;
  std::uint64_t reset_pulses = 0;
  std::uint64_t verify_reads = 0;  ///< measurements of finished cells included
  std::uint64_t measurement_reads = 0;
  /// Pulses and reads that followed one another, row by row or cell by cell.
  std::uint64_t row_set_pulses = 0;
  std::uint64_t row_reset_pulses = 0;
  std::uint64_t row_verifies = 0;
  std::uint64_t row_conversions = 0;          ///< turns of the ADCs for them
  std::uint64_t row_drives = 0;               ///< selections of a row of an array
  std::uint64_t remainder_updates = 0;        ///< cell pairs subtracted for the next slice
  std::uint64_t compensation_operations = 0;  ///< multiply-accumulates

  std::uint64_t cell_pulses() const { return set_pulses + reset_pulses; }
  std::uint64_t row_pulses() const { return row_set_pulses + row_reset_pulses; }
};

/// What spends energy while a matrix is programmed, one a row: member of ProgrammingResult in
/// joules, its event in the ledger, and what of ProgrammingCounts counts it. Pulses and verify
/// reads: in the cells. Reads are judged by ADCs or comparators.
#define INVAR_PROGRAMMING_ENERGIES(X)                          \
  X(pulse_energy_j, "cell_pulse", cell_pulses())               \
  X(verify_energy_j, "cell_verify", verify_reads)              \
  X(judging_energy_j, "verify_conversion", verify_reads)       \
  X(driver_energy_j, "row_pulse", row_pulses())                \
  X(remainder_energy_j, "remainder_update", remainder_updates) \
  X(compensation_energy_j, "compensation_operation", compensation_operations)

/// What one programming of a matrix took.
struct ProgrammingResult : ProgrammingCounts {
  ProgrammingStatus status = ProgrammingStatus::ok;
  std::uint64_t failed_cells = 0;     ///< without those that their partners make good
  std::uint64_t partnered_cells = 0;  ///< failed cells that their partners make good
  std::uint64_t rewrites = 0;         ///< matrices written once more on other lines
  double duration_s = 0.0;
  double conversion_s = 0.0;  ///< of duration_s: ADCs convert verify reads

#define INVAR_MEMBER(member, event, count) double member = 0.0;
  INVAR_PROGRAMMING_ENERGIES(INVAR_MEMBER)
#undef INVAR_MEMBER

  double energy_j() const {
    double sum_j = 0.0;
#define INVAR_ADD(member, event, count) sum_j += member;
    INVAR_PROGRAMMING_ENERGIES(INVAR_ADD)
#undef INVAR_ADD
    return sum_j;
  }
};

}  // namespace invar::programming

#endif
