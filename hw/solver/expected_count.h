#ifndef INVAR_SOLVER_EXPECTED_COUNT_H
#define INVAR_SOLVER_EXPECTED_COUNT_H

#include <cmath>
#include <cstdint>

namespace invar::solver {

/// An expected number of events as a ledger counts them.
inline std::uint64_t to_count(double value) {
  return static_cast<std::uint64_t>(std::llround(value));
}

}  // namespace invar::solver

#endif
