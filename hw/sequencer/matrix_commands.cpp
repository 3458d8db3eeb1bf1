// What each command on a matrix computes, costs and answers.
#include <invar/sequencer/matrix_sequencer.h>

#include <algorithm>
#include <new>
#include <utility>

namespace invar::sequencer {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

std::uint32_t to_status(solver::SolveStatus status) {
  switch (status) {
    case solver::SolveStatus::ok:
      return INVAR_STATUS_OK;
    case solver::SolveStatus::not_converged:
      return INVAR_STATUS_NOT_CONVERGED;
    case solver::SolveStatus::saturated:
      return INVAR_STATUS_SATURATED;
    case solver::SolveStatus::not_finite:
      return INVAR_STATUS_BAD_RHS;
  }
  return INVAR_STATUS_NOT_CONVERGED;
}

std::uint32_t to_status(programming::ProgrammingStatus status) {
  switch (status) {
    case programming::ProgrammingStatus::ok:
      return INVAR_STATUS_OK;
    case programming::ProgrammingStatus::cell_failed:
      return INVAR_STATUS_CELL_FAILED;
    case programming::ProgrammingStatus::worn_out:
      return INVAR_STATUS_WORN_OUT;
    case programming::ProgrammingStatus::unstable:
      return INVAR_STATUS_UNSTABLE;
  }
  return INVAR_STATUS_UNSTABLE;
}

std::uint32_t to_status(solver::MatrixVerdict verdict) {
  switch (verdict) {
    case solver::MatrixVerdict::ok:
      return INVAR_STATUS_OK;
    case solver::MatrixVerdict::not_positive_definite:
      return INVAR_STATUS_UNSTABLE;
    default:
      return INVAR_STATUS_BAD_MATRIX;
  }
}

std::uint32_t status_of(const solver::ProgramOutcome& outcome) {
  return outcome.verdict != solver::MatrixVerdict::ok ? to_status(outcome.verdict)
                                                      : to_status(outcome.status);
}

std::uint32_t to_count(std::uint64_t value) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(value, 0xFFFFFFFFu));
}

}  // namespace

void MatrixSequencer::make_stored_matrix() {
  if (configuration_.exact) {
    stored_ = solver::make_exact_matrix();
    return;
  }
  if (!carries_numbers()) {
    stored_ = solver::make_timing_matrix(configuration_.stored_matrix(), configuration_.timing);
    return;
  }
  std::vector<tile::TileModel*> models;
  for (PooledTile* tile : tiles_) {
    models.push_back(&tile->model());
  }
  stored_ = solver::make_analog_matrix(configuration_.stored_matrix(), std::move(models));
}

bool MatrixSequencer::replace_tiles(const std::vector<int>& places) {
  const std::vector<PooledTile*> others = shared_.pool.take(static_cast<int>(places.size()));
  if (others.empty()) {
    return false;
  }
  std::vector<PooledTile*> failed;
  for (std::size_t i = 0; i < places.size(); ++i) {
    failed.push_back(std::exchange(tiles_[places[i]], others[i]));
  }
  shared_.pool.give_back(failed);
  make_stored_matrix();
  return true;
}

bool MatrixSequencer::write(const Command& command, solver::ProgramOutcome& outcome) {
  const invar_descriptor& descriptor = command.descriptor;
  solver::ProgramRequest request;
  request.n = static_cast<int>(descriptor.n);
  request.seed_slices = descriptor.slices != 0 ? static_cast<int>(descriptor.slices)
                                               : configuration_.tile.seed_slices;
  request.general = (descriptor.flags & INVAR_FLAG_GENERAL) != 0;
  outcome = solver::ProgramOutcome{};
  const bool alive = perform(
      command, [this, request, &outcome] { outcome = stored_->program(matrix_, request); },
      stored_->least_program_time_s(request), tile::TileState::program, outcome.steps);
  if (alive && configuration_.tile.fidelity == tile::Fidelity::circuit && !configuration_.exact) {
    for (PooledTile* tile : tiles_) {
      if (tile->model().has_loop()) {
        wire_errors_.add(tile->model().wire_error(), tile->model().stable());
      }
    }
  }
  for (const int place : outcome.failed_tiles) {
    shared_.pool.retire(*tiles_[place]);
  }
  return alive;
}

void MatrixSequencer::program(const Command& command, invar_completion& record) {
  const invar_descriptor& descriptor = command.descriptor;
  if (stored_ && stored_->size() != static_cast<int>(descriptor.n)) {
    record.status = INVAR_STATUS_BAD_DESCRIPTOR;
    return;
  }
  record.tiles = static_cast<std::uint32_t>(tiles_.size());
  try {
    if (!write_until_cells_hold(command, record)) {
      return;
    }
  } catch (const std::bad_alloc&) {
    record.status = INVAR_STATUS_NO_MEMORY;
  }
  if (record.status != INVAR_STATUS_OK) {
    record.handle = handle_ = INVAR_HANDLE_NONE;
    stored_.reset();
  }
}

