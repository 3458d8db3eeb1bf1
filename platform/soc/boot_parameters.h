#ifndef INVAR_PLATFORM_SOC_BOOT_PARAMETERS_H
#define INVAR_PLATFORM_SOC_BOOT_PARAMETERS_H

#include <invar/platform/configuration/run_configuration.h>
#include <invar/sw/boot/boot_block.h>

namespace invar::platform {

/// Copies the parameters of sw/boot/app_parameters.h into their part of the boot block.
/// \throws InputError for what is not 0 but would become 0 in binary32
void copy_parameters(const TrainParameters& from, invar_train_parameters& to);
void copy_parameters(const SolveParameters& from, invar_solve_parameters& to);
void copy_parameters(const WorkloadParameters& from, invar_train_parameters& to);

}  // namespace invar::platform

#endif
