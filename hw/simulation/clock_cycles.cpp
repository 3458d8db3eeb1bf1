#include <invar/simulation/clock_cycles.h>

#include <cmath>

namespace invar::simulation {
namespace {

/// A period in units of the kernel's resolution. Decimal fractions of a second such as 1e-9 have no
/// exact double: what is a whole number of units up to that error is meant as one.
struct Period {
  explicit Period(double period_s)
      : units(static_cast<long double>(period_s) /
              static_cast<long double>(sc_core::sc_get_time_resolution().to_seconds())) {
    const long double nearest = std::round(units);
    if (std::abs(units - nearest) <= 1e-12L * units) {
      whole = static_cast<std::uint64_t>(nearest);
    }
  }
  long double units;
  std::uint64_t whole = 0;  ///< 0: not a whole number
};

}  // namespace

std::uint64_t whole_cycles(const sc_core::sc_time& time, double period_s) {
  const Period period(period_s);
  if (period.whole != 0) {
    return time.value() / period.whole;
  }
  // The largest n whose edge, n periods to the nearest unit, is not after `time`.
  return static_cast<std::uint64_t>((static_cast<long double>(time.value()) + 0.5L) / period.units);
}

std::uint64_t nearest_cycles(const sc_core::sc_time& time, double period_s) {
  const Period period(period_s);
  if (period.whole != 0) {
    const std::uint64_t rest = time.value() % period.whole;
    return time.value() / period.whole + (rest >= period.whole - rest ? 1 : 0);
  }
  return static_cast<std::uint64_t>(static_cast<long double>(time.value()) / period.units + 0.5L);
}

}  // namespace invar::simulation
