#include <invar/circuit/amplifier_parameters.h>
#include <invar/parameters/range_check.h>

namespace invar::circuit {

using parameters::require_range;

void AmplifierParameters::check() const {
  require_range("amplifier.gain", gain, 1.0, 1e12);
  require_range("amplifier.gain_bandwidth_hz", gain_bandwidth_hz, 1.0, 1e12);
  require_range("amplifier.offset_sigma_v", offset_sigma_v, 0.0, 1.0);
  require_range("amplifier.gain_sigma", gain_sigma, 0.0, 0.3);
  require_range("amplifier.bandwidth_sigma", bandwidth_sigma, 0.0, 0.3);
  require_range("amplifier.inverter_offset_sigma_v", inverter_offset_sigma_v, 0.0, 1.0);
  require_range("amplifier.saturation_v", saturation_v, 1e-6, 100.0);
  require_range("amplifier.inverter_bandwidth_ratio", inverter_bandwidth_ratio, 1e-3, 1e3);
  require_range("amplifier.load_f", load_f, 0.0, 1e-6);
  require_range("amplifier.figure_of_merit_hz_f_per_w", figure_of_merit_hz_f_per_w, 1e-6, 1e12);
}

}  // namespace invar::circuit
