#ifndef INVAR_SEQUENCER_COMMAND_QUEUE_H
#define INVAR_SEQUENCER_COMMAND_QUEUE_H

#include <invar/sequencer/tile_sequencer.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace invar::sequencer {

/// Where the descriptor ring and the completion records are.
struct RingSetup {
  std::uint64_t base = 0;
  std::uint64_t completion_base = 0;
  std::uint32_t size = 0;

  /// Whether base, completion base and size keep to the rules of the register map.
  bool valid() const;
};

/// Matrices of one size that were programmed, and right-hand sides solved with them.
struct InversionCount {
  std::uint64_t matrices = 0;
  std::uint64_t right_hand_sides = 0;
};

/// Fetches descriptors from the ring, hands each to the tile it belongs to, and writes completion
/// records as the tiles finish: in order for one matrix, out of order between matrices.
class CommandQueue : public sc_core::sc_module {
 public:
  /// What the register file wants to know.
  struct Listener {
    std::function<void(std::uint32_t status)> completed;
    std::function<void()> fault;
  };

  CommandQueue(const sc_core::sc_module_name& name, simulation::DmaInterface& dma,
               ledger::Ledger& ledger, const TileSequencerConfiguration& configuration,
               int tile_count, Listener listener);

  /// The doorbell: descriptors up to the free-running count `tail` are in memory.
  void ring_doorbell(const RingSetup& setup, std::uint32_t tail, const sc_core::sc_time& delay);
  void reset();
  /// The queue's signals and those of its tiles.
  void trace(trace::SignalSink& sink, const tile::TraceDetail& detail);
  /// The tracks of its tiles.
  void trace(trace::ActivitySink& sink);

  std::uint32_t head() const { return head_; }
  std::uint32_t completed() const { return completed_; }
  bool busy() const;
  bool halted() const { return halted_; }
  /// Time with commands on their way: from a doorbell to the completion that leaves nothing open,
  /// such windows added up.
  sc_core::sc_time active_time() const;
  /// Successful PROGRAM and SOLVE commands by matrix dimension.
  std::set<std::uint32_t> served_;  ///< handles whose matrix has solved something
  const std::map<std::uint32_t, InversionCount>& work() const { return work_; }
  sc_core::sc_vector<TileSequencer>& tiles() { return tiles_; }
  const sc_core::sc_vector<TileSequencer>& tiles() const { return tiles_; }

 private:
  /// DMA shared by the fetcher and all tiles, one transfer at a time.
  class SharedDma : public simulation::DmaInterface {
   public:
    explicit SharedDma(simulation::DmaInterface& dma) : dma_(dma) {}
    bool read(std::uint64_t address, void* data, std::size_t bytes) override;
    bool write(std::uint64_t address, const void* data, std::size_t bytes) override;

   private:
    simulation::DmaInterface& dma_;
    sc_core::sc_mutex mutex_;
  };

  void fetch();
  void dispatch(const Command& command);
  /// Finds a tile for a PROGRAM; waits for one that is about to be released.
  TileSequencer* allocate_tile();
  TileSequencer* find_tile(std::uint32_t handle);
  void complete(const Command& command, invar_completion record);
  void halt();
  void close_window();

  ledger::Ledger& ledger_;
  TileSequencerConfiguration configuration_;
  Listener listener_;
  SharedDma dma_;
  sc_core::sc_vector<TileSequencer> tiles_;
  RingSetup setup_;
  std::uint32_t tail_ = 0;
  std::uint32_t head_ = 0;
  std::uint32_t completed_ = 0;
  std::uint32_t handles_made_ = 0;
  std::map<std::uint32_t, InversionCount> work_;
  sc_core::sc_time active_time_;
  sc_core::sc_time window_start_;
  bool window_open_ = false;
  std::uint64_t generation_ = 0;
  bool halted_ = false;
  bool fetching_ = false;
  sc_core::sc_event doorbell_;
  trace::TraceSignal<std::uint32_t> traced_waiting_;
  trace::TraceSignal<std::uint32_t> traced_completed_;
  sc_core::sc_event reset_;
};

}  // namespace invar::sequencer

#endif
