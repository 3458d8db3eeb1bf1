#include <invar/platform/report/sections.h>

#include <numeric>
#include <stdexcept>
#include <systemc>

namespace invar::platform {
namespace {

using ledger::Attojoules;
using ledger::Ledger;
using ledger::Phase;
using sc_core::sc_time;

template <typename Energies>
Attojoules sum(const Energies& energies) {
  return std::accumulate(energies.begin(), energies.end(), Attojoules{0});
}

Json phase_entry(const Ledger& ledger, Phase phase) {
  Json entry;
  entry["name"] = ledger::phase_key(phase);
  entry["seconds"] = ledger.phase_time(phase).to_seconds();
  entry["time_ps"] = picoseconds(ledger.phase_time(phase));
  entry["energy_j"] = ledger.phase_energy_aj(phase).joules();
  entry["energy_aj"] = exactly(ledger.phase_energy_aj(phase));
  return entry;
}

Json component_entry(const ledger::ComponentTotal& component) {
  Json entry;
  const Attojoules energy = sum(component.energy_aj);
  sc_time busy = sc_core::SC_ZERO_TIME;
  Json by_phase = Json::object();
  for (int index = 0; index < INVAR_PHASE_COUNT; ++index) {
    const auto at = static_cast<std::size_t>(index);
    busy += component.busy[at];
    if (component.energy_aj[at] != 0 || component.busy[at] != sc_core::SC_ZERO_TIME) {
      Json& phase = by_phase[ledger::phase_key(static_cast<Phase>(index))];
      if (component.busy[at] != sc_core::SC_ZERO_TIME) {
        phase["busy_s"] = component.busy[at].to_seconds();
      }
      phase["energy_aj"] = exactly(component.energy_aj[at]);
    }
  }
  entry["name"] = component.name;
  // Converters, amplifiers and the like book energy only: no time is not no work.
  const bool timed = busy != sc_core::SC_ZERO_TIME || energy == 0;
  entry["busy_s"] = timed ? Json(busy.to_seconds()) : Json(nullptr);
  entry["energy_j"] = energy.joules();
  entry["energy_aj"] = exactly(energy);
  entry["by_phase"] = by_phase;
  entry["events"] = Json::array();
  for (const ledger::EventTotal& event : component.events) {
    entry["events"].push_back({{"name", event.name},
                               {"count", event.count},
                               {"energy_j", event.energy_aj.joules()},
                               {"energy_aj", exactly(event.energy_aj)}});
  }
  return entry;
}

void require_agreement(const Ledger& ledger, const sc_time& now) {
  Attojoules phases = 0;
  sc_time phase_time = sc_core::SC_ZERO_TIME;
  for (int index = 0; index < INVAR_PHASE_COUNT; ++index) {
    phases += ledger.phase_energy_aj(static_cast<Phase>(index));
    phase_time += ledger.phase_time(static_cast<Phase>(index));
  }
  Attojoules components = 0;
  Attojoules events = 0;
  for (const ledger::ComponentTotal& component : ledger.components()) {
    components += sum(component.energy_aj);
    for (const ledger::EventTotal& event : component.events) {
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

}  // namespace

Json exactly(Attojoules energy) {
  return energy.fits_64_bits() ? Json(static_cast<std::uint64_t>(energy)) : Json(energy.text());
}

std::uint64_t picoseconds(const sc_time& time) {
  return time.value();
}

void add_ledger_sections(Json& report, const Ledger& ledger) {
  const sc_time now = sc_core::sc_time_stamp();
  require_agreement(ledger, now);
  report["simulated_time_s"] = now.to_seconds();
  report["simulated_time_ps"] = picoseconds(now);
  report["total_energy_j"] = ledger.total_energy_aj().joules();
  report["total_energy_aj"] = exactly(ledger.total_energy_aj());
  report["phases"] = Json::array();
  for (int index = 0; index < INVAR_PHASE_COUNT; ++index) {
    report["phases"].push_back(phase_entry(ledger, static_cast<Phase>(index)));
  }
  report["components_definition"] =
      "busy_s: time that a component booked; null: it books its energy only, its time is part of "
      "the "
      "component that it works for (the tile's array, the bus)";
  report["components"] = Json::array();
  for (const ledger::ComponentTotal& component : ledger.components()) {
    report["components"].push_back(component_entry(component));
  }
}

}  // namespace invar::platform
