#include <invar/converter/converter_parameters.h>
#include <invar/parameters/range_check.h>

#include <algorithm>

namespace invar::converter {

using parameters::require_range;

void DacParameters::check() const {
  require_range("dac.bits", bits, 1, 24);
  require_range("dac.full_scale_v", full_scale_v, 1e-6, 10.0);
  require_range("dac.conversion_time_s", conversion_time_s, 0.0, 1.0);
  require_range("dac.energy_per_bit_j", energy_per_bit_j, 0.0, 1e-6);
}

double AdcParameters::conversion_time_for(int outputs) const {
  // Each ADC converts its own columns one after another.
  return std::min(outputs, columns_per_adc) * conversion_time_s;
}

void AdcParameters::check() const {
  require_range("adc.bits", bits, 1, 24);
  require_range("adc.full_scale_v", full_scale_v, 1e-6, 10.0);
  require_range("adc.conversion_time_s", conversion_time_s, 0.0, 1.0);
  require_range("adc.energy_j", energy_j, 0.0, 1e-6);
  require_range("adc.columns_per_adc", columns_per_adc, 1, 1024);
  require_range("adc.sample_time_s", sample_time_s, 0.0, 1.0);
  require_range("adc.sample_hold_power_w", sample_hold_power_w, 0.0, 1.0);
}

}  // namespace invar::converter
