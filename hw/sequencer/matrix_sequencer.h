#ifndef INVAR_SEQUENCER_MATRIX_SEQUENCER_H
#define INVAR_SEQUENCER_MATRIX_SEQUENCER_H

#include <invar/ledger/ledger.h>
#include <invar/sequencer/batch_stream.h>
#include <invar/sequencer/command.h>
#include <invar/sequencer/held_matrix.h>
#include <invar/sequencer/operand_paths.h>
#include <invar/sequencer/sequencer_configuration.h>
#include <invar/sequencer/step_player.h>
#include <invar/sequencer/tile_pool.h>
#include <invar/simulation/numerics_runner.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

namespace invar::sequencer {

/// What all matrices of an accelerator share.
struct SharedParts {
  TilePool& pool;
  OperandPaths& paths;
  ledger::Ledger& ledger;
  simulation::WorkerPool* workers = nullptr;
};

/// Runs the commands of one matrix in order, on the tiles it was given: programming, refinement,
/// products, read-back. Here are the queue and what a matrix lives through; a `CommandRun` is one
/// command, the `StepPlayer` lets its steps pass, the `BatchStream` moves its data.
///
/// The numbers of a command are worked on from its start (by a worker thread, if there are any) and
/// waited for when simulated time needs them; the results leave when the time that the physics asks
/// for has passed. A reset drops all commands; cells keep their conductances.
class MatrixSequencer : public sc_core::sc_module {
 public:
  /// Called when a command is done, from the matrix's process: writes the completion record.
  using Completion = std::function<void(const Command&, const invar_completion&)>;

  MatrixSequencer(const sc_core::sc_module_name& name, const SequencerConfiguration& configuration,
                  const SharedParts& shared, Completion completion);

  /// Gives the matrix its handle, its dimension and the tiles that it will be stored on.
  void allocate(std::uint32_t handle, int n, std::vector<PooledTile*> tiles);
  void submit(const Command& command);
  /// Drops everything and gives the tiles back, as soon as numbers under way are done.
  void reset();

  /// Whether no command waits or runs.
  bool idle() const { return commands_.empty() && !running_; }
  /// Whether a matrix is stored or about to be.
  bool allocated() const { return handle() != INVAR_HANDLE_NONE; }
  /// Whether a RELEASE is on its way.
  bool release_pending() const { return release_pending_; }
  std::uint32_t handle() const { return matrix_.handle(); }
  /// Dimension of the matrix, 0 without tiles.
  int dimension() const { return matrix_.dimension(); }
  /// Tiles that it holds.
  int tile_count() const { return static_cast<int>(matrix_.tiles().size()); }

  /// Notified whenever a command has finished.
  const sc_core::sc_event& finished_event() const { return finished_; }
  const WireErrors& wire_errors() const { return matrix_.wire_errors(); }
  WireErrors& wire_errors() { return matrix_.wire_errors(); }
  solver::ShotSamples shot_samples() const { return matrix_.shot_samples(); }
  /// The same of matrices that are not held any more.
  solver::ShotSamples& past_shot_samples() { return matrix_.past_shot_samples(); }

 private:
  void run();
  /// Completes a command that has been executed, unless a reset came in between.
  void finish(const Command& command, const invar_completion& record);
  void give_tiles_back();
  static sc_core::sc_time started(const Command& command);

  SequencerConfiguration configuration_;
  Completion completion_;
  simulation::NumericsRunner numerics_;
  simulation::NumericsRunner packing_;
  ResetLine resets_;
  HeldMatrix matrix_;
  StepPlayer player_;
  BatchStream stream_;

  std::deque<Command> commands_;
  bool running_ = false;
  bool release_pending_ = false;
  sc_core::sc_event submitted_;
  sc_core::sc_event finished_;
};

}  // namespace invar::sequencer

#endif
