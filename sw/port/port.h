/* What the firmware needs of the machine it runs on: the only seam between the host cores.
 *
 * Six operations (docs/firmware.md says how to port them) and the addresses of the machine:
 *
 *   invar_port_read32, invar_port_write32   a register
 *   invar_port_memory                       RAM at a bus address
 *   invar_port_charge                       what a function costs a core that cannot count
 *   invar_port_wait_for_interrupt           sleep, then one call of the interrupt entry
 *   invar_port_put_char                     the console
 *
 * Native core: each goes through a function pointer to the modelled host core, which turns register
 * accesses into bus transactions and charges time. RISC-V (INVAR_PORT_RISCV): inline loads, stores
 * and a wfi; a charge is nothing, since the core counts its instructions. All firmware functions
 * take the port they run on, so that several machines fit in one process.
 */
#ifndef INVAR_SW_PORT_PORT_H
#define INVAR_SW_PORT_PORT_H

#include <stddef.h>
#include <stdint.h>

/* Classes of operation that time and energy of a host core are counted by. */
enum invar_operation {
  INVAR_OPERATION_INTEGER = 0,      /* add, shift, compare, branch, jump, CSR access */
  INVAR_OPERATION_MEMORY = 1,       /* load or store that hits the cache, atomic */
  INVAR_OPERATION_MULTIPLY = 2,     /* integer multiplication */
  INVAR_OPERATION_DIVIDE = 3,       /* integer division, remainder */
  INVAR_OPERATION_FLOAT = 4,        /* add, multiply, multiply-add, compare, convert, move */
  INVAR_OPERATION_FLOAT_DIVIDE = 5, /* divide, square root */
  INVAR_OPERATION_COUNT = 6
};

/* What a call of a function costs, in thousandths of an operation by class: so much as such, so
 * much for each of the first count that it works on, so much for each of the second. */
struct invar_function_cost {
  const char* file;
  const char* function;
  uint64_t milli_operations[3][INVAR_OPERATION_COUNT];
};

struct invar_port {
  /* Of the native core; NULL on RISC-V. See port/native_operations.h. */
  void* context;
  int (*read32)(void* context, uint64_t address, uint32_t* value);
  int (*write32)(void* context, uint64_t address, uint32_t value);
  void* (*memory)(void* context, uint64_t address, uint64_t bytes);
  void (*charge)(void* context, const struct invar_function_cost* cost, uint64_t first,
                 uint64_t second);
  void (*wait_for_interrupt)(void* context);
  void (*put_char)(void* context, char character);

  /* Set by the driver: called once for each interrupt that ends a wait. */
  void (*interrupt_entry)(void* interrupt_context);
  void* interrupt_context;

  /* Bus address of the boot block (sw/boot/boot_block.h). */
  uint64_t boot_block_address;
  /* RAM; used on RISC-V, where the firmware itself tells what is RAM. */
  uint64_t ram_base, ram_bytes;
  /* Bus addresses of the devices. */
  uint64_t accelerator_base;
  uint64_t engine_base;
  /* Where the accelerator finds the engine's scratchpad; 0: nowhere. */
  uint64_t scratchpad_base;
  uint64_t uart_base;
  uint64_t timer_base;
  uint64_t interrupt_controller_base;
  uint64_t host_control_base;
  /* Interrupt controller inputs. */
  uint32_t accelerator_irq;
  uint32_t engine_irq;
  uint32_t timer_irq;
};

#ifdef INVAR_PORT_RISCV
#include <invar/sw/port/riscv_operations.h>
#else
#include <invar/sw/port/native_operations.h>
#endif

#endif
