#ifndef INVAR_SEQUENCER_HELD_MATRIX_H
#define INVAR_SEQUENCER_HELD_MATRIX_H

#include <invar/registers/accelerator_registers.h>
#include <invar/sequencer/sequencer_configuration.h>
#include <invar/sequencer/tile_pool.h>
#include <invar/sequencer/wire_errors.h>
#include <invar/solver/stored_matrix.h>

#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <vector>

namespace invar::sequencer {

/// What a context holds from command to command: a handle, tiles, and the matrix on them.
class HeldMatrix {
 public:
  HeldMatrix(const SequencerConfiguration& configuration, TilePool& pool)
      : configuration_(configuration), pool_(pool) {}

  void take(std::uint32_t handle, int n, std::vector<PooledTile*> tiles);
  std::uint32_t handle() const { return handle_; }
  /// Nobody can name it any more; its tiles stay until they are given back.
  void drop_handle() { handle_ = INVAR_HANDLE_NONE; }
  /// Dimension of the matrix, 0 without tiles.
  int dimension() const { return tiles_.empty() ? 0 : dimension_; }
  const std::vector<PooledTile*>& tiles() const { return tiles_; }

  /// As requested, n x n, where numbers are carried.
  Eigen::MatrixXd& requested() { return requested_; }
  /// What the driver calls the matrix.
  std::uint32_t label() const { return label_; }
  void set_label(std::uint32_t label) { label_ = label; }
  /// The matrix on its tiles; nullptr: none, or it could not be stored.
  solver::StoredMatrix* stored() { return stored_.get(); }
  const solver::StoredMatrix* stored() const { return stored_.get(); }
  bool is_stored() const { return stored_ && stored_->size() > 0; }
  /// Makes it, empty, for these tiles.
  void make_stored();
  void drop_stored();

  /// Of matrices while they are programmed.
  MatrixMemory& memory() { return pool_.memory(); }

  /// Other tiles for those at these places, which are given back. \return false if there are none
  bool replace_tiles(const std::vector<int>& places);
  /// Takes tiles out of service for good.
  void retire(const std::vector<int>& places);
  void give_tiles_back();

  /// What wires did to the loops that were closed, at circuit fidelity.
  void note_wire_errors();
  const WireErrors& wire_errors() const { return wire_errors_; }
  WireErrors& wire_errors() { return wire_errors_; }
  /// How good sampled single shots were, over all matrices so far.
  solver::ShotSamples shot_samples() const;
  solver::ShotSamples& past_shot_samples() { return past_samples_; }

 private:
  const SequencerConfiguration& configuration_;
  TilePool& pool_;
  std::uint32_t handle_ = INVAR_HANDLE_NONE;
  int dimension_ = 0;
  std::uint32_t label_ = 0;
  std::vector<PooledTile*> tiles_;
  Eigen::MatrixXd requested_;
  std::unique_ptr<solver::StoredMatrix> stored_;
  WireErrors wire_errors_;
  solver::ShotSamples past_samples_;  ///< of matrices that are not held any more
};

}  // namespace invar::sequencer

#endif
