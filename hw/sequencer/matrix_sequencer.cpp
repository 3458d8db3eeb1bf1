#include <invar/sequencer/matrix_sequencer.h>
#include <invar/simulation/duration.h>

#include <algorithm>
#include <new>
#include <numeric>
#include <string>
#include <utility>

namespace invar::sequencer {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using sc_core::sc_time;

sc_time seconds(double value_s) {
  return sc_time(value_s, sc_core::SC_SEC);
}

/// Commands that may take so much time, or so many times the least, are asked beforehand (choice).
constexpr double k_rest_of_time_s = 1e6;
constexpr double k_longest = 100.0;

/// A command's own phase, but for the check at the end of a SOLVE.
ledger::Phase phase_of_step(const solver::WorkStep& step, const Command& command) {
  return step.verification && command.descriptor.opcode == INVAR_OP_SOLVE
             ? INVAR_PHASE_VERIFICATION
             : sequencer::phase_of(command.descriptor);
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
    command.started = sc_core::sc_time_stamp();
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
  const double decode_s = parameters.command_cycles * parameters.clock_period_s;
  require_time(command, decode_s);
  if (!spend(decode_s, phase_of(descriptor))) {
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
  try {
    execute(command, record);
  } catch (const std::bad_alloc&) {
    record.status = INVAR_STATUS_NO_MEMORY;
  }
  return record;
}

void MatrixSequencer::execute(const Command& command, invar_completion& record) {
  switch (command.descriptor.opcode) {
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
  require_time(command, least_s);
  const sc_time known = start + seconds(least_s);
  // A trace wants to know what the tiles do from the start on. It must not change when the numbers
  // are waited for, nor in which order events of one instant come. Near the end of simulated time
  // they are asked before any of it passes whether they fit.
  const bool at_once =
      is_traced() || !simulation::fits_simulated_time(k_rest_of_time_s + k_longest * least_s);
  numerics_.meet(at_once);
  const auto require_time_of_steps = [&] {
    require_time(command, std::accumulate(steps.begin(), steps.end(), 0.0,
                                          [](double sum, const solver::WorkStep& step) {
                                            return sum + step.duration_s;
                                          }));
  };
  std::size_t traced = 0;
  if (at_once) {
    require_time_of_steps();
  }
  if (is_traced()) {
    for (sc_time at = start; traced < steps.size() && at < known; ++traced) {
      trace_step(steps[traced], at);
      at += seconds(steps[traced].duration_s);
    }
  }
  bool alive = spend_until(known, phase);
  numerics_.join();
  if (alive) {
    require_time_of_steps();
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

void MatrixSequencer::require_time(const Command& command, double duration_s) const {
  if (!simulation::fits_simulated_time(duration_s)) {
    const invar_descriptor& descriptor = command.descriptor;
    simulation::report_too_long(std::string(name()) + ": " + command_name(descriptor.opcode) +
                                    " of n = " + std::to_string(descriptor.n) +
                                    ", columns = " + std::to_string(descriptor.columns) + ", on " +
                                    std::to_string(tiles_.size()) + " tiles",
                                duration_s);
  }
}

void MatrixSequencer::book(const solver::WorkStep& step, const Command& command,
                           const sc_time& start) {
  const ledger::Phase phase = phase_of_step(step, command);
  const sc_time duration = seconds(step.duration_s);
  const bool each = shared_.pool.books_each_tile();
  for (const solver::TileActivity& activity : step.tiles) {
    const std::uint32_t shares = each ? static_cast<std::uint32_t>(activity.tiles) : 1;
    for (std::uint32_t i = 0; i < shares; ++i) {
      PooledTile& tile = *tiles_[activity.tile + i];
      tile.charge(activity, phase, duration, {i, shares});
      tile.add_busy(seconds(activity.busy_s), phase);
    }
  }
  if (step.multiply_accumulates != 0 || step.fetched_elements != 0) {
    const std::uint32_t shares = each ? static_cast<std::uint32_t>(tiles_.size()) : 1;
    for (std::uint32_t i = 0; i < shares; ++i) {
      tiles_[i]->charge_lanes(step.multiply_accumulates,
                              step.fetched_elements * element_bytes(command.descriptor), phase,
                              {start, duration}, {i, shares});
    }
  }
}

void MatrixSequencer::trace_step(const solver::WorkStep& step, const sc_time& start) const {
  const sc_time end = start + seconds(step.duration_s);
  std::vector<double> energy_j(tiles_.size(), 0.0);
  for (const solver::TileActivity& activity : step.tiles) {
    const double sum_j =
        activity.energy.total_j() + (activity.written ? activity.written->energy_j() : 0.0);
    for (int place = activity.tile; place < activity.tile + activity.tiles; ++place) {
      energy_j[place] += sum_j / activity.tiles;
    }
    trace_shots(activity, start);
  }
  for (std::size_t i = 0; i < tiles_.size(); ++i) {
    const tile::TileTrace& trace = tiles_[i]->trace();
    if (energy_j[i] > 0.0) {
      trace.set_power(energy_j[i] / std::max(step.duration_s, 1e-12), start);
      trace.set_power(0.0, end);
    }
    if (step.largest_residual > 0.0) {
      trace.set_residual(step.largest_residual, end);
    }
  }
}

void MatrixSequencer::trace_shots(const solver::TileActivity& activity,
                                  const sc_time& start) const {
  const solver::ShotTrace& shots = activity.shots;
  const tile::TileTrace& trace = tiles_[activity.tile]->trace();
  const sc_time shot_time = seconds(shots.shot_time_s);
  const sc_time converted = seconds(configuration_.tile.dac.conversion_time_s);
  const sc_time settled = seconds(stored_->settling_time_s());
  sc_time at = start + seconds(shots.start_s);
  for (Index shot = 0; shot < shots.dac_codes.cols(); ++shot) {
    trace.set_dac_codes(shots.dac_codes, shot, at);
    if (shot < shots.settling_v.cols()) {
      trace.set_outputs(shots.settling_v, shot, at + converted, settled);
    }
    at += shot_time;
    trace.set_adc_codes(shots.adc_codes, shot, at);
  }
}

bool MatrixSequencer::spend_until(const sc_time& end, ledger::Phase phase) {
  const sc_time now = sc_core::sc_time_stamp();
  if (end <= now) {
    return true;
  }
  if (end > simulation::end_of_time()) {
    simulation::report_too_long(std::string(name()) + ": waiting for shared ADCs",
                                (end - now).to_seconds());
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
