#include <invar/tile/tile_account.h>
#include <invar/tile_model/programming_cost.h>

namespace invar::tile {

TileAccount::TileAccount(ledger::Ledger& ledger, const std::string& name)
    : ledger_(ledger),
// Initialisers are evaluated from left to right: components stand in the ledger in this order.
#define INVAR_ENTRY(member, component, event, count) entry(name + "." component, event),
      shots_{INVAR_ANALOG_ENERGIES(INVAR_ENTRY)},
#undef INVAR_ENTRY
#define INVAR_ENTRY(member, event, count) entry(name + ".write_verify", event),
      programming_{INVAR_PROGRAMMING_ENERGIES(INVAR_ENTRY)} {
}
#undef INVAR_ENTRY

TileAccount::Entry TileAccount::entry(const std::string& component, const std::string& event) {
  const auto id = ledger_.component(component);
  return {id, ledger_.event(id, event)};
}

void TileAccount::book(const Entry& entry, std::uint64_t count, double energy_j,
                       ledger::Phase phase, const sc_core::sc_time& duration,
                       const ledger::Share& share) {
  ledger_.charge(entry.component, entry.event, phase, share.part(count),
                 share.part(ledger::to_attojoules(energy_j)), {sc_core::sc_time_stamp(), duration});
}

void TileAccount::charge(const AnalogEnergy& energy, const AnalogCounts& counts,
                         ledger::Phase phase, const sc_core::sc_time& duration,
                         const ledger::Share& share) {
#define INVAR_BOOK(member, component, event, count) \
  book(shots_.member, counts.count, energy.member, phase, duration, share);
  INVAR_ANALOG_ENERGIES(INVAR_BOOK)
#undef INVAR_BOOK
}

void TileAccount::add_busy(const sc_core::sc_time& duration, ledger::Phase phase) {
  ledger_.add_busy(shots_.array_j.component, phase, duration);
}

void TileAccount::charge_programming(const programming::ProgrammingResult& written,
                                     ledger::Phase phase, const ledger::Share& share) {
  const sc_core::sc_time duration(written.duration_s, sc_core::SC_SEC);
#define INVAR_BOOK(member, event, count) \
  book(programming_.member, written.count, written.member, phase, duration, share);
  INVAR_PROGRAMMING_ENERGIES(INVAR_BOOK)
#undef INVAR_BOOK
}

void TileAccount::charge_read_back(const ReadBack& read, ledger::Phase phase,
                                   const ledger::Share& share) {
  const sc_core::sc_time duration(read.duration_s, sc_core::SC_SEC);
  book(programming_.verify_energy_j, read.reads, read.cell_energy_j, phase, duration, share);
  book(programming_.judging_energy_j, read.reads, read.adc_energy_j, phase, duration, share);
}

void TileAccount::add_programming(const sc_core::sc_time& duration, ledger::Phase phase) {
  ledger_.add_busy(programming_.pulse_energy_j.component, phase, duration);
}

}  // namespace invar::tile
