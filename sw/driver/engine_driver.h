/* Driver of the digital engine: jobs are appended to a ring in RAM, started by one doorbell a
 * flush, and waited for through the engine's ring-empty interrupt.
 *
 * Errors stick: after the first one appends do nothing and every wait returns it, so that a
 * sequence of appends needs one check at its end.
 */
#ifndef INVAR_SW_DRIVER_ENGINE_DRIVER_H
#define INVAR_SW_DRIVER_ENGINE_DRIVER_H

#include <invar/registers/digital_engine_registers.h>
#include <invar/registers/phases.h>
#include <invar/sw/driver/heap.h>
#include <invar/sw/driver/interrupts.h>

#ifdef __cplusplus
extern "C" {
#endif

#define INVAR_ENGINE_RING_JOBS 1024u

struct invar_engine {
  struct invar_port* port;
  struct invar_interrupts* interrupts;
  struct invar_buffer ring;
  uint32_t ring_size;
  uint32_t appended; /* free-running counts of jobs */
  uint32_t started;
  uint32_t finished; /* as of the last look at the engine */
  uint32_t scratchpad_bytes;
  int error;           /* enum invar_result, sticky */
  uint32_t job_status; /* enum invar_engine_status of the job that halted the engine */
  uint32_t job_tag;
};

/* Resets and enables the engine. `ring_size` is a power of two, 2 to 4096. */
int invar_engine_init(struct invar_engine* engine, struct invar_port* port,
                      struct invar_interrupts* interrupts, struct invar_heap* heap,
                      uint32_t ring_size);

/* Copies a job into the ring; its tag becomes the job's number. When the ring is full, waits until
 * it has drained. The result is the job's ticket. */
uint32_t invar_engine_append(struct invar_engine* engine, const struct invar_engine_job* job);

/* memory[address, address + bytes) -> scratchpad, and back. */
void invar_engine_load(struct invar_engine* engine, uint32_t phase, uint64_t address,
                       uint32_t offset, uint32_t bytes);
void invar_engine_store(struct invar_engine* engine, uint32_t phase, uint32_t offset,
                        uint64_t address, uint32_t bytes);

/* Rings the doorbell if jobs were appended since the last time. */
void invar_engine_flush(struct invar_engine* engine);

/* Whether the job is known to have finished, without asking the engine. */
int invar_engine_is_finished(const struct invar_engine* engine, uint32_t ticket);

/* Flushes and sleeps until every job has finished. Returns the sticky error. */
int invar_engine_wait(struct invar_engine* engine);

/* After INVAR_RESULT_JOB_FAILED: resets the engine and drops what was left in the ring. The
 * scratchpad keeps its contents. */
int invar_engine_recover(struct invar_engine* engine);

#ifdef __cplusplus
}
#endif

#endif
