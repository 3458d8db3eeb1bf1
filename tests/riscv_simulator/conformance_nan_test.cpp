// RV64F and RV64D: what the manual says of NaNs, signs and boxed singles: comparisons, fmin and
// fmax, fsgnj, fclass, moves.
#include <utility>

#include "riscv_simulator/conformance_float.h"

BOOST_AUTO_TEST_SUITE(conformance_nan)

using namespace invar::test;
using namespace invar::test::assembler;
using namespace invar::test::conformance;

namespace {

template <typename Real>
void check_comparisons() {
  const std::vector<Operands> table = pairs(values<Real>());
  const auto run = [&](const char* name, u32 f3, bool quiet, auto operation) {
    check(
        name, arithmetic<Real>(0x14, f3, 2, a0), 0, table,
        [&](const Operands& operands) {
          const Real a = real<Real>(operands[0]), b = real<Real>(operands[1]);
          const bool invalid =
              quiet ? is_signalling(a) || is_signalling(b) : std::isnan(a) || std::isnan(b);
          return Expected{operation(a, b) ? u64{1} : 0, invalid ? k_invalid : 0};
        },
        true);
  };
  run("fle", 0, false, [](Real a, Real b) { return std::islessequal(a, b); });
  run("flt", 1, false, [](Real a, Real b) { return std::isless(a, b); });
  run("feq", 2, true, [](Real a, Real b) { return a == b; });

  const auto extremum = [&](const char* name, u32 f3) {
    check(name, arithmetic<Real>(0x05, f3), 0, table, [&](const Operands& operands) {
      const Real a = real<Real>(operands[0]), b = real<Real>(operands[1]);
      const u64 flags = is_signalling(a) || is_signalling(b) ? k_invalid : 0;
      if (std::isnan(a) || std::isnan(b)) {
        return Expected{std::isnan(a) && std::isnan(b) ? k_canonical<Real>
                        : std::isnan(a)                ? bits_of(b)
                                                       : bits_of(a),
                        flags};
      }
      const bool a_is_less = a < b || (a == b && std::signbit(a));
      return Expected{bits_of(a_is_less == (f3 == 0) ? a : b), flags};
    });
  };
  extremum("fmin", 0);
  extremum("fmax", 1);
}

template <typename Real>
void check_signs_and_classes() {
  const std::vector<Operands> table = pairs(values<Real>());
  constexpr u64 sign = sizeof(Real) == 8 ? u64{1} << 63 : u64{1} << 31;
  const auto run = [&](const char* name, u32 f3, auto operation) {
    for (const u32 rs2 : {2u, 1u}) {  // with itself: fmv, fneg, fabs
      check(name, arithmetic<Real>(0x04, f3, rs2), 0, table, [&](const Operands& operands) {
        const u64 a = bits_of(real<Real>(operands[0]));
        const u64 b = bits_of(real<Real>(operands[rs2 - 1]));
        return Expected{(a & ~sign) | (operation(a, b) & sign), 0};
      });
    }
  };
  run("fsgnj", 0, [](u64, u64 b) { return b; });
  run("fsgnjn", 1, [](u64, u64 b) { return ~b; });
  run("fsgnjx", 2, [](u64 a, u64 b) { return a ^ b; });

  check(
      "fclass", arithmetic<Real>(0x1c, 1, 0, a0), 0, table,
      [&](const Operands& operands) {
        const Real a = real<Real>(operands[0]);
        const bool negative = std::signbit(a);
        switch (std::fpclassify(a)) {
          case FP_INFINITE:
            return Expected{negative ? 1u << 0 : 1u << 7, 0};
          case FP_NORMAL:
            return Expected{negative ? 1u << 1 : 1u << 6, 0};
          case FP_SUBNORMAL:
            return Expected{negative ? 1u << 2 : 1u << 5, 0};
          case FP_ZERO:
            return Expected{negative ? 1u << 3 : 1u << 4, 0};
          default:
            return Expected{is_signalling(a) ? 1u << 8 : 1u << 9, 0};
        }
      },
      true);
}

}  // namespace

BOOST_AUTO_TEST_CASE(comparisons_and_extrema_are_those_of_the_manual) {
  check_comparisons<double>();
  check_comparisons<float>();
}

BOOST_AUTO_TEST_CASE(signs_and_classes_are_those_of_the_manual) {
  check_signs_and_classes<double>();
  check_signs_and_classes<float>();
}

BOOST_AUTO_TEST_CASE(moves_between_registers_keep_bits_and_box_singles) {
  const std::vector<Operands> table{{0x3ff0000000000000, 0, 0},
                                    {0xffffffff7fc00001, 0, 0},
                                    {0x123456789abcdef0, 0, 0},
                                    {0x80000000, 0, 0}};
  const auto outcomes_of = [&](u32 instruction) { return execute(instruction, table); };
  const auto to_x_d = outcomes_of(r_type(0x53, 0, 0x71, a0, 1, 0));
  const auto to_x_w = outcomes_of(r_type(0x53, 0, 0x70, a0, 1, 0));
  const auto from_x_d = outcomes_of(r_type(0x53, 0, 0x79, 0, a1, 0));
  const auto from_x_w = outcomes_of(r_type(0x53, 0, 0x78, 0, a1, 0));
  for (std::size_t i = 0; i < table.size(); ++i) {
    const u64 bits = table[i][0];
    BOOST_TEST(to_x_d[i].integer == bits);
    BOOST_TEST(to_x_w[i].integer ==
               static_cast<u64>(std::int64_t{static_cast<std::int32_t>(static_cast<u32>(bits))}));
    BOOST_TEST(from_x_d[i].floating == bits);
    BOOST_TEST(from_x_w[i].floating == (k_box | (bits & ~k_box)));
  }
}

BOOST_AUTO_TEST_CASE(a_single_is_boxed_however_it_is_looked_at) {
  // Computed, then stored as a double in the same block, in the next one, and read as a double.
  TestHart hart;
  Code code;
  const u32 add_single = r_type(0x53, 0, 0x00, 4, 1, 2);
  code << lui(t0, 0x6) << csrrs(zero, mstatus, t0) << auipc(s0, 1)        // 0x1008
       << fld(1, s0, 0) << fld(2, s0, 8) << add_single << fsd(4, s0, 16)  //
       << add_single << jal(zero, 4) << fsd(4, s0, 24)                    //
       << r_type(0x53, 0, 0x01, 5, 4, 4) << fsd(5, s0, 32)                // fadd.d of a NaN
       << add_single << fmv_x_d(a0, 4) << addi(s1, zero, 3)               //
       << jal(zero, 4) << add_single << fsd(4, s0, 40)  // a loop: boxed again each time
       << addi(s1, s1, -1) << bne(s1, zero, -12) << wfi;
  const u64 operands[]{k_box | 0x3f800000, k_box | 0x40000000};  // 1, 2
  std::memcpy(hart.ram.data() + 0x1008, operands, sizeof operands);
  hart.start(code);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
  const auto stored = [&](std::size_t index) {
    u64 value = 0;
    std::memcpy(&value, hart.ram.data() + 0x1008 + 8 * index, 8);
    return value;
  };
  constexpr u64 three = k_box | 0x40400000;
  BOOST_TEST(stored(2) == three);
  BOOST_TEST(stored(3) == three);
  BOOST_TEST(stored(4) == k_canonical<double>);
  BOOST_TEST(stored(5) == three);
  BOOST_TEST(hart.x(a0) == three);
}

BOOST_AUTO_TEST_SUITE_END()
