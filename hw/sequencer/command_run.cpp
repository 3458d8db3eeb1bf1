#include <invar/sequencer/command_run.h>

#include <algorithm>
#include <new>
#include <utility>

namespace invar::sequencer {
namespace {

using Eigen::Index;

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

CommandRun::CommandRun(const Command& command, const SequencerConfiguration& configuration,
                       HeldMatrix& matrix, StepPlayer& player, BatchStream& stream)
    : descriptor_(command.descriptor),
      configuration_(configuration),
      matrix_(matrix),
      player_(player),
      stream_(stream) {
  player_.begin(command);
  record_.status = INVAR_STATUS_OK;
  record_.tag = descriptor_.tag;
  record_.handle = matrix_.handle();
}

invar_completion CommandRun::execute() {
  const SequencerParameters& parameters = configuration_.sequencer;
  if (!player_.spend(parameters.command_cycles * parameters.clock_period_s)) {
    return record_;
  }
  const bool makes_one =
      descriptor_.opcode == INVAR_OP_PROGRAM && matrix_.handle() != INVAR_HANDLE_NONE;
  if (!matrix_.is_stored() && !makes_one) {
    // The PROGRAM that this handle came from has failed.
    record_.status = INVAR_STATUS_BAD_HANDLE;
    return record_;
  }
  try {
    run();
  } catch (const std::bad_alloc&) {
    record_.status = INVAR_STATUS_NO_MEMORY;
  }
  return record_;
}

void CommandRun::run() {
  switch (descriptor_.opcode) {
    case INVAR_OP_PROGRAM:
      program();
      break;
    case INVAR_OP_SOLVE:
      solve();
      break;
    case INVAR_OP_MVM:
      multiply();
      break;
    case INVAR_OP_READ_BACK:
      read_back();
      break;
    case INVAR_OP_RELEASE:
      release();
      break;
    case INVAR_OP_CALIBRATE:
      calibrate();
      break;
    default:
      record_.status = INVAR_STATUS_BAD_DESCRIPTOR;
  }
}

bool CommandRun::write(solver::ProgramOutcome& outcome) {
  solver::ProgramRequest request;
  request.n = static_cast<int>(descriptor_.n);
  request.seed_slices = descriptor_.slices != 0 ? static_cast<int>(descriptor_.slices)
                                                : configuration_.tile.seed_slices;
  request.general = (descriptor_.flags & INVAR_FLAG_GENERAL) != 0;
  request.services = solver::ServiceSet(descriptor_.service);
  request.rank = static_cast<int>(descriptor_.rank);
  request.arrangement = block_arrangement(descriptor_);
  outcome = solver::ProgramOutcome{};
  const bool alive = player_.perform(
      [this, request, &outcome] {
        outcome = matrix_.stored()->program(matrix_.requested(), request);
      },
      matrix_.stored()->least_program_time_s(request), tile::TileState::program, outcome.steps);
  if (alive) {
    matrix_.note_wire_errors();
  }
  matrix_.retire(outcome.failed_tiles);
  return alive;
}

bool CommandRun::takes_the_place_of_another() const {
  const int n = static_cast<int>(descriptor_.n);
  return matrix_.stored()->size() == n &&
         solver::tiles_for(n, configuration_.stored_matrix(), block_arrangement(descriptor_)) ==
             static_cast<std::int64_t>(matrix_.tiles().size());
}

void CommandRun::program() {
  if (matrix_.stored() != nullptr && !takes_the_place_of_another()) {
    record_.status = INVAR_STATUS_BAD_DESCRIPTOR;
    return;
  }
  record_.tiles = static_cast<std::uint32_t>(matrix_.tiles().size());
  try {
    if (!write_until_cells_hold()) {
      return;
    }
  } catch (const std::bad_alloc&) {
    record_.status = INVAR_STATUS_NO_MEMORY;
  }
  if (record_.status != INVAR_STATUS_OK) {
    record_.handle = INVAR_HANDLE_NONE;
    matrix_.drop_handle();
    matrix_.drop_stored();
  }
}

bool CommandRun::write_until_cells_hold() {
  if (!stream_.load_matrix()) {
    record_.status = INVAR_STATUS_BUS_ERROR;
    return true;
  }
  if (matrix_.stored() == nullptr) {
    matrix_.make_stored();
  }
  solver::ProgramOutcome outcome;
  for (int retry = 0;; ++retry) {
    if (!write(outcome)) {
      return false;
    }
    if (outcome.failed_tiles.empty() || retry == configuration_.sequencer.tile_retries ||
        !matrix_.replace_tiles(outcome.failed_tiles)) {
      break;
    }
  }
  record_.status = status_of(outcome);
  record_.failed_cells = to_count(outcome.failed_cells);
  record_.settling_time_s = static_cast<float>(outcome.settling_time_s);
  record_.residual = outcome.contraction;
  record_.service = descriptor_.service;
  record_.quality = outcome.quality;
  record_.range = static_cast<std::uint32_t>(outcome.range);
  return true;
}

void CommandRun::solve() {
  const auto service = static_cast<solver::Service>(descriptor_.service);
  if (!matrix_.stored()->gives(service)) {
    record_.status = INVAR_STATUS_NOT_SERVED;
    return;
  }
  solver::SolveRequest request;
  request.tolerance = descriptor_.tolerance;
  request.iteration_limit = static_cast<int>(descriptor_.iteration_limit);
  request.single_precision = element_bytes(descriptor_) == 4;
  request.in_units = (descriptor_.flags & INVAR_FLAG_UNITS) != 0;
  request.service = service;
  double seed_bits = 0.0;
  solver::SolveStatus worst = solver::SolveStatus::ok;
  BatchStream::PieceWork work;
  work.state = tile::TileState::solve;
  work.compute = [this, request](BatchStream::Piece& piece) {
    piece.solved = matrix_.stored()->solve(piece.vectors.transpose(), request);
    if (configuration_.carries_numbers()) {
      piece.vectors = piece.solved.solution.transpose();
    }
  };
  work.steps = [](const BatchStream::Piece& piece) -> const auto& {
    return piece.solved.steps;
  };
  work.least_s = [this](Index columns) { return matrix_.stored()->least_solve_time_s(columns); };
  work.note = [&](const BatchStream::Piece& piece) {
    note(piece.solved);
    worst = std::max(worst, piece.solved.status);
    seed_bits += piece.solved.seed_effective_bits * static_cast<double>(piece.columns);
    return true;
  };
  stream_.run(work, record_.status);
  if (record_.status == INVAR_STATUS_OK) {
    record_.status = to_status(worst);
  }
  record_.seed_effective_bits = static_cast<float>(seed_bits / descriptor_.columns);
  record_.settling_time_s = static_cast<float>(matrix_.stored()->settling_time_s());
  record_.service = descriptor_.service;
  record_.quality = service == solver::Service::single_shot ? matrix_.stored()->quality() : 0.0;
}

void CommandRun::note(const solver::SolveResult& result) {
  record_.iterations = std::max(record_.iterations, result.largest_iterations());
  record_.total_iterations = to_count(record_.total_iterations + result.total_iterations());
  record_.residual = std::max(record_.residual, result.largest_residual());
  record_.retries = to_count(record_.retries + result.retries);
  record_.clipped =
      to_count(record_.clipped + (descriptor_.service == INVAR_SERVICE_SINGLE_SHOT
                                      ? result.clipped_columns
                                      : result.counts.dac_clips + result.counts.adc_clips));
  record_.refined_columns = to_count(record_.refined_columns + result.refined_columns);
  record_.converged += result.converged;
  player_.tell({{"iterations", record_.iterations}, {"residual", record_.residual}});
}

void CommandRun::multiply() {
  BatchStream::PieceWork work;
  work.state = tile::TileState::multiply;
  work.compute = [this](BatchStream::Piece& piece) {
    piece.product = matrix_.stored()->multiply(piece.vectors.transpose());
    if (piece.product.finite && piece.product.supported && configuration_.carries_numbers()) {
      piece.vectors = piece.product.value.transpose();
    }
  };
  work.steps = [](const BatchStream::Piece& piece) -> const auto& {
    return piece.product.steps;
  };
  work.least_s = [](Index) { return 0.0; };
  work.note = [&](const BatchStream::Piece& piece) {
    const solver::ProductResult& result = piece.product;
    if (!result.supported) {
      record_.status = INVAR_STATUS_TOO_LARGE;
    } else if (!result.finite) {
      record_.status = INVAR_STATUS_BAD_RHS;
    }
    record_.clipped = to_count(record_.clipped + result.clipped);
    return result.supported && result.finite;
  };
  stream_.run(work, record_.status);
}

void CommandRun::read_back() {
  if (descriptor_.n != static_cast<std::uint32_t>(matrix_.stored()->size())) {
    record_.status = INVAR_STATUS_BAD_DESCRIPTOR;
    return;
  }
  solver::ProductResult result;
  const bool alive = player_.perform([&] { result = matrix_.stored()->read_back(); }, 0.0,
                                     tile::TileState::program, result.steps);
  if (!result.supported) {
    record_.status = INVAR_STATUS_TOO_LARGE;
  }
  if (alive && result.supported && !stream_.store_matrix(std::move(result.value))) {
    record_.status = INVAR_STATUS_BUS_ERROR;
  }
}

void CommandRun::release() {
  matrix_.drop_handle();
}

void CommandRun::calibrate() {
  solver::ProgramOutcome outcome;
  player_.perform([&] { outcome = matrix_.stored()->calibrate(); }, 0.0, tile::TileState::solve,
                  outcome.steps);
  record_.settling_time_s = static_cast<float>(outcome.settling_time_s);
  record_.residual = outcome.contraction;
}

}  // namespace invar::sequencer
