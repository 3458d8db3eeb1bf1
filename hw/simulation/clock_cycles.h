#ifndef INVAR_SIMULATION_CLOCK_CYCLES_H
#define INVAR_SIMULATION_CLOCK_CYCLES_H

#include <invar/simulation/systemc_compatibility.h>

#include <cstdint>

namespace invar::simulation {

/// Cycles of a clock that have gone by in `time`, counted from an edge at its start. An edge that
/// falls between two instants of the kernel's resolution counts at the nearer one. Exact up to the
/// end of simulated time where the period is a whole number of resolutions.
std::uint64_t whole_cycles(const sc_core::sc_time& time, double period_s);
/// The same to the nearest cycle, halves upwards.
std::uint64_t nearest_cycles(const sc_core::sc_time& time, double period_s);

}  // namespace invar::simulation

#endif
