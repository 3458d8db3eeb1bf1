#ifndef INVAR_PLATFORM_CONFIGURATION_STATIC_POWER_H
#define INVAR_PLATFORM_CONFIGURATION_STATIC_POWER_H

#include <invar/parameters/description_fwd.h>
#include <invar/sequencer/sequencer_parameters.h>

#include <cstdint>

namespace invar::platform {

struct RunConfiguration;

/// What silicon draws whatever it does: leakage. Clocks are taken to be gated while nothing works
/// (assumption).
struct StaticPowerParameters {
  /// Logic, a square metre of it: a 45 nm ALU of 5670 um^2 leaks 0.27 mW.
  double logic_w_per_m2 = 47.6e3;
  /// On-chip memory: 64 KB of eDRAM leak 0.46 mW.
  double memory_w_per_byte = 7.0e-9;
  /// An ADC of a tile, and a DAC.
  double adc_w = 0.2e-3;
  double dac_w = 0.39e-6;
  /// What leaks through the power switches of a tile that is switched off; 1: there are none.
  /// A tile's memories keep their supply. The memory of matrices, where it keeps none between
  /// commands, has switches too.
  double gated_share = 1.0;
  /// To switch the memory of matrices on, a byte of it: its rails.
  double memory_wake_j_per_byte = 1e-15;

  /// Ranges, units, texts and sources of all parameters.
  static const parameters::Description<StaticPowerParameters>& description();
  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

/// The static power of the digital engine, by its area; of a tile with its lanes, its memories
/// (`accelerator_memory`), its converters and the bias of its amplifiers if they are not gated,
/// where the user has not set them.
/// Without an accelerator that inverts, or with a bound in its place, tiles draw nothing.
void complete_static_power(RunConfiguration& configuration);

/// The memory of matrices as it is built, in `built`: its size, where the parameters leave it to
/// the run, what it draws, and what a byte of it costs.
/// \param elements that the run wants to have there at once
void complete_matrix_memory(const RunConfiguration& configuration, std::uint64_t elements,
                            sequencer::SequencerParameters& built);

}  // namespace invar::platform

#endif
