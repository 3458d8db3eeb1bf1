/* The port of the native core: every operation is asked of the modelled host core. */
#ifndef INVAR_SW_PORT_NATIVE_PORT_OPERATIONS_H
#define INVAR_SW_PORT_NATIVE_PORT_OPERATIONS_H

#include <invar/sw/port/port.h>

/* One 32-bit register access at a bus address. Returns 0, or 1 on a bus error. */
static inline int invar_port_read32(struct invar_port* port, uint64_t address, uint32_t* value) {
  return port->read32(port->context, address, value);
}

static inline int invar_port_write32(struct invar_port* port, uint64_t address, uint32_t value) {
  return port->write32(port->context, address, value);
}

/* RAM at [address, address + bytes) as the firmware sees it; NULL outside RAM. */
static inline void* invar_port_memory(struct invar_port* port, uint64_t address, uint64_t bytes) {
  return port->memory(port->context, address, bytes);
}

/* Charges a call of a function, with its counts, to the core. */
static inline void invar_port_charge(struct invar_port* port,
                                     const struct invar_function_cost* cost, uint64_t first,
                                     uint64_t second) {
  port->charge(port->context, cost, first, second);
}

/* Sleeps until the interrupt line is high (does not sleep if it is), then calls the interrupt entry
 * once. */
static inline void invar_port_wait_for_interrupt(struct invar_port* port) {
  port->wait_for_interrupt(port->context);
}

/* One character to the console. */
static inline void invar_port_put_char(struct invar_port* port, char character) {
  port->put_char(port->context, character);
}

#endif
