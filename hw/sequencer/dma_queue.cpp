#include <invar/sequencer/dma_queue.h>

#include <algorithm>

namespace invar::sequencer {
namespace {

/// Bytes of one transfer before the next one has its turn (assumption).
constexpr std::size_t k_piece_bytes = 65536;

}  // namespace

DmaQueue::DmaQueue(const sc_core::sc_module_name& name, ledger::MeteredDma& dma,
                   ledger::Ledger& ledger)
    : sc_core::sc_module(name), dma_(dma), ledger_(ledger) {
  INVAR_HAS_PROCESS(DmaQueue);
  SC_THREAD(serve);
}

void DmaQueue::start(DmaTransfer& transfer) {
  transfer.ok = true;
  transfer.pending = true;
  transfer.done = 0;
  ledger_.begin_activity(transfer.phase);
  waiting_.push_back(&transfer);
  started_.notify(sc_core::SC_ZERO_TIME);
}

bool DmaQueue::await(DmaTransfer& transfer) {
  while (transfer.pending) {
    wait(transfer.finished);
  }
  return transfer.ok;
}

bool DmaQueue::read(std::uint64_t address, void* data, std::size_t bytes) {
  DmaTransfer transfer;
  transfer.address = address;
  transfer.data = static_cast<unsigned char*>(data);
  transfer.bytes = bytes;
  start(transfer);
  return await(transfer);
}

bool DmaQueue::write(std::uint64_t address, const void* data, std::size_t bytes) {
  DmaTransfer transfer;
  transfer.write = true;
  transfer.address = address;
  // One pointer serves both directions; a write only reads from it.
  transfer.data = const_cast<unsigned char*>(static_cast<const unsigned char*>(data));
  transfer.bytes = bytes;
  start(transfer);
  return await(transfer);
}

void DmaQueue::reset() {
  dropped_ = true;
  for (DmaTransfer* transfer : waiting_) {
    finish(*transfer, false);
  }
  waiting_.clear();
}

void DmaQueue::finish(DmaTransfer& transfer, bool ok) {
  ledger_.end_activity(transfer.phase);
  transfer.ok = ok;
  transfer.pending = false;
  transfer.finished.notify(sc_core::SC_ZERO_TIME);
}

void DmaQueue::serve() {
  for (;;) {
    while (waiting_.empty()) {
      wait(started_);
    }
    DmaTransfer& transfer = *waiting_.front();
    waiting_.pop_front();
    dropped_ = false;
    const std::size_t bytes = std::min(k_piece_bytes, transfer.bytes - transfer.done);
    unsigned char* data = transfer.data;
    if (data != nullptr) {
      data += transfer.done;
    } else {
      unwanted_.assign(k_piece_bytes, 0);
      data = unwanted_.data();
    }
    const std::uint64_t address = transfer.address + transfer.done;
    dma_.set_phase(transfer.phase);
    const bool ok =
        transfer.write ? dma_.write(address, data, bytes) : dma_.read(address, data, bytes);
    transfer.done += bytes;
    if (ok && !dropped_ && transfer.done < transfer.bytes) {
      waiting_.push_back(&transfer);
    } else {
      finish(transfer, ok && !dropped_);
    }
  }
}

}  // namespace invar::sequencer
