#ifndef INVAR_SEQUENCER_COMMAND_RUN_H
#define INVAR_SEQUENCER_COMMAND_RUN_H

#include <invar/sequencer/batch_stream.h>
#include <invar/sequencer/command.h>
#include <invar/sequencer/held_matrix.h>
#include <invar/sequencer/step_player.h>

#include <functional>

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
  /// Whether hardware is built for the command.
  bool is_built_for() const;
  void execute_awake();
  /// \throws std::bad_alloc where the host's memory does not suffice
  void run();
  void program();
  void solve();
  /// The rows of a PRECONDITION with its first matrix, its columns with the second.
  void solve_rows();
  void solve_columns();
  void multiply();
  void read_back();
  void release();
  void calibrate();

  /// Stores the matrix, once there is memory for it, until cells hold or there is no way.
  void store();
  /// Nobody can name the matrix any more.
  void drop_matrix();
  /// Whether the matrix fits where the one with this handle lies.
  bool takes_the_place_of_another() const;
  /// One piece of a SOLVE, into the record.
  void note(const solver::SolveResult& result);
  /// The matrix onto tiles, others where cells fail, and how that went. \return false on a reset
  bool write_until_cells_hold();
  /// One programming on the tiles at hand. \return false on a reset
  bool write(solver::ProgramOutcome& outcome);

  /// The batch of the command through the matrix.
  /// \param stores takes each piece of solutions; whether it goes to memory
  void stream_solutions(const std::function<bool(const BatchStream::Piece&)>& stores);
  solver::SolveRequest solve_request() const;
  bool serves();
  bool waits_for_first_half();
  /// The columns of `rows` become solutions, piece by piece. \return false on a reset
  bool solve_each(Eigen::MatrixXd& rows);
  void end_solve(solver::SolveStatus worst, double seed_bits, double columns);

  const Command& command_;
  const invar_descriptor& descriptor_;
  const SequencerConfiguration& configuration_;
  HeldMatrix& matrix_;
  StepPlayer& player_;
  BatchStream& stream_;
  invar_completion record_{};
};

}  // namespace invar::sequencer

#endif
