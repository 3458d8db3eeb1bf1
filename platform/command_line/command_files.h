#ifndef INVAR_PLATFORM_COMMAND_LINE_COMMAND_FILES_H
#define INVAR_PLATFORM_COMMAND_LINE_COMMAND_FILES_H

#include <invar/platform/configuration/run_configuration.h>

#include <string>
#include <vector>

namespace invar::platform {

/// A file that a command reads or writes.
struct CommandFile {
  std::string flag;
  std::string path;  ///< empty: not used
  bool written = false;
};

/// All files of a command.
std::vector<CommandFile> command_files(const std::string& config,
                                       const RunConfiguration& configuration);

/// No output may be an input or another output. \throws InputError
void require_distinct(const std::vector<CommandFile>& files);

/// Every output can be written. \throws InputError
void require_outputs(const std::vector<CommandFile>& files);

}  // namespace invar::platform

#endif
