#include <invar/sequencer/matrix_sequencer.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace invar::sequencer {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using sc_core::sc_time;

sc_time seconds(double value_s) {
  return sc_time(value_s, sc_core::SC_SEC);
}

/// A command's own phase, but for the check at the end of a SOLVE.
ledger::Phase phase_of_step(const solver::WorkStep& step, const Command& command) {
  return step.verification && command.descriptor.opcode == INVAR_OP_SOLVE
             ? INVAR_PHASE_VERIFICATION
             : phase_of(command.descriptor);
}

}  // namespace

MatrixSequencer::MatrixSequencer(const sc_core::sc_module_name& name,
                                 const SequencerConfiguration& configuration,
                                 const SharedParts& shared, Completion completion)
    : sc_core::sc_module(name),
      configuration_(configuration),
      shared_(shared),
      completion_(std::move(completion)),
      numerics_("numerics", shared.workers),
      packing_("packing") {
  INVAR_HAS_PROCESS(MatrixSequencer);
  SC_THREAD(run);
}

void MatrixSequencer::allocate(std::uint32_t handle, int n, std::vector<PooledTile*> tiles) {
  sc_assert(tiles_.empty() && !stored_);
  handle_ = handle;
  dimension_ = n;
  tiles_ = std::move(tiles);
}

void MatrixSequencer::submit(const Command& command) {
  if (command.descriptor.opcode == INVAR_OP_RELEASE) {
    release_pending_ = true;
  }
  commands_.push_back(command);
  submitted_.notify(sc_core::SC_ZERO_TIME);
}

void MatrixSequencer::reset() {
  ++generation_;
  commands_.clear();
  release_pending_ = false;
  handle_ = INVAR_HANDLE_NONE;
  if (!running_) {
    give_tiles_back();
  }
  reset_.notify(sc_core::SC_ZERO_TIME);
}

void MatrixSequencer::run() {
  for (;;) {
    while (commands_.empty()) {
      wait(submitted_);
    }
    const std::uint64_t generation = generation_;
    Command command = commands_.front();
    commands_.pop_front();
    running_ = true;
    command.started_ps =
        static_cast<std::uint64_t>(std::llround(sc_core::sc_time_stamp().to_seconds() * 1e12));
    const invar_completion record = execute(command);
    set_states(tile::TileState::idle);
    if (was_reset(generation) || handle_ == INVAR_HANDLE_NONE) {
      give_tiles_back();
    }
    if (!was_reset(generation)) {
      completion_(command, record);
      if (was_reset(generation)) {
        give_tiles_back();
      }
    }
    running_ = false;
    finished_.notify(sc_core::SC_ZERO_TIME);
  }
}

invar_completion MatrixSequencer::execute(const Command& command) {
  const invar_descriptor& descriptor = command.descriptor;
  invar_completion record{};
  record.status = INVAR_STATUS_OK;
  record.tag = descriptor.tag;
  record.handle = handle_;
  const SequencerParameters& parameters = configuration_.sequencer;
  if (!spend(parameters.command_cycles * parameters.clock_period_s, phase_of(descriptor))) {
    return record;
  }
  const bool stored = stored_ && stored_->size() > 0;
  const bool makes_one = descriptor.opcode == INVAR_OP_PROGRAM && handle_ != INVAR_HANDLE_NONE;
  if (!stored && !makes_one) {
    // The PROGRAM that this handle came from has failed.
    record.status = INVAR_STATUS_BAD_HANDLE;
    release_pending_ = release_pending_ && descriptor.opcode != INVAR_OP_RELEASE;
    return record;
  }
  switch (descriptor.opcode) {
    case INVAR_OP_PROGRAM:
      program(command, record);
      break;
    case INVAR_OP_SOLVE:
      solve(command, record);
      break;
    case INVAR_OP_MVM:
      multiply(command, record);
      break;
    case INVAR_OP_READ_BACK:
      read_back(command, record);
      break;
    case INVAR_OP_RELEASE:
      release(record);
      break;
    case INVAR_OP_CALIBRATE:
      calibrate(command, record);
      break;
    default:
      record.status = INVAR_STATUS_BAD_DESCRIPTOR;
  }
  return record;
}

bool MatrixSequencer::perform(const Command& command, std::function<void()> work, double least_s,
                              tile::TileState state, const std::vector<solver::WorkStep>& steps) {
  numerics_.start(std::move(work));
  return pass(command, least_s, state, steps, [] {});
}

