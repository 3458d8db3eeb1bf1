#include "float_results.h"

#include <array>

#include "instruction_fields.h"

namespace invar::platform::riscv {

namespace {

constexpr std::uint64_t k_canonical_double = 0x7ff8000000000000;

/// Where the parts of a number lie.
struct Format {
  std::uint64_t sign, exponent, quiet, canonical;
};
constexpr Format k_single{0x80000000, 0x7f800000, 0x00400000, k_canonical_single};
constexpr Format k_double{0x8000000000000000, 0x7ff0000000000000, 0x0008000000000000,
                          k_canonical_double};

constexpr const Format& format(bool wide) {
  return wide ? k_double : k_single;
}

bool is_nan(std::uint64_t value, const Format& format) {
  return (value & ~format.sign) > format.exponent;
}

/// Of two numbers; -0 is below +0.
bool is_below(std::uint64_t a, std::uint64_t b, const Format& format) {
  const bool a_negative = (a & format.sign) != 0, b_negative = (b & format.sign) != 0;
  if (a_negative != b_negative) {
    return a_negative;
  }
  return a_negative ? a > b : a < b;
}

std::uint64_t boxed(std::uint64_t single) {
  return k_high_half | single;
}

std::uint64_t sign_injection(std::uint32_t function, std::uint64_t a, std::uint64_t b) {
  const std::uint64_t magnitude = a & ~k_single.sign;
  const std::uint64_t sign = function == 0 ? b : function == 1 ? ~b : a ^ b;
  return magnitude | (sign & k_single.sign);
}

/// fcvt.w.s, fcvt.wu.s, fcvt.l.s, fcvt.lu.s of a NaN.
std::uint64_t largest_integer(std::uint32_t kind) {
  constexpr std::array<std::uint64_t, 4> largest{0x7fffffff, ~std::uint64_t{0}, INT64_MAX,
                                                 ~std::uint64_t{0}};
  return largest[kind & 3];
}

}  // namespace

bool is_signalling(std::uint64_t value, bool wide) {
  return is_nan(value, format(wide)) && (value & format(wide).quiet) == 0;
}

FloatResult extremum(std::uint32_t bits, std::uint64_t a, std::uint64_t b) {
  const bool wide = field(bits, 26, 25) != 0;
  const bool largest = funct3(bits) == 1;
  const Format& parts = format(wide);
  FloatResult result;
  result.flags = is_signalling(a, wide) || is_signalling(b, wide) ? k_invalid_operation : 0;
  if (is_nan(a, parts) && is_nan(b, parts)) {
    result.value = parts.canonical;
  } else if (is_nan(a, parts) || is_nan(b, parts)) {
    result.value = is_nan(a, parts) ? b : a;
  } else {
    result.value = is_below(a, b, parts) != largest ? a : b;
  }
  result.value = wide ? result.value : boxed(result.value);
  return result;
}

bool is_invalid_product(std::uint64_t a, std::uint64_t b, bool wide) {
  const Format& parts = format(wide);
  const auto is_zero = [&](std::uint64_t value) { return (value & ~parts.sign) == 0; };
  const auto is_infinite = [&](std::uint64_t value) {
    return (value & ~parts.sign) == parts.exponent;
  };
  return (is_zero(a) && is_infinite(b)) || (is_infinite(a) && is_zero(b));
}

FloatResult with_canonical_nan(std::uint32_t bits, const std::uint64_t operands[3]) {
  const std::uint64_t a = operands[0], b = operands[1], c = operands[2];
  FloatResult result{boxed(k_canonical_single), 0};
  const auto note_invalid = [&](bool invalid) { result.flags = invalid ? k_invalid_operation : 0; };
  if (opcode(bits) != k_float) {  // a multiply-add
    note_invalid(is_signalling(a, false) || is_signalling(b, false) || is_signalling(c, false) ||
                 is_invalid_product(a, b, false));
    return result;
  }
  switch (field(bits, 31, 27)) {
    case k_float_sign:
      return {boxed(sign_injection(funct3(bits), a, b)), 0};
    case k_float_extremum:
      return extremum(bits, a, b);
    case k_float_compare: {
      const bool quiet = funct3(bits) == 2;  // feq
      return {0, !quiet || is_signalling(a, false) || is_signalling(b, false) ? k_invalid_operation
                                                                              : 0};
    }
    case k_float_to_integer:
      return {largest_integer(rs2(bits)), k_invalid_operation};
    case k_float_convert_float:
      return {k_canonical_double, 0};
    case k_float_move_to_integer: {
      constexpr std::uint64_t class_quiet_nan = 1u << 9;
      return {class_quiet_nan, 0};
    }
    case k_float_square_root:
      return result;
    default:
      note_invalid(is_signalling(a, false) || is_signalling(b, false));
      return result;
  }
}

}  // namespace invar::platform::riscv
