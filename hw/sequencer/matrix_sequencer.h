#ifndef INVAR_SEQUENCER_MATRIX_SEQUENCER_H
#define INVAR_SEQUENCER_MATRIX_SEQUENCER_H

#include <invar/ledger/ledger.h>
#include <invar/sequencer/byte_buffer.h>
#include <invar/sequencer/command.h>
#include <invar/sequencer/dma_queue.h>
#include <invar/sequencer/sequencer_configuration.h>
#include <invar/sequencer/tile_pool.h>
#include <invar/sequencer/wire_errors.h>
#include <invar/simulation/numerics_runner.h>
#include <invar/solver/stored_matrix.h>

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace invar::sequencer {

/// What all matrices of an accelerator share.
struct SharedParts {
  TilePool& pool;
  DmaQueue& dma;
  ledger::Ledger& ledger;
  simulation::WorkerPool* workers = nullptr;
};

/// Runs the commands of one matrix in order, on the tiles it was given: programming, refinement,
/// products, read-back.
///
/// The numbers of a command are worked on from its start (by a worker thread, if there are any) and
/// waited for when simulated time needs them; the results leave when the time that the physics asks
/// for has passed. A batch of right-hand sides streams: while one piece is solved, the next is
/// loaded and the last is stored. A reset drops all commands; cells keep their conductances.
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
  bool allocated() const { return handle_ != INVAR_HANDLE_NONE; }
  /// Whether a RELEASE is on its way.
  bool release_pending() const { return release_pending_; }
  std::uint32_t handle() const { return handle_; }
  /// Dimension of the matrix, 0 without tiles.
  int dimension() const { return tiles_.empty() ? 0 : dimension_; }
  /// Tiles that it holds.
  int tile_count() const { return static_cast<int>(tiles_.size()); }

  /// Notified whenever a command has finished.
  const sc_core::sc_event& finished_event() const { return finished_; }
  const WireErrors& wire_errors() const { return wire_errors_; }

 private:
  void run();
  invar_completion execute(const Command& command);
  /// \throws std::bad_alloc where the host's memory does not suffice
  void execute(const Command& command, invar_completion& record);
  void program(const Command& command, invar_completion& record);
  void solve(const Command& command, invar_completion& record);
  void multiply(const Command& command, invar_completion& record);
  void read_back(const Command& command, invar_completion& record);
  void release(invar_completion& record);
  void calibrate(const Command& command, invar_completion& record);

  /// The matrix onto tiles, others where cells fail, and how that went. \return false on a reset
  bool write_until_cells_hold(const Command& command, invar_completion& record);
  /// One programming on the tiles at hand. \return false on a reset
  bool write(const Command& command, solver::ProgramOutcome& outcome);
  /// Other tiles for those that failed. \return false if there are none
  bool replace_tiles(const std::vector<int>& places);
  void make_stored_matrix();
  void give_tiles_back();
  void note_programming(const solver::ProgramOutcome& outcome, invar_completion& record) const;

  /// A piece of a batch of vectors on its way through the matrix.
  struct Piece {
    Eigen::Index columns = 0;
    std::uint64_t offset = 0;  ///< bytes from the start of the batch
    Eigen::MatrixXd vectors;   ///< columns x n; the results afterwards
    ByteBuffer loaded, stored;
    DmaTransfer load, store;
    solver::SolveResult solved;      ///< of a SOLVE
    solver::ProductResult product;   ///< of an MVM
    bool waits_for_numbers = false;  ///< loaded or on its way, numbers not begun
    double least_s = 0.0;            ///< no result is needed earlier after the start
  };
  /// What a command does with the pieces of its batch.
  struct PieceWork {
    tile::TileState state = tile::TileState::solve;
    std::function<void(Piece&)> compute;  ///< the numbers, vectors to results; on any thread
    std::function<const std::vector<solver::WorkStep>&(const Piece&)> steps;
    std::function<double(Eigen::Index columns)> least_s;
    std::function<bool(const Piece&)> note;  ///< into the record; \return whether to store results
  };

  /// Loads, works on and stores a batch piece by piece. The numbers of a piece begin as soon as it
  /// is there and those of the last one are known, ahead of simulated time.
  void stream(const Command& command, invar_completion& record, const PieceWork& work);
  void stream_pieces(const Command& command, invar_completion& record, const PieceWork& work);
  /// Waits for whatever of a batch is under way, wanted or not.
  void end_stream(invar_completion& record);
  /// Begins the numbers of a piece if it is loaded and no others are under way.
  void begin_if_loaded(Piece& piece, const invar_descriptor& descriptor, const PieceWork& work);
  /// Columns of a piece; all of them where results would overwrite what is still to be loaded.
  Eigen::Index piece_columns(const invar_descriptor& descriptor) const;
  void start_load(Piece& piece, const invar_descriptor& descriptor, Eigen::Index first);
  void start_store(Piece& piece, const invar_descriptor& descriptor);

  bool load_matrix(const invar_descriptor& descriptor);
  bool carries_numbers() const;

  /// Begins `work`, which fills `steps`, and lets the steps pass. \return false on a reset
  bool perform(const Command& command, std::function<void()> work, double least_s,
               tile::TileState state, const std::vector<solver::WorkStep>& steps);
  /// The same for work that has begun. The steps are not needed before `least_s` have gone by.
  /// \param between called when they are known and after each of them
  bool pass(const Command& command, double least_s, tile::TileState state,
            const std::vector<solver::WorkStep>& steps, const std::function<void()>& between);
  /// Reports a command that takes longer than simulated time lasts, before any of it passes.
  void require_time(const Command& command, double duration_s) const;
  /// Books a step that begins at `start`.
  void book(const solver::WorkStep& step, const Command& command, const sc_core::sc_time& start);
  void trace_step(const solver::WorkStep& step, const sc_core::sc_time& start) const;
  /// Converter codes and outputs of one tile in a step that begins at `start`.
  void trace_shots(const solver::TileActivity& activity, const sc_core::sc_time& start) const;
  /// Waits in an activity of `phase`. \return false, at once, on a reset
  bool spend_until(const sc_core::sc_time& end, ledger::Phase phase);
  bool spend(double duration_s, ledger::Phase phase);
  void set_states(tile::TileState state, trace::SpanArguments arguments = {});
  /// What each tile does in a step of a command that is shown as `state`.
  void show_step(const Command& command, const solver::WorkStep& step, tile::TileState state);
  /// Adds to what a timeline tells of the state under way.
  void tell(trace::SpanArguments arguments) const;
  bool is_traced() const { return !tiles_.empty() && tiles_.front()->trace().is_attached(); }
  bool was_reset(std::uint64_t generation) const { return generation != generation_; }

  SequencerConfiguration configuration_;
  SharedParts shared_;
  Completion completion_;
  simulation::NumericsRunner numerics_;
  simulation::NumericsRunner packing_;  ///< beside numbers under way; on the main stack
  std::vector<PooledTile*> tiles_;
  std::unique_ptr<solver::StoredMatrix> stored_;

  std::deque<Command> commands_;
  bool running_ = false;
  bool release_pending_ = false;
  std::uint32_t handle_ = INVAR_HANDLE_NONE;
  int dimension_ = 0;
  std::uint64_t generation_ = 0;
  sc_core::sc_event submitted_;
  sc_core::sc_event finished_;
  sc_core::sc_event reset_;

  Eigen::MatrixXd matrix_;  ///< as requested
  WireErrors wire_errors_;
  std::array<Piece, 2> pieces_;
  std::vector<tile::TileState> shown_;  ///< of each tile, while somebody looks
};

}  // namespace invar::sequencer

#endif
