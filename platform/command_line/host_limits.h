#ifndef INVAR_PLATFORM_COMMAND_LINE_HOST_LIMITS_H
#define INVAR_PLATFORM_COMMAND_LINE_HOST_LIMITS_H

namespace invar::platform {

/// Matrix products keep blocks of their operands on the stack, of the main program and of threads.
/// \throws std::runtime_error where `ulimit -s` leaves less than they may take
void require_stack();

/// From now on files may grow to the hard limit (`ulimit -H -f`): for a report on what was lost
/// because a larger file met the soft one.
void lift_file_size_limit();

}  // namespace invar::platform

#endif
