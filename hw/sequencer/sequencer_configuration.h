#ifndef INVAR_SEQUENCER_SEQUENCER_CONFIGURATION_H
#define INVAR_SEQUENCER_SEQUENCER_CONFIGURATION_H

#include <invar/sequencer/operand_window.h>
#include <invar/sequencer/sequencer_parameters.h>
#include <invar/solver/stored_matrix_parameters.h>
#include <invar/solver/timing_estimate.h>

#include <cstdint>
#include <memory>

namespace invar::sequencer {

class OperandSource;

/// Everything that the command queue, its tiles and its matrices are built from.
struct SequencerConfiguration {
  tile::TileParameters tile;
  programming::ProgrammingParameters programming;
  solver::RefinementParameters solver;
  SequencerParameters sequencer;
  int tiles = 8;
  /// Invert exactly (FP64), free of time and energy: a bound, not a machine.
  bool exact = false;
  std::uint64_t seed = 0;
  /// What timing fidelity takes for the behaviour of matrices that it does not compute.
  solver::TimingEstimate timing;
  /// Addresses of operands behind the operand port.
  OperandWindow operand_window{};
  /// Matrices stand in the buffers alone and are solved with by the lanes; tiles are their units.
  bool conjugate_gradients = false;
  /// Where numbers come from that memory does not carry; empty: it does.
  std::shared_ptr<const OperandSource> operands{};

  /// Whether commands compute anything.
  bool carries_numbers() const { return tile.fidelity != tile::Fidelity::timing; }
  /// Whether they come and go with the transfers.
  bool moves_numbers() const { return carries_numbers() && !operands; }
  /// What each stored matrix is built from.
  solver::StoredMatrixParameters stored_matrix() const {
    return {tile,
            programming,
            solver,
            sequencer.lane_rate_hz(),
            solver.krylov_directions * sequencer.stream_columns,
            sequencer.lane_precision};
  }
};

}  // namespace invar::sequencer

#endif