bool MatrixSequencer::write_until_cells_hold(const Command& command, invar_completion& record) {
  if (!load_matrix(command.descriptor)) {
    record.status = INVAR_STATUS_BUS_ERROR;
    return true;
  }
  if (!stored_) {
    make_stored_matrix();
  }
  solver::ProgramOutcome outcome;
  for (int retry = 0;; ++retry) {
    if (!write(command, outcome)) {
      return false;
    }
    if (outcome.failed_tiles.empty() || retry == configuration_.sequencer.tile_retries ||
        !replace_tiles(outcome.failed_tiles)) {
      break;
    }
  }
  record.status = status_of(outcome);
  record.failed_cells = to_count(outcome.failed_cells);
  record.settling_time_s = static_cast<float>(outcome.settling_time_s);
  record.residual = outcome.contraction;
  return true;
}

void MatrixSequencer::solve(const Command& command, invar_completion& record) {
  const invar_descriptor& descriptor = command.descriptor;
  double seed_bits = 0.0;
  solver::SolveStatus worst = solver::SolveStatus::ok;
  PieceWork work;
  work.state = tile::TileState::solve;
  work.compute = [this, descriptor](Piece& piece) {
    solver::SolveRequest request;
    request.tolerance = descriptor.tolerance;
    request.iteration_limit = static_cast<int>(descriptor.iteration_limit);
    request.single_precision = element_bytes(descriptor) == 4;
    request.in_units = (descriptor.flags & INVAR_FLAG_UNITS) != 0;
    piece.solved = stored_->solve(piece.vectors.transpose(), request);
    if (carries_numbers()) {
      piece.vectors = piece.solved.solution.transpose();
    }
  };
  work.steps = [](const Piece& piece) -> const auto& {
    return piece.solved.steps;
  };
  work.least_s = [this](Index columns) { return stored_->least_solve_time_s(columns); };
  work.note = [&](const Piece& piece) {
    const solver::SolveResult& result = piece.solved;
    worst = std::max(worst, result.status);
    record.iterations = std::max(record.iterations, result.largest_iterations());
    record.total_iterations = to_count(record.total_iterations + result.total_iterations());
    record.residual = std::max(record.residual, result.largest_residual());
    record.retries = to_count(record.retries + result.retries);
    record.clipped = to_count(record.clipped + result.counts.dac_clips + result.counts.adc_clips);
    record.converged += result.converged;
    tell({{"iterations", record.iterations}, {"residual", record.residual}});
    seed_bits += result.seed_effective_bits * static_cast<double>(piece.columns);
    return true;
  };
  stream(command, record, work);
  if (record.status == INVAR_STATUS_OK) {
    record.status = to_status(worst);
  }
  record.seed_effective_bits = static_cast<float>(seed_bits / descriptor.columns);
  record.settling_time_s = static_cast<float>(stored_->settling_time_s());
}

void MatrixSequencer::multiply(const Command& command, invar_completion& record) {
  PieceWork work;
  work.state = tile::TileState::multiply;
  work.compute = [this](Piece& piece) {
    piece.product = stored_->multiply(piece.vectors.transpose());
    if (piece.product.finite && piece.product.supported && carries_numbers()) {
      piece.vectors = piece.product.value.transpose();
    }
  };
  work.steps = [](const Piece& piece) -> const auto& {
    return piece.product.steps;
  };
  work.least_s = [](Index) { return 0.0; };
  work.note = [&](const Piece& piece) {
    const solver::ProductResult& result = piece.product;
    if (!result.supported) {
      record.status = INVAR_STATUS_TOO_LARGE;
    } else if (!result.finite) {
      record.status = INVAR_STATUS_BAD_RHS;
    }
    record.clipped = to_count(record.clipped + result.clipped);
    return result.supported && result.finite;
  };
  stream(command, record, work);
}

void MatrixSequencer::read_back(const Command& command, invar_completion& record) {
  const invar_descriptor& descriptor = command.descriptor;
  if (descriptor.n != static_cast<std::uint32_t>(stored_->size())) {
    record.status = INVAR_STATUS_BAD_DESCRIPTOR;
    return;
  }
  solver::ProductResult result;
  const bool alive = perform(
      command, [&] { result = stored_->read_back(); }, 0.0, tile::TileState::program, result.steps);
  if (!result.supported) {
    record.status = INVAR_STATUS_TOO_LARGE;
  }
  if (!alive || !result.supported) {
    return;
  }
  Piece& piece = pieces_[0];
  piece.columns = static_cast<Index>(descriptor.n);
  piece.offset = 0;
  piece.vectors = std::move(result.value);
  set_states(tile::TileState::store);
  start_store(piece, descriptor);
  if (!shared_.dma.await(piece.store)) {
    record.status = INVAR_STATUS_BUS_ERROR;
    piece.store.ok = true;
  }
}

void MatrixSequencer::release(invar_completion& record) {
  record.handle = handle_;
  handle_ = INVAR_HANDLE_NONE;
  release_pending_ = false;
}

void MatrixSequencer::calibrate(const Command& command, invar_completion& record) {
  solver::ProgramOutcome outcome;
  perform(
      command, [&] { outcome = stored_->calibrate(); }, 0.0, tile::TileState::solve, outcome.steps);
  record.settling_time_s = static_cast<float>(outcome.settling_time_s);
  record.residual = outcome.contraction;
}

}  // namespace invar::sequencer
