#include <invar/sequencer/built_hardware.h>
#include <invar/sequencer/command_run.h>
#include <invar/sequencer/handover.h>
#include <invar/sequencer/solver_status.h>

#include <algorithm>
#include <new>
#include <utility>

namespace invar::sequencer {
namespace {

using Eigen::Index;

std::uint32_t to_count(std::uint64_t value) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(value, 0xFFFFFFFFu));
}

}  // namespace

CommandRun::CommandRun(const Command& command, const SequencerConfiguration& configuration,
                       HeldMatrix& matrix, StepPlayer& player, BatchStream& stream)
    : command_(command),
      descriptor_(command.descriptor),
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
  if (command_.is_second_half && !waits_for_first_half()) {
    return record_;
  }
  const sc_core::sc_time start = sc_core::sc_time_stamp();
  if (descriptor_.opcode == INVAR_OP_RELEASE || player_.wake()) {
    execute_awake();
  }
  player_.book_awake(start);
  return record_;
}

void CommandRun::execute_awake() {
  const bool makes_one =
      descriptor_.opcode == INVAR_OP_PROGRAM && matrix_.handle() != INVAR_HANDLE_NONE;
  if (!matrix_.is_stored() && !makes_one) {
    // The PROGRAM that this handle came from has failed.
    record_.status = INVAR_STATUS_BAD_HANDLE;
    return;
  }
  try {
    run();
  } catch (const std::bad_alloc&) {
    record_.status = INVAR_STATUS_NO_MEMORY;
  }
}

bool CommandRun::is_built_for() const {
  if (configuration_.conjugate_gradients) {
    return can_serve_by_lanes(descriptor_);
  }
  return configuration_.exact ||
         can_serve(configuration_.sequencer, descriptor_, matrix_.tiles().size());
}

void CommandRun::run() {
  if (!is_built_for()) {
    record_.status = INVAR_STATUS_NOT_SERVED;
    if (descriptor_.opcode == INVAR_OP_PROGRAM) {
      record_.tiles = static_cast<std::uint32_t>(matrix_.tiles().size());
      drop_matrix();
    }
    return;
  }
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
    case INVAR_OP_PRECONDITION:
      command_.is_second_half ? solve_columns() : solve_rows();
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
  request.eliminates_last = eliminates_last(descriptor_);
  request.adds_damping = adds_damping(descriptor_);
  request.replicas = replicas(descriptor_);
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
  return matrix_.stored()->size() == static_cast<int>(descriptor_.n) &&
         tiles_for(descriptor_, configuration_.stored_matrix()) ==
             static_cast<std::int64_t>(matrix_.tiles().size());
}

void CommandRun::program() {
  if (matrix_.stored() != nullptr && !takes_the_place_of_another()) {
    record_.status = INVAR_STATUS_BAD_DESCRIPTOR;
    return;
  }
  record_.tiles = static_cast<std::uint32_t>(matrix_.tiles().size());
  store();
  if (record_.status != INVAR_STATUS_OK && !player_.was_reset()) {
    drop_matrix();
  }
}

void CommandRun::store() {
  const std::uint64_t bytes = configuration_.sequencer.matrix_bytes(descriptor_.n, descriptor_.n);
  if (!matrix_.memory().could_hold(bytes)) {
    record_.status = INVAR_STATUS_NO_MEMORY;
    return;
  }
  // Where matrices stay, the queue has seen to it that there is room.
  MatrixMemory::Claim claim(matrix_.memory(), configuration_.sequencer.refines() ? 0 : bytes);
  while (!claim.take()) {
    if (!player_.await(claim.changed())) {
      return;
    }
  }
  try {
    write_until_cells_hold();
  } catch (const std::bad_alloc&) {
    record_.status = INVAR_STATUS_NO_MEMORY;
  }
}

void CommandRun::drop_matrix() {
  record_.handle = INVAR_HANDLE_NONE;
  matrix_.drop_handle();
  matrix_.drop_stored();
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
  matrix_.requested().resize(0, 0);  // it is with what is stored
  record_.status = status_of(outcome);
  const bool shoots_alone = !solver::ServiceSet(descriptor_.service).refines();
  if (record_.status == INVAR_STATUS_OK && shoots_alone &&
      outcome.quality > configuration_.solver.quality_limit) {
    record_.status = INVAR_STATUS_NOT_CONVERGED;
  }
  record_.failed_cells = to_count(outcome.failed_cells);
  record_.settling_time_s = static_cast<float>(outcome.settling_time_s);
  record_.residual = outcome.contraction;
  record_.service = descriptor_.service;
  record_.quality = outcome.quality;
  record_.range = static_cast<std::uint32_t>(outcome.range);
  return true;
}

bool CommandRun::serves() {
  if (matrix_.stored()->gives(static_cast<solver::Service>(descriptor_.service))) {
    return true;
  }
  record_.status = INVAR_STATUS_NOT_SERVED;
  return false;
}

