// RV64F and RV64D: arithmetic and conversions in every rounding mode against the host's IEEE 754
// arithmetic; saturation and rounding to the larger of two neighbours by the manual.
#include "riscv_simulator/conformance_float.h"

#include <utility>

BOOST_AUTO_TEST_SUITE(conformance_float)

using namespace invar::test;
using namespace invar::test::assembler;
using namespace invar::test::conformance;

namespace {

template <typename Real>
void check_arithmetic() {
  const std::vector<Operands> table = pairs(values<Real>());
  for (const u32 mode : {k_to_nearest, k_to_zero, k_down, k_up}) {
    const auto run = [&](const char* name, u32 function, auto operation) {
      check(name, arithmetic<Real>(function), mode, table, [&](const Operands& operands) {
        volatile Real a = real<Real>(operands[0]), b = real<Real>(operands[1]);
        return on_host<Real>(mode, [&] { return operation(a, b); });
      });
    };
    run("fadd", 0x00, [](Real a, Real b) { return a + b; });
    run("fsub", 0x01, [](Real a, Real b) { return a - b; });
    run("fmul", 0x02, [](Real a, Real b) { return a * b; });
    run("fdiv", 0x03, [](Real a, Real b) { return a / b; });
    check("fsqrt", arithmetic<Real>(0x0b, k_dynamic, 0), mode, table,
          [&](const Operands& operands) {
            volatile Real a = real<Real>(operands[0]);
            return on_host<Real>(mode, [&] { return std::sqrt(static_cast<Real>(a)); });
          });
  }
}

template <typename Real>
void check_multiply_add() {
  const std::vector<u64> all = values<Real>();
  std::vector<Operands> table;
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < all.size(); ++j) {
      table.push_back({all[i], all[j], all[(7 * i + 3 * j) % all.size()]});
      table.push_back({all[i], all[j], all[(11 * j + 5) % all.size()]});
    }
  }
  const auto run = [&](const char* name, u32 opcode, Real product_sign, Real sum_sign) {
    for (const u32 mode : {k_to_nearest, k_to_zero, k_down, k_up}) {
      const u32 instruction =
          opcode | k_dynamic << 12 | 1 << 15 | 2 << 20 | k_format<Real> << 25 | 3u << 27;
      check(name, instruction, mode, table, [&](const Operands& operands) {
        const Real a = real<Real>(operands[0]), b = real<Real>(operands[1]),
                   c = real<Real>(operands[2]);
        volatile Real signed_a =
            std::copysign(Real(1), a) * product_sign < 0 ? -std::fabs(a) : std::fabs(a);
        volatile Real signed_c =
            std::copysign(Real(1), c) * sum_sign < 0 ? -std::fabs(c) : std::fabs(c);
        Expected expected = on_host<Real>(mode, [&] {
          return std::fma(static_cast<Real>(signed_a), b, static_cast<Real>(signed_c));
        });
        // IEEE 754 leaves infinity times zero plus a quiet NaN open; the manual does not.
        if ((std::isinf(a) && b == 0) || (a == 0 && std::isinf(b)) || is_signalling(a) ||
            is_signalling(b) || is_signalling(c)) {
          expected.flags |= k_invalid;
        }
        return expected;
      });
    }
  };
  run("fmadd", 0x43, 1, 1);
  run("fmsub", 0x47, 1, -1);
  run("fnmsub", 0x4b, -1, 1);
  run("fnmadd", 0x4f, -1, -1);
}

template <typename Real>
Real rounded(Real value, u32 mode) {
  switch (mode) {
    case k_to_zero:
      return std::trunc(value);
    case k_down:
      return std::floor(value);
    case k_up:
      return std::ceil(value);
    case k_to_nearest_away:
      return std::round(value);
    default:
      return std::nearbyint(value);
  }
}

template <typename Real, typename Integer>
Expected to_integer(Real value, u32 mode) {
  using Limits = std::numeric_limits<Integer>;
  const auto result = [](Integer integer) {
    // Words are sign-extended, unsigned ones as well.
    using Signed = std::make_signed_t<Integer>;
    return static_cast<u64>(std::int64_t{static_cast<Signed>(integer)});
  };
  const Real whole = rounded(value, mode);
  const Real beyond = std::ldexp(Real(1), Limits::digits);
  if (std::isnan(value) || whole >= beyond) {
    return {result(Limits::max()), k_invalid};
  }
  if (whole < (Limits::is_signed ? -beyond : Real(0))) {
    return {result(Limits::min()), k_invalid};
  }
  return {result(static_cast<Integer>(whole)), whole == value ? 0 : k_inexact};
}

