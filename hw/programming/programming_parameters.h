#ifndef INVAR_PROGRAMMING_PROGRAMMING_PARAMETERS_H
#define INVAR_PROGRAMMING_PROGRAMMING_PARAMETERS_H

#include <invar/parameters/description_fwd.h>

namespace invar::programming {

/// Whether all cells of a row are written at once or one after another.
enum class WriteOrder { row_parallel, cell_by_cell };

/// How a verify read is judged.
enum class VerifyMethod {
  adc,         ///< converted, arrays and columns that share an ADC one after the other
  comparator,  ///< each column against its target, all at once; only measurements are converted
};

/// What the controller does about the wires' resistance in the INV loop.
enum class WireCompensation {
  none,     ///< cells hold the matrix
  bias,     ///< one number is added to the magnitudes of all entries
  network,  ///< cells are chosen so that the loop, as estimated, sees the matrix with scaled rows
};

/// The write-verify controller.
struct ProgrammingParameters {
  /// row_parallel: drivers for a whole row.
  WriteOrder order = WriteOrder::row_parallel;
  VerifyMethod verify = VerifyMethod::adc;
  /// Of one comparison, and its time; the target's DAC conversion comes on top.
  double comparison_energy_j = 0.1e-12;
  double comparison_time_s = 1e-9;
  /// Whether the arrays of both signs of a slice have pulse drivers of their own: then the
  /// polarities exclude each other only within an array. Slices follow one another in any case:
  /// each holds the measured remainder of those before it.
  bool parallel_arrays = false;
  /// Fraction of the cells that may refuse to program before the matrix is given up.
  double allowed_failed_fraction = 0.01;
  /// Whether cells that fail are mapped around: the partner of the other sign takes over what its
  /// range holds, and spare lines of a tile replace those with most failed cells.
  bool map_around = true;
  /// Energy of selecting and driving a row for one pulse, besides the cells' own.
  double row_driver_energy_j = 1e-12;
  /// Energy of subtracting one measured cell pair from the remainder for the next slice. Its time
  /// hides behind the pulses.
  double remainder_energy_j = 4.6e-12;

  /// For tiles at circuit fidelity; the others have no wires.
  WireCompensation wire_compensation = WireCompensation::none;
  /// `bias`: the bias over the one that is best by least squares.
  double bias_strength = 1.0;
  /// `network`: fixed-point corrections of a slice's targets.
  int compensation_passes = 2;
  /// `network`: sweeps over rows and columns of an estimate. The error left by three is 0.2 % of
  /// the matrix where half the current is lost.
  int compensation_sweeps = 3;
  /// Energy of one multiply-accumulate of the compensation.
  double compensation_energy_j = 4.6e-12;
  /// Multiply-accumulates of the compensation a second.
  double compensation_rate_hz = 64e9;

  /// Ranges, units, texts and sources of all parameters.
  static const parameters::Description<ProgrammingParameters>& description();
  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

}  // namespace invar::programming

#endif
