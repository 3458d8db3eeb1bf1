#ifndef INVAR_SEQUENCER_COMMAND_QUEUE_H
#define INVAR_SEQUENCER_COMMAND_QUEUE_H

#include <invar/sequencer/data_ports.h>
#include <invar/sequencer/matrix_sequencer.h>
#include <invar/sequencer/operand_paths.h>

#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

namespace invar::sequencer {

/// Where the descriptor ring and the completion records are.
struct RingSetup {
  std::uint64_t base = 0;
  std::uint64_t completion_base = 0;
  std::uint32_t size = 0;

  /// Which rule of the register map size or bases break; 0: none.
  std::uint32_t fault() const;
};

/// Matrices of one size that were programmed, and right-hand sides solved with them.
struct InversionCount {
  std::uint64_t matrices = 0;
  std::uint64_t right_hand_sides = 0;
};

/// Fetches descriptors from the ring, hands each to the matrix it belongs to, and writes completion
/// records as they finish: in order for one matrix, out of order between matrices.
class CommandQueue : public sc_core::sc_module {
 public:
  /// What the register file wants to know.
  struct Listener {
    std::function<void(std::uint32_t status)> completed;
    std::function<void(invar_ring_fault)> fault;
  };

  /// \param workers for the numbers of commands; nullptr: none
  CommandQueue(const sc_core::sc_module_name& name, const DataPorts& ports, ledger::Ledger& ledger,
               const SequencerConfiguration& configuration, simulation::WorkerPool* workers,
               Listener listener);

  /// The doorbell: descriptors up to the free-running count `tail` are in memory.
  void ring_doorbell(const RingSetup& setup, std::uint32_t tail);
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
  const std::map<std::uint32_t, InversionCount>& work() const { return work_; }
  const TilePool& pool() const { return pool_; }
  const sc_core::sc_vector<MatrixSequencer>& matrices() const { return matrices_; }
  /// How good sampled single shots of all matrices were.
  solver::ShotSamples shot_samples() const;
  /// Tiles and counters, for a checkpoint, while nothing is under way and no matrix is held.
  void exchange(state::Archive& archive);

 private:
  void fetch();
  void dispatch(const Command& command);
  void dispatch_pair(const Command& command, MatrixSequencer& first);
  void dispatch_program(const Command& command, invar_completion record);
  /// A free context, so many tiles, and memory for a matrix that is kept, for a PROGRAM; waits for
  /// those that are about to be released. \param rows of the matrix
  /// \return nullptr with the status of the failure; OK there: a reset came in between
  MatrixSequencer* allocate(int tiles, std::uint64_t rows, std::uint32_t& status);
  /// Whether the memory of kept matrices has room for one of so many rows, beside those held.
  /// \param but_for_ending not counting those that are about to be released
  bool has_memory(std::uint64_t rows, bool but_for_ending) const;
  MatrixSequencer* find_matrix(std::uint32_t handle);
  void complete(const Command& command, invar_completion record);
  void show_waiting() const;
  /// How good its first shots were, or its single shots by their probes.
  void show_bits(const invar_completion& record) const;
  /// Everything but the status, and then the status. \return whether the bus took both
  bool write_record(std::uint32_t slot, const invar_completion& record);
  void halt(invar_ring_fault fault);
  void close_window();

  ledger::Ledger& ledger_;
  SequencerConfiguration configuration_;
  Listener listener_;
  DmaQueue dma_;
  DmaQueue operands_;
  OperandPaths paths_;
  TilePool pool_;
  sc_core::sc_vector<MatrixSequencer> matrices_;
  RingSetup setup_;
  std::uint32_t tail_ = 0;
  std::uint32_t head_ = 0;
  std::uint32_t completed_ = 0;
  std::uint32_t handles_made_ = 0;
  std::unordered_map<std::uint32_t, MatrixSequencer*> holders_;  ///< of handles; may be outdated
  std::map<std::uint32_t, InversionCount> work_;
  sc_core::sc_time active_time_;
  sc_core::sc_time window_start_;
  bool window_open_ = false;
  std::uint64_t generation_ = 0;
  bool halted_ = false;
  bool fetching_ = false;
  sc_core::sc_event doorbell_;
  trace::TraceSignal<std::uint32_t> traced_waiting_;
  trace::ActivityCounter counted_waiting_, counted_bits_;
  trace::TraceSignal<std::uint32_t> traced_completed_;
  sc_core::sc_event reset_;
};

}  // namespace invar::sequencer

#endif
