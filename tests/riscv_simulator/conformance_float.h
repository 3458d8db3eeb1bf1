#ifndef INVAR_TESTS_RISCV_SIMULATOR_CONFORMANCE_FLOAT_H
#define INVAR_TESTS_RISCV_SIMULATOR_CONFORMANCE_FLOAT_H

#include <cfenv>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>
#include <vector>

#include "riscv_simulator/conformance.h"

/// Floating-point instructions against the host's IEEE 754 arithmetic: results and flags.
namespace invar::test::conformance {

using u32 = std::uint32_t;
using u64 = std::uint64_t;

constexpr u64 k_box = 0xffffffff00000000;
constexpr u64 k_inexact = 1, k_underflow = 2, k_overflow = 4, k_divide_by_zero = 8, k_invalid = 16;
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

inline void compare(const char* name, u32 mode, const std::vector<Operands>& table,
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
  return assembler::r_type(0x53, rm, function << 2 | k_format<Real>, rd, 1, rs2);
}

}  // namespace invar::test::conformance

#endif
