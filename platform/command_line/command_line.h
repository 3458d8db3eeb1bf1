#ifndef INVAR_PLATFORM_COMMAND_LINE_COMMAND_LINE_H
#define INVAR_PLATFORM_COMMAND_LINE_COMMAND_LINE_H

#include <invar/platform/command_line/subcommand.h>

#include <string>
#include <vector>

namespace invar::platform {

/// What the user asked for.
struct CommandLine {
  const Subcommand* subcommand = nullptr;  ///< nullptr: print `text` and end
  std::string text;
  std::vector<std::string> words;  ///< those that follow no flag
  RunConfiguration configuration;  ///< complete and checked
  std::vector<CommandFile> files;  ///< all that the command reads and writes
  /// What people should know before it begins: the code that a configuration file has it load.
  std::vector<std::string> notes;

  /// Nothing else may go to standard output then.
  bool is_standard_output_taken() const { return platform::is_standard_output_taken(files); }
};

/// Reads flags and the TOML file, flags winning, and checks that all outputs can be written.
/// The flags are those that the parameter table names, and --set for every parameter.
/// \param commands in the order of --help
/// \throws InputError with the message for a bad command line
CommandLine parse_command_line(const std::vector<const Subcommand*>& commands, int argc,
                               const char* const* argv);

}  // namespace invar::platform

#endif
