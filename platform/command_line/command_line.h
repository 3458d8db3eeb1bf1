#ifndef INVAR_PLATFORM_COMMAND_LINE_COMMAND_LINE_H
#define INVAR_PLATFORM_COMMAND_LINE_COMMAND_LINE_H

#include <invar/platform/configuration/run_configuration.h>

#include <string>
#include <vector>

namespace invar::platform {

/// Exit statuses of the command.
enum ExitStatus { k_exit_done = 0, k_exit_failed = 1, k_exit_bad_input = 2 };

/// What the user asked for.
struct CommandLine {
  enum class Action {
    train,
    solve,
    circuit,
    workload,
    program,  ///< `invar run`
    compare,
    params,
    help,  ///< print `text` and end
  };
  Action action = Action::help;
  RunConfiguration configuration;    ///< all but compare: complete and checked
  std::vector<std::string> reports;  ///< compare
  std::string text;
  /// What people should know before it begins: the code that a configuration file has it load.
  std::vector<std::string> notes;
};

/// Reads flags and the TOML file, flags winning, and checks that all outputs can be written.
/// The flags are those that the parameter table names, and --set for every parameter.
/// \throws InputError with the message for a bad command line
CommandLine parse_command_line(int argc, const char* const* argv);

}  // namespace invar::platform

#endif
