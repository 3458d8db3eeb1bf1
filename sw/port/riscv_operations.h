/* The port of a RISC-V core without an operating system. */
#ifndef INVAR_SW_PORT_RISCV_PORT_OPERATIONS_H
#define INVAR_SW_PORT_RISCV_PORT_OPERATIONS_H

#include <invar/sw/port/port.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A bus error comes back as an access-fault exception, not here. The fences keep register accesses
 * in order with those to memory that devices share. */
static inline int invar_port_read32(struct invar_port* port, uint64_t address, uint32_t* value) {
  (void)port;
  *value = *(const volatile uint32_t*)(uintptr_t)address;
  __asm__ volatile("fence i, rw" ::: "memory");
  return 0;
}

static inline int invar_port_write32(struct invar_port* port, uint64_t address, uint32_t value) {
  (void)port;
  __asm__ volatile("fence rw, o" ::: "memory");
  *(volatile uint32_t*)(uintptr_t)address = value;
  return 0;
}

static inline void* invar_port_memory(struct invar_port* port, uint64_t address, uint64_t bytes) {
  if (address < port->ram_base || bytes > port->ram_bytes ||
      address - port->ram_base > port->ram_bytes - bytes) {
    return NULL;
  }
  return (void*)(uintptr_t)address;
}

/* The core counts its own instructions. */
static inline void invar_port_charge(struct invar_port* port,
                                     const struct invar_function_cost* cost, uint64_t first,
                                     uint64_t second) {
  (void)port;
  (void)cost;
  (void)first;
  (void)second;
}

/* In port/riscv/trap.c: wfi, then a window in which the trap is taken once. */
void invar_port_wait_for_interrupt(struct invar_port* port);

static inline void invar_port_put_char(struct invar_port* port, char character) {
  *(volatile uint32_t*)(uintptr_t)port->uart_base = (unsigned char)character;
}

#ifdef __cplusplus
}
#endif

#endif
