#ifndef INVAR_PLATFORM_COMMAND_LINE_INTERRUPT_H
#define INVAR_PLATFORM_COMMAND_LINE_INTERRUPT_H

#include <string>

namespace invar::platform {

/// From now on a signal asks for an early end with a partial report: Ctrl-C (SIGINT), SIGTERM,
/// SIGHUP, those by which batch systems announce a limit (SIGUSR1, SIGUSR2, SIGXCPU), and SIGXFSZ,
/// when a file may grow no further. A second SIGINT or SIGTERM ends the program at once.
void catch_interrupts();

/// Whether an early end has been asked for by a signal.
bool interrupt_requested();

/// What to say of it, by the signal that came first.
std::string interrupt_reason();

/// Starts the clock of `--timeout`. \param seconds of host time; 0 = no limit
void limit_host_time(double seconds);

/// Whether that time has passed.
bool is_host_time_up();

/// Why the run is to end now, for people; empty: it is not.
std::string early_end_reason();

}  // namespace invar::platform

#endif
