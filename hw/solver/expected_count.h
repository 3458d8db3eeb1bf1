#ifndef INVAR_SOLVER_EXPECTED_COUNT_H
#define INVAR_SOLVER_EXPECTED_COUNT_H

#include <cmath>
#include <cstdint>

namespace invar::solver {

/// An expected number of events as a ledger counts them.
inline std::uint64_t to_count(double value) {
  return static_cast<std::uint64_t>(std::llround(value));
}

/// So many times a number of events. (A double would round what has more than 53 bits; once leaves
/// it to the bit.)
inline std::uint64_t times(std::uint64_t number, double count) {
  return count == 1.0 ? number : to_count(static_cast<double>(number) * count);
}

}  // namespace invar::solver

#endif
