#include "block_counts.h"

#include <algorithm>

namespace invar::platform::riscv {

BlockCounts BlockCountCache::count(const unsigned char* code, std::uint64_t bytes) const {
  BlockCounts counts;
  for (std::uint64_t offset = 0; offset < bytes;) {
    const std::uint32_t bits = instruction_at(code + offset, bytes - offset);
    const invar_operation operation = instruction_class(bits);
    ++counts.instructions;
    ++counts.by_class[operation];
    counts.cycles += cycles_[operation];
    if (is_wait_for_interrupt(bits)) {
      break;
    }
    counts.has_instruction_fence |= is_instruction_fence(bits);
    offset += instruction_bytes(bits);
  }
  return counts;
}

const BlockCounts& BlockCountCache::insert(std::uint64_t pc, std::uint32_t bytes,
                                           const unsigned char* code, std::uint64_t available,
                                           std::vector<std::uint64_t>& questionable) {
  Entry& entry = entries_[index(pc)];
  entry.pc = pc;
  // A block ends in the page that it begins in, or with an instruction across its end.
  constexpr std::uint64_t in_page = 4095;
  first_ = std::min(first_, pc & ~in_page);
  last_ = std::max(last_, (pc | in_page) + 2);
  entry.bytes = bytes;
  // Unicorn takes 4 or 8 bytes off a block that ends in an illegal instruction, and what goes below
  // 0 wraps around; such a block ends in an exception, which counts again.
  const std::uint64_t certain = bytes <= available ? bytes : 0;
  const std::uint64_t possible = std::min(block_extent(bytes), available);
  entry.counts = count(code, certain);
  entry.counts.floats = analyse_block(code, possible, certain, questionable);
  return entry.counts;
}

void BlockCountCache::clear() {
  std::fill(entries_.begin(), entries_.end(), Entry{});
}

}  // namespace invar::platform::riscv
