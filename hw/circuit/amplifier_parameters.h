#ifndef INVAR_CIRCUIT_AMPLIFIER_PARAMETERS_H
#define INVAR_CIRCUIT_AMPLIFIER_PARAMETERS_H

#include <invar/parameters/description_fwd.h>

namespace invar::circuit {

/// Where the output stages' current, besides the bias, is drawn from the supply.
enum class OutputStages {
  circuit,  ///< at circuit fidelity; below, the cells take what their voltages say and no more
  always,   ///< at every fidelity: class AB, no less than the supply times what columns take
};

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

  /// A shot settles to half a step of so many bits; 0: as the ADCs have.
  int settling_bits = 0;
  /// Whether amplifiers are biased from DAC to sample alone. If not, they are always: see
  /// tile::static_power_w.
  bool gated = true;
  /// Gated: from off to ready, while the DACs convert, and what that takes an amplifier besides
  /// its bias.
  double wake_time_s = 0.0;
  double wake_energy_j = 0.0;
  /// Largest current of an output; outputs that would need more clip. 0: unlimited.
  double output_current_a = 0.0;
  /// Fastest change of an output, V/s. 0: unlimited.
  double slew_rate_v_per_s = 0.0;
  OutputStages output_stages = OutputStages::circuit;

  /// Power of one amplifier while it is on.
  double power_w() const { return gain_bandwidth_hz * load_f / figure_of_merit_hz_f_per_w; }
  /// Ranges, units, texts and sources of all parameters.
  static const parameters::Description<AmplifierParameters>& description();
  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

}  // namespace invar::circuit

#endif
