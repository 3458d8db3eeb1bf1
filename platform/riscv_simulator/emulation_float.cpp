// Floating-point instructions that Unicorn gets wrong, and registers whose high half it leaves as
// it was where a NaN-boxed single should be.
#include <array>

#include "float_results.h"
#include "instruction_fields.h"
#include "unicorn_simulator.h"

namespace invar::platform::riscv {

namespace {

constexpr unsigned k_dirty = 3;  // of the field FS of mstatus

template <typename Function>
void for_each_register(std::uint32_t registers, Function function) {
  for (; registers != 0; registers &= registers - 1) {
    function(__builtin_ctz(registers));
  }
}

bool is_multiply_add(std::uint32_t bits) {
  return opcode(bits) >= k_multiply_add && opcode(bits) <= k_negative_multiply_add;
}

bool is_extremum(std::uint32_t bits) {
  return opcode(bits) == k_float && field(bits, 31, 27) == k_float_extremum;
}

/// Whether a result goes to an integer register.
bool writes_integer(std::uint32_t bits) {
  const std::uint32_t function = field(bits, 31, 27);
  return opcode(bits) == k_float &&
         (function == k_float_compare || function == k_float_to_integer ||
          function == k_float_move_to_integer);
}

/// Whether bits 14 ... 12 are a rounding mode.
bool rounds(std::uint32_t bits) {
  const std::uint32_t function = field(bits, 31, 27);
  return opcode(bits) != k_float ||
         !(function == k_float_sign || function == k_float_extremum ||
           function == k_float_compare || function == k_float_move_to_integer ||
           function == k_float_move_from_integer);
}

}  // namespace

void UnicornSimulator::box(std::uint32_t registers) {
  for_each_register(registers, [this](int number) {
    write(UC_RISCV_REG_F0 + number, read(UC_RISCV_REG_F0 + number) | k_high_half);
  });
}

void UnicornSimulator::settle_floats(const FloatUse& use) {
  const std::uint32_t unboxed = use.reads_wide & floats_.single & ~floats_.boxed;
  box(unboxed);
  floats_.boxed |= unboxed;
  bool improper = false;
  for_each_register(use.reads_single & ~(floats_.single | floats_.boxed), [&](int number) {
    if ((read(UC_RISCV_REG_F0 + number) & k_high_half) == k_high_half) {
      floats_.boxed |= 1u << number;
    } else {
      improper = true;
    }
  });
  if (improper) {
    hook_single_readers();
  }
}

void UnicornSimulator::hook_single_readers() {
  std::uint64_t available = 0;
  const unsigned char* const code = memory_.find(block_pc_, available);
  const std::uint64_t end = std::min(available, block_extent(block_bytes_));
  for (std::uint64_t offset = 0; offset < end;) {
    const std::uint32_t bits = instruction_at(code + offset, available - offset);
    if (float_operands(bits).reads_single != 0 && !code_hooks_.covers(block_pc_ + offset)) {
      unhooked_.push_back(block_pc_ + offset);
    }
    offset += instruction_bytes(bits);
  }
}

FloatRegisters UnicornSimulator::floats_at(std::uint64_t pc) const {
  std::uint64_t available = 0;
  const unsigned char* const code = memory_.find(block_pc_, available);
  return block_ == nullptr ? floats_ : replay(floats_, code, pc - block_pc_);
}

std::uint64_t UnicornSimulator::float_operand(unsigned number, bool wide,
                                              const FloatRegisters& floats) {
  const std::uint64_t value = read(UC_RISCV_REG_F0 + static_cast<int>(number));
  const bool is_single = (floats.single >> number & 1) != 0;
  if (wide) {
    return is_single ? value | k_high_half : value;
  }
  return is_single ? value & ~k_high_half : unbox(value);
}

void UnicornSimulator::inspect_float(std::uint64_t pc, std::uint32_t bits) {
  const FloatOperands operands = float_operands(bits);
  if ((operands.reads_wide | operands.reads_single) == 0 || float_status() == 0) {
    return;
  }
  const FloatRegisters floats = floats_at(pc);
  box(operands.reads_wide & floats.single);
  bool improper = false;
  for_each_register(operands.reads_single & ~floats.single, [&](int number) {
    improper |= (read(UC_RISCV_REG_F0 + number) & k_high_half) != k_high_half;
  });
  if (!improper && !is_multiply_add(bits) && !is_extremum(bits)) {
    return;
  }
  const bool wide = operands.reads_wide != 0;
  const std::array<std::uint64_t, 3> values{float_operand(rs1(bits), wide, floats),
                                            float_operand(rs2(bits), wide, floats),
                                            float_operand(rs3(bits), wide, floats)};
  if (improper) {
    emulate_float(pc, bits, with_canonical_nan(bits, values.data()));
  } else if (is_extremum(bits)) {
    if (is_signalling(values[0], wide) || is_signalling(values[1], wide)) {
      emulate_float(pc, bits, extremum(bits, values[0], values[1]));
    }
  } else if (is_invalid_product(values[0], values[1], wide) && has_valid_rounding(bits)) {
    // Unicorn forgets the flag where a quiet NaN is added; all else is right.
    set_float_control(float_control() | k_invalid_operation);
  }
}

bool UnicornSimulator::has_valid_rounding(std::uint32_t bits) {
  constexpr std::uint32_t dynamic = 7, last = 4;
  const std::uint32_t mode = funct3(bits);
  return !rounds(bits) || (mode == dynamic ? float_control() >> 5 : mode) <= last;
}

void UnicornSimulator::emulate_float(std::uint64_t pc, std::uint32_t bits,
                                     const FloatResult& result) {
  cut_block(pc);
  if (!has_valid_rounding(bits)) {
    raise(INVAR_ISS_ILLEGAL_INSTRUCTION, pc);
    return;
  }
  set_float_control(float_control() | result.flags);
  write_status(k_dirty);
  const int number = static_cast<int>(rd(bits));
  if (!writes_integer(bits)) {
    write(UC_RISCV_REG_F0 + number, result.value);
  } else if (number != 0) {
    write(UC_RISCV_REG_X0 + number, result.value);
  }
  retire(pc, bits, pc + 4);
}

}  // namespace invar::platform::riscv
