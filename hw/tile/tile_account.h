#ifndef INVAR_TILE_TILE_ACCOUNT_H
#define INVAR_TILE_TILE_ACCOUNT_H

#include <invar/ledger/ledger.h>
#include <invar/programming/programming_result.h>
#include <invar/tile_model/analog_work.h>

#include <string>

namespace invar::tile {

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
  struct ShotEntries {
#define INVAR_MEMBER(member, component, event, count) Entry member;
    INVAR_ANALOG_ENERGIES(INVAR_MEMBER)
#undef INVAR_MEMBER
  };
  struct ProgrammingEntries {
#define INVAR_MEMBER(member, event, count) Entry member;
    INVAR_PROGRAMMING_ENERGIES(INVAR_MEMBER)
#undef INVAR_MEMBER
  };
  Entry entry(const std::string& component, const std::string& event);
  void book(const Entry& entry, std::uint64_t count, double energy_j, ledger::Phase phase,
            const sc_core::sc_time& duration, const ledger::Share& share);

  ledger::Ledger& ledger_;
  ShotEntries shots_;
  ProgrammingEntries programming_;
};

}  // namespace invar::tile

#endif
