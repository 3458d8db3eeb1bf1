#ifndef INVAR_SEQUENCER_STEP_PLAYER_H
#define INVAR_SEQUENCER_STEP_PLAYER_H

#include <invar/ledger/ledger.h>
#include <invar/sequencer/command.h>
#include <invar/sequencer/held_matrix.h>
#include <invar/simulation/numerics_runner.h>
#include <invar/solver/work_step.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace invar::sequencer {

/// Counts the resets of a matrix, and ends what waits for something else.
struct ResetLine {
  std::uint64_t generation = 0;
  sc_core::sc_event event;

  void raise() {
    ++generation;
    event.notify(sc_core::SC_ZERO_TIME);
  }
};

/// Lets the steps of a command pass: in simulated time, in the ledger and in traces. All that waits
/// is called from the matrix's process.
class StepPlayer {
 public:
  /// \param name of the matrix, for messages \param resets, configuration, matrix outlive this
  StepPlayer(std::string name, const SequencerConfiguration& configuration, TilePool& pool,
             ledger::Ledger& ledger, HeldMatrix& matrix, const ResetLine& resets,
             simulation::NumericsRunner& numerics);

  /// Everything belongs to this command from now on.
  void begin(const Command& command);
  const invar_descriptor& descriptor() const { return command_.descriptor; }
  /// Whether a reset has come since the command began.
  bool was_reset() const { return generation_ != resets_.generation; }

  /// Begins `work`, which fills `steps`, and lets the steps pass. \return false on a reset
  bool perform(std::function<void()> work, double least_s, tile::TileState state,
               const std::vector<solver::WorkStep>& steps);
  /// The same for work that has begun. The steps are not needed before `least_s` have gone by.
  /// \param between called when they are known and after each of them
  bool pass(double least_s, tile::TileState state, const std::vector<solver::WorkStep>& steps,
            const std::function<void()>& between);
  /// Waits in the command's phase. \return false, at once, on a reset
  bool spend(double duration_s);

  /// Switches the tiles on where that takes time. \return false on a reset
  bool wake();
  /// Books what they drew beyond their gated power since `start`, when they were switched on.
  void book_awake(const sc_core::sc_time& start);

  /// Waits for an event. \return false, at once, on a reset
  bool await(const sc_core::sc_event& event);

  void set_states(tile::TileState state, trace::SpanArguments arguments = {});
  /// Adds to what a timeline tells of the state under way.
  void tell(trace::SpanArguments arguments) const;
  /// The tiles are about to be given back.
  void forget_tiles();

 private:
  /// Reports a command that takes longer than simulated time lasts, before any of it passes.
  void require_time(double duration_s) const;
  bool spend_until(const sc_core::sc_time& end, ledger::Phase phase);
  ledger::Phase phase_of_step(const solver::WorkStep& step) const;
  /// Of an element in the matrix buffer: as in memory, or shorter.
  std::uint64_t lane_bytes() const;
  /// Books a step that begins at `start`.
  void book(const solver::WorkStep& step, const sc_core::sc_time& start);
  /// Whether lanes and ADCs may be switched off in a step.
  bool only_writes(const solver::WorkStep& step) const;
  /// Shows the steps that begin before `end`. \return how many
  std::size_t trace_until(const sc_core::sc_time& end,
                          const std::vector<solver::WorkStep>& steps) const;
  void trace_step(const solver::WorkStep& step, const sc_core::sc_time& start) const;
  /// Converter codes and outputs of one tile in a step that begins at `start`.
  void trace_shots(const solver::TileActivity& activity, const sc_core::sc_time& start) const;
  void show_begin(tile::TileState state);
  /// What each tile does in a step of a command that is shown as `state`.
  void show_step(const solver::WorkStep& step, tile::TileState state);
  bool is_traced() const;

  std::string name_;
  const SequencerConfiguration& configuration_;
  TilePool& pool_;
  ledger::Ledger& ledger_;
  HeldMatrix& matrix_;
  const ResetLine& resets_;
  simulation::NumericsRunner& numerics_;
  Command command_;
  std::uint64_t generation_ = 0;        ///< when the command began
  sc_core::sc_time gated_;              ///< of the command, in steps that only write
  std::uint32_t wakes_ = 0;             ///< times that it switches its tiles on
  std::vector<tile::TileState> shown_;  ///< of each tile, while somebody looks
};

}  // namespace invar::sequencer

#endif
