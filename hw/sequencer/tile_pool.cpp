#include <invar/sequencer/tile_pool.h>
#include <invar/state/archive.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace invar::sequencer {
namespace {

/// Machines of so many tiles have all entries in the ledger, and so in a power trace, from the
/// start; larger ones open them as tiles are used.
constexpr int k_accounts_from_the_start = 64;

}  // namespace

PooledTile::PooledTile(const sc_core::sc_module_name& name,
                       const SequencerConfiguration& configuration, std::uint32_t number,
                       ledger::Ledger& ledger)
    : sc_core::sc_module(name), configuration_(configuration), number_(number), ledger_(ledger) {}

tile::TileModel& PooledTile::model() {
  if (!model_) {
    model_ = std::make_unique<tile::TileModel>(configuration_.tile, configuration_.seed, number_);
    model_->watch_codes(watched_rows_);
    if (settling_samples_ > 0) {
      model_->watch_settling(watched_rows_, settling_samples_);
    }
  }
  return *model_;
}

PooledTile::Account::Account(ledger::Ledger& ledger, const std::string& name)
    : analog(ledger, name),
      lanes(ledger.component(name + ".mac_lanes")),
      buffer(ledger.component(name + ".matrix_buffer")),
      multiply_accumulate(ledger.event(lanes, "multiply_accumulate")),
      byte_read(ledger.event(buffer, "byte_read")) {}

PooledTile::Account::PowerSwitch::PowerSwitch(ledger::Ledger& ledger, const std::string& name)
    : component(ledger.component(name + ".power_switch")),
      awake(ledger.event(component, "awake")),
      wake(ledger.event(component, "wake")) {}

PooledTile::Account& PooledTile::account() {
  open_account();
  return *account_;
}

void PooledTile::open_account() {
  if (!account_) {
    account_ = std::make_unique<Account>(ledger_, name());
    if (configuration_.sequencer.gates()) {
      account_->power_switch.emplace(ledger_, name());
    }
  }
}

void PooledTile::charge(const solver::TileActivity& activity, ledger::Phase phase,
                        const sc_core::sc_time& duration, const ledger::Share& share) {
  tile::TileAccount& analog = account().analog;
  if (activity.counts.shots != 0) {
    analog.charge(activity.energy, activity.counts, phase, duration, share);
  }
  if (activity.written) {
    analog.charge_programming(*activity.written, phase, share);
    analog.add_programming(sc_core::sc_time(activity.written->duration_s, sc_core::SC_SEC), phase);
  }
  if (activity.read) {
    analog.charge_read_back(*activity.read, phase, share);
    analog.add_programming(sc_core::sc_time(activity.read->duration_s, sc_core::SC_SEC), phase);
  }
}

void PooledTile::charge_lanes(std::uint64_t multiply_accumulates, std::uint64_t fetched_bytes,
                              ledger::Phase phase, const ledger::ChargeSpan& span,
                              const ledger::Share& share) {
  const Account& entries = account();
  const SequencerParameters& parameters = configuration_.sequencer;
  const auto book = [&](ledger::Ledger::ComponentId component, ledger::Ledger::EventId event,
                        std::uint64_t count, double energy_j) {
    ledger_.charge(component, event, phase, share.part(count),
                   share.part(ledger::to_attojoules(static_cast<double>(count) * energy_j)), span);
  };
  book(entries.lanes, entries.multiply_accumulate, multiply_accumulates,
       parameters.lane_energy_j());
  book(entries.buffer, entries.byte_read, fetched_bytes, parameters.buffer_energy_per_byte_j);
}

void PooledTile::charge_awake(double awake_s, std::uint32_t wakes, std::uint32_t tiles,
                              ledger::Phase phase) {
  const SequencerParameters& parameters = configuration_.sequencer;
  const Account::PowerSwitch& entries = account().power_switch.value();
  const double awake_w = (1.0 - parameters.tile_gated_share) * parameters.tile_static_power_w;
  ledger_.charge(entries.component, entries.awake, phase, tiles,
                 ledger::to_attojoules(tiles * awake_w * awake_s));
  const std::uint64_t times = std::uint64_t{wakes} * tiles;
  ledger_.charge(entries.component, entries.wake, phase, times,
                 ledger::to_attojoules(static_cast<double>(times) * parameters.wake_energy_j));
}

void PooledTile::add_busy(const sc_core::sc_time& duration, ledger::Phase phase) {
  account().analog.add_busy(duration, phase);
}

void PooledTile::attach(trace::SignalSink& sink, const tile::TraceDetail& detail, bool settling) {
  watched_rows_ = std::min(detail.rows, configuration_.tile.rows);
  trace_.attach(sink, name(), watched_rows_, configuration_.tile.dac.bits,
                configuration_.tile.adc.bits);
  if (settling && watched_rows_ > 0) {
    settling_samples_ = detail.settling_samples;
    trace_.attach_outputs(sink, name(), watched_rows_, settling_samples_);
  }
}

TilePool::TilePool(const SequencerConfiguration& configuration, ledger::Ledger& ledger)
    : configuration_(configuration),
      ledger_(ledger),
      memory_(configuration.exact ? 0 : configuration.sequencer.matrix_buffer_bytes),
      tiles_("tile") {
  tiles_.init(configuration.tiles, [&](const char* name, std::size_t number) {
    return new PooledTile(name, configuration_, static_cast<std::uint32_t>(number), ledger);
  });
  for (PooledTile& tile : tiles_) {
    free_.insert(rank(tile));
    if (configuration.tiles <= k_accounts_from_the_start) {
      tile.open_account();
    }
  }
  was_used_.resize(configuration.tiles);
  draw_static_power();
  supply_memory();
  const int sharing = configuration.sequencer.tiles_per_adc;
  adc_free_at_.resize((configuration.tiles + sharing - 1) / sharing);
}

