#ifndef INVAR_TILE_TILE_ACCOUNT_H
#define INVAR_TILE_TILE_ACCOUNT_H

#include <invar/ledger/ledger.h>

#include <string>

namespace invar::programming {
struct ProgrammingResult;
}

namespace invar::tile {

struct AnalogCounts;
struct AnalogEnergy;
struct ReadBack;

/// The ledger entries of one tile: DACs, arrays, op-amps, sample-and-holds, ADCs, and the
/// controller that writes the cells.
class TileAccount {
 public:
  /// \param name hierarchical name of the tile
  TileAccount(ledger::Ledger& ledger, const std::string& name);

  /// Books what a batch of analog operations takes from now on for `duration`.
  /// \param share of this tile, where energies and counts are those of several
  void charge(const AnalogEnergy& energy, const AnalogCounts& counts, ledger::Phase phase,
              const sc_core::sc_time& duration, const ledger::Share& share = {});
  /// Books time during which the tile worked.
  void add_busy(const sc_core::sc_time& duration, ledger::Phase phase);

  /// Books the programming of a matrix that starts now.
  void charge_programming(const programming::ProgrammingResult& written, ledger::Phase phase,
                          const ledger::Share& share = {});
  /// Books a read of the stored matrix that starts now.
  void charge_read_back(const ReadBack& read, ledger::Phase phase, const ledger::Share& share = {});
  /// Books time during which the controller wrote or read cells.
  void add_programming(const sc_core::sc_time& duration, ledger::Phase phase);

 private:
  struct Entry {
    ledger::Ledger::ComponentId component;
    ledger::Ledger::EventId event;
  };
  Entry entry(const std::string& component, const std::string& event);
  void book(const Entry& entry, std::uint64_t count, double energy_j, ledger::Phase phase,
            const sc_core::sc_time& duration, const ledger::Share& share);

  ledger::Ledger& ledger_;
  Entry dac_, array_, amplifiers_, sample_hold_, adc_;
  Entry pulse_, verify_, verify_conversion_, row_pulse_, remainder_, compensation_;
};

}  // namespace invar::tile

#endif
