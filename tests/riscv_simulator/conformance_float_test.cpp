// RV64F and RV64D: results and flags of every computational instruction, in every rounding mode,
// against the host's IEEE 754 arithmetic; what the manual leaves to nobody (NaN-boxing, canonical
// NaNs, fmin and fmax, saturating conversions, fclass) by the manual.
#include <cfenv>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <type_traits>

#include "riscv_simulator/conformance.h"

using namespace invar::test;
using namespace invar::test::assembler;
using namespace invar::test::conformance;

namespace {

using u32 = std::uint32_t;
using u64 = std::uint64_t;

constexpr u64 k_box = 0xffffffff00000000;
enum : u64 { k_inexact = 1, k_underflow = 2, k_overflow = 4, k_divide_by_zero = 8, k_invalid = 16 };
enum : u32 { k_to_nearest, k_to_zero, k_down, k_up, k_to_nearest_away, k_dynamic = 7 };

template <typename Real>
using Bits = std::conditional_t<sizeof(Real) == 8, u64, u32>;

template <typename Real>
constexpr u32 k_format = sizeof(Real) == 8 ? 1 : 0;
template <typename Real>
constexpr u64 k_canonical = sizeof(Real) == 8 ? 0x7ff8000000000000 : k_box | 0x7fc00000;

/// The number in a register: a single that is not NaN-boxed is a NaN.
template <typename Real>
Real real(u64 bits) {
  auto narrow = static_cast<Bits<Real>>(bits);
  if (sizeof(Real) == 4 && (bits & k_box) != k_box) {
    narrow = static_cast<Bits<Real>>(0x7fc00000);
  }
  Real value{};
  std::memcpy(&value, &narrow, sizeof value);
  return value;
}
template <typename Real>
u64 bits_of(Real value) {
  Bits<Real> bits{};
  std::memcpy(&bits, &value, sizeof bits);
  return sizeof(Real) == 8 ? u64{bits} : k_box | bits;
}
template <typename Real>
bool is_signalling(Real value) {
  constexpr u64 quiet = sizeof(Real) == 8 ? u64{1} << 51 : u64{1} << 22;
  return std::isnan(value) && (bits_of(value) & quiet) == 0;
}

template <typename Real>
std::vector<u64> values() {
  using Limits = std::numeric_limits<Real>;
  std::vector<u64> all;
  for (const Real value : {Real(0),
                           Real(1),
                           Real(1.5),
                           Real(2.5),
                           Real(0.5),
                           Real(3),
                           Real(0.1),
                           Real(1e-3),
                           Real(123456.789),
                           Real(2147483647.5),
                           Real(2147483648.0),
                           Real(4294967295.5),
                           Real(4294967296.0),
                           Real(9.2233720368547758e18),
                           Real(1.8446744073709552e19),
                           Real(1e30),
                           Limits::min(),
                           Limits::min() / 2,
                           Limits::denorm_min(),
                           Limits::denorm_min() * 3,
                           Limits::max(),
                           Limits::max() / 3,
                           1 + Limits::epsilon(),
                           1 - Limits::epsilon() / 2,
                           std::nextafter(Limits::min(), Real(0)),
                           std::sqrt(Limits::min()),
                           std::sqrt(Limits::max()),
                           Limits::infinity()}) {
    all.push_back(bits_of(value));
    all.push_back(bits_of(-value));
  }
  const u64 exponent = bits_of(Limits::infinity());
  const u64 quiet = sizeof(Real) == 8 ? u64{1} << 51 : u64{1} << 22;
  for (const u64 fraction : {quiet, quiet | 5, u64{1}, quiet >> 1}) {
    all.push_back(exponent | fraction);
    all.push_back(exponent | fraction | (sizeof(Real) == 8 ? u64{1} << 63 : u64{1} << 31));
  }
  if (sizeof(Real) == 4) {
    all.insert(all.end(), {0x3f800000, 0x000000003f800000 | u64{1} << 32, 0xfffffffe3f800000, 0});
  }
  return all;
}

class HostRounding {
 public:
  explicit HostRounding(u32 mode) {
    constexpr int modes[]{FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD, FE_UPWARD};
    std::fesetround(modes[mode & 3]);
    std::feclearexcept(FE_ALL_EXCEPT);
  }
  ~HostRounding() { std::fesetround(FE_TONEAREST); }
  HostRounding(const HostRounding&) = delete;
  HostRounding& operator=(const HostRounding&) = delete;
  static u64 flags() {
    const int raised = std::fetestexcept(FE_ALL_EXCEPT);
    return ((raised & FE_INVALID) != 0 ? k_invalid : 0) |
           ((raised & FE_DIVBYZERO) != 0 ? k_divide_by_zero : 0) |
           ((raised & FE_OVERFLOW) != 0 ? k_overflow : 0) |
           ((raised & FE_UNDERFLOW) != 0 ? k_underflow : 0) |
           ((raised & FE_INEXACT) != 0 ? k_inexact : 0);
  }
};

struct Expected {
  u64 value, flags;
};

/// Computes with the host, in `mode`. The compiler shall neither fold nor move it.
template <typename Result, typename Function>
__attribute__((noinline)) Expected on_host(u32 mode, Function function) {
  const HostRounding rounding(mode);
  volatile Result result = function();
  const u64 flags = HostRounding::flags();
  const Result value = result;
  return {std::isnan(value) ? k_canonical<Result> : bits_of<Result>(value), flags};
}

void compare(const char* name, u32 mode, const std::vector<Operands>& table,
             const std::vector<Outcome>& outcomes, const std::vector<Expected>& expected,
             bool integer) {
  unsigned wrong = 0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const u64 value = integer ? outcomes[i].integer : outcomes[i].floating;
    if ((value != expected[i].value || outcomes[i].flags != expected[i].flags) && wrong++ < 3) {
      BOOST_ERROR(name << std::hex << ", rounding " << mode << ", of " << table[i][0] << ", "
                       << table[i][1] << ", " << table[i][2] << " is " << value << " with flags "
                       << outcomes[i].flags << ", must be " << expected[i].value << " with "
                       << expected[i].flags);
    }
  }
  BOOST_TEST(wrong == 0u, name << ": " << wrong << " of " << table.size() << " wrong");
}

