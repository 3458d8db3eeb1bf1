#ifndef INVAR_CIRCUIT_AMPLIFIER_PARAMETERS_H
#define INVAR_CIRCUIT_AMPLIFIER_PARAMETERS_H

#include <invar/parameters/description_fwd.h>

namespace invar::circuit {

/// The row of op-amps that closes the loop, and the inverters that drive the minus array.
struct AmplifierParameters {
  /// DC, open loop; a common value for two-stage amplifiers.
  double gain = 1e4;
  /// Gain-bandwidth product. The published bench used AD823 and OPA690 parts.
  double gain_bandwidth_hz = 100e6;
  /// Standard deviation of the input offset between amplifiers, after auto-zero.
  double offset_sigma_v = 50e-6;
  /// Standard deviations between amplifiers, relative, and of the offsets at the inverters'
  /// outputs: what only circuit fidelity looks at.
  double gain_sigma = 0.0;
  double bandwidth_sigma = 0.0;
  double inverter_offset_sigma_v = 0.0;
  /// Supply: outputs saturate at this magnitude.
  double saturation_v = 0.9;
  /// Bandwidth of the inverters relative to the gain-bandwidth product.
  double inverter_bandwidth_ratio = 0.5;
  /// P = GBWP C / FoM with 1 pF and 400 MHz pF / mW.
  double load_f = 1e-12;
  double figure_of_merit_hz_f_per_w = 400e6 * 1e-12 / 1e-3;

  /// Power of one amplifier while it is on.
  double power_w() const { return gain_bandwidth_hz * load_f / figure_of_merit_hz_f_per_w; }
  /// Ranges, units, texts and sources of all parameters.
  static const parameters::Description<AmplifierParameters>& description();
  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

}  // namespace invar::circuit

#endif
