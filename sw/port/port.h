/* What the firmware needs of the machine it runs on: the only seam between the two host cores.
 *
 * Native core: every call goes to the modelled host core, which turns register accesses into bus
 * transactions and charges time. Bare-metal core: thin inline wrappers around loads and stores.
 * All firmware functions take the port they run on, so that several machines fit in one process.
 */
#ifndef INVAR_SW_PORT_PORT_H
#define INVAR_SW_PORT_PORT_H

#include <stddef.h>
#include <stdint.h>

/* Classes of operation that the native core charges time and energy for. */
enum invar_operation {
  INVAR_OPERATION_INTEGER = 0,        /* add, shift, compare, branch */
  INVAR_OPERATION_MEMORY = 1,         /* load or store that hits the cache */
  INVAR_OPERATION_FLOAT = 2,          /* add, multiply, multiply-add */
  INVAR_OPERATION_FLOAT_DIVIDE = 3,   /* divide, square root */
  INVAR_OPERATION_FLOAT_FUNCTION = 4, /* exp, log */
  INVAR_OPERATION_COUNT = 5
};

struct invar_port {
  void* context;
  /* One 32-bit register access at a bus address. Returns 0, or 1 on a bus error. */
  int (*read32)(void* context, uint64_t address, uint32_t* value);
  int (*write32)(void* context, uint64_t address, uint32_t value);
  /* RAM at [address, address + bytes) as the firmware sees it; NULL outside RAM. */
  void* (*memory)(void* context, uint64_t address, uint64_t bytes);
  /* Charges `count` operations to the core. */
  void (*charge)(void* context, enum invar_operation operation, uint64_t count);
  /* Sleeps until the interrupt line is high (returns at once if it is). */
  void (*wait_for_interrupt)(void* context);
  /* One character to the console. */
  void (*put_char)(void* context, char character);
  /* Bus address of the boot block (sw/apps/boot_block.h). */
  uint64_t boot_block_address;
  /* Bus addresses of the devices. */
  uint64_t accelerator_base;
  uint64_t engine_base;
  uint64_t uart_base;
  uint64_t timer_base;
  uint64_t interrupt_controller_base;
  uint64_t host_control_base;
  /* Interrupt controller inputs. */
  uint32_t accelerator_irq;
  uint32_t engine_irq;
  uint32_t timer_irq;
};

#endif
