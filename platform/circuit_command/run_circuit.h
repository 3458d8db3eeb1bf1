#ifndef INVAR_PLATFORM_CIRCUIT_COMMAND_RUN_CIRCUIT_H
#define INVAR_PLATFORM_CIRCUIT_COMMAND_RUN_CIRCUIT_H

#include <invar/platform/configuration/run_configuration.h>

namespace invar::platform {

/// `invar circuit`: reads the network, writes its outputs, the step response and the report.
/// A circuit without a usable operating point gets its report too, but no outputs.
/// \return exit status \throws InputError for unusable files or values, std::exception when an
/// output cannot be written
int run_circuit(const RunConfiguration& configuration);

}  // namespace invar::platform

#endif
