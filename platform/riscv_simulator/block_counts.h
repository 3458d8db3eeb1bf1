#ifndef INVAR_PLATFORM_RISCV_SIMULATOR_BLOCK_COUNTS_H
#define INVAR_PLATFORM_RISCV_SIMULATOR_BLOCK_COUNTS_H

#include <invar/platform/host_core/instruction_set_simulator.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "block_analysis.h"
#include "instruction_class.h"

namespace invar::platform::riscv {

/// Instructions by class, their cycles, and what they do with floating-point registers.
struct BlockCounts {
  std::uint32_t instructions = 0;
  std::uint32_t cycles = 0;
  std::array<std::uint32_t, INVAR_OPERATION_COUNT> by_class{};
  bool has_instruction_fence = false;
  FloatUse floats;
};

inline void add(invar_iss_counts& counts, const BlockCounts& block) {
  counts.instructions += block.instructions;
  counts.cycles += block.cycles;
  for (std::size_t i = 0; i < block.by_class.size(); ++i) {
    counts.by_class[i] += block.by_class[i];
  }
}

inline void subtract(invar_iss_counts& counts, const BlockCounts& block) {
  counts.instructions -= block.instructions;
  counts.cycles -= block.cycles;
  for (std::size_t i = 0; i < block.by_class.size(); ++i) {
    counts.by_class[i] -= block.by_class[i];
  }
}

/// Counts of basic blocks, remembered by address and size: a block is decoded once.
class BlockCountCache {
 public:
  explicit BlockCountCache(const std::uint32_t cycles[INVAR_OPERATION_COUNT])
      : entries_(k_entries) {
    std::memcpy(cycles_.data(), cycles, sizeof cycles_);
  }

  /// The entry of a block if it is known.
  const BlockCounts* find(std::uint64_t pc, std::uint32_t bytes) const {
    const Entry& entry = entries_[index(pc)];
    return entry.pc == pc && entry.bytes == bytes ? &entry.counts : nullptr;
  }
  /// Decodes a block and remembers it in place of another. The reference holds until the next call.
  /// Adds to `questionable` the offsets of instructions to look at.
  const BlockCounts& insert(std::uint64_t pc, std::uint32_t bytes, const unsigned char* code,
                            std::uint64_t available, std::vector<std::uint64_t>& questionable);
  /// Instructions that begin in the first `bytes` of `code`, up to and with a wfi.
  BlockCounts count(const unsigned char* code, std::uint64_t bytes) const;
  /// After a fence.i, or when memory has gone.
  void clear();
  /// Addresses that hold all blocks there have been, in whole pages; first > last: none.
  std::uint64_t first() const { return first_; }
  std::uint64_t last() const { return last_; }

 private:
  // A power of two; the blocks of any firmware so far.
  static constexpr std::size_t k_entries = 16384;
  static constexpr std::uint64_t k_nowhere = 1;  // no pc is odd

  struct Entry {
    std::uint64_t pc = k_nowhere;
    std::uint32_t bytes = 0;
    BlockCounts counts;
  };

  static std::size_t index(std::uint64_t pc) { return (pc >> 1) % k_entries; }

  std::array<std::uint32_t, INVAR_OPERATION_COUNT> cycles_;
  std::vector<Entry> entries_;
  std::uint64_t first_ = ~std::uint64_t{0};
  std::uint64_t last_ = 0;
};

}  // namespace invar::platform::riscv

#endif
