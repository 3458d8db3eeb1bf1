#include <invar/sequencer/step_player.h>
#include <invar/simulation/duration.h>

#include <algorithm>
#include <utility>

namespace invar::sequencer {
namespace {

using Eigen::Index;
using sc_core::sc_time;

sc_time seconds(double value_s) {
  return sc_time(value_s, sc_core::SC_SEC);
}

/// Commands that may take so much time, or so many times the least, are asked beforehand (choice).
constexpr double k_rest_of_time_s = 1e6;
constexpr double k_longest = 100.0;

}  // namespace

StepPlayer::StepPlayer(std::string name, const SequencerConfiguration& configuration,
                       TilePool& pool, ledger::Ledger& ledger, HeldMatrix& matrix,
                       const ResetLine& resets, simulation::NumericsRunner& numerics)
    : name_(std::move(name)),
      configuration_(configuration),
      pool_(pool),
      ledger_(ledger),
      matrix_(matrix),
      resets_(resets),
      numerics_(numerics) {}

void StepPlayer::begin(const Command& command) {
  command_ = command;
  generation_ = resets_.generation;
  gated_ = sc_core::SC_ZERO_TIME;
  wakes_ = 0;
}

bool StepPlayer::wake() {
  wakes_ = 1;
  const SequencerParameters& parameters = configuration_.sequencer;
  return !parameters.gates() || parameters.wake_time_s == 0.0 || spend(parameters.wake_time_s);
}

bool StepPlayer::only_writes(const solver::WorkStep& step) const {
  const auto shoots = [](const solver::TileActivity& activity) {
    return activity.counts.shots != 0 || activity.read;
  };
  return configuration_.programming.verify == programming::VerifyMethod::comparator &&
         step.multiply_accumulates == 0 && !step.tiles.empty() &&
         std::none_of(step.tiles.begin(), step.tiles.end(), shoots);
}

void StepPlayer::book_awake(const sc_time& start) {
  const SequencerParameters& parameters = configuration_.sequencer;
  if (!parameters.gates() || wakes_ == 0 || matrix_.tiles().empty()) {
    return;
  }
  const double awake_s = (sc_core::sc_time_stamp() - start - gated_).to_seconds();
  const std::vector<PooledTile*>& tiles = matrix_.tiles();
  const auto count = static_cast<std::uint32_t>(tiles.size());
  for (std::uint32_t i = 0; i < (pool_.books_each_tile() ? count : 1); ++i) {
    tiles[i]->charge_awake(awake_s, wakes_, pool_.books_each_tile() ? 1 : count,
                           phase_of(descriptor()));
  }
}

ledger::Phase StepPlayer::phase_of_step(const solver::WorkStep& step) const {
  // A command's own phase, but for the check at the end of a SOLVE.
  const bool solves =
      descriptor().opcode == INVAR_OP_SOLVE || descriptor().opcode == INVAR_OP_PRECONDITION;
  return step.verification && solves ? INVAR_PHASE_VERIFICATION : phase_of(descriptor());
}

bool StepPlayer::perform(std::function<void()> work, double least_s, tile::TileState state,
                         const std::vector<solver::WorkStep>& steps) {
  numerics_.start(std::move(work));
  return pass(least_s, state, steps, [] {});
}

bool StepPlayer::pass(double least_s, tile::TileState state,
                      const std::vector<solver::WorkStep>& steps,
                      const std::function<void()>& between) {
  show_begin(state);
  const sc_time start = sc_core::sc_time_stamp();
  require_time(least_s);
  const sc_time known = start + seconds(least_s);
  // A trace wants to know what the tiles do from the start on. It must not change when the numbers
  // are waited for, nor in which order events of one instant come. Near the end of simulated time
  // they are asked before any of it passes whether they fit.
  const bool at_once =
      is_traced() || !simulation::fits_simulated_time(k_rest_of_time_s + k_longest * least_s);
  numerics_.meet(at_once);
  if (at_once) {
    require_time(solver::duration_s(steps));
  }
  const std::size_t traced = is_traced() ? trace_until(known, steps) : 0;
  bool alive = spend_until(known, phase_of(descriptor()));
  numerics_.join();
  if (alive) {
    require_time(solver::duration_s(steps));
    between();
  }
  sc_time at = start;
  for (std::size_t i = 0; i < steps.size() && (alive || at < sc_core::sc_time_stamp()); ++i) {
    book(steps[i], at);
    show_step(steps[i], state);
    if (is_traced() && i >= traced) {
      trace_step(steps[i], at);
    }
    const sc_time began = at;
    at = alive ? pool_.reserve(matrix_.tiles(), steps[i], at) : at + seconds(steps[i].duration_s);
    alive = alive && spend_until(at, phase_of_step(steps[i]));
    if (only_writes(steps[i])) {
      gated_ += std::min(at, std::max(began, sc_core::sc_time_stamp())) - began;
      ++wakes_;
    }
    if (alive) {
      between();
    }
  }
  return alive;
}

void StepPlayer::show_begin(tile::TileState state) {
  set_states(
      state,
      {{"handle", matrix_.handle()}, {"n", descriptor().n}, {"columns", descriptor().columns}});
  if (state == tile::TileState::program && matrix_.tiles().size() > 1) {
    // Tiles of one matrix are written one after another.
    solver::WorkStep first_tile;
    first_tile.tiles.resize(1);
    show_step(first_tile, state);
  }
}

std::size_t StepPlayer::trace_until(const sc_time& end,
                                    const std::vector<solver::WorkStep>& steps) const {
  std::size_t traced = 0;
  for (sc_time at = sc_core::sc_time_stamp(); traced < steps.size() && at < end; ++traced) {
    trace_step(steps[traced], at);
    at += seconds(steps[traced].duration_s);
  }
  return traced;
}

void StepPlayer::require_time(double duration_s) const {
  if (!simulation::fits_simulated_time(duration_s)) {
    simulation::report_too_long(name_ + ": " + command_name(descriptor().opcode) +
                                    " of n = " + std::to_string(descriptor().n) +
                                    ", columns = " + std::to_string(descriptor().columns) +
                                    ", on " + std::to_string(matrix_.tiles().size()) + " tiles",
                                duration_s);
  }
}

bool StepPlayer::is_traced() const {
  return !matrix_.tiles().empty() && matrix_.tiles().front()->trace().is_attached();
}

void StepPlayer::book(const solver::WorkStep& step, const sc_time& start) {
  const ledger::Phase phase = phase_of_step(step);
  const sc_time duration = seconds(step.duration_s);
  const std::vector<PooledTile*>& tiles = matrix_.tiles();
  const bool each = pool_.books_each_tile();
  for (const solver::TileActivity& activity : step.tiles) {
    const std::uint32_t shares = each ? static_cast<std::uint32_t>(activity.tiles) : 1;
    for (std::uint32_t i = 0; i < shares; ++i) {
      PooledTile& tile = *tiles[activity.tile + i];
      tile.charge(activity, phase, duration, {i, shares});
      tile.add_busy(seconds(activity.busy_s), phase);
    }
  }
  if (step.multiply_accumulates != 0 || step.fetched_elements != 0) {
    const std::uint32_t shares = each ? static_cast<std::uint32_t>(tiles.size()) : 1;
    for (std::uint32_t i = 0; i < shares; ++i) {
      tiles[i]->charge_lanes(step.multiply_accumulates, step.fetched_elements * lane_bytes(), phase,
                             {start, duration}, {i, shares});
    }
  }
}

std::uint64_t StepPlayer::lane_bytes() const {
  const number_format::NumberFormat format = configuration_.sequencer.lane_precision;
  return format == number_format::NumberFormat::fp64 ? element_bytes(descriptor())
                                                     : number_format::bytes_of(format);
}

void StepPlayer::trace_step(const solver::WorkStep& step, const sc_time& start) const {
  const sc_time end = start + seconds(step.duration_s);
  const std::vector<PooledTile*>& tiles = matrix_.tiles();
  std::vector<double> energy_j(tiles.size(), 0.0);
  for (const solver::TileActivity& activity : step.tiles) {
    const double sum_j =
        activity.energy.total_j() + (activity.written ? activity.written->energy_j() : 0.0);
    for (int place = activity.tile; place < activity.tile + activity.tiles; ++place) {
      energy_j[place] += sum_j / activity.tiles;
    }
    trace_shots(activity, start);
  }
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    const tile::TileTrace& trace = tiles[i]->trace();
    if (energy_j[i] > 0.0) {
      trace.set_power(energy_j[i] / std::max(step.duration_s, 1e-12), start);
      trace.set_power(0.0, end);
    }
    if (step.largest_residual > 0.0) {
      trace.set_residual(step.largest_residual, end);
    }
  }
}

