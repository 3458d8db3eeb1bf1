#ifndef INVAR_DEVICE_RRAM_PARAMETERS_H
#define INVAR_DEVICE_RRAM_PARAMETERS_H

#include <invar/parameters/description_fwd.h>

namespace invar::device {

/// How far a cell ends from its target after write-verify: the standard deviation as a function of
/// the target conductance.
enum class ProgrammingErrorModel {
  none,          ///< exact
  neurram_1s,    ///< NeuRRAM, 1 s after write-verify (fit in IBM aihwkit)
  neurram_1day,  ///< the same, one day later
  cmo_hfox,      ///< CMO/HfOx with 2 % acceptance (fit in IBM aihwkit; coefficient order assumed)
};

/// Which conductances a cell is programmed to.
enum class CellTargets {
  levels,      ///< `levels` of them, evenly spread
  continuous,  ///< any in the range: write-verify stops inside a window
};

/// One RRAM technology: a 1T1R cell and how it is written and read.
struct RramParameters {
  /// Conductance range and number of levels of a cell.
  double minimum_conductance_s = 0.5e-6;
  double maximum_conductance_s = 35e-6;
  int levels = 8;
  CellTargets targets = CellTargets::levels;
  /// A cell within this of its target, relative to the span, passes verify and gets no pulse. 0:
  /// one that was last written to the same target does.
  double acceptance_window = 0.0;
  /// Conductance of the deep high-resistance state, where cells that stand for 0 rest; 0: they rest
  /// at the lowest level.
  double deep_off_conductance_s = 0.0;

  ProgrammingErrorModel programming_error = ProgrammingErrorModel::neurram_1s;
  /// Multiplies the error of the model; 1 = as fitted.
  double programming_error_scale = 1.0;

  /// Standard deviation of one read, relative to the conductance.
  double read_noise = 0.01;

  /// Fraction of cells stuck at either end of the range, half at each; none in a screened array.
  double stuck_fraction = 0.0;

  /// Writes after which a cell is worn out.
  double endurance_writes = 1e7;

  /// Write-verify. The survey gives no source for widths and number of pulses.
  double set_voltage_v = 1.75;
  double reset_voltage_v = 1.75;
  double set_width_s = 100e-9;
  double reset_width_s = 100e-9;
  double mean_pulses = 4.0;
  int maximum_pulses = 32;
  /// A cell that has failed in a write before, and does not move, is given up after so many pulses.
  /// 0: after as many as any other.
  int failed_cell_pulses = 0;
  /// Verify read.
  double verify_voltage_v = 0.5;
  double verify_width_s = 100e-9;
  /// Reads averaged when a finished cell is measured for the next slice: they bring 1 % read noise
  /// well below a level of that slice.
  int measurement_reads = 4;

  /// What stands for 0: the deep high-resistance state, or the lowest level.
  double rest_conductance_s() const {
    return deep_off_conductance_s > 0.0 ? deep_off_conductance_s : minimum_conductance_s;
  }
  /// Conductance above rest that stands for 1.
  double span_s() const { return maximum_conductance_s - rest_conductance_s(); }
  /// Distance between neighbouring levels.
  double level_step_s() const { return span_s() / (levels - 1); }
  /// The target that comes nearest to rest + value span, for values beyond 0 to 1 too: a level, or
  /// the conductance itself; nothing between rest and the lowest conductance.
  double nearest_target_s(double value) const;
  /// How far from its target a cell may stand and still hold its value: half a level, or the window
  /// of continuous targets.
  double tolerance_s() const;
  /// Bits of a slice: log2 of `levels`. (Slices of continuous targets are as far apart.)
  int bits_per_cell() const;

  /// Standard deviation in siemens of a cell programmed to `conductance_s`.
  double programming_sigma_s(double conductance_s) const;

  /// Energy in a cell of so many pulses. \param mean_s its conductance, the mean over them
  double set_energy_j(double pulses, double mean_s) const {
    return pulses * set_voltage_v * set_voltage_v * mean_s * set_width_s;
  }
  double reset_energy_j(double pulses, double mean_s) const {
    return pulses * reset_voltage_v * reset_voltage_v * mean_s * reset_width_s;
  }
  /// Energy in a cell of one verify read, over its conductance.
  double verify_energy_j_per_siemens() const {
    return verify_voltage_v * verify_voltage_v * verify_width_s;
  }

  /// Ranges, units, texts and sources of all parameters.
  static const parameters::Description<RramParameters>& description();
  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

}  // namespace invar::device

#endif
