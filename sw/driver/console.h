/* Short messages to the console, without printf. */
#ifndef INVAR_SW_DRIVER_CONSOLE_H
#define INVAR_SW_DRIVER_CONSOLE_H

#include <invar/sw/port/port.h>

#ifdef __cplusplus
extern "C" {
#endif

void invar_print(struct invar_port* port, const char* text);
void invar_print_unsigned(struct invar_port* port, uint64_t value);
/* A positive number below 1e100 with two digits, e.g. 3.1e-07. */
void invar_print_scientific(struct invar_port* port, double value);

#ifdef __cplusplus
}
#endif

#endif