void StepPlayer::trace_shots(const solver::TileActivity& activity, const sc_time& start) const {
  const solver::ShotTrace& shots = activity.shots;
  const tile::TileTrace& trace = matrix_.tiles()[activity.tile]->trace();
  const sc_time shot_time = seconds(shots.shot_time_s);
  const sc_time interval = seconds(shots.interval_s);
  const sc_time converted = seconds(configuration_.tile.dac.conversion_time_s);
  const sc_time settled = seconds(matrix_.stored()->settling_time_s());
  sc_time at = start + seconds(shots.start_s);
  for (Index shot = 0; shot < shots.dac_codes.cols(); ++shot) {
    trace.set_dac_codes(shots.dac_codes, shot, at);
    if (shot < shots.settling_v.cols()) {
      trace.set_outputs(shots.settling_v, shot, at + converted, settled);
    }
    trace.set_adc_codes(shots.adc_codes, shot, at + shot_time);
    at += interval;
  }
}

bool StepPlayer::spend_until(const sc_time& end, ledger::Phase phase) {
  const sc_time now = sc_core::sc_time_stamp();
  if (end <= now) {
    return true;
  }
  if (end > simulation::end_of_time()) {
    simulation::report_too_long(name_ + ": waiting for shared ADCs", (end - now).to_seconds());
  }
  const std::uint64_t generation = resets_.generation;
  ledger_.begin_activity(phase);
  sc_core::wait(end - now, resets_.event);
  ledger_.end_activity(phase);
  return generation == resets_.generation;
}

