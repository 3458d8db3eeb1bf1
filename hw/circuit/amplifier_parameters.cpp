#include <invar/circuit/amplifier_parameters.h>
#include <invar/parameters/description.h>

#include <stdexcept>

namespace invar::circuit {

const parameters::Description<AmplifierParameters>& AmplifierParameters::description() {
  static const auto all =
      parameters::Description<AmplifierParameters>("amplifier")
          .real("gain", &AmplifierParameters::gain, {1, 1e12}, "", "DC open-loop gain",
                "assumption")
          .believed(1000, 100000)
          .real("gain_bandwidth_hz", &AmplifierParameters::gain_bandwidth_hz, {1, 1e12}, "Hz",
                "gain-bandwidth product",
                "assumption; the published bench used 16 and 500 MHz parts")
          .believed(1.6e+07, 6.95e+08)
          .real("offset_sigma_v", &AmplifierParameters::offset_sigma_v, {0, 1}, "V",
                "standard deviation of the input offset after auto-zero", "assumption")
          .believed(1e-05, 0.001)
          .real("gain_sigma", &AmplifierParameters::gain_sigma, {0, 0.3}, "",
                "circuit fidelity: standard deviation of the gain, relative", "assumption")
          .believed(0, 0.1)
          .real("bandwidth_sigma", &AmplifierParameters::bandwidth_sigma, {0, 0.3}, "",
                "circuit fidelity: standard deviation of the bandwidth, relative", "assumption")
          .believed(0, 0.1)
          .real("inverter_offset_sigma_v", &AmplifierParameters::inverter_offset_sigma_v, {0, 1},
                "V", "circuit fidelity: standard deviation of the inverters' output offset",
                "assumption")
          .real("saturation_v", &AmplifierParameters::saturation_v, {1e-6, 100}, "V",
                "magnitude at which outputs saturate", "assumption")
          .believed(0.5, 1.2)
          .real("inverter_bandwidth_ratio", &AmplifierParameters::inverter_bandwidth_ratio,
                {1e-3, 1e3}, "", "bandwidth of the inverters over the gain-bandwidth product",
                "derived: gain of -1")
          .real("load_f", &AmplifierParameters::load_f, {0, 1e-6}, "F", "load of an amplifier",
                "assumption")
          .believed(1e-13, 2e-12)
          .real("figure_of_merit_hz_f_per_w", &AmplifierParameters::figure_of_merit_hz_f_per_w,
                {1e-6, 1e12}, "Hz F/W", "power = bandwidth * load / this",
                "assumption: 200-1000 MHz pF/mW")
          .believed(0.2, 1)
          .integer(
              "settling_bits", &AmplifierParameters::settling_bits, {0, 24}, "bit",
              "a shot settles to half a step of so many bits; 0 = as adc.bits. With fewer, what "
              "is left when outputs are sampled stands in the results",
              "choice")
          .flag("gated", &AmplifierParameters::gated,
                "biased from DAC to sample; otherwise always, which is static power", "choice")
          .real("wake_time_s", &AmplifierParameters::wake_time_s, {0, 1}, "s",
                "gated: from off to ready; the DACs convert meanwhile",
                "assumption: hidden behind the DACs")
          .believed(0, 5e-08)
          .real("wake_energy_j", &AmplifierParameters::wake_energy_j, {0, 1e-3}, "J",
                "gated: of an amplifier and shot, besides its bias", "assumption: none")
          .believed(0, 1e-12)
          .real("output_current_a", &AmplifierParameters::output_current_a, {0, 10}, "A",
                "largest current of an output, beyond which it clips; 0 = unlimited", "assumption")
          .real("slew_rate_v_per_s", &AmplifierParameters::slew_rate_v_per_s, {0, 1e15}, "V/s",
                "fastest change of an output; 0 = unlimited", "assumption")
          .choice(
              "output_stages", &AmplifierParameters::output_stages,
              {{"circuit", OutputStages::circuit}, {"always", OutputStages::always}},
              "class AB: output current is drawn from the supply, at circuit fidelity or at all; "
              "otherwise as much as the cells take",
              "choice");
  return all;
}

void AmplifierParameters::check() const {
  description().check(*this);
  if (!gated && (wake_time_s > 0.0 || wake_energy_j > 0.0)) {
    throw std::invalid_argument(
        "amplifier.wake_time_s, amplifier.wake_energy_j: must be 0 where amplifier.gated is false");
  }
}

}  // namespace invar::circuit