/// `function(a, b, c, mode)` gives what must come out.
template <typename Function>
void check(const char* name, u32 instruction, u32 mode, const std::vector<Operands>& table,
           Function function, bool integer = false) {
  std::vector<Expected> expected;
  expected.reserve(table.size());
  for (const Operands& operands : table) {
    expected.push_back(function(operands));
  }
  for (const bool apart : {false, true}) {
    if (apart && mode != k_to_nearest) {
      continue;
    }
    compare(name, mode, table, execute(instruction, table, mode, apart), expected, integer);
  }
}

template <typename Real>
constexpr u32 arithmetic(u32 function, u32 rm = k_dynamic, u32 rs2 = 2, u32 rd = 0) {
  return r_type(0x53, rm, function << 2 | k_format<Real>, rd, 1, rs2);
}

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

BOOST_AUTO_TEST_SUITE(conformance_float)

BOOST_AUTO_TEST_CASE(arithmetic_is_that_of_the_host_in_every_rounding_mode_it_has) {
  check_arithmetic<double>();
  check_arithmetic<float>();
}

BOOST_AUTO_TEST_CASE(multiply_add_rounds_once_and_flags_infinity_times_zero_even_with_a_nan) {
  check_multiply_add<double>();
  check_multiply_add<float>();
}

BOOST_AUTO_TEST_CASE(comparisons_and_extrema_are_those_of_the_manual) {
  check_comparisons<double>();
  check_comparisons<float>();
}

BOOST_AUTO_TEST_CASE(signs_and_classes_are_those_of_the_manual) {
  check_signs_and_classes<double>();
  check_signs_and_classes<float>();
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
