/* Register map of the digital engine: a MAC array with a scratchpad SRAM behind DMA.
 *
 * Jobs (engine_jobs.h) are records in a ring in memory, run strictly in order.
 *
 * A job that fails halts the engine: HEAD stays at it, the jobs behind it do not run, and what it
 * would have overwritten is undefined. A reset ends the halt; it keeps the scratchpad.
 */
#ifndef INVAR_REGISTERS_DIGITAL_ENGINE_REGISTERS_H
#define INVAR_REGISTERS_DIGITAL_ENGINE_REGISTERS_H

#include <invar/registers/device_registers.h>
#include <invar/registers/engine_jobs.h>
#include <stdint.h>

/* Rows: device_registers.h.
 *   name               offset  reset        access  effect */
#define INVAR_ENGINE_REGISTERS(X)                                                         \
  INVAR_DEVICE_HEADER(X, 0x4D47454Eu, "the letters NEGM")                                 \
  X(CAPABILITY, 0x008, 0u, RO, "MACs a cycle")                                            \
  X(SCRATCHPAD_BYTES, 0x00C, 0u, RO, "size of the scratchpad")                            \
  X(CONTROL, 0x010, 0u, RW(0x1u), "bit 0 enable; bit 1 reset (clears itself)")            \
  X(STATUS, 0x014, 0u, RO, "bit 0 busy; bit 1 halted by a failed job or ring")            \
  X(IRQ_STATUS, 0x018, 0u, W1C, "bit 0 ring empty; bit 1 a job or the ring failed")       \
  X(IRQ_ENABLE, 0x01C, 0u, RW(0x3u), "mask for IRQ_STATUS; irq = any bit set in both")    \
  X(RING_BASE_LO, 0x020, 0u, RW, "address of the job ring, low half; 64-byte aligned")    \
  X(RING_BASE_HI, 0x024, 0u, RW, "high half")                                             \
  X(RING_SIZE, 0x028, 0u, RW, "jobs in the ring: a power of two, 2 to 4096")              \
  X(RING_TAIL, 0x02C, 0u, RW, "doorbell: free-running count of jobs written by the host") \
  X(RING_HEAD, 0x030, 0u, RO, "free-running count of jobs finished")                      \
  X(ERROR_STATUS, 0x034, 0u, RO, "enum invar_engine_status: why the engine has halted")   \
  X(ERROR_TAG, 0x038, 0u, RO, "tag of the job that halted it; 0 for faults of the ring")

enum invar_engine_register {
#define INVAR_ENGINE_ENUM(name, offset, reset, access, effect) INVAR_ENGINE_REG_##name = offset,
  INVAR_ENGINE_REGISTERS(INVAR_ENGINE_ENUM)
#undef INVAR_ENGINE_ENUM
      INVAR_ENGINE_WINDOW_BYTES = 0x1000
};

#define INVAR_ENGINE_CONTROL_ENABLE INVAR_CONTROL_ENABLE
#define INVAR_ENGINE_CONTROL_RESET INVAR_CONTROL_RESET
#define INVAR_ENGINE_STATUS_BUSY INVAR_STATUS_BUSY
#define INVAR_ENGINE_STATUS_HALTED INVAR_STATUS_HALTED
#define INVAR_ENGINE_IRQ_IDLE 0x1u
#define INVAR_ENGINE_IRQ_FAULT INVAR_IRQ_FAULT

enum invar_engine_status {
  INVAR_ENGINE_OK = 0,
  INVAR_ENGINE_BAD_JOB = 1,     /* unknown opcode, zero or oversized dimension, bad flag */
  INVAR_ENGINE_BAD_OPERAND = 2, /* an operand leaves the scratchpad or is misaligned */
  INVAR_ENGINE_BUS_ERROR = 3,   /* a job's DMA got an error response */
  INVAR_ENGINE_NOT_POSITIVE_DEFINITE = 4, /* CHOLESKY met a pivot <= 0 or not finite */
  INVAR_ENGINE_SINGULAR = 5,              /* LU met a pivot of 0 or not finite */
  /* CHOLESKY, CHOLESKY_SOLVE, CHOLESKY_INVERSE or a GEMM with an inverse, in another format than
   * FP32: a number of its results is beyond what the format holds */
  INVAR_ENGINE_OVERFLOW = 6,
  /* Faults of the ring. The job that RING_HEAD counts to was not run. Reset, put right what is
   * named, set up the ring anew from TAIL = 0; the scratchpad is kept. */
  INVAR_ENGINE_RING_SIZE = 256, /* RING_SIZE is no power of two from 2 to 4096 */
  INVAR_ENGINE_RING_BASE = 257, /* RING_BASE is not 64-byte aligned, or the ring passes the end of
                                   the address space */
  INVAR_ENGINE_RING_TAIL = 259, /* RING_TAIL is more than RING_SIZE ahead of RING_HEAD: the ring was
                                   overrun, jobs are lost */
  INVAR_ENGINE_FETCH = 260      /* bus error at the ring */
};

#endif
