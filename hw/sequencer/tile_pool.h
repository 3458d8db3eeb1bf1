#ifndef INVAR_SEQUENCER_TILE_POOL_H
#define INVAR_SEQUENCER_TILE_POOL_H

#include <invar/ledger/ledger.h>
#include <invar/sequencer/matrix_memory.h>
#include <invar/sequencer/sequencer_configuration.h>
#include <invar/solver/work_step.h>
#include <invar/tile/tile_account.h>
#include <invar/tile/tile_trace.h>
#include <invar/tile_model/tile_model.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace invar::state {
class Archive;
}

namespace invar::sequencer {

/// One tile of the accelerator: its numbers, its entries in the ledger and its signals. What it
/// does and when is up to the matrix that holds it.
class PooledTile : public sc_core::sc_module {
 public:
  PooledTile(const sc_core::sc_module_name& name, const SequencerConfiguration& configuration,
             std::uint32_t number, ledger::Ledger& ledger);

  std::uint32_t number() const { return number_; }
  /// The numbers, made at first use: few of thousands of tiles may ever be used.
  tile::TileModel& model();
  /// The same, nullptr if the tile was never used (or carries no numbers).
  const tile::TileModel* used_model() const { return model_.get(); }
  /// Opens the tile's entries in the ledger, if they are not open yet.
  void open_account();

  /// Books what a step takes of the tile, from now on for `duration`.
  /// \param share of the tile, where the activity is that of several
  void charge(const solver::TileActivity& activity, ledger::Phase phase,
              const sc_core::sc_time& duration, const ledger::Share& share);
  /// Books the tile's share of digital work: the lanes of all tiles of a matrix work together.
  void charge_lanes(std::uint64_t multiply_accumulates, std::uint64_t fetched_bytes,
                    ledger::Phase phase, const ledger::ChargeSpan& span,
                    const ledger::Share& share);
  /// Books what so many tiles drew beyond their gated power, and so many times of switching them
  /// on.
  void charge_awake(double awake_s, std::uint32_t wakes, std::uint32_t tiles, ledger::Phase phase);
  /// Books time during which the tile worked.
  void add_busy(const sc_core::sc_time& duration, ledger::Phase phase);

  const tile::TileTrace& trace() const { return trace_; }
  void attach(trace::SignalSink& sink, const tile::TraceDetail& detail, bool settling);
  void attach(trace::ActivitySink& sink) { trace_.attach(sink, name()); }

  /// Writes to the most worn cell.
  std::uint64_t wear() const { return model_ ? model_->cells().maximum_writes() : 0; }
  /// See tile::TileModel.
  void exchange(state::Archive& archive);

 private:
  struct Account {
    Account(ledger::Ledger& ledger, const std::string& name);
    tile::TileAccount analog;
    ledger::Ledger::ComponentId lanes, buffer;
    ledger::Ledger::EventId multiply_accumulate, byte_read;
    /// Where tiles are switched off between commands.
    struct PowerSwitch {
      PowerSwitch(ledger::Ledger& ledger, const std::string& name);
      ledger::Ledger::ComponentId component;
      ledger::Ledger::EventId awake, wake;
    };
    std::optional<PowerSwitch> power_switch;
  };
  Account& account();

  const SequencerConfiguration& configuration_;
  std::uint32_t number_;
  ledger::Ledger& ledger_;
  std::unique_ptr<tile::TileModel> model_;
  std::unique_ptr<Account> account_;
  tile::TileTrace trace_;
  int watched_rows_ = 0;
  int settling_samples_ = 0;
};

/// Which tiles are free, in which order they are given out, and the ADCs and the memory that they
/// share.
class TilePool {
 public:
  TilePool(const SequencerConfiguration& configuration, ledger::Ledger& ledger);

  /// So many tiles, the least worn first; empty if fewer are free.
  std::vector<PooledTile*> take(int count);
  void give_back(const std::vector<PooledTile*>& tiles);
  /// Takes a tile out of service for good: it cannot be programmed.
  void retire(PooledTile& tile) { retired_.insert(tile.number()); }

  int free() const { return static_cast<int>(free_.size()); }
  /// Tiles that are not out of service.
  int in_service() const {
    return static_cast<int>(tiles_.size()) - static_cast<int>(retired_.size());
  }

  /// When a step that starts at `start` ends, once the ADCs that its tiles share have converted
  /// what they were asked before and what the step asks.
  sc_core::sc_time reserve(const std::vector<PooledTile*>& tiles, const solver::WorkStep& step,
                           const sc_core::sc_time& start);
  /// Of matrices while they are programmed, in hardware that does not keep them.
  MatrixMemory& memory() { return memory_; }
  /// Tiles that were given out at some time.
  int used() const { return used_; }
  /// Tiles, wear and what is out of service, for a checkpoint, while nobody holds a tile.
  /// \throws std::logic_error when somebody does
  void exchange(state::Archive& archive);
  /// Forgets what the shared ADCs were asked.
  void reset();
  /// Whether each tile is booked by itself. In large machines whose tiles carry no numbers, the
  /// first of several that do the same stands for all of them: thousands of entries would say the
  /// same.
  bool books_each_tile() const;

  sc_core::sc_vector<PooledTile>& tiles() { return tiles_; }
  const sc_core::sc_vector<PooledTile>& tiles() const { return tiles_; }

 private:
  /// What the tiles that were given out draw, from now on.
  void draw_static_power();
  /// What the memory of matrices draws, from the start.
  void supply_memory();
  /// The memory of matrices is used from now on, or no longer.
  void switch_memory(bool is_used);
  /// Order of preference: step of wear, then number.
  using Rank = std::pair<std::uint64_t, std::uint32_t>;
  Rank rank(const PooledTile& tile) const;

  SequencerConfiguration configuration_;
  ledger::Ledger& ledger_;
  MatrixMemory memory_;
  std::string memory_name_;  ///< in the ledger
  ledger::Ledger::ComponentId memory_switch_ = 0;
  ledger::Ledger::EventId memory_wake_ = 0;
  sc_core::sc_vector<PooledTile> tiles_;
  std::set<Rank> free_;
  std::set<std::uint32_t> retired_;
  std::vector<bool> was_used_;
  int used_ = 0;
  std::vector<sc_core::sc_time> adc_free_at_;  ///< of each set of shared ADCs
};

}  // namespace invar::sequencer

#endif
