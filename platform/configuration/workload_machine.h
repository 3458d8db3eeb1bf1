#ifndef INVAR_PLATFORM_CONFIGURATION_WORKLOAD_MACHINE_H
#define INVAR_PLATFORM_CONFIGURATION_WORKLOAD_MACHINE_H

#include <invar/platform/configuration/run_configuration.h>

namespace invar::platform {

/// A machine for large networks, at timing fidelity, where the user asks for nothing else.
/// \throws InputError for what carries numbers
void complete_workload_machine(RunConfiguration& configuration);

/// Steps from a refresh to the one that uses it; 0: it waits, as with the engine, which has no
/// tiles to program in the background.
int workload_delay_steps(const RunConfiguration& configuration);

}  // namespace invar::platform

#endif
