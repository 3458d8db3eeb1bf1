#ifndef INVAR_PLATFORM_SOC_SIMULATION_H
#define INVAR_PLATFORM_SOC_SIMULATION_H

#include <invar/platform/configuration/run_configuration.h>
#include <invar/platform/soc/soc.h>

#include <functional>

namespace invar::platform {

/// How a simulation ended.
enum class Ending {
  finished,
  interrupted,
  timed_out,
  simulated_timeout,
  deadlocked,
  console_lost,
};

/// Host seconds that training firmware may take to notice a STOP.
constexpr double k_stop_grace_s = 2.0;

/// Runs the SoC until its firmware ends, with the global quantum that the parameters name.
///
/// Signals and the timeout (host seconds, since limit_host_time) raise the STOP register, which
/// training firmware looks at between steps; firmware that has not ended by then after `grace_s`
/// host seconds is cut off. At the simulated timeout the run is cut off at once, and so it is when
/// `is_console_lost` says that nobody can see what the program writes.
Ending simulate(Soc& soc, const RunParameters& run, double grace_s,
                const std::function<bool()>& is_console_lost = {});

}  // namespace invar::platform

#endif
