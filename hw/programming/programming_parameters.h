#ifndef INVAR_PROGRAMMING_PROGRAMMING_PARAMETERS_H
#define INVAR_PROGRAMMING_PROGRAMMING_PARAMETERS_H

#include <string>

namespace invar::programming {

/// Whether all cells of a row are written at once or one after another.
enum class WriteOrder { row_parallel, cell_by_cell };

/// What the controller does about the wires' resistance in the INV loop.
enum class WireCompensation {
  none,     ///< cells hold the matrix
  bias,     ///< one number is added to the magnitudes of all entries
  network,  ///< cells are chosen so that the loop, as estimated, sees the matrix with scaled rows
};

/// The write-verify controller.
struct ProgrammingParameters {
  /// Assumption: drivers for a whole row.
  WriteOrder order = WriteOrder::row_parallel;
  /// Fraction of the cells that may refuse to program before the matrix is given up (assumption).
  double allowed_failed_fraction = 0.01;
  /// Whether cells that fail are mapped around: the partner of the other sign takes over what its
  /// range holds, and spare lines of a tile replace those with most failed cells.
  bool map_around = true;
  /// Energy of selecting and driving a row for one pulse, besides the cells' own (assumption).
  double row_driver_energy_j = 1e-12;
  /// Energy of subtracting one measured cell pair from the remainder for the next slice: an FP32
  /// multiply and add at 45 nm (Horowitz). Its time hides behind the pulses.
  double remainder_energy_j = 4.6e-12;

  /// For tiles at circuit fidelity; the others have no wires.
  WireCompensation wire_compensation = WireCompensation::none;
  /// `bias`: the bias over the one that is best by least squares (assumption: 1).
  double bias_strength = 1.0;
  /// `network`: fixed-point corrections of a slice's targets, 1 to 8 (choice).
  int compensation_passes = 2;
  /// `network`: sweeps over rows and columns of an estimate, 1 to 16 (choice: the error left is
  /// 0.2 % of the matrix where half the current is lost).
  int compensation_sweeps = 3;
  /// Energy of one multiply-accumulate of the compensation: FP32 at 45 nm (Horowitz).
  double compensation_energy_j = 4.6e-12;
  /// Multiply-accumulates of the compensation a second: 64 lanes at 1 GHz (assumption).
  double compensation_rate_hz = 64e9;

  void check() const;
};

WriteOrder write_order_from_string(const std::string& name);
std::string to_string(WriteOrder order);
std::string to_string(WireCompensation compensation);

}  // namespace invar::programming

#endif
