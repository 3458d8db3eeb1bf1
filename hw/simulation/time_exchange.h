#ifndef INVAR_SIMULATION_TIME_EXCHANGE_H
#define INVAR_SIMULATION_TIME_EXCHANGE_H

#include <invar/state/archive.h>

#include <cstdint>
#include <systemc>

namespace invar::simulation {

/// A span of simulated time, in whole units of the time resolution.
inline void exchange(state::Archive& archive, sc_core::sc_time& time) {
  std::uint64_t units = time.value();
  archive.value(units);
  time = sc_core::sc_time::from_value(units);
}

}  // namespace invar::simulation

#endif