solver::SolveRequest CommandRun::solve_request() const {
  solver::SolveRequest request;
  request.tolerance = descriptor_.tolerance;
  request.iteration_limit = static_cast<int>(descriptor_.iteration_limit);
  request.single_precision = element_bytes(descriptor_) == 4;
  request.in_units = (descriptor_.flags & INVAR_FLAG_UNITS) != 0;
  request.service = static_cast<solver::Service>(descriptor_.service);
  return request;
}

void CommandRun::end_solve(solver::SolveStatus worst, double seed_bits, double columns) {
  if (record_.status == INVAR_STATUS_OK) {
    record_.status = to_status(worst);
  }
  record_.seed_effective_bits = static_cast<float>(seed_bits / columns);
  record_.settling_time_s =
      std::max(record_.settling_time_s, static_cast<float>(matrix_.stored()->settling_time_s()));
  record_.service = descriptor_.service;
  if (solve_request().service == solver::Service::single_shot) {
    record_.quality = std::max(record_.quality, matrix_.stored()->quality());
  }
}

void CommandRun::solve() {
  stream_solutions([](const BatchStream::Piece&) { return true; });
}

void CommandRun::solve_rows() {
  const std::uint64_t bytes =
      configuration_.sequencer.matrix_bytes(descriptor_.n, descriptor_.columns);
  if (!matrix_.memory().could_hold(bytes)) {
    record_.status = INVAR_STATUS_NO_MEMORY;
    return;
  }
  const MatrixMemory::Use use(matrix_.memory());
  Eigen::MatrixXd& rows = command_.handover->vectors;
  if (configuration_.carries_numbers()) {
    rows.resize(descriptor_.columns, descriptor_.n);
  } else {
    rows.resize(descriptor_.columns, 0);
  }
  Eigen::Index first = 0;
  stream_solutions([&](const BatchStream::Piece& piece) {
    if (configuration_.carries_numbers()) {
      rows.middleRows(first, piece.columns) = piece.vectors;
    }
    first += piece.columns;
    return false;
  });
}

void CommandRun::stream_solutions(const std::function<bool(const BatchStream::Piece&)>& stores) {
  if (!serves()) {
    return;
  }
  double seed_bits = 0.0;
  solver::SolveStatus worst = solver::SolveStatus::ok;
  BatchStream::PieceWork work;
  work.state = tile::TileState::solve;
  work.compute = [this, request = solve_request()](BatchStream::Piece& piece) {
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
    return stores(piece);
  };
  stream_.run(work, record_.status);
  end_solve(worst, seed_bits, descriptor_.columns);
}

bool CommandRun::waits_for_first_half() {
  Handover& handover = *command_.handover;
  while (!handover.is_done) {
    if (!player_.await(handover.done)) {
      return false;
    }
  }
  const std::uint32_t own = record_.handle;
  record_ = handover.record;
  if (record_.status == INVAR_STATUS_OK) {
    record_.handle = own;
  }
  return record_.status == INVAR_STATUS_OK;
}

void CommandRun::solve_columns() {
  if (!serves()) {
    return;
  }
  if (matrix_.stored()->size() != static_cast<int>(descriptor_.columns)) {
    record_.status = INVAR_STATUS_BAD_DESCRIPTOR;
    return;
  }
  const MatrixMemory::Use use(matrix_.memory());
  if (!solve_each(command_.handover->vectors) || record_.status != INVAR_STATUS_OK) {
    return;
  }
  if (!stream_.store_matrix(std::move(command_.handover->vectors))) {
    record_.status = INVAR_STATUS_BUS_ERROR;
  }
}

bool CommandRun::solve_each(Eigen::MatrixXd& rows) {
  const auto columns = static_cast<Index>(descriptor_.n);
  double seed_bits = 0.0;
  solver::SolveStatus worst = solver::SolveStatus::ok;
  // Through the buffer between the matrices, once in and once out, beside the solves.
  std::vector<solver::WorkStep> passing(1);
  passing[0].fetched_elements = std::uint64_t{2} * descriptor_.n * descriptor_.columns;
  bool alive = player_.perform([] {}, 0.0, tile::TileState::solve, passing);
  for (Index first = 0; alive && first < columns;) {
    const Index count = std::min<Index>(stream_.stream_columns(), columns - first);
    solver::SolveResult solved;
    const auto work = [&, request = solve_request()] {
      if (configuration_.carries_numbers()) {
        solved = matrix_.stored()->solve(rows.middleCols(first, count), request);
        rows.middleCols(first, count) = solved.solution;
      } else {
        solved = matrix_.stored()->solve(Eigen::MatrixXd(0, count), request);
      }
    };
    alive = player_.perform(work, matrix_.stored()->least_solve_time_s(count),
                            tile::TileState::solve, solved.steps);
    note(solved);
    worst = std::max(worst, solved.status);
    seed_bits += solved.seed_effective_bits * static_cast<double>(count);
    first += count;
  }
  end_solve(worst, seed_bits, static_cast<double>(columns));
  return alive;
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
  record_.quality = outcome.quality;
  record_.range = static_cast<std::uint32_t>(outcome.range);
  record_.residual = outcome.contraction;
}

}  // namespace invar::sequencer
