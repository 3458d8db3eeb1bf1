#ifndef INVAR_SIMULATION_DURATION_H
#define INVAR_SIMULATION_DURATION_H

#include <invar/simulation/systemc_compatibility.h>

#include <string>

namespace invar::simulation {

/// The last instant that a model may reach: 2^63 units of the kernel's resolution, 9.2e6 s at 1 ps.
/// The kernel counts twice as far, but converts no more seconds than that.
sc_core::sc_time end_of_time();

/// Whether so many seconds from now are over by `end_of_time`. No for NaN.
bool fits_simulated_time(double duration_s);

/// Reports SC_ERROR "invar/time": `what` asks for more simulated time than there is.
void report_too_long(const std::string& what, double duration_s);

/// Seconds from now on as simulated time, to the nearest unit; where they pass `end_of_time`, an
/// SC_ERROR "invar/time".
/// \param describe called in that case: who takes so long, and what for
template <typename Describe>
sc_core::sc_time duration(double duration_s, const Describe& describe) {
  if (!fits_simulated_time(duration_s)) {
    report_too_long(describe(), duration_s);
    return sc_core::SC_ZERO_TIME;
  }
  return sc_core::sc_time(duration_s, sc_core::SC_SEC);
}

}  // namespace invar::simulation

#endif
