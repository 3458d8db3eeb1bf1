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

  /// Matrices held at once, however many tiles there are: each has a context (assumption).
  int contexts = 256;
  /// Right-hand sides that are loaded, solved and stored as one: while one piece of a batch is
  /// solved, the next is loaded and the last is stored (choice).
  int stream_columns = 64;
  /// Neighbouring tiles that share one set of ADCs; conversions wait for each other (1: none do).
  int tiles_per_adc = 1;
  /// Free tiles are chosen by wear, in steps of so many writes to the most worn cell; within a
  /// step the lowest number comes first, so that a matrix that changes little finds its cells as
  /// it left them (choice). 0: always the lowest number.
  double wear_step_writes = 1000.0;
  /// Times that a matrix is written again on other tiles when cells refuse or are worn out
  /// (choice).
  int tile_retries = 2;

  /// Multiply-accumulates a second of the lanes of one tile.
  double lane_rate_hz() const { return mac_lanes / clock_period_s; }

  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

}  // namespace invar::sequencer

#endif
