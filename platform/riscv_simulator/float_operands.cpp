#include "float_operands.h"

#include "instruction_fields.h"

namespace invar::platform::riscv {

namespace {

constexpr std::uint32_t bit(std::uint32_t number) {
  return 1u << number;
}

FloatOperands compressed(std::uint32_t bits) {
  // c.fld, c.fsd, c.fldsp, c.fsdsp: there are no compressed singles in RV64.
  const std::uint32_t quadrant = bits & 3;
  const std::uint32_t function = field(bits, 15, 13);
  FloatOperands operands;
  if (quadrant == 0 && function == 1) {
    operands.writes_wide = bit(8 + field(bits, 4, 2));
  } else if (quadrant == 0 && function == 5) {
    operands.reads_wide = bit(8 + field(bits, 4, 2));
  } else if (quadrant == 2 && function == 1) {
    operands.writes_wide = bit(field(bits, 11, 7));
  } else if (quadrant == 2 && function == 5) {
    operands.reads_wide = bit(field(bits, 6, 2));
  }
  return operands;
}

FloatOperands computational(std::uint32_t bits) {
  const bool wide = field(bits, 26, 25) != 0;
  const std::uint32_t first = bit(rs1(bits)), both = first | bit(rs2(bits));
  std::uint32_t reads = 0;
  bool reads_wide = wide, writes = true;
  switch (field(bits, 31, 27)) {
    case k_float_square_root:
      reads = first;
      break;
    case k_float_convert_float:
      reads = first;
      reads_wide = !wide;
      break;
    case k_float_compare:
      reads = both;
      writes = false;
      break;
    case k_float_to_integer:
      reads = first;
      writes = false;
      break;
    case k_float_from_integer:
    case k_float_move_from_integer:
      break;
    case k_float_move_to_integer: {
      const bool moves_low_half = !wide && funct3(bits) == 0;
      reads = moves_low_half ? 0 : first;
      writes = false;
      break;
    }
    default:
      reads = both;
      break;
  }
  FloatOperands operands;
  (reads_wide ? operands.reads_wide : operands.reads_single) = reads;
  (wide ? operands.writes_wide : operands.writes_single) = writes ? bit(rd(bits)) : 0;
  return operands;
}

}  // namespace

FloatOperands float_operands(std::uint32_t bits) {
  if (instruction_bytes(bits) == 2) {
    return compressed(bits & 0xffff);
  }
  const bool wide_access = funct3(bits) == 3;
  FloatOperands operands;
  switch (opcode(bits)) {
    case k_load_float:
      (wide_access ? operands.writes_wide : operands.writes_single) = bit(rd(bits));
      return operands;
    case k_store_float:
      operands.reads_wide = wide_access ? bit(rs2(bits)) : 0;
      return operands;
    case k_multiply_add:
    case k_multiply_subtract:
    case k_negative_multiply_subtract:
    case k_negative_multiply_add: {
      const bool wide = field(bits, 26, 25) != 0;
      (wide ? operands.reads_wide : operands.reads_single) =
          bit(rs1(bits)) | bit(rs2(bits)) | bit(rs3(bits));
      (wide ? operands.writes_wide : operands.writes_single) = bit(rd(bits));
      return operands;
    }
    case k_float:
      return computational(bits);
    default:
      return operands;
  }
}

}  // namespace invar::platform::riscv
