#include <invar/converter/converter_parameters.h>
#include <invar/parameters/description.h>

#include <algorithm>
#include <cmath>

namespace invar::converter {
namespace {

constexpr const char* k_regression = "SAR, 100 MS/s: Accelergy ADC regression (best possible)";

}  // namespace

const parameters::Description<DacParameters>& DacParameters::description() {
  static const auto all = parameters::Description<DacParameters>("dac")
                              .integer("bits", &DacParameters::bits, {1, 24}, "bit", "resolution",
                                       "choice; the published machine has 4")
                              .real("full_scale_v", &DacParameters::full_scale_v, {1e-6, 10}, "V",
                                    "largest output", "assumption")
                              .real("conversion_time_s", &DacParameters::conversion_time_s, {0, 1},
                                    "s", "time of a conversion", "assumption")
                              .real("energy_per_bit_j", &DacParameters::energy_per_bit_j, {0, 1e-6},
                                    "J", "energy of a conversion a bit", "assumption: 0.1-0.3 pJ")
                              .believed(1e-13, 3e-13);
  return all;
}

void DacParameters::check() const {
  description().check(*this);
}

double AdcParameters::conversion_time_for(int outputs) const {
  // Each ADC converts its own columns one after another.
  return std::min(outputs, columns_per_adc) * conversion_time_s;
}

const parameters::Description<AdcParameters>& AdcParameters::description() {
  static const auto all =
      parameters::Description<AdcParameters>("adc")
          .integer("bits", &AdcParameters::bits, {1, 24}, "bit", "resolution",
                   "choice; the published machine has 4")
          .real("full_scale_v", &AdcParameters::full_scale_v, {1e-6, 10}, "V",
                "largest magnitude converted", "assumption")
          .real("conversion_time_s", &AdcParameters::conversion_time_s, {0, 1}, "s",
                "time of a conversion", k_regression)
          .real("energy_j", &AdcParameters::energy_j, {0, 1e-6}, "J",
                "energy of a conversion, where adc.energy_per_step_j is 0", k_regression)
          .of("40 nm")
          .believed(1.56e-12, 6.7e-12)
          .real("energy_per_step_j", &AdcParameters::energy_per_step_j, {0, 1e-9}, "J",
                "energy of a conversion over 2^bits (Walden's figure of merit); 0 = adc.energy_j, "
                "whatever the bits",
                "choice")
          .integer("columns_per_adc", &AdcParameters::columns_per_adc, {1, 1024}, "columns",
                   "columns that share one converter", "assumption")
          .real("sample_time_s", &AdcParameters::sample_time_s, {0, 1}, "s",
                "time to sample all outputs", "assumption")
          .believed(1e-09, 1e-08)
          .real("sample_hold_power_w", &AdcParameters::sample_hold_power_w, {0, 1}, "W",
                "sample-and-hold of a column", "PUMA constants: 9.7 nW")
          .of("32 nm", 2019);
  return all;
}

double AdcParameters::conversion_energy_j() const {
  return energy_per_step_j > 0.0 ? std::ldexp(energy_per_step_j, bits) : energy_j;
}

void AdcParameters::check() const {
  description().check(*this);
}

}  // namespace invar::converter
