#ifndef INVAR_PLATFORM_SOC_SIMULATION_H
#define INVAR_PLATFORM_SOC_SIMULATION_H

#include <invar/platform/soc/soc.h>

#include <functional>

namespace invar::platform {

/// How a simulation ended.
enum class Ending { finished, interrupted, timed_out, deadlocked };

/// Runs the SoC until its firmware ends.
///
/// Ctrl-C and the timeout (host seconds, 0 = none) raise the STOP register, which training firmware
/// looks at between steps; firmware that has not ended by then after `grace_s` host seconds is cut
/// off. `poll` is called every now and then from outside the simulation.
Ending simulate(Soc& soc, double timeout_s, double grace_s, const std::function<void()>& poll);

}  // namespace invar::platform

#endif
