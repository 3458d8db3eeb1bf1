#ifndef INVAR_SEQUENCER_BATCH_STREAM_H
#define INVAR_SEQUENCER_BATCH_STREAM_H

#include <invar/sequencer/byte_buffer.h>
#include <invar/sequencer/operand_paths.h>
#include <invar/sequencer/step_player.h>
#include <invar/simulation/numerics_runner.h>
#include <invar/solver/refinement.h>
#include <invar/solver/work_step.h>

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace invar::sequencer {

/// How matrices and batches of vectors come and go. A batch streams: while one piece of it is
/// worked on, the next is loaded and the last is stored.
class BatchStream {
 public:
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

  /// \param numerics of the matrix \param packing beside numbers under way; on the main stack
  BatchStream(const SequencerConfiguration& configuration, OperandPaths& paths, HeldMatrix& matrix,
              StepPlayer& player, simulation::NumericsRunner& numerics,
              simulation::NumericsRunner& packing);

  /// Loads, works on and stores the batch of the command under way, piece by piece. The numbers of
  /// a piece begin as soon as it is there and those of the last one are known, ahead of simulated
  /// time. \param status is set where something goes wrong
  void run(const PieceWork& work, std::uint32_t& status);

  /// Right-hand sides that are worked on as one: as many for each replica of the matrix.
  Eigen::Index stream_columns() const;

  /// Loads the matrix that the command names. \return whether the bus delivered it
  bool load_matrix();
  /// Stores a matrix where the command says. \return whether the bus took it
  bool store_matrix(Eigen::MatrixXd value);

 private:
  const invar_descriptor& descriptor() const { return player_.descriptor(); }
  void stream_pieces(const PieceWork& work, std::uint32_t& status);
  /// Waits for whatever of a batch is under way, wanted or not.
  void end_stream(std::uint32_t& status);
  /// Begins the numbers of a piece if it is loaded and no others are under way.
  void begin_if_loaded(Piece& piece, const PieceWork& work);
  /// Columns of a piece; all of them where results would overwrite what is still to be loaded.
  Eigen::Index piece_columns() const;
  /// Whether a batch would be worked on as a whole that is too large for that.
  bool is_too_large() const;
  void start_load(Piece& piece, Eigen::Index first);
  void start_store(Piece& piece);

  const SequencerConfiguration& configuration_;
  OperandPaths& paths_;
  HeldMatrix& matrix_;
  StepPlayer& player_;
  simulation::NumericsRunner& numerics_;
  simulation::NumericsRunner& packing_;
  std::array<Piece, 2> pieces_;
};

}  // namespace invar::sequencer

#endif
