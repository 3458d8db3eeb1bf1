#ifndef INVAR_PLATFORM_COMMAND_LINE_INTERRUPT_H
#define INVAR_PLATFORM_COMMAND_LINE_INTERRUPT_H

namespace invar::platform {

/// From now on the first Ctrl-C (SIGINT, SIGTERM) asks for an early end with a partial report; the
/// second ends the program at once.
void catch_interrupts();

/// Whether the user has asked for an early end.
bool interrupt_requested();

}  // namespace invar::platform

#endif
