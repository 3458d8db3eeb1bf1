#ifndef INVAR_PROGRAMMING_PROGRAMMING_COST_H
#define INVAR_PROGRAMMING_PROGRAMMING_COST_H

#include <invar/device/rram_array.h>
#include <invar/programming/programming_parameters.h>
#include <invar/programming/programming_result.h>

namespace invar::programming {

// What a programming takes, by its counts: the same for counts of cells that were written and for
// expected ones.

/// Pulses and reads of the cells of one row: their largest number, and their sum. Whole numbers, or
/// expectations.
struct RowPulses {
  double largest_set = 0.0, largest_reset = 0.0, largest_verify = 0.0, largest_measurement = 0.0;
  double sum_set = 0.0, sum_reset = 0.0, sum_verify = 0.0, sum_measurement = 0.0;

  void add(const device::CellWrite& cell);
  /// Takes the cells of another array in.
  void join(const RowPulses& other);
};

/// What the controller does with a row, one after the other.
struct RowOperations {
  double set_pulses = 0.0;
  double reset_pulses = 0.0;
  double verifies = 0.0;  ///< reads, measurements included
  /// Turns of the ADCs: each converts a read of the row of one array, or of one cell.
  double conversions = 0.0;
  double drives = 0.0;  ///< selections of a row of an array, for a pulse or a read
};

/// Row-parallel, a row takes as long as its slowest cell: the largest number of set pulses plus the
/// largest number of reset pulses (the polarities exclude each other), a verify read after each
/// pulse, and the measurement of the finished cells. Cell by cell, all add up.
///
/// ADCs convert the arrays that are written together one after the other; with comparators only
/// the measurements.
///
/// \param row of all arrays that are written together \param arrays their number, or an expected
/// one
RowOperations row_operations(const RowPulses& row, double arrays,
                             const ProgrammingParameters& parameters);
/// Arrays that are written at the same time by drivers of their own: the longer one's time,
/// conversions and drives of both.
RowOperations at_the_same_time(const RowOperations& one, const RowOperations& other,
                               const device::RramParameters& device);
/// Turns of the ADCs for so many verify reads of a row.
double verify_conversions(double verifies, double arrays, const ProgrammingParameters& parameters);

/// Sets time and energy of drivers, remainders and compensation by the counts. Energy in the cells
/// depends on their conductances and is left as it is; conversions belong to whoever has the
/// converters.
void set_controller_cost(ProgrammingResult& result, const device::RramParameters& device,
                         const ProgrammingParameters& parameters);

}  // namespace invar::programming

#endif
