#ifndef INVAR_PLATFORM_RISCV_SIMULATOR_BLOCK_ANALYSIS_H
#define INVAR_PLATFORM_RISCV_SIMULATOR_BLOCK_ANALYSIS_H

#include <cstdint>
#include <cstring>
#include <vector>

#include "float_operands.h"
#include "instruction_class.h"

namespace invar::platform::riscv {

/// The instruction at `code`, of which `available` bytes may be read; 0 when it is not whole.
inline std::uint32_t instruction_at(const unsigned char* code, std::uint64_t available) {
  if (available < 2) {
    return 0;
  }
  std::uint32_t bits = code[0] | static_cast<std::uint32_t>(code[1]) << 8;
  if (instruction_bytes(bits) == 4) {
    if (available < 4) {
      return 0;
    }
    bits |= static_cast<std::uint32_t>(code[2]) << 16 | static_cast<std::uint32_t>(code[3]) << 24;
  }
  return bits;
}

/// Whether Unicorn 2.0.1 may execute an instruction otherwise than the manual says, whatever its
/// operands hold: system instructions, atomics, multiply-add, fmin and fmax, and some reserved
/// encodings.
bool is_questionable(std::uint32_t bits);
/// A compressed encoding that means nothing and that Unicorn passes by.
bool is_reserved_compressed(std::uint32_t bits);

/// The bytes that a block may have for which Unicorn gives `bytes`. Of one that ends in an illegal
/// instruction it gives up to 8 less, and what goes below 0 wraps around at 16 bits.
constexpr std::uint64_t block_extent(std::uint32_t bytes) {
  return static_cast<std::uint64_t>(static_cast<std::int16_t>(bytes) + 8);
}

/// What a basic block does with the floating-point registers.
struct FloatUse {
  // What it expects of them at its start.
  std::uint32_t reads_wide = 0, reads_single = 0;
  // How it leaves those that it writes.
  std::uint32_t writes_wide = 0, writes_single = 0;

  bool any() const { return (reads_wide | reads_single | writes_wide | writes_single) != 0; }
};

/// Of the first `bytes` of `code`, up to and with a wfi. What is read may be too much where `bytes`
/// goes beyond the block; what is written is that of the first `certain_bytes`. Adds to
/// `questionable` the offsets of instructions to look at before they are executed.
FloatUse analyse_block(const unsigned char* code, std::uint64_t bytes, std::uint64_t certain_bytes,
                       std::vector<std::uint64_t>& questionable);

/// The floating-point registers behind the first `bytes` of a block.
FloatRegisters replay(FloatRegisters at_start, const unsigned char* code, std::uint64_t bytes);

}  // namespace invar::platform::riscv

#endif
