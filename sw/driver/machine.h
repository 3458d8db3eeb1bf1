/* Everything the firmware holds of the machine: one object on the stack of its entry function. */
#ifndef INVAR_SW_DRIVER_MACHINE_H
#define INVAR_SW_DRIVER_MACHINE_H

#include <invar/sw/driver/accelerator_driver.h>
#include <invar/sw/driver/engine_driver.h>
#include <invar/sw/driver/heap.h>
#include <invar/sw/driver/interrupts.h>

#ifdef __cplusplus
extern "C" {
#endif

struct invar_machine {
  struct invar_port* port;
  struct invar_driver_counters* counters; /* in RAM, where the platform reads them */
  struct invar_heap heap;
  struct invar_interrupts interrupts;
  struct invar_engine engine;
  struct invar_accelerator accelerator;
  uint32_t host_phase;
};

/* Clears the counters, prepares heap and interrupts. The devices are started by their own init. */
int invar_machine_init(struct invar_machine* machine, struct invar_port* port,
                       const struct invar_boot_block* boot);

/* Tells the ledger what the host core works for from now on; a register write on change only. */
int invar_machine_set_phase(struct invar_machine* machine, uint32_t phase);

/* Whether the user asks for an early end. */
int invar_machine_stop_requested(struct invar_machine* machine);

#ifdef __cplusplus
}
#endif

#endif
