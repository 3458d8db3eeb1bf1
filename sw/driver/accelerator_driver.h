/* Driver of the INV accelerator.
 *
 * Asynchronous use: `submit` puts a descriptor into the ring, rings the doorbell and returns a
 * ticket; `poll` asks whether it is done, `wait` sleeps until it is and takes the completion
 * record. Tickets may be waited for in any order, since the accelerator finishes them in any order.
 * Every ticket must be taken by `wait`, except those submitted `detached`.
 *
 * Blocking use: program, solve, mvm, read_back, release, calibrate.
 *
 * All return enum invar_result: whether the machine worked. Whether the command did is the status
 * in its completion record. Every completion is counted in the driver's counters.
 */
#ifndef INVAR_SW_DRIVER_ACCELERATOR_DRIVER_H
#define INVAR_SW_DRIVER_ACCELERATOR_DRIVER_H

#include <invar/registers/accelerator_registers.h>
#include <invar/registers/command_limits.h>
#include <invar/registers/phases.h>
#include <invar/sw/boot/boot_block.h>
#include <invar/sw/driver/heap.h>
#include <invar/sw/driver/interrupts.h>

#ifdef __cplusplus
extern "C" {
#endif

/* As the hardware has it. */
#define INVAR_ACCELERATOR_RING_LIMIT 4096u
/* Most vectors of one SOLVE or MVM. */
#define INVAR_ACCELERATOR_COLUMNS_LIMIT ((uint32_t)INVAR_LIMIT_COLUMNS)

struct invar_accelerator {
  struct invar_port* port;
  struct invar_interrupts* interrupts;
  struct invar_driver_counters* counters;
  struct invar_buffer ring, completions;
  uint32_t ring_size;
  uint32_t submitted; /* free-running counts of descriptors */
  uint32_t collected;
  uint32_t first_open; /* all tickets before it were collected */
  uint8_t* slots;      /* enum slot_state of each ring slot */
  int error;           /* enum invar_result, sticky */
  /* what the hardware says of itself */
  uint32_t tiles, rows, slices;
};

/* Resets and enables the accelerator. `ring_size` is a power of two, 2 to
 * INVAR_ACCELERATOR_RING_LIMIT. */
int invar_accelerator_init(struct invar_accelerator* accelerator, struct invar_port* port,
                           struct invar_interrupts* interrupts, struct invar_heap* heap,
                           struct invar_driver_counters* counters, uint32_t ring_size);

/* Starts a command; `tag` of the descriptor is filled in by the driver. */
int invar_accelerator_submit(struct invar_accelerator* accelerator,
                             const struct invar_descriptor* descriptor, uint32_t* ticket);
/* Whether the ring has room: its next slot is free, or will be by itself, which `submit` waits for.
 * Otherwise some ticket must be taken first. */
int invar_accelerator_can_submit(const struct invar_accelerator* accelerator);
/* The same as submit for a command whose completion nobody waits for. */
int invar_accelerator_submit_detached(struct invar_accelerator* accelerator,
                                      const struct invar_descriptor* descriptor);
/* Whether the ticket's completion has been seen by an interrupt. No bus access. */
int invar_accelerator_poll(const struct invar_accelerator* accelerator, uint32_t ticket);
/* Sleeps until the ticket is done and takes its completion record. */
int invar_accelerator_wait(struct invar_accelerator* accelerator, uint32_t ticket,
                           struct invar_completion* completion);
/* Sleeps until some command has finished since the last look. */
int invar_accelerator_wait_any(struct invar_accelerator* accelerator);

/* Submits and waits. */
int invar_accelerator_run(struct invar_accelerator* accelerator,
                          const struct invar_descriptor* descriptor,
                          struct invar_completion* completion);
/* The n x n matrix at `matrix` into tiles; the handle is in the completion. `handle` is
 * INVAR_HANDLE_NONE or that of a matrix of the same n to write over; one that fails is released. */
int invar_accelerator_program(struct invar_accelerator* accelerator, uint32_t handle,
                              uint64_t matrix, uint32_t n, uint32_t slices, uint32_t flags,
                              struct invar_completion* completion);
/* `columns` right-hand sides at `source`, solutions to `destination`. */
int invar_accelerator_solve(struct invar_accelerator* accelerator, uint32_t handle, uint32_t n,
                            uint32_t columns, uint64_t source, uint64_t destination,
                            double tolerance, uint32_t iteration_limit, uint32_t flags,
                            struct invar_completion* completion);
int invar_accelerator_mvm(struct invar_accelerator* accelerator, uint32_t handle, uint32_t n,
                          uint32_t columns, uint64_t source, uint64_t destination, uint32_t flags,
                          struct invar_completion* completion);
int invar_accelerator_read_back(struct invar_accelerator* accelerator, uint32_t handle, uint32_t n,
                                uint64_t destination, uint32_t flags,
                                struct invar_completion* completion);
int invar_accelerator_calibrate(struct invar_accelerator* accelerator, uint32_t handle,
                                struct invar_completion* completion);
int invar_accelerator_release(struct invar_accelerator* accelerator, uint32_t handle,
                              struct invar_completion* completion);

/* A short name of enum invar_status, e.g. "loop unstable". */
const char* invar_accelerator_status_text(uint32_t status);

#ifdef __cplusplus
}
#endif

#endif
