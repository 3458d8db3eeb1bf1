#ifndef INVAR_PLATFORM_CONFIGURATION_OUTPUT_FILE_H
#define INVAR_PLATFORM_CONFIGURATION_OUTPUT_FILE_H

#include <string>

namespace invar::platform {

/// Finds out before a run whether a file can be written after it, and leaves no trace.
/// \param flag named in the message \throws InputError
void require_writable(const std::string& flag, const std::string& path);

/// Writes a file so that a reader sees all of it or the old one: a temporary file beside it, then
/// a rename. The new file has the permissions of the one that it replaces, and a link keeps
/// pointing at it. "-" is standard output; what is no regular file (/dev/null, a pipe) is written
/// directly. \throws std::runtime_error naming the file and the cause
void write_file_atomically(const std::string& path, const std::string& contents);

}  // namespace invar::platform

#endif
