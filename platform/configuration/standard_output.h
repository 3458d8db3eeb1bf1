#ifndef INVAR_PLATFORM_CONFIGURATION_STANDARD_OUTPUT_H
#define INVAR_PLATFORM_CONFIGURATION_STANDARD_OUTPUT_H

#include <string>

namespace invar::platform {

/// Makes a closed pipe and a file that may grow no further errors of the write instead of signals
/// that end the program, and takes the numbers of standard streams that are closed, so that no
/// file gets them. Called before anything is opened or written.
void prepare_standard_streams();

/// Writes all of it at once. \throws std::runtime_error "standard output cannot be written: CAUSE"
void write_standard_output(const std::string& text);

/// The same without exceptions. \return why it could not be written; empty if it was
std::string try_standard_output(const std::string& text);

/// Writes all of it to a file descriptor. \return 0 or errno
int write_all(int descriptor, const std::string& text);

}  // namespace invar::platform

#endif
