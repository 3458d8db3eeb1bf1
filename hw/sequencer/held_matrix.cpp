#include <invar/sequencer/held_matrix.h>
#include <invar/solver/conjugate_gradients.h>
#include <invar/solver/timing_matrix.h>

#include <utility>

namespace invar::sequencer {

void HeldMatrix::take(std::uint32_t handle, int n, std::vector<PooledTile*> tiles) {
  sc_assert(tiles_.empty() && !stored_);
  handle_ = handle;
  dimension_ = n;
  tiles_ = std::move(tiles);
}

void HeldMatrix::drop_stored() {
  past_samples_ = shot_samples();
  stored_.reset();
}

solver::ShotSamples HeldMatrix::shot_samples() const {
  solver::ShotSamples all = past_samples_;
  if (stored_) {
    all += stored_->shot_samples();
  }
  return all;
}

void HeldMatrix::make_stored() {
  drop_stored();
  if (configuration_.exact) {
    stored_ = solver::make_exact_matrix();
    return;
  }
  if (configuration_.conjugate_gradients) {
    stored_ = solver::make_conjugate_gradient_matrix(configuration_.stored_matrix(),
                                                     static_cast<int>(tiles_.size()));
    return;
  }
  if (!configuration_.carries_numbers()) {
    stored_ = solver::make_timing_matrix(configuration_.stored_matrix(), configuration_.timing);
    return;
  }
  std::vector<tile::TileModel*> models;
  for (PooledTile* tile : tiles_) {
    models.push_back(&tile->model());
  }
  stored_ = solver::make_analog_matrix(configuration_.stored_matrix(), std::move(models));
}

bool HeldMatrix::replace_tiles(const std::vector<int>& places) {
  const std::vector<PooledTile*> others = pool_.take(static_cast<int>(places.size()));
  if (others.empty()) {
    return false;
  }
  std::vector<PooledTile*> failed;
  for (std::size_t i = 0; i < places.size(); ++i) {
    failed.push_back(std::exchange(tiles_[places[i]], others[i]));
  }
  pool_.give_back(failed);
  make_stored();
  return true;
}

void HeldMatrix::retire(const std::vector<int>& places) {
  for (const int place : places) {
    pool_.retire(*tiles_[place]);
  }
}

void HeldMatrix::give_tiles_back() {
  drop_stored();
  pool_.give_back(tiles_);
  tiles_.clear();
}

void HeldMatrix::note_wire_errors() {
  if (configuration_.tile.fidelity != tile::Fidelity::circuit || configuration_.exact ||
      configuration_.conjugate_gradients) {
    return;
  }
  for (PooledTile* tile : tiles_) {
    if (tile->model().has_loop()) {
      wire_errors_.add(tile->model().wire_error(), tile->model().stable());
    }
  }
}

}  // namespace invar::sequencer
