#ifndef INVAR_ACCELERATOR_ACCELERATOR_PARAMETERS_H
#define INVAR_ACCELERATOR_ACCELERATOR_PARAMETERS_H

#include <invar/parameters/description_fwd.h>
#include <invar/sequencer/sequencer_configuration.h>

#include <cstdint>
#include <memory>

namespace invar::accelerator {

/// Everything about one INV accelerator. Plain data; checked when the module is built.
struct AcceleratorParameters {
  /// A matrix takes one, or several if it is larger (solver::tiles_for).
  int tiles = 16;
  tile::TileParameters tile;
  programming::ProgrammingParameters programming;
  solver::RefinementParameters solver;
  sequencer::SequencerParameters sequencer;
  /// Latency of a register access.
  double register_latency_s = 2e-9;
  /// DMA bursts, in bytes.
  int dma_burst_bytes = 4096;
  /// Energy of moving a byte through the DMA engine and its buffers: an access to a 2 KB SRAM takes
  /// 0.57 pJ for 16 bits.
  double dma_energy_per_byte_j = 0.285e-12;
  /// Energy of moving a byte through the operand port: the same buffers, and a wire of 16 fJ a bit.
  double operand_energy_per_byte_j = 0.413e-12;
  /// Where operands in the scratchpad behind the operand port have their addresses; none by
  /// default.
  sequencer::OperandWindow operand_window;
  /// Where numbers come from that memory does not carry; empty: it does.
  std::shared_ptr<const sequencer::OperandSource> operands;
  /// Invert exactly (FP64), free of time and energy: a bound for comparisons, not a machine.
  bool exact = false;
  /// No tiles but their lanes and buffers: solves by conjugate gradients on the lanes.
  bool conjugate_gradients = false;
  /// Timing fidelity: what matrices that are not computed are taken to take.
  solver::TimingEstimate timing;
  /// Key of all randomness of this instance.
  std::uint64_t seed = 1;
  /// Host threads for the numbers of tiles that are busy at the same time; below 2: none besides
  /// the simulation's own. Without influence on any result.
  int worker_threads = 1;

  /// What the command queue and its matrices are built from.
  sequencer::SequencerConfiguration sequencer_configuration() const {
    return {tile, programming, solver,         sequencer,           tiles,   exact,
            seed, timing,      operand_window, conjugate_gradients, operands};
  }

  /// Ranges, units, texts and sources of all parameters.
  static const parameters::Description<AcceleratorParameters>& description();
  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

}  // namespace invar::accelerator

#endif
