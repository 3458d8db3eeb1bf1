#ifndef INVAR_SEQUENCER_DMA_QUEUE_H
#define INVAR_SEQUENCER_DMA_QUEUE_H

#include <invar/ledger/ledger.h>
#include <invar/ledger/metered_dma.h>
#include <invar/simulation/dma_interface.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace invar::sequencer {

/// One block on its way between memory and a buffer.
struct DmaTransfer {
  bool write = false;
  std::uint64_t address = 0;
  /// The buffer; nullptr: the bytes take their time on the bus, but nobody wants them (reads) or
  /// zeros go out (writes).
  unsigned char* data = nullptr;
  std::size_t bytes = 0;
  /// What the bytes are moved for: time and energy are booked under it.
  ledger::Phase phase = INVAR_PHASE_DATA_MOVEMENT;

  bool ok = true;        ///< after completion: every burst was answered well
  bool pending = false;  ///< started and not done
  std::size_t done = 0;
  sc_core::sc_event finished;
};

/// The accelerator's DMA channel, shared by the descriptor fetcher and all matrices: one piece of
/// one transfer at a time, the waiting transfers in turns, so that a large matrix does not hold up
/// a descriptor.
class DmaQueue : public sc_core::sc_module, public simulation::DmaInterface {
 public:
  DmaQueue(const sc_core::sc_module_name& name, ledger::MeteredDma& dma, ledger::Ledger& ledger);

  /// Starts a transfer that somebody will `await`. Its buffer belongs to the queue until then.
  void start(DmaTransfer& transfer);
  /// Returns when a transfer is done, at once if it is or never was started. \return whether well
  bool await(DmaTransfer& transfer);

  /// Ends all transfers at once, as failed; a burst under way is finished.
  void reset();

  bool read(std::uint64_t address, void* data, std::size_t bytes) override;
  bool write(std::uint64_t address, const void* data, std::size_t bytes) override;

 private:
  void serve();
  void finish(DmaTransfer& transfer, bool ok);

  ledger::MeteredDma& dma_;
  ledger::Ledger& ledger_;
  std::deque<DmaTransfer*> waiting_;
  std::vector<unsigned char> unwanted_;
  bool dropped_ = false;  ///< the transfer whose burst is under way
  sc_core::sc_event started_;
};

}  // namespace invar::sequencer

#endif
