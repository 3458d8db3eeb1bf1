#include "instruction_class.h"

#include "instruction_fields.h"

namespace invar::platform::riscv {

namespace {

constexpr unsigned k_stack_pointer = 2;

std::optional<MemoryOperand> compressed_operand(std::uint32_t bits) {
  const unsigned quadrant = bits & 3;
  const unsigned function = field(bits, 15, 13);
  // 1 and 5: double; 2 and 6: word; 3 and 7: doubleword; from 5 on stores.
  if (quadrant == 1 || function == 0 || function == 4) {
    return std::nullopt;
  }
  const bool stores = function > 4;
  const bool word = (function & 3) == 2;
  const unsigned bytes = word ? 4 : 8;
  std::uint32_t offset = 0;
  unsigned base = k_stack_pointer;
  if (quadrant == 0) {
    base = 8 + field(bits, 9, 7);
    offset = word ? field(bits, 12, 10, 3) | field(bits, 6, 6, 2) | field(bits, 5, 5, 6)
                  : field(bits, 12, 10, 3) | field(bits, 6, 5, 6);
  } else if (stores) {
    offset = word ? field(bits, 12, 9, 2) | field(bits, 8, 7, 6)
                  : field(bits, 12, 10, 3) | field(bits, 9, 7, 6);
  } else {
    offset = word ? field(bits, 12, 12, 5) | field(bits, 6, 4, 2) | field(bits, 3, 2, 6)
                  : field(bits, 12, 12, 5) | field(bits, 6, 5, 3) | field(bits, 4, 2, 6);
  }
  return MemoryOperand{base, static_cast<std::int64_t>(offset), bytes, !stores, stores};
}

}  // namespace

invar_operation instruction_class(std::uint32_t bits) {
  if (instruction_bytes(bits) == 2) {
    return compressed_operand(bits & 0xffff) ? INVAR_OPERATION_MEMORY : INVAR_OPERATION_INTEGER;
  }
  switch (bits & 0x7f) {
    case k_load:
    case k_load_float:
    case k_store:
    case k_store_float:
    case k_atomic:
      return INVAR_OPERATION_MEMORY;
    case k_integer:
    case k_integer_word:
      if (field(bits, 31, 25) != 1) {
        return INVAR_OPERATION_INTEGER;
      }
      return field(bits, 14, 12) < 4 ? INVAR_OPERATION_MULTIPLY : INVAR_OPERATION_DIVIDE;
    case k_multiply_add:
    case k_multiply_subtract:
    case k_negative_multiply_subtract:
    case k_negative_multiply_add:
      return INVAR_OPERATION_FLOAT;
    case k_float: {
      const unsigned function = field(bits, 31, 27);
      return function == k_float_divide || function == k_float_square_root
                 ? INVAR_OPERATION_FLOAT_DIVIDE
                 : INVAR_OPERATION_FLOAT;
    }
    default:
      return INVAR_OPERATION_INTEGER;
  }
}

std::optional<MemoryOperand> memory_operand(std::uint32_t bits) {
  if (instruction_bytes(bits) == 2) {
    return compressed_operand(bits & 0xffff);
  }
  const unsigned base = field(bits, 19, 15);
  const unsigned width = field(bits, 14, 12);
  const unsigned bytes = 1u << (width & 3);
  // The sign of an immediate is bit 31.
  const std::int64_t high = static_cast<std::int32_t>(bits) >> 25;
  switch (bits & 0x7f) {
    case k_load:
    case k_load_float:
      return MemoryOperand{base, static_cast<std::int32_t>(bits) >> 20, bytes, true, false};
    case k_store:
    case k_store_float:
      return MemoryOperand{base, high * 32 + field(bits, 11, 7), bytes, false, true};
    case k_atomic: {
      const unsigned function = field(bits, 31, 27);
      return MemoryOperand{base, 0, bytes, function != k_store_conditional,
                           function != k_load_reserved};
    }
    default:
      return std::nullopt;
  }
}

}  // namespace invar::platform::riscv
