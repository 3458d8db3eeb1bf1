#ifndef INVAR_SEQUENCER_OPERAND_WINDOW_H
#define INVAR_SEQUENCER_OPERAND_WINDOW_H

#include <cstdint>

namespace invar::sequencer {

/// Addresses of operands that stand for a scratchpad behind the accelerator's operand port.
struct OperandWindow {
  std::uint64_t base = 0;
  std::uint64_t bytes = 0;  ///< 0: none

  bool holds(std::uint64_t address, std::uint64_t length) const {
    return address >= base && length <= bytes && address - base <= bytes - length;
  }
};

}  // namespace invar::sequencer

#endif
