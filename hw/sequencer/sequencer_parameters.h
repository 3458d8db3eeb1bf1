#ifndef INVAR_SEQUENCER_SEQUENCER_PARAMETERS_H
#define INVAR_SEQUENCER_SEQUENCER_PARAMETERS_H

namespace invar::sequencer {

/// The digital part beside each tile: command decoding, the MAC lanes and the matrix buffer of the
/// residual path.
struct SequencerParameters {
  /// Assumption: 1 GHz, as the digital blocks of PUMA.
  double clock_period_s = 1e-9;
  /// Cycles to decode and start one command (assumption).
  int command_cycles = 20;
  /// Multiply-accumulates a cycle for the residual, for each tile (assumption).
  int mac_lanes = 64;
  /// The lanes work in FP64 whatever the operands' precision in memory: four times (assumption) an
  /// FP32 add and multiply at 45 nm, 0.9 + 3.7 pJ (Horowitz).
  double mac_energy_j = 18.4e-12;
  /// Matrix buffer: 17.2 pJ for 256 bits (eDRAM, 64 KB, 32 nm, PUMA constants).
  double buffer_energy_per_byte_j = 17.2e-12 / 32.0;

  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

}  // namespace invar::sequencer

#endif
