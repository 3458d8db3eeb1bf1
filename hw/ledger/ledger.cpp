#include <invar/ledger/ledger.h>
#include <invar/simulation/time_exchange.h>
#include <invar/state/archive.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace invar::ledger {
namespace {

// From the rarest resource to the most common: while the array inverts, a DMA that runs beside it
// is not what the machine waits for.
// (Nothing runs under the background.)
constexpr std::array<Phase, INVAR_PHASE_COUNT - 1> k_precedence = {
    INVAR_PHASE_INVERSION, INVAR_PHASE_PROGRAMMING,   INVAR_PHASE_VERIFICATION,
    INVAR_PHASE_BACKWARD,  INVAR_PHASE_FORWARD,       INVAR_PHASE_FACTORS,
    INVAR_PHASE_UPDATE,    INVAR_PHASE_DATA_MOVEMENT, INVAR_PHASE_HOST};

/// Whatever the kernel's resolution.
std::uint64_t picoseconds(const sc_core::sc_time& time) {
  static const std::uint64_t steps = sc_core::sc_time(1.0, sc_core::SC_PS).value();
  return steps != 0 ? time.value() / steps
                    : static_cast<std::uint64_t>(std::llround(time.to_seconds() * 1e12));
}

}  // namespace

Attojoules to_attojoules(double energy_j) {
  if (!(energy_j >= 0.0 && energy_j <= 1e18)) {
    throw std::invalid_argument("ledger: energy " + std::to_string(energy_j) +
                                " J is outside 0 to 1e18 J");
  }
  return Attojoules::nearest(energy_j * 1e18);
}

const char* phase_key(Phase phase) {
  switch (phase) {
#define INVAR_PHASE_KEY(name, value, key) \
  case INVAR_PHASE_##name:                \
    return key;
    INVAR_PHASES(INVAR_PHASE_KEY)
#undef INVAR_PHASE_KEY
    default:
      return "unknown";
  }
}

Ledger::Ledger() = default;

Ledger::ComponentId Ledger::component(const std::string& name) {
  for (ComponentId i = 0; i < components_.size(); ++i) {
    if (components_[i].name == name) {
      return i;
    }
  }
  components_.emplace_back();
  components_.back().name = name;
  return components_.size() - 1;
}

Ledger::EventId Ledger::event(ComponentId component, const std::string& name) {
  std::vector<EventTotal>& events = components_.at(component).events;
  for (EventId i = 0; i < events.size(); ++i) {
    if (events[i].name == name) {
      return i;
    }
  }
  events.push_back({name, 0, 0});
  return events.size() - 1;
}

void Ledger::charge(ComponentId component, EventId event, Phase phase, std::uint64_t count,
                    Attojoules energy_aj) {
  charge(component, event, phase, count, energy_aj,
         {sc_core::sc_time_stamp(), sc_core::SC_ZERO_TIME});
}

void Ledger::charge(ComponentId component, EventId event, Phase phase, std::uint64_t count,
                    Attojoules energy_aj, const ChargeSpan& span) {
  ComponentTotal& total = components_.at(component);
  EventTotal& events = total.events.at(event);
  total_energy_aj_ += energy_aj;
  total.energy_aj.at(phase) += energy_aj;
  events.count += count;
  events.energy_aj += energy_aj;
  for (const auto& [id, observer] : observers_) {
    if (observer.charged) {
      observer.charged(component, energy_aj, span);
    }
  }
}

void Ledger::set_static_power(const std::string& name, double power_w, std::optional<Phase> phase) {
  if (!(power_w >= 0.0 && power_w <= 1e9)) {
    throw std::invalid_argument("ledger: static power " + std::to_string(power_w) + " W of " +
                                name + " is outside 0 to 1e9 W");
  }
  book_elapsed();
  const auto microwatts = static_cast<std::uint64_t>(std::llround(power_w * 1e6));
  const std::string component = name + ".static_power";
  for (StaticPower& one : static_powers_) {
    if (components_[one.component].name == component) {
      one.microwatts = microwatts;
      one.phase = phase;
      return;
    }
  }
  if (microwatts != 0) {
    const ComponentId id = this->component(component);
    static_powers_.push_back({id, event(id, "static_power"), microwatts, phase});
  }
}

double Ledger::static_power_w() const {
  double sum = 0.0;
  for (ComponentId id = 0; id < components_.size(); ++id) {
    sum += static_power_w(id);
  }
  return sum;
}

double Ledger::static_power_w(ComponentId component) const {
  std::uint64_t microwatts = 0;
  for (const StaticPower& one : static_powers_) {
    microwatts += one.component == component ? one.microwatts : 0;
  }
  return 1e-6 * static_cast<double>(microwatts);
}

void Ledger::add_busy(ComponentId component, Phase phase, const sc_core::sc_time& duration) {
  components_.at(component).busy.at(phase) += duration;
}

void Ledger::begin_activity(Phase phase) {
  book_elapsed();
  ++open_.at(phase);
  tell_phase();
}

