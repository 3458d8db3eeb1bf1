#ifndef INVAR_PLATFORM_RISCV_SIMULATOR_INSTRUCTION_CLASS_H
#define INVAR_PLATFORM_RISCV_SIMULATOR_INSTRUCTION_CLASS_H

#include <invar/sw/port/port.h>

#include <cstdint>
#include <optional>

/// What the bits of an RV64GC instruction say without executing it (RISC-V Instruction Set Manual,
/// volume I, 20191213, chapter 24, and for compressed instructions chapter 16).
///
/// An instruction of 2 bytes is given in the low half; the high half is ignored.
namespace invar::platform::riscv {

/// 2 or 4: the longer encodings are not in use.
constexpr unsigned instruction_bytes(std::uint32_t bits) {
  return (bits & 3) == 3 ? 4 : 2;
}

/// The class that time and energy are counted by. System instructions, fences and encodings that
/// mean nothing are integer.
invar_operation instruction_class(std::uint32_t bits);

/// The operand of a load, a store, or an atomic (which has offset 0).
struct MemoryOperand {
  unsigned base;        ///< number of the integer register
  std::int64_t offset;  ///< bytes
  unsigned bytes;       ///< 1, 2, 4 or 8
  bool loads;
  bool stores;  ///< an atomic memory operation does both
};

/// Nothing where the instruction accesses no memory.
std::optional<MemoryOperand> memory_operand(std::uint32_t bits);

constexpr bool is_wait_for_interrupt(std::uint32_t bits) {
  return bits == 0x10500073;
}
constexpr bool is_instruction_fence(std::uint32_t bits) {
  return (bits & 0x707f) == 0x100f;
}

}  // namespace invar::platform::riscv

#endif
