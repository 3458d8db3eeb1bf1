#ifndef INVAR_PLATFORM_SOC_RUN_H
#define INVAR_PLATFORM_SOC_RUN_H

#include <invar/platform/configuration/run_configuration.h>

namespace invar::platform {

/// Simulates `train` and writes the report. Called once a process, inside sc_main.
/// \return exit status \throws InputError for unusable data, std::exception when the run fails
int run_train(const RunConfiguration& configuration);

/// Simulates `solve` and writes the solution and the report, in the same way.
int run_solve(const RunConfiguration& configuration);

/// Simulates a K-FAC step of a large network and writes the report, in the same way.
int run_workload(const RunConfiguration& configuration);

/// Simulates a program of the user's own and writes the report, in the same way. What it writes to
/// the UART goes to standard output as it comes.
int run_program(const RunConfiguration& configuration);

}  // namespace invar::platform

#endif