template <typename Real>
void check_conversions() {
  std::vector<Operands> table;
  for (const u64 value : values<Real>()) {
    table.push_back({value, 0, 0});
  }
  std::vector<Operands> integers;
  for (const u64 value :
       {u64{0}, u64{1}, ~u64{0}, u64{0x7fffffff}, u64{0x80000000}, u64{0xffffffff}, u64{0x1000001},
        u64{0x1000003}, u64{0x20000000000001}, u64{0x20000000000003}, u64{0x7fffffffffffffff},
        u64{0x8000000000000000}, u64{0xffffffff80000000}, u64{0x123456789abcdef1}}) {
    integers.push_back({value, 0, 0});
  }
  for (const u32 mode : {k_to_nearest, k_to_zero, k_down, k_up, k_to_nearest_away}) {
    const auto run = [&](const char* name, u32 kind, auto integer) {
      using Integer = decltype(integer);
      check(
          name, arithmetic<Real>(0x18, k_dynamic, kind, a0), mode, table,
          [&](const Operands& operands) {
            return to_integer<Real, Integer>(real<Real>(operands[0]), mode);
          },
          true);
      if (mode != k_to_nearest_away) {
        check("from integer", r_type(0x53, k_dynamic, 0x1a << 2 | k_format<Real>, 0, a1, kind),
              mode, integers, [&](const Operands& operands) {
                volatile auto from = static_cast<Integer>(operands[0]);
                return on_host<Real>(mode, [&] { return static_cast<Real>(from); });
              });
      }
    };
    run("fcvt.w", 0, std::int32_t{});
    run("fcvt.wu", 1, u32{});
    run("fcvt.l", 2, std::int64_t{});
    run("fcvt.lu", 3, u64{});
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(arithmetic_is_that_of_the_host_in_every_rounding_mode_it_has) {
  check_arithmetic<double>();
  check_arithmetic<float>();
}

BOOST_AUTO_TEST_CASE(multiply_add_rounds_once_and_flags_infinity_times_zero_even_with_a_nan) {
  check_multiply_add<double>();
  check_multiply_add<float>();
}

BOOST_AUTO_TEST_CASE(conversions_to_integers_saturate_and_those_from_them_round) {
  check_conversions<double>();
  check_conversions<float>();
}

BOOST_AUTO_TEST_CASE(singles_and_doubles_become_each_other) {
  for (const u32 mode : {k_to_nearest, k_to_zero, k_down, k_up}) {
    std::vector<Operands> doubles, singles;
    for (const u64 value : values<double>()) {
      doubles.push_back({value, 0, 0});
    }
    for (const u64 value : values<float>()) {
      singles.push_back({value, 0, 0});
      doubles.push_back({bits_of(static_cast<double>(real<float>(value)) * (1 + 1e-8)), 0, 0});
    }
    check("fcvt.s.d", r_type(0x53, k_dynamic, 0x08 << 2, 0, 1, 1), mode, doubles,
          [&](const Operands& operands) {
            volatile double from = real<double>(operands[0]);
            return on_host<float>(mode, [&] { return static_cast<float>(from); });
          });
    check("fcvt.d.s", r_type(0x53, k_dynamic, 0x08 << 2 | 1, 0, 1, 0), mode, singles,
          [&](const Operands& operands) {
            volatile float from = real<float>(operands[0]);
            return on_host<double>(mode, [&] { return static_cast<double>(from); });
          });
  }
}

BOOST_AUTO_TEST_CASE(ties_go_away_from_zero_where_asked_for) {
  // 1 + 2^-53 lies between 1 and 1 + 2^-52; 1 + 3 * 2^-53 between that and 1 + 2^-51.
  const std::vector<Operands> table{
      {bits_of(1.0), bits_of(std::ldexp(1.0, -53)), 0},
      {bits_of(-1.0), bits_of(-std::ldexp(1.0, -53)), 0},
      {bits_of(1.0 + std::ldexp(1.0, -52)), bits_of(std::ldexp(1.0, -53)), 0},
      {bits_of(1.0), bits_of(std::ldexp(1.0, -54)), 0},
      {bits_of(1.0), bits_of(2.0), 0}};
  const std::vector<Expected> expected{{bits_of(1.0 + std::ldexp(1.0, -52)), k_inexact},
                                       {bits_of(-1.0 - std::ldexp(1.0, -52)), k_inexact},
                                       {bits_of(1.0 + std::ldexp(1.0, -51)), k_inexact},
                                       {bits_of(1.0), k_inexact},
                                       {bits_of(3.0), 0}};
  for (const bool dynamic : {true, false}) {
    const u32 instruction = arithmetic<double>(0, dynamic ? k_dynamic : k_to_nearest_away);
    compare("fadd", k_to_nearest_away, table,
            execute(instruction, table, dynamic ? k_to_nearest_away : k_down), expected, false);
  }
}

BOOST_AUTO_TEST_CASE(a_rounding_mode_that_is_none_is_an_illegal_instruction) {
  for (const u32 mode : {5u, 6u, 7u}) {
    for (const bool dynamic : {true, false}) {
      if (mode == 7 && !dynamic) {
        continue;
      }
      TestHart hart;
      Code code;
      const u32 instruction = arithmetic<double>(0, dynamic ? 7 : mode);
      code << lui(t0, 0x6) << csrrs(zero, mstatus, t0)
           << addi(t1, zero, dynamic ? static_cast<std::int32_t>(mode) : 0) << csrrw(zero, frm, t1)
           << instruction << wfi;
      hart.start(code);
      BOOST_TEST(hart.run() == INVAR_ISS_STOP_EXCEPTION);
      BOOST_TEST(hart.event.cause == INVAR_ISS_ILLEGAL_INSTRUCTION);
      BOOST_TEST(hart.event.pc == TestHart::k_ram + 16);
      BOOST_TEST(hart.event.value == instruction);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
