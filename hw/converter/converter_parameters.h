#ifndef INVAR_CONVERTER_CONVERTER_PARAMETERS_H
#define INVAR_CONVERTER_CONVERTER_PARAMETERS_H

namespace invar::converter {

/// Digital-to-analog converters, one a row, and their reference.
struct DacParameters {
  /// 8 bits; the published machine has 4 (Zuo et al. 2025).
  int bits = 8;
  /// Largest output at range 0. Range r divides it by 2^r (assumption).
  double full_scale_v = 0.25;
  /// Assumption.
  double conversion_time_s = 10e-9;
  /// 0.2 pJ a bit (assumption: 0.1 to 0.3).
  double energy_per_bit_j = 0.2e-12;

  double energy_j() const { return bits * energy_per_bit_j; }
  void check() const;
};

/// Analog-to-digital converters and the sample-and-hold in front of them.
struct AdcParameters {
  int bits = 8;
  /// Largest magnitude converted; outputs beyond it clip and are counted (assumption).
  double full_scale_v = 0.5;
  /// 100 MS/s SAR, 40 nm (Accelergy regression of Murmann's survey, "best possible").
  double conversion_time_s = 10e-9;
  double energy_j = 2.6e-12;
  /// Columns that share one converter (assumption).
  int columns_per_adc = 8;
  /// Time to sample all outputs at once (assumption).
  double sample_time_s = 5e-9;
  /// Sample-and-hold, a column: 9.7 nW (PUMA constants).
  double sample_hold_power_w = 9.7e-9;

  /// Time to convert `outputs` sampled values, the ADCs working in parallel.
  double conversion_time_for(int outputs) const;
  void check() const;
};

}  // namespace invar::converter

#endif
