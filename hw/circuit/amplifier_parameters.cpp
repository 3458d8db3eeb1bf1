#include <invar/circuit/amplifier_parameters.h>
#include <invar/parameters/description.h>

namespace invar::circuit {

const parameters::Description<AmplifierParameters>& AmplifierParameters::description() {
  static const auto all =
      parameters::Description<AmplifierParameters>("amplifier")
          .real("gain", &AmplifierParameters::gain, {1, 1e12}, "", "DC open-loop gain",
                "assumption")
          .real("gain_bandwidth_hz", &AmplifierParameters::gain_bandwidth_hz, {1, 1e12}, "Hz",
                "gain-bandwidth product",
                "assumption; the published bench used 16 and 500 MHz parts")
          .real("offset_sigma_v", &AmplifierParameters::offset_sigma_v, {0, 1}, "V",
                "standard deviation of the input offset after auto-zero", "assumption")
          .real("gain_sigma", &AmplifierParameters::gain_sigma, {0, 0.3}, "",
                "circuit fidelity: standard deviation of the gain, relative", "assumption")
          .real("bandwidth_sigma", &AmplifierParameters::bandwidth_sigma, {0, 0.3}, "",
                "circuit fidelity: standard deviation of the bandwidth, relative", "assumption")
          .real("inverter_offset_sigma_v", &AmplifierParameters::inverter_offset_sigma_v, {0, 1},
                "V", "circuit fidelity: standard deviation of the inverters' output offset",
                "assumption")
          .real("saturation_v", &AmplifierParameters::saturation_v, {1e-6, 100}, "V",
                "magnitude at which outputs saturate", "assumption")
          .real("inverter_bandwidth_ratio", &AmplifierParameters::inverter_bandwidth_ratio,
                {1e-3, 1e3}, "", "bandwidth of the inverters over the gain-bandwidth product",
                "derived: gain of -1")
          .real("load_f", &AmplifierParameters::load_f, {0, 1e-6}, "F", "load of an amplifier",
                "assumption")
          .real("figure_of_merit_hz_f_per_w", &AmplifierParameters::figure_of_merit_hz_f_per_w,
                {1e-6, 1e12}, "Hz F/W", "power = bandwidth * load / this",
                "assumption: 200-1000 MHz pF/mW");
  return all;
}

void AmplifierParameters::check() const {
  description().check(*this);
}

}  // namespace invar::circuit
