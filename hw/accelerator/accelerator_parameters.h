#ifndef INVAR_ACCELERATOR_ACCELERATOR_PARAMETERS_H
#define INVAR_ACCELERATOR_ACCELERATOR_PARAMETERS_H

#include <invar/programming/write_verify.h>
#include <invar/sequencer/sequencer_parameters.h>
#include <invar/solver/refinement.h>
#include <invar/tile/tile_parameters.h>

#include <cstdint>

namespace invar::accelerator {

/// Everything about one INV accelerator. Plain data; checked when the module is built.
struct AcceleratorParameters {
  /// Tiles, 1 to 4096; each holds one matrix.
  int tiles = 8;
  tile::TileParameters tile;
  programming::ProgrammingParameters programming;
  solver::RefinementParameters solver;
  sequencer::SequencerParameters sequencer;
  /// Latency of a register access (assumption).
  double register_latency_s = 2e-9;
  /// DMA bursts, in bytes.
  int dma_burst_bytes = 4096;
  /// Energy of moving a byte through the DMA engine and its buffers: an access to a 2 KB SRAM,
  /// 0.57 pJ for 16 bits (PUMA constants), taken as 0.285 pJ a byte.
  double dma_energy_per_byte_j = 0.285e-12;
  /// Invert exactly (FP64), free of time and energy: a bound for comparisons, not a machine.
  bool exact = false;
  /// Key of all randomness of this instance.
  std::uint64_t seed = 1;

  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

}  // namespace invar::accelerator

#endif
