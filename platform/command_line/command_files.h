#ifndef INVAR_PLATFORM_COMMAND_LINE_COMMAND_FILES_H
#define INVAR_PLATFORM_COMMAND_LINE_COMMAND_FILES_H

#include <invar/platform/configuration/run_configuration.h>

#include <string>
#include <vector>

namespace invar::platform {

/// A file that a command reads or writes, or several in a directory whose number is not known.
struct CommandFile {
  std::string flag;
  std::string path;  ///< empty: not used
  bool written = false;
  /// Not empty: `path` is a directory, and all names in it that match this glob are meant.
  std::string names = {};
  bool grows = false;  ///< written as the run goes on
};

/// What every command reads: the program itself and the TOML file.
std::vector<CommandFile> common_files(const std::string& config);

/// What a command that runs the machine writes and loads: the report, traces with what belongs to
/// them (the save file of a waveform), and the code of the riscv core.
std::vector<CommandFile> machine_files(const RunConfiguration& configuration);

/// One list after another.
std::vector<CommandFile> joined(const std::vector<std::vector<CommandFile>>& lists);

/// No output may be an input or another output, under whatever name: links are followed, and
/// standard output counts when it goes to a file. \throws InputError naming both
void require_distinct(const std::vector<CommandFile>& files);

/// Every output can be written. \throws InputError
void require_outputs(const std::vector<CommandFile>& files);

/// Whether one of them is standard output.
bool is_standard_output_taken(const std::vector<CommandFile>& files);

}  // namespace invar::platform

#endif
