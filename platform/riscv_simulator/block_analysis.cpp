#include "block_analysis.h"

#include "instruction_fields.h"

namespace invar::platform::riscv {

bool is_reserved_compressed(std::uint32_t bits) {
  const std::uint32_t compressed = bits & 0xffff;
  return (compressed & 0xe003) == 0x8000 || (compressed & 0xfc43) == 0x9c41;
}

bool is_questionable(std::uint32_t bits) {
  if (instruction_bytes(bits) == 2) {
    return is_reserved_compressed(bits);
  }
  constexpr std::uint32_t environment_call = 0x00000073, breakpoint = 0x00100073;
  switch (opcode(bits)) {
    case k_system:
      return bits != environment_call && bits != breakpoint;
    case k_atomic:
    case k_multiply_add:
    case k_multiply_subtract:
    case k_negative_multiply_subtract:
    case k_negative_multiply_add:
      return true;
    case k_float:
      return field(bits, 31, 27) == k_float_extremum;
    default:
      return false;
  }
}

FloatUse analyse_block(const unsigned char* code, std::uint64_t bytes, std::uint64_t certain_bytes,
                       std::vector<std::uint64_t>& questionable) {
  FloatUse use;
  std::uint32_t wide = 0, single = 0;  // written in the block so far
  for (std::uint64_t offset = 0; offset < bytes;) {
    const std::uint32_t bits = instruction_at(code + offset, bytes - offset);
    const FloatOperands operands = float_operands(bits);
    const bool mixes = (operands.reads_wide & single) != 0 || (operands.reads_single & wide) != 0;
    if (mixes || is_questionable(bits)) {
      questionable.push_back(offset);
    }
    use.reads_wide |= operands.reads_wide & ~(wide | single);
    use.reads_single |= operands.reads_single & ~(wide | single);
    wide = (wide & ~operands.writes_single) | operands.writes_wide;
    single = (single & ~operands.writes_wide) | operands.writes_single;
    offset += instruction_bytes(bits);
    if (offset <= certain_bytes) {
      use.writes_wide = wide;
      use.writes_single = single;
    }
    if (is_wait_for_interrupt(bits)) {
      break;
    }
  }
  return use;
}

FloatRegisters replay(FloatRegisters at_start, const unsigned char* code, std::uint64_t bytes) {
  for (std::uint64_t offset = 0; offset < bytes;) {
    const std::uint32_t bits = instruction_at(code + offset, bytes - offset);
    const FloatOperands operands = float_operands(bits);
    at_start.write(operands.writes_wide, operands.writes_single);
    offset += instruction_bytes(bits);
  }
  return at_start;
}

}  // namespace invar::platform::riscv
