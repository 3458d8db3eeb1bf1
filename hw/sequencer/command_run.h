#ifndef INVAR_SEQUENCER_COMMAND_RUN_H
#define INVAR_SEQUENCER_COMMAND_RUN_H

#include <invar/sequencer/batch_stream.h>
#include <invar/sequencer/command.h>
#include <invar/sequencer/held_matrix.h>
#include <invar/sequencer/step_player.h>

namespace invar::sequencer {

/// One command of a matrix from its start to its completion record: what it computes, costs and
/// answers.
class CommandRun {
 public:
  CommandRun(const Command& command, const SequencerConfiguration& configuration,
             HeldMatrix& matrix, StepPlayer& player, BatchStream& stream);

  /// Called from the matrix's process. \return the record; of no meaning after a reset
  invar_completion execute();

 private:
  /// \throws std::bad_alloc where the host's memory does not suffice
  void run();
  void program();
  void solve();
  void multiply();
  void read_back();
  void release();
  void calibrate();

  /// Whether the matrix fits where the one with this handle lies.
  bool takes_the_place_of_another() const;
  /// One piece of a SOLVE, into the record.
  void note(const solver::SolveResult& result);
  /// The matrix onto tiles, others where cells fail, and how that went. \return false on a reset
  bool write_until_cells_hold();
  /// One programming on the tiles at hand. \return false on a reset
  bool write(solver::ProgramOutcome& outcome);

  const invar_descriptor& descriptor_;
  const SequencerConfiguration& configuration_;
  HeldMatrix& matrix_;
  StepPlayer& player_;
  BatchStream& stream_;
  invar_completion record_{};
};

}  // namespace invar::sequencer

#endif