bool StepPlayer::spend(double duration_s) {
  require_time(duration_s);
  return spend_until(sc_core::sc_time_stamp() + seconds(duration_s), phase_of(descriptor()));
}

bool StepPlayer::await(const sc_core::sc_event& event) {
  sc_core::wait(event | resets_.event);
  return !was_reset();
}

void StepPlayer::set_states(tile::TileState state, trace::SpanArguments arguments) {
  for (const PooledTile* tile : matrix_.tiles()) {
    tile->trace().set_state(state, arguments);
  }
  if (!shown_.empty()) {
    std::fill(shown_.begin(), shown_.end(), state);
  }
}

void StepPlayer::show_step(const solver::WorkStep& step, tile::TileState state) {
  const std::vector<PooledTile*>& tiles = matrix_.tiles();
  if (tiles.size() < 2 || !tiles.front()->trace().is_watched()) {
    return;
  }
  std::vector<tile::TileState> states(tiles.size(), tile::TileState::idle);
  for (const solver::TileActivity& activity : step.tiles) {
    // Programming a matrix on several tiles solves with the first ones.
    const bool solves = state == tile::TileState::program && activity.counts.shots > 0;
    std::fill_n(states.begin() + activity.tile, activity.tiles,
                solves ? tile::TileState::solve : state);
  }
  shown_.resize(tiles.size(), state);
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    if (states[i] != shown_[i]) {
      tiles[i]->trace().set_state(states[i], {{"handle", matrix_.handle()}, {"n", descriptor().n}});
    }
  }
  shown_ = std::move(states);
}

void StepPlayer::tell(trace::SpanArguments arguments) const {
  for (const PooledTile* tile : matrix_.tiles()) {
    tile->trace().note(arguments);
  }
}

void StepPlayer::forget_tiles() {
  set_states(tile::TileState::idle);
  shown_.clear();
}

}  // namespace invar::sequencer
