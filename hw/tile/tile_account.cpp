#include <invar/tile/tile_account.h>
#include <invar/tile_model/analog_work.h>
#include <invar/tile_model/tile_programming.h>

namespace invar::tile {

TileAccount::TileAccount(ledger::Ledger& ledger, const std::string& name)
    : ledger_(ledger),
      dac_(entry(name + ".dac", "conversion")),
      array_(entry(name + ".array", "shot")),
      amplifiers_(entry(name + ".amplifiers", "shot")),
      sample_hold_(entry(name + ".sample_hold", "sample")),
      adc_(entry(name + ".adc", "conversion")),
      pulse_(entry(name + ".write_verify", "cell_pulse")),
      verify_(entry(name + ".write_verify", "cell_verify")),
      verify_conversion_(entry(name + ".write_verify", "verify_conversion")),
      row_pulse_(entry(name + ".write_verify", "row_pulse")),
      remainder_(entry(name + ".write_verify", "remainder_update")),
      compensation_(entry(name + ".write_verify", "compensation_operation")) {}

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
  const auto book_part = [&](const Entry& entry, std::uint64_t count, double energy_j) {
    book(entry, count, energy_j, phase, duration, share);
  };
  book_part(dac_, counts.dac_conversions, energy.dac_j);
  book_part(array_, counts.shots, energy.array_j);
  book_part(amplifiers_, counts.shots, energy.amplifier_j);
  book_part(sample_hold_, counts.adc_conversions, energy.sample_hold_j);
  book_part(adc_, counts.adc_conversions, energy.adc_j);
}

void TileAccount::add_busy(const sc_core::sc_time& duration, ledger::Phase phase) {
  ledger_.add_busy(array_.component, phase, duration);
}

void TileAccount::charge_programming(const programming::ProgrammingResult& written,
                                     ledger::Phase phase, const ledger::Share& share) {
  const sc_core::sc_time duration(written.duration_s, sc_core::SC_SEC);
  const auto book_part = [&](const Entry& entry, std::uint64_t count, double energy_j) {
    book(entry, count, energy_j, phase, duration, share);
  };
  book_part(pulse_, written.set_pulses + written.reset_pulses, written.pulse_energy_j);
  book_part(verify_, written.verify_reads, written.verify_energy_j);
  book_part(verify_conversion_, written.verify_reads, written.adc_energy_j);
  book_part(row_pulse_, written.row_pulses(), written.driver_energy_j);
  book_part(remainder_, written.remainder_updates, written.remainder_energy_j);
  book_part(compensation_, written.compensation_operations, written.compensation_energy_j);
}

void TileAccount::charge_read_back(const ReadBack& read, ledger::Phase phase,
                                   const ledger::Share& share) {
  const sc_core::sc_time duration(read.duration_s, sc_core::SC_SEC);
  book(verify_, read.reads, read.cell_energy_j, phase, duration, share);
  book(verify_conversion_, read.reads, read.adc_energy_j, phase, duration, share);
}

void TileAccount::add_programming(const sc_core::sc_time& duration, ledger::Phase phase) {
  ledger_.add_busy(pulse_.component, phase, duration);
}

}  // namespace invar::tile
