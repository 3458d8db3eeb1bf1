#ifndef INVAR_PLATFORM_CONFIGURATION_WORKLOAD_MACHINE_H
#define INVAR_PLATFORM_CONFIGURATION_WORKLOAD_MACHINE_H

#include <invar/platform/configuration/run_configuration.h>

namespace invar::platform {

/// A machine for large networks, at timing fidelity, where the user asks for nothing else.
/// \throws InputError for what carries numbers
void complete_workload_machine(RunConfiguration& configuration);

}  // namespace invar::platform

#endif
