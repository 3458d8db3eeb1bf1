#ifndef INVAR_SEQUENCER_OPERAND_PATHS_H
#define INVAR_SEQUENCER_OPERAND_PATHS_H

#include <invar/sequencer/dma_queue.h>
#include <invar/sequencer/operand_window.h>

namespace invar::sequencer {

/// How matrices and vectors come and go: over the bus, or, where an address lies in the window of a
/// scratchpad, over the port to it. Each path is a queue of its own.
class OperandPaths {
 public:
  OperandPaths(DmaQueue& memory, DmaQueue& scratchpad, const OperandWindow& window)
      : memory_(memory), scratchpad_(scratchpad), window_(window) {}

  /// See DmaQueue. Afterwards the transfer's address is as its path counts it.
  void start(DmaTransfer& transfer) {
    if (window_.holds(transfer.address, transfer.bytes)) {
      transfer.address -= window_.base;
      scratchpad_.start(transfer);
    } else {
      memory_.start(transfer);
    }
  }
  bool await(DmaTransfer& transfer) { return memory_.await(transfer); }

 private:
  DmaQueue& memory_;
  DmaQueue& scratchpad_;
  OperandWindow window_;
};

}  // namespace invar::sequencer

#endif
