#ifndef INVAR_TILE_MODEL_ANALOG_WORK_H
#define INVAR_TILE_MODEL_ANALOG_WORK_H

#include <cstdint>

namespace invar::tile {

/// Energy of analog operations, by the part that spends it, in joules.
struct AnalogEnergy {
  double dac_j = 0.0;
  double array_j = 0.0;
  double amplifier_j = 0.0;
  double sample_hold_j = 0.0;
  double adc_j = 0.0;

  double total_j() const { return dac_j + array_j + amplifier_j + sample_hold_j + adc_j; }
  AnalogEnergy& operator+=(const AnalogEnergy& other) {
    dac_j += other.dac_j;
    array_j += other.array_j;
    amplifier_j += other.amplifier_j;
    sample_hold_j += other.sample_hold_j;
    adc_j += other.adc_j;
    return *this;
  }
};

/// How often the parts of a tile worked.
struct AnalogCounts {
  std::uint64_t shots = 0;
  std::uint64_t dac_conversions = 0;
  std::uint64_t adc_conversions = 0;
  std::uint64_t dac_clips = 0;
  std::uint64_t adc_clips = 0;

  AnalogCounts& operator+=(const AnalogCounts& other) {
    shots += other.shots;
    dac_conversions += other.dac_conversions;
    adc_conversions += other.adc_conversions;
    dac_clips += other.dac_clips;
    adc_clips += other.adc_clips;
    return *this;
  }
};

/// What INV or MVM shots on one tile, one after the other, take.
struct AnalogWork {
  /// Time of one shot: DAC, settling, sampling, conversions.
  double shot_time_s = 0.0;
  /// Of one shot: time its ADCs convert.
  double conversion_time_s = 0.0;
  AnalogEnergy energy;
  AnalogCounts counts;

  /// Takes more shots, of this time each.
  void add_shots(const AnalogWork& more) {
    shot_time_s = more.shot_time_s;
    conversion_time_s = more.conversion_time_s;
    energy += more.energy;
    counts += more.counts;
  }
};

}  // namespace invar::tile

#endif
