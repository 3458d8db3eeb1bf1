#include <invar/platform/report/component_kind.h>
#include <invar/platform/report/sections.h>

#include <array>
#include <numeric>
#include <stdexcept>
#include <systemc>
#include <utility>

namespace invar::platform {
namespace {

using ledger::Attojoules;
using ledger::ComponentTotal;
using ledger::EventTotal;
using ledger::Ledger;
using ledger::Phase;
using sc_core::sc_time;
using sc_core::SC_ZERO_TIME;

template <typename Energies>
Attojoules sum(const Energies& energies) {
  return std::accumulate(energies.begin(), energies.end(), Attojoules{0});
}

struct PhaseTotal {
  const char* name;
  sc_time time;
  Attojoules energy_aj;
};

std::vector<PhaseTotal> phases_of(const Ledger& ledger) {
  std::vector<PhaseTotal> phases;
  for (int index = 0; index < INVAR_PHASE_COUNT; ++index) {
    const Phase phase = static_cast<Phase>(index);
    phases.push_back(
        {ledger::phase_key(phase), ledger.phase_time(phase), ledger.phase_energy_aj(phase)});
  }
  return phases;
}

const Section<PhaseTotal>& phase_section() {
  static const auto section =
      Section<PhaseTotal>()
          .figure({"name", "", "", "of the phase"}, [](const PhaseTotal& p) { return p.name; })
          .figure({"seconds", "s", "", "simulated time, exclusive: those of all phases add up"},
                  [](const PhaseTotal& p) { return p.time.to_seconds(); })
          .figure({"time_ps", "ps", "", "the same, exactly"},
                  [](const PhaseTotal& p) { return picoseconds(p.time); })
          .figure({"energy_j", "J", "", "of all components in the phase"},
                  [](const PhaseTotal& p) { return p.energy_aj.joules(); })
          .figure({"energy_aj", "aJ", "", "the same, exactly"},
                  [](const PhaseTotal& p) { return p.energy_aj; });
  return section;
}

/// What a component booked in one phase.
struct PhaseShare {
  sc_time busy;
  Attojoules energy_aj;
};

std::vector<std::pair<std::string, PhaseShare>> shares_of(const ComponentTotal& component) {
  std::vector<std::pair<std::string, PhaseShare>> shares;
  for (std::size_t at = 0; at < INVAR_PHASE_COUNT; ++at) {
    if (component.energy_aj[at] != 0 || component.busy[at] != SC_ZERO_TIME) {
      shares.emplace_back(ledger::phase_key(static_cast<Phase>(at)),
                          PhaseShare{component.busy[at], component.energy_aj[at]});
    }
  }
  return shares;
}

const Section<PhaseShare>& share_section() {
  static const auto section =
      Section<PhaseShare>()
          .figure_if_any({"busy_s", "s", "", "time booked in this phase"},
                         [](const PhaseShare& share) {
                           return share.busy != SC_ZERO_TIME
                                      ? std::optional<double>(share.busy.to_seconds())
                                      : std::nullopt;
                         })
          .figure({"energy_aj", "aJ", "", "energy booked in this phase"},
                  [](const PhaseShare& share) { return share.energy_aj; });
  return section;
}

/// Converters, amplifiers and the like book energy only: no time is not no work.
std::optional<double> busy_seconds(const ComponentTotal& component) {
  sc_time busy = SC_ZERO_TIME;
  for (const sc_time& time : component.busy) {
    busy += time;
  }
  const bool timed = busy != SC_ZERO_TIME || sum(component.energy_aj) == 0;
  return timed ? std::optional<double>(busy.to_seconds()) : std::nullopt;
}

const Section<EventTotal>& event_section() {
  static const auto section =
      Section<EventTotal>()
          .figure({"name", "", "", "of the event"}, [](const EventTotal& e) { return e.name; })
          .figure({"count", "", "", "times that it happened"},
                  [](const EventTotal& e) { return e.count; })
          .figure({"energy_j", "J", "", "of all of them"},
                  [](const EventTotal& e) { return e.energy_aj.joules(); })
          .figure({"energy_aj", "aJ", "", "the same, exactly"},
                  [](const EventTotal& e) { return e.energy_aj; });
  return section;
}

const Section<ComponentTotal>& component_section() {
  static const auto section =
      Section<ComponentTotal>()
          .figure({"name", "", "", "hierarchical name of the module"},
                  [](const ComponentTotal& c) { return c.name; })
          .figure({"kind", "", "", "see kinds"},
                  [](const ComponentTotal& c) { return kind_of_component(c.name); })
          .figure({"busy_s", "s", "", "see components_definition; may overlap with others"},
                  busy_seconds)
          .figure({"energy_j", "J", "", "components add up to the total"},
                  [](const ComponentTotal& c) { return sum(c.energy_aj).joules(); })
          .figure({"energy_aj", "aJ", "", "the same, exactly"},
                  [](const ComponentTotal& c) { return sum(c.energy_aj); })
          .object({"by_phase", "", "", "phases in which it booked something, by their names"},
                  Section<ComponentTotal>().others({"*"}, share_section(), shares_of), itself)
          .list({"events", "", "", "what it did; energies add up to the component's"},
                event_section(), [](const ComponentTotal& c) { return c.events; });
  return section;
}

std::vector<std::pair<std::string, Attojoules>> energies_of(const KindTotal& kind) {
  std::vector<std::pair<std::string, Attojoules>> energies;
  for (std::size_t at = 0; at < INVAR_PHASE_COUNT; ++at) {
    if (kind.energy_aj[at] != 0) {
      energies.emplace_back(ledger::phase_key(static_cast<Phase>(at)), kind.energy_aj[at]);
    }
  }
  return energies;
}

const Section<KindTotal>& kind_section() {
  static const auto section =
      Section<KindTotal>()
          .figure({"name", "", "", "of the kind"}, [](const KindTotal& k) { return k.name; })
          .figure({"energy_j", "J", "", "kinds add up to the total"},
                  [](const KindTotal& k) { return sum(k.energy_aj).joules(); })
          .figure({"energy_aj", "aJ", "", "the same, exactly"},
                  [](const KindTotal& k) { return sum(k.energy_aj); })
          .object({"by_phase", "", "", "energy by phase, by their names"},
                  Section<KindTotal>().others({"*", "aJ", "", "booked in that phase"}, energies_of),
                  itself);
  return section;
}

}  // namespace

void require_agreement(const Ledger& ledger) {
  const sc_time now = ledger.time();
  Attojoules phases = 0;
  sc_time phase_time = SC_ZERO_TIME;
  for (const PhaseTotal& phase : phases_of(ledger)) {
    phases += phase.energy_aj;
    phase_time += phase.time;
  }
  Attojoules components = 0;
  Attojoules events = 0;
  for (const ComponentTotal& component : ledger.components()) {
    components += sum(component.energy_aj);
    for (const EventTotal& event : component.events) {
      events += event.energy_aj;
    }
  }
  const Attojoules total = ledger.total_energy_aj();
  if (phases != total || components != total || events != total) {
    throw std::logic_error("the ledger does not add up: total " + total.text() + " aJ, phases " +
                           phases.text() + ", components " + components.text() + ", events " +
                           events.text());
  }
  if (phase_time != now) {
    throw std::logic_error("the phases take " + phase_time.to_string() + ", simulated time is " +
                           now.to_string());
  }
}

std::uint64_t picoseconds(const sc_time& time) {
  return time.value();
}

const Section<Ledger>& ledger_section() {
  static const auto section =
      Section<Ledger>()
          .figure({"simulated_time_s", "s", "simulated time", "from reset to the end of the run"},
                  [](const Ledger& ledger) { return ledger.time().to_seconds(); })
          .figure({"simulated_time_ps", "ps", "", "the same, exactly"},
                  [](const Ledger& ledger) { return picoseconds(ledger.time()); })
          .figure({"total_energy_j", "J", "total energy", "of all components"},
                  [](const Ledger& ledger) { return ledger.total_energy_aj().joules(); })
          .figure({"total_energy_aj", "aJ", "", "the same, exactly"},
                  [](const Ledger& ledger) { return ledger.total_energy_aj(); })
          .figure({"static_power_w", "W", "",
                   "drawn all the time, at the end of the run: events "
                   "static_power of components"},
                  [](const Ledger& ledger) { return ledger.static_power_w(); })
          .figure({"mean_power_w", "W", "", "total_energy_j over simulated_time_s"},
                  [](const Ledger& ledger) {
                    return ratio(ledger.total_energy_aj().joules(), ledger.time().to_seconds());
                  })
          .list({"phases", "", "", "what the machine worked for; each instant counts for one"},
                phase_section(), phases_of)
          .figure({"components_definition", "", "", "of busy_s"},
                  [](const Ledger&) {
                    return "busy_s: time that a component booked; null: it books its energy only, "
                           "its time is part of the component that it works for (the tile's "
                           "array, the bus)";
                  })
          .list({"components", "", "", "modules and their parts"}, component_section(),
                [](const Ledger& ledger) -> decltype(auto) { return ledger.components(); })
          .list({"kinds", "", "", "the same energy by kind of component, without what took none"},
                kind_section(), kinds_of);
  return section;
}

}  // namespace invar::platform
