#ifndef INVAR_PLATFORM_COMMANDS_COMMANDS_H
#define INVAR_PLATFORM_COMMANDS_COMMANDS_H

#include <invar/platform/circuit_command/circuit_command.h>
#include <invar/platform/command_line/command_line.h>

#include <string>
#include <vector>

namespace invar::platform {

// Each in a file of its name.
const Subcommand& train_command();
const Subcommand& solve_command();
const Subcommand& workload_command();
const Subcommand& run_command();
const Subcommand& compare_command();
const Subcommand& params_command();
const Subcommand& figures_command();

/// All commands of `invar`, in the order of --help.
inline std::vector<const Subcommand*> all_commands() {
  return {&train_command(), &solve_command(),   &circuit_command(), &workload_command(),
          &run_command(),   &compare_command(), &params_command(),  &figures_command()};
}

}  // namespace invar::platform

#endif