bool MatrixSequencer::pass(const Command& command, double least_s, tile::TileState state,
                           const std::vector<solver::WorkStep>& steps,
                           const std::function<void()>& between) {
  const ledger::Phase phase = phase_of(command.descriptor);
  set_states(
      state,
      {{"handle", handle_}, {"n", command.descriptor.n}, {"columns", command.descriptor.columns}});
  if (state == tile::TileState::program && tiles_.size() > 1) {
    // Tiles of one matrix are written one after another.
    solver::WorkStep first_tile;
    first_tile.tiles.resize(1);
    show_step(command, first_tile, state);
  }
  const sc_time start = sc_core::sc_time_stamp();
  const sc_time known = start + seconds(least_s);
  // A trace wants to know what the tiles do from the start on. It must not change when the numbers
  // are waited for, nor in which order events of one instant come.
  numerics_.meet(is_traced());
  std::size_t traced = 0;
  if (is_traced()) {
    for (sc_time at = start; traced < steps.size() && at < known; ++traced) {
      trace_step(steps[traced], at);
      at += seconds(steps[traced].duration_s);
    }
  }
  bool alive = spend_until(known, phase);
  numerics_.join();
  if (alive) {
    between();
  }
  sc_time at = start;
  for (std::size_t i = 0; i < steps.size() && (alive || at < sc_core::sc_time_stamp()); ++i) {
    book(steps[i], command, at);
    show_step(command, steps[i], state);
    if (is_traced() && i >= traced) {
      trace_step(steps[i], at);
    }
    at = alive ? shared_.pool.reserve(tiles_, steps[i], at) : at + seconds(steps[i].duration_s);
    alive = alive && spend_until(at, phase_of_step(steps[i], command));
    if (alive) {
      between();
    }
  }
  return alive;
}

void MatrixSequencer::book(const solver::WorkStep& step, const Command& command,
                           const sc_time& start) {
  const ledger::Phase phase = phase_of_step(step, command);
  const sc_time duration = seconds(step.duration_s);
  for (const solver::TileActivity& activity : step.tiles) {
    tiles_[activity.tile]->charge(activity, phase, duration);
    tiles_[activity.tile]->add_busy(seconds(activity.busy_s), phase);
  }
  if (step.multiply_accumulates != 0 || step.fetched_elements != 0) {
    // The lanes of all tiles work together; they are booked on the matrix's first tile.
    tiles_.front()->charge_lanes(step.multiply_accumulates,
                                 step.fetched_elements * element_bytes(command.descriptor), phase,
                                 start, duration);
  }
}

void MatrixSequencer::trace_step(const solver::WorkStep& step, const sc_time& start) const {
  const sc_time end = start + seconds(step.duration_s);
  for (const solver::TileActivity& activity : step.tiles) {
    const double energy_j =
        activity.energy.total_j() + (activity.written ? activity.written->energy_j() : 0.0);
    const tile::TileTrace& trace = tiles_[activity.tile]->trace();
    trace.set_power(energy_j / std::max(step.duration_s, 1e-12), start);
    trace.set_power(0.0, end);
  }
  const tile::TileTrace& first = tiles_.front()->trace();
  const sc_time shot_time = seconds(step.inv_shot_time_s);
  const sc_time converted = seconds(configuration_.tile.dac.conversion_time_s);
  const sc_time settled = seconds(stored_->settling_time_s());
  sc_time at = start;
  for (Index shot = 0; shot < step.dac_codes.cols(); ++shot) {
    first.set_dac_codes(step.dac_codes, shot, at);
    if (shot < step.settling_v.cols()) {
      first.set_outputs(step.settling_v, shot, at + converted, settled);
    }
    at += shot_time;
    first.set_adc_codes(step.adc_codes, shot, at);
  }
  if (step.largest_residual > 0.0) {
    first.set_residual(step.largest_residual, end);
  }
}

bool MatrixSequencer::spend_until(const sc_time& end, ledger::Phase phase) {
  const sc_time now = sc_core::sc_time_stamp();
  if (end <= now) {
    return true;
  }
  const std::uint64_t generation = generation_;
  shared_.ledger.begin_activity(phase);
  wait(end - now, reset_);
  shared_.ledger.end_activity(phase);
  return !was_reset(generation);
}

bool MatrixSequencer::spend(double duration_s, ledger::Phase phase) {
  return spend_until(sc_core::sc_time_stamp() + seconds(duration_s), phase);
}

void MatrixSequencer::set_states(tile::TileState state, trace::SpanArguments arguments) {
  for (const PooledTile* tile : tiles_) {
    tile->trace().set_state(state, arguments);
  }
  if (!shown_.empty()) {
    std::fill(shown_.begin(), shown_.end(), state);
  }
}

void MatrixSequencer::show_step(const Command& command, const solver::WorkStep& step,
                                tile::TileState state) {
  if (tiles_.size() < 2 || !tiles_.front()->trace().is_watched()) {
    return;
  }
  std::vector<tile::TileState> states(tiles_.size(), tile::TileState::idle);
  for (const solver::TileActivity& activity : step.tiles) {
    // Programming a matrix on several tiles solves with the first ones.
    const bool solves = state == tile::TileState::program && activity.counts.shots > 0;
    std::fill_n(states.begin() + activity.tile, activity.tiles,
                solves ? tile::TileState::solve : state);
  }
  shown_.resize(tiles_.size(), state);
  for (std::size_t i = 0; i < tiles_.size(); ++i) {
    if (states[i] != shown_[i]) {
      tiles_[i]->trace().set_state(states[i], {{"handle", handle_}, {"n", command.descriptor.n}});
    }
  }
  shown_ = std::move(states);
}

void MatrixSequencer::tell(trace::SpanArguments arguments) const {
  for (const PooledTile* tile : tiles_) {
    tile->trace().note(arguments);
  }
}

void MatrixSequencer::give_tiles_back() {
  set_states(tile::TileState::idle);
  shown_.clear();
  stored_.reset();
  shared_.pool.give_back(tiles_);
  tiles_.clear();
}

}  // namespace invar::sequencer
