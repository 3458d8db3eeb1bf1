#ifndef INVAR_PLATFORM_CONFIGURATION_FILE_PLACE_H
#define INVAR_PLATFORM_CONFIGURATION_FILE_PLACE_H

#include <string>

namespace invar::platform {

/// Where a file is or would be made: absolute, without links, those that lead nowhere yet included.
std::string resolved_path(const std::string& path);

/// Whether it is there and neither a regular file nor a directory: a device, a pipe, a socket.
bool is_special_file(const std::string& path);

/// Whether a path names standard output: "-", /dev/stdout, or a link to it.
bool is_standard_output(const std::string& path);

}  // namespace invar::platform

#endif
