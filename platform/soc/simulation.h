#ifndef INVAR_PLATFORM_SOC_SIMULATION_H
#define INVAR_PLATFORM_SOC_SIMULATION_H

#include <invar/platform/configuration/run_configuration.h>
#include <invar/platform/soc/soc.h>

namespace invar::platform {

/// How a simulation ended.
enum class Ending { finished, interrupted, timed_out, simulated_timeout, deadlocked };

/// Runs the SoC until its firmware ends, with the global quantum that the parameters name.
///
/// Ctrl-C and the timeout (host seconds) raise the STOP register, which training firmware looks at
/// between steps; firmware that has not ended by then after `grace_s` host seconds is cut off. At
/// the simulated timeout the run is cut off at once.
Ending simulate(Soc& soc, const RunParameters& run, double grace_s);

}  // namespace invar::platform

#endif
