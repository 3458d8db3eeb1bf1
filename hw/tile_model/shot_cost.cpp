#include <invar/tile_model/shot_cost.h>

#include <algorithm>
#include <cmath>

namespace invar::tile {
namespace {

std::uint64_t to_count(double value) {
  return static_cast<std::uint64_t>(std::llround(std::max(value, 0.0)));
}

double mvm_analog_time_s(const TileParameters& tile) {
  return tile.mvm_settling_time_s + tile.adc.sample_time_s;
}

/// Until inputs are there and amplifiers ready.
double preparation_time_s(const TileParameters& tile) {
  return std::max(tile.dac.conversion_time_s, tile.amplifier.wake_time_s);
}

/// Of amplifiers that are woken so often in all, each time for so much analog time.
double amplifier_energy_j(const TileParameters& tile, double woken, double analog_s) {
  const circuit::AmplifierParameters& amplifier = tile.amplifier;
  if (!amplifier.gated) {
    return 0.0;  // see static_power_w
  }
  return woken * amplifier.power_w() * (amplifier.wake_time_s + analog_s) +
         woken * amplifier.wake_energy_j;
}

}  // namespace

double inv_amplifiers(double rows, const ArrayCount& arrays) {
  return rows * arrays.arrays() + arrays.references;
}

double static_power_w(const TileParameters& tile) {
  const double amplifiers = inv_amplifiers(tile.rows, ArrayCount::pairs(tile.seed_slices)) +
                            static_cast<double>(tile.rows) * tile.slices;
  return tile.amplifier.gated ? 0.0 : amplifiers * tile.amplifier.power_w();
}

double inv_analog_time_s(const TileParameters& tile, double settling_time_s) {
  return settling_time_s + tile.adc.sample_time_s;
}

AnalogWork inv_work(const TileParameters& tile, double shots, double rows, const ArrayCount& arrays,
                    double settling_time_s) {
  const converter::AdcParameters& adc = tile.adc;
  const double analog_s = inv_analog_time_s(tile, settling_time_s);
  AnalogWork work;
  work.conversion_time_s = tile.conversion_time_for(static_cast<int>(std::ceil(rows)));
  const double loop_s = preparation_time_s(tile) + analog_s;
  work.shot_time_s = loop_s + work.conversion_time_s;
  work.interval_s =
      tile.pipelined_conversion ? std::max(loop_s, work.conversion_time_s) : work.shot_time_s;
  work.counts.shots = to_count(shots);
  work.counts.dac_conversions = work.counts.adc_conversions = to_count(shots * rows);
  work.energy.dac_j = shots * rows * tile.dac.energy_j();
  work.energy.adc_j = shots * rows * adc.conversion_energy_j();
  work.energy.sample_hold_j = shots * rows * adc.sample_hold_power_w * work.conversion_time_s;
  work.energy.amplifier_j =
      amplifier_energy_j(tile, shots * inv_amplifiers(rows, arrays), analog_s);
  return work;
}

MvmSteps mvm_steps(const TileParameters& tile, int rows) {
  MvmSteps steps;
  const int dac_bits = std::max(tile.dac.bits - 1, 1);
  const int magnitude_bits = std::max(tile.mvm_input_bits - 1, 1);
  steps.pieces = (magnitude_bits + dac_bits - 1) / dac_bits;
  // Equal pieces: a top piece of one bit would waste the ADC's range on the most important sum.
  steps.piece_bits = (magnitude_bits + steps.pieces - 1) / steps.pieces;
  steps.groups = (rows + tile.mvm_row_group - 1) / tile.mvm_row_group;
  steps.input_full_scale = std::ldexp(1.0, magnitude_bits) - 1.0;
  return steps;
}

AnalogWork mvm_work(const TileParameters& tile, double shots, double rows,
                    const ArrayCount& arrays) {
  const converter::AdcParameters& adc = tile.adc;
  const int outputs = static_cast<int>(std::ceil(rows));
  const MvmSteps cut = mvm_steps(tile, outputs);
  const double steps = cut.count();
  const double convert_s = arrays.plus * tile.conversion_time_for(outputs);
  const double analog_s = mvm_analog_time_s(tile);
  AnalogWork work;
  work.conversion_time_s = steps * convert_s;
  work.shot_time_s = work.interval_s = steps * (preparation_time_s(tile) + analog_s + convert_s);
  work.counts.shots = to_count(shots);
  work.counts.dac_conversions = to_count(shots * cut.pieces * rows);
  const double outputs_each =
      shots * steps * arrays.plus * rows + shots * steps * arrays.references;
  work.counts.adc_conversions = to_count(outputs_each);
  work.energy.dac_j = shots * cut.pieces * rows * tile.dac.energy_j();
  work.energy.adc_j = outputs_each * adc.conversion_energy_j();
  work.energy.sample_hold_j = outputs_each * adc.sample_hold_power_w * convert_s;
  // One transimpedance amplifier a column and slice.
  work.energy.amplifier_j = amplifier_energy_j(tile, outputs_each, analog_s);
  return work;
}

double mvm_energy_j_per_siemens(const TileParameters& tile) {
  const MvmSteps steps = mvm_steps(tile, 1);
  const double volts_per_code = tile.dac.full_scale_v / steps.input_full_scale;
  return steps.pieces * mvm_analog_time_s(tile) * volts_per_code * volts_per_code;
}

}  // namespace invar::tile
