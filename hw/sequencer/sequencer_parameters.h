#ifndef INVAR_SEQUENCER_SEQUENCER_PARAMETERS_H
#define INVAR_SEQUENCER_SEQUENCER_PARAMETERS_H

#include <invar/number_format/number_format.h>
#include <invar/parameters/description_fwd.h>

#include <cstdint>

namespace invar::sequencer {

/// Which services hardware is built for.
enum class BuiltServices {
  all,
  /// Without what refinement takes: matrices that stay in a buffer, search directions, products by
  /// tiles.
  single_shot
};

/// The digital part beside each tile: command decoding, the MAC lanes and the matrix buffer of the
/// residual path.
struct SequencerParameters {
  double clock_period_s = 1e-9;
  /// Cycles to decode and start one command.
  int command_cycles = 20;
  /// Multiply-accumulates a cycle for the residual, for each tile.
  int mac_lanes = 64;
  /// What the lanes compute in, whatever the operands' precision in memory. Only FP64 may refine:
  /// other formats keep vectors and matrices in blocks that share an exponent, accumulate in FP32,
  /// and are for single shots.
  number_format::NumberFormat lane_precision = number_format::NumberFormat::fp64;
  /// Which services the hardware is built for, as far as the lanes' format allows.
  BuiltServices services = BuiltServices::all;
  /// Largest rank of a deflation that tiles have memory for, up to INVAR_LIMIT_RANK.
  int deflation_rank = 16;
  /// Memory of matrices, shared by all tiles, with an element as wide as the lanes' format. Where
  /// the hardware refines, a matrix is there as long as it is held; else while it is programmed,
  /// and what passes between the matrices of a PRECONDITION has to fit too. 0: as much as is asked
  /// for.
  std::uint64_t matrix_buffer_bytes = 0;
  /// Of a multiply-accumulate in FP64, and in the others.
  double mac_energy_j = 18.4e-12;
  double fp32_mac_energy_j = 4.6e-12;
  double fp16_mac_energy_j = 2.0e-12;
  double bf16_mac_energy_j = 1.48e-12;
  double int8_mac_energy_j = 0.3e-12;
  /// Matrix buffer: 17.2 pJ for 256 bits.
  double buffer_energy_per_byte_j = 17.2e-12 / 32.0;
  /// What a tile with its digital part draws all the time, from the first time that it is given out
  /// on: until then it is switched off.
  double tile_static_power_w = 0.0;
  /// Of that, what a tile draws while no command works on it or only cells are written and
  /// compared: its memories, and what leaks through power switches. 1: there are no switches.
  double tile_gated_share = 1.0;
  /// What it takes to switch a tile on, once a command and once more after cells were written (in
  /// time: once, what comes after writing is known beforehand).
  double wake_time_s = 0.0;
  double wake_energy_j = 0.0;
  /// What the memory of matrices draws. Of that, in hardware that does not keep them, while no
  /// matrix is being programmed and none passes through a PRECONDITION; and what it takes to switch
  /// the memory on again (within the time that it takes a tile).
  double buffer_static_power_w = 0.0;
  double buffer_gated_share = 1.0;
  double buffer_wake_energy_j = 0.0;

  /// Matrices held at once, however many tiles there are: each has a context.
  int contexts = 256;
  /// Right-hand sides that are loaded, solved and stored as one: while one piece of a batch is
  /// solved, the next is loaded and the last is stored.
  int stream_columns = 64;
  /// Neighbouring tiles that share one set of ADCs; conversions wait for each other (1: none do).
  int tiles_per_adc = 1;
  /// Free tiles are chosen by wear, in steps of so many writes to the most worn cell; within a
  /// step the lowest number comes first, so that a matrix that changes little finds its cells as
  /// it left them. 0: always the lowest number.
  double wear_step_writes = 1000.0;
  /// Times that a matrix is written again on other tiles when cells refuse or are worn out.
  int tile_retries = 2;

  /// Whether tiles are switched off between commands.
  bool gates() const { return tile_gated_share < 1.0; }
  /// Whether the hardware has what refined and checked solves and Schur complements take.
  bool refines() const {
    return services == BuiltServices::all && lane_precision == number_format::NumberFormat::fp64;
  }
  /// Bytes that a matrix takes of the memory of matrices.
  std::uint64_t matrix_bytes(std::uint64_t rows, std::uint64_t columns) const {
    return rows * columns * static_cast<std::uint64_t>(number_format::bytes_of(lane_precision));
  }
  /// Of a multiply-accumulate in the lanes' format.
  double lane_energy_j() const;
  /// Multiply-accumulates a second of the lanes of one tile.
  double lane_rate_hz() const { return mac_lanes / clock_period_s; }

  /// Ranges, units, texts and sources of all parameters.
  static const parameters::Description<SequencerParameters>& description();
  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

}  // namespace invar::sequencer

#endif
