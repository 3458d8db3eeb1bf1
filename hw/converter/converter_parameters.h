#ifndef INVAR_CONVERTER_CONVERTER_PARAMETERS_H
#define INVAR_CONVERTER_CONVERTER_PARAMETERS_H

#include <invar/parameters/description_fwd.h>

namespace invar::converter {

/// Digital-to-analog converters, one a row, and their reference.
struct DacParameters {
  int bits = 8;
  /// Largest output at range 0. Range r divides it by 2^r.
  double full_scale_v = 0.25;
  double conversion_time_s = 10e-9;
  double energy_per_bit_j = 0.2e-12;

  double energy_j() const { return bits * energy_per_bit_j; }
  /// Ranges, units, texts and sources of all parameters.
  static const parameters::Description<DacParameters>& description();
  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

/// Analog-to-digital converters and the sample-and-hold in front of them.
struct AdcParameters {
  int bits = 8;
  /// Largest magnitude converted; outputs beyond it clip and are counted.
  double full_scale_v = 0.5;
  /// 100 MS/s; time and energy by Accelergy's regression of Murmann's survey.
  double conversion_time_s = 10e-9;
  double energy_j = 2.6e-12;
  /// Walden's figure of merit, of a technology of which it is known: a conversion takes so much for
  /// each of its 2^bits steps. 0: `energy_j` is what a conversion takes.
  double energy_per_step_j = 0.0;
  /// Of a conversion.
  double conversion_energy_j() const;
  /// Columns that share one converter.
  int columns_per_adc = 8;
  /// Time to sample all outputs at once.
  double sample_time_s = 5e-9;
  /// Sample-and-hold, a column.
  double sample_hold_power_w = 9.7e-9;

  /// Time to convert `outputs` sampled values, the ADCs working in parallel.
  double conversion_time_for(int outputs) const;
  /// Ranges, units, texts and sources of all parameters.
  static const parameters::Description<AdcParameters>& description();
  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

}  // namespace invar::converter

#endif
