#ifndef INVAR_PLATFORM_CIRCUIT_COMMAND_CIRCUIT_COMMAND_H
#define INVAR_PLATFORM_CIRCUIT_COMMAND_CIRCUIT_COMMAND_H

#include <invar/platform/command_line/subcommand.h>

namespace invar::platform {

/// `invar circuit`: one analog network by itself.
const Subcommand& circuit_command();

}  // namespace invar::platform

#endif
