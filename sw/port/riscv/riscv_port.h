/* For programs that run on the RISC-V host core without an operating system.
 *
 * Before main() the trap handler is installed, the port is filled in, the stack guard is set and
 * printf goes to the UART. Interrupts are off; the drivers need no more than that, since they wait
 * by invar_port_wait_for_interrupt. What main() returns becomes the exit code.
 */
#ifndef INVAR_SW_PORT_RISCV_RISCV_PORT_H
#define INVAR_SW_PORT_RISCV_RISCV_PORT_H

#include <invar/sw/port/port.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The port of this machine: addresses of the memory map, RAM as the boot block tells. */
struct invar_port* invar_riscv_port(void);

/* From now on interrupts are taken wherever the program is, each by one call of
 * port->interrupt_entry with interrupts off. A wait of the drivers then also ends when an interrupt
 * was taken since the last wait, so that none is slept through; interrupt entries share data with
 * the program that they interrupt. */
void invar_riscv_enable_interrupts(void);
/* Returns whether they were on. */
int invar_riscv_disable_interrupts(void);

/* Sleeps for ever, interrupts off. */
void invar_riscv_halt(void) __attribute__((noreturn));

/* Ends the simulation with `code`; the same as exit(code) without what the C library does then. */
void invar_riscv_exit(int code) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif

#endif
