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
  /// Pulses and reads that followed one another, row by row or cell by cell.
  std::uint64_t row_set_pulses = 0;
  std::uint64_t row_reset_pulses = 0;
  std::uint64_t row_verifies = 0;
  std::uint64_t remainder_updates = 0;        ///< cell pairs subtracted for the next slice
  std::uint64_t compensation_operations = 0;  ///< multiply-accumulates

  std::uint64_t row_pulses() const { return row_set_pulses + row_reset_pulses; }
};

/// What one programming of a matrix took.
struct ProgrammingResult : ProgrammingCounts {
  ProgrammingStatus status = ProgrammingStatus::ok;
  std::uint64_t failed_cells = 0;     ///< without those that their partners make good
  std::uint64_t partnered_cells = 0;  ///< failed cells that their partners make good
  std::uint64_t rewrites = 0;         ///< matrices written once more on other lines
  double duration_s = 0.0;
  double conversion_s = 0.0;     ///< of duration_s: ADCs convert verify reads
  double pulse_energy_j = 0.0;   ///< in the cells
  double verify_energy_j = 0.0;  ///< in the cells
  double adc_energy_j = 0.0;     ///< a conversion for each verify read
  double driver_energy_j = 0.0;
  double remainder_energy_j = 0.0;
  double compensation_energy_j = 0.0;

  double energy_j() const {
    return pulse_energy_j + verify_energy_j + adc_energy_j + driver_energy_j + remainder_energy_j +
           compensation_energy_j;
  }
};

}  // namespace invar::programming

#endif
