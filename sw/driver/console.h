/* Short messages to the console, without printf. */
#ifndef INVAR_SW_DRIVER_CONSOLE_H
#define INVAR_SW_DRIVER_CONSOLE_H

#include <invar/sw/port/port.h>

#ifdef __cplusplus
extern "C" {
#endif

void invar_print(struct invar_port* port, const char* text);
void invar_print_unsigned(struct invar_port* port, uint64_t value);

#ifdef __cplusplus
}
#endif

#endif
