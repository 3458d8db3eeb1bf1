#ifndef INVAR_TILE_MODEL_ANALOG_WORK_H
#define INVAR_TILE_MODEL_ANALOG_WORK_H

#include <cstdint>

namespace invar::tile {

/// The parts of a tile that spend energy in shots, one a row: member of AnalogEnergy in joules,
/// name of the component in the ledger, its event, and the member of AnalogCounts that counts it.
#define INVAR_ANALOG_ENERGIES(X)                             \
  X(dac_j, "dac", "conversion", dac_conversions)             \
  X(array_j, "array", "shot", shots)                         \
  X(amplifier_j, "amplifiers", "shot", shots)                \
  X(sample_hold_j, "sample_hold", "sample", adc_conversions) \
  X(adc_j, "adc", "conversion", adc_conversions)

/// How often the parts of a tile worked, one a row.
#define INVAR_ANALOG_COUNTS(X) \
  X(shots) X(dac_conversions) X(adc_conversions) X(dac_clips) X(adc_clips)

/// Energy of analog operations, by the part that spends it.
struct AnalogEnergy {
#define INVAR_MEMBER(member, component, event, count) double member = 0.0;
  INVAR_ANALOG_ENERGIES(INVAR_MEMBER)
#undef INVAR_MEMBER

  double total_j() const {
    double sum_j = 0.0;
#define INVAR_ADD(member, component, event, count) sum_j += member;
    INVAR_ANALOG_ENERGIES(INVAR_ADD)
#undef INVAR_ADD
    return sum_j;
  }
  AnalogEnergy& operator+=(const AnalogEnergy& other) {
#define INVAR_ADD(member, component, event, count) member += other.member;
    INVAR_ANALOG_ENERGIES(INVAR_ADD)
#undef INVAR_ADD
    return *this;
  }
  AnalogEnergy& operator*=(double factor) {
#define INVAR_SCALE(member, component, event, count) member *= factor;
    INVAR_ANALOG_ENERGIES(INVAR_SCALE)
#undef INVAR_SCALE
    return *this;
  }
};

struct AnalogCounts {
#define INVAR_MEMBER(member) std::uint64_t member = 0;
  INVAR_ANALOG_COUNTS(INVAR_MEMBER)
#undef INVAR_MEMBER

  AnalogCounts& operator+=(const AnalogCounts& other) {
#define INVAR_ADD(member) member += other.member;
    INVAR_ANALOG_COUNTS(INVAR_ADD)
#undef INVAR_ADD
    return *this;
  }
};

/// What INV or MVM shots on one tile, one after the other, take.
struct AnalogWork {
  /// Time of one shot: DAC, settling, sampling, conversions.
  double shot_time_s = 0.0;
  /// From one shot to the next: less where a shot settles while the last one is converted.
  double interval_s = 0.0;
  /// Of one shot: time its ADCs convert.
  double conversion_time_s = 0.0;
  AnalogEnergy energy;
  AnalogCounts counts;

  /// Takes more shots, of this time each.
  void add_shots(const AnalogWork& more) {
    shot_time_s = more.shot_time_s;
    interval_s = more.interval_s;
    conversion_time_s = more.conversion_time_s;
    energy += more.energy;
    counts += more.counts;
  }
};

}  // namespace invar::tile

#endif
