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

/// All files of a command: those that flags and parameters name, what belongs to them (the save
/// file of a waveform, the files of a data set) and the code that it loads.
std::vector<CommandFile> command_files(const std::string& config,
                                       const RunConfiguration& configuration);

/// No output may be an input or another output, under whatever name: links are followed, and
/// standard output counts when it goes to a file. \throws InputError naming both
void require_distinct(const std::vector<CommandFile>& files);

/// Every output can be written. \throws InputError
void require_outputs(const std::vector<CommandFile>& files);

/// Whether a file of the command is standard output: nothing else may go there then.
bool is_standard_output_taken(const RunConfiguration& configuration);

}  // namespace invar::platform

#endif