void Ledger::end_activity(Phase phase) {
  if (open_.at(phase) == 0) {
    throw std::logic_error(std::string("ledger: no activity is open in phase ") + phase_key(phase));
  }
  book_elapsed();
  --open_[phase];
  tell_phase();
}

void Ledger::set_host_phase(Phase phase) {
  book_elapsed();
  host_phase_ = phase;
  tell_phase();
}

Phase Ledger::current_phase() const {
  for (const Phase phase : k_precedence) {
    if (open_[phase] != 0) {
      return phase;
    }
  }
  return host_phase_;
}

sc_core::sc_time Ledger::background_time() const {
  book_elapsed();
  return background_time_;
}

Attojoules Ledger::total_energy_aj() const {
  book_elapsed();
  return total_energy_aj_;
}

const std::vector<ComponentTotal>& Ledger::components() const {
  book_elapsed();
  return components_;
}

Attojoules Ledger::phase_energy_aj(Phase phase) const {
  book_elapsed();
  Attojoules sum = 0;
  for (const ComponentTotal& component : components_) {
    sum += component.energy_aj.at(phase);
  }
  return sum;
}

Attojoules Ledger::component_energy_aj(ComponentId component) const {
  book_elapsed();
  Attojoules sum = 0;
  for (const Attojoules energy : components_.at(component).energy_aj) {
    sum += energy;
  }
  return sum;
}

sc_core::sc_time Ledger::phase_time(Phase phase) const {
  book_elapsed();
  return phase_time_.at(phase);
}

void Ledger::exchange(state::Archive& archive) {
  if (std::any_of(open_.begin(), open_.end(), [](unsigned open) { return open != 0; })) {
    throw std::logic_error("ledger: no checkpoint while an activity is open");
  }
  book_elapsed();
  archive.part("ledger");
  archive.value(total_energy_aj_);
  simulation::exchange(archive, background_time_);
  std::uint64_t count = components_.size();
  archive.size(count, 1);
  if (archive.is_reading()) {
    // Those that are there keep their places; the others follow in the order of the checkpoint.
    for (ComponentTotal& component : components_) {
      component.energy_aj = {};
      component.busy = {};
      for (EventTotal& event : component.events) {
        event = EventTotal{event.name};
      }
    }
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    exchange_component(archive, i);
  }
  for (sc_core::sc_time& time : phase_time_) {
    simulation::exchange(archive, time);
  }
  base_ = std::accumulate(phase_time_.begin(), phase_time_.end(), sc_core::SC_ZERO_TIME) -
          sc_core::sc_time_stamp();
}

void Ledger::exchange_component(state::Archive& archive, std::size_t place) {
  std::string name = archive.is_reading() ? std::string() : components_[place].name;
  archive.text(name);
  const ComponentId id = component(name);
  ComponentTotal& total = components_[id];
  for (Attojoules& energy_aj : total.energy_aj) {
    archive.value(energy_aj);
  }
  for (sc_core::sc_time& busy : total.busy) {
    simulation::exchange(archive, busy);
  }
  std::uint64_t count = total.events.size();
  archive.size(count, 1);
  for (std::uint64_t i = 0; i < count; ++i) {
    std::string event_name = archive.is_reading() ? std::string() : total.events[i].name;
    archive.text(event_name);
    EventTotal& entry = total.events[event(id, event_name)];
    archive.value(entry.count);
    archive.value(entry.energy_aj);
  }
}

Ledger::ObserverId Ledger::add_observer(Observer observer) {
  if (observers_.empty()) {
    told_phase_ = current_phase();
  }
  observers_.emplace_back(++observers_added_, std::move(observer));
  return observers_added_;
}

void Ledger::remove_observer(ObserverId observer) {
  observers_.erase(
      std::remove_if(observers_.begin(), observers_.end(),
                     [=](const auto& candidate) { return candidate.first == observer; }),
      observers_.end());
}

void Ledger::tell_phase() {
  if (observers_.empty() || told_phase_ == current_phase()) {
    return;
  }
  told_phase_ = current_phase();
  for (const auto& [id, observer] : observers_) {
    if (observer.phase_changed) {
      observer.phase_changed(told_phase_);
    }
  }
}

void Ledger::book_elapsed() const {
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  const sc_core::sc_time elapsed = now - last_change_;
  if (elapsed == sc_core::SC_ZERO_TIME) {
    return;
  }
  last_change_ = now;
  const Phase phase = current_phase();
  phase_time_[phase] += elapsed;
  if (open_[INVAR_PHASE_BACKGROUND] != 0 && phase != INVAR_PHASE_PROGRAMMING) {
    background_time_ += elapsed;
  }
  for (const StaticPower& one : static_powers_) {
    const Attojoules energy_aj = one.microwatts * Attojoules(picoseconds(elapsed));
    ComponentTotal& total = components_[one.component];
    total.energy_aj[one.phase.value_or(phase)] += energy_aj;
    total.events[one.event].energy_aj += energy_aj;
    total_energy_aj_ += energy_aj;
  }
}

}  // namespace invar::ledger