void PooledTile::exchange(state::Archive& archive) {
  archive.part(name());
  bool is_made = model_ != nullptr;
  archive.value(is_made);
  if (is_made) {
    model().exchange(archive);
  }
}

void TilePool::exchange(state::Archive& archive) {
  if (free() != in_service()) {
    throw std::logic_error("sequencer: no checkpoint while tiles hold a matrix");
  }
  archive.part("tiles");
  for (PooledTile& tile : tiles_) {
    tile.exchange(archive);
  }
  std::vector<std::uint32_t> retired(retired_.begin(), retired_.end());
  archive.list(retired);
  archive.flags(was_used_);
  archive.value(used_);
  was_used_.resize(tiles_.size());
  draw_static_power();
  retired_ = std::set<std::uint32_t>(retired.begin(), retired.end());
  free_.clear();
  for (PooledTile& tile : tiles_) {
    give_back({&tile});
  }
}

void TilePool::draw_static_power() {
  // One entry for all: "tiles" after the name of "tile_0". They are there for inversions alone.
  const std::string first = tiles_[0].name();
  ledger_.set_static_power(first.substr(0, first.rfind('_')) + "s",
                           used_ * configuration_.sequencer.tile_static_power_w *
                               configuration_.sequencer.tile_gated_share,
                           INVAR_PHASE_INVERSION);
}

void TilePool::supply_memory() {
  const SequencerParameters& parameters = configuration_.sequencer;
  const std::string first = tiles_[0].name();
  memory_name_ = first.substr(0, first.rfind("tile_")) + "matrix_buffer";
  // Where matrices stay, the memory is always used.
  const bool is_switched = !parameters.refines() && parameters.buffer_gated_share < 1.0;
  ledger_.set_static_power(
      memory_name_,
      parameters.buffer_static_power_w * (is_switched ? parameters.buffer_gated_share : 1.0),
      INVAR_PHASE_INVERSION);
  if (is_switched) {
    memory_switch_ = ledger_.component(memory_name_ + ".power_switch");
    memory_wake_ = ledger_.event(memory_switch_, "wake");
    memory_.on_use = [this](bool is_used) { switch_memory(is_used); };
  }
}

void TilePool::switch_memory(bool is_used) {
  const SequencerParameters& parameters = configuration_.sequencer;
  ledger_.set_static_power(
      memory_name_,
      parameters.buffer_static_power_w * (is_used ? 1.0 : parameters.buffer_gated_share),
      INVAR_PHASE_INVERSION);
  if (is_used) {
    ledger_.charge(memory_switch_, memory_wake_, INVAR_PHASE_INVERSION, 1,
                   ledger::to_attojoules(parameters.buffer_wake_energy_j));
  }
}

TilePool::Rank TilePool::rank(const PooledTile& tile) const {
  const double step = configuration_.sequencer.wear_step_writes;
  const double steps = step > 0.0 ? std::floor(static_cast<double>(tile.wear()) / step) : 0.0;
  return {static_cast<std::uint64_t>(steps), tile.number()};
}

std::vector<PooledTile*> TilePool::take(int count) {
  std::vector<PooledTile*> taken;
  if (count > free()) {
    return taken;
  }
  for (int i = 0; i < count; ++i) {
    const std::uint32_t number = free_.begin()->second;
    taken.push_back(&tiles_[number]);
    used_ += was_used_[number] ? 0 : 1;
    was_used_[number] = true;
    free_.erase(free_.begin());
  }
  draw_static_power();
  return taken;
}

void TilePool::give_back(const std::vector<PooledTile*>& tiles) {
  for (PooledTile* tile : tiles) {
    if (retired_.count(tile->number()) == 0) {
      free_.insert(rank(*tile));
    }
  }
}

sc_core::sc_time TilePool::reserve(const std::vector<PooledTile*>& tiles,
                                   const solver::WorkStep& step, const sc_core::sc_time& start) {
  sc_core::sc_time end = start + sc_core::sc_time(step.duration_s, sc_core::SC_SEC);
  const std::uint32_t sharing = static_cast<std::uint32_t>(configuration_.sequencer.tiles_per_adc);
  if (sharing == 1) {
    return end;
  }
  for (const solver::TileActivity& activity : step.tiles) {
    for (int place = activity.tile; place < activity.tile + activity.tiles; ++place) {
      sc_core::sc_time& free_at = adc_free_at_[tiles[place]->number() / sharing];
      free_at = std::max(free_at, start) + sc_core::sc_time(activity.conversion_s, sc_core::SC_SEC);
      end = std::max(end, free_at);
    }
  }
  return end;
}

bool TilePool::books_each_tile() const {
  return configuration_.tiles <= k_accounts_from_the_start ||
         configuration_.tile.fidelity != tile::Fidelity::timing;
}

void TilePool::reset() {
  std::fill(adc_free_at_.begin(), adc_free_at_.end(), sc_core::SC_ZERO_TIME);
}

}  // namespace invar::sequencer
