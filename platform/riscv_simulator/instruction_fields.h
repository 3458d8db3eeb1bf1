#ifndef INVAR_PLATFORM_RISCV_SIMULATOR_INSTRUCTION_FIELDS_H
#define INVAR_PLATFORM_RISCV_SIMULATOR_INSTRUCTION_FIELDS_H

#include <cstdint>

#include "instruction_class.h"

/// Fields and opcodes of RV64GC encodings (RISC-V Instruction Set Manual, volume I, 20191213,
/// chapter 24).
namespace invar::platform::riscv {

/// Bits first ... last of an instruction, shifted to bit `to` of the result.
constexpr std::uint32_t field(std::uint32_t bits, unsigned last, unsigned first, unsigned to = 0) {
  return (bits >> first & ((2u << (last - first)) - 1)) << to;
}

constexpr std::uint32_t opcode(std::uint32_t bits) {
  return bits & 0x7f;
}
constexpr std::uint32_t funct3(std::uint32_t bits) {
  return field(bits, 14, 12);
}
constexpr std::uint32_t rd(std::uint32_t bits) {
  return field(bits, 11, 7);
}
constexpr std::uint32_t rs1(std::uint32_t bits) {
  return field(bits, 19, 15);
}
constexpr std::uint32_t rs2(std::uint32_t bits) {
  return field(bits, 24, 20);
}
constexpr std::uint32_t rs3(std::uint32_t bits) {
  return field(bits, 31, 27);
}

// Major opcodes, bits 6 ... 0.
enum : std::uint32_t {
  k_load = 0x03,
  k_load_float = 0x07,
  k_store = 0x23,
  k_store_float = 0x27,
  k_atomic = 0x2f,
  k_integer = 0x33,
  k_integer_word = 0x3b,
  k_multiply_add = 0x43,
  k_multiply_subtract = 0x47,
  k_negative_multiply_subtract = 0x4b,
  k_negative_multiply_add = 0x4f,
  k_float = 0x53,
  k_system = 0x73
};

// Bits 31 ... 27 of k_float.
enum : std::uint32_t {
  k_float_add = 0x00,
  k_float_subtract = 0x01,
  k_float_multiply = 0x02,
  k_float_divide = 0x03,
  k_float_sign = 0x04,
  k_float_extremum = 0x05,
  k_float_convert_float = 0x08,
  k_float_square_root = 0x0b,
  k_float_compare = 0x14,
  k_float_to_integer = 0x18,
  k_float_from_integer = 0x1a,
  k_float_move_to_integer = 0x1c,  // and fclass
  k_float_move_from_integer = 0x1e
};

// Bits 31 ... 27 of k_atomic.
enum : std::uint32_t {
  k_atomic_add = 0x00,
  k_atomic_swap = 0x01,
  k_load_reserved = 0x02,
  k_store_conditional = 0x03,
  k_atomic_xor = 0x04,
  k_atomic_or = 0x08,
  k_atomic_and = 0x0c,
  k_atomic_minimum = 0x10,
  k_atomic_maximum = 0x14,
  k_atomic_minimum_unsigned = 0x18,
  k_atomic_maximum_unsigned = 0x1c
};

}  // namespace invar::platform::riscv

#endif
