/* Register map, descriptor and completion record of the INV accelerator.
 *
 * One C header shared by the hardware model, the driver and the documentation. Registers are 32
 * bits wide, little-endian, at byte offsets from the base of the accelerator's window.
 */
#ifndef INVAR_REGISTERS_ACCELERATOR_REGISTERS_H
#define INVAR_REGISTERS_ACCELERATOR_REGISTERS_H

#include <invar/registers/device_registers.h>
#include <stdint.h>

/* Rows: device_registers.h.
 *   name               offset  reset        access  effect */
#define INVAR_ACCELERATOR_REGISTERS(X)                                                            \
  INVAR_DEVICE_HEADER(X, 0x52564E49u, "the letters INVR")                                         \
  X(CAPABILITY, 0x008, 0u, RO, "tiles (most: 255) in [7:0], rows in [23:8], slices in [31:24]")   \
  X(CONTROL, 0x00C, 0u, RW(0x1u), "bit 0 enable; bit 1 reset (clears itself, conductances stay)") \
  X(STATUS, 0x010, 0u, RO, "bit 0 busy; bit 1 halted by a ring fault")                            \
  X(IRQ_STATUS, 0x014, 0u, W1C, "bit 0 a completion was written; bit 1 ring fault or bus error")  \
  X(IRQ_ENABLE, 0x018, 0u, RW(0x3u), "mask for IRQ_STATUS; irq = any bit set in both")            \
  X(RING_BASE_LO, 0x020, 0u, RW, "address of the descriptor ring, low half; 64-byte aligned")     \
  X(RING_BASE_HI, 0x024, 0u, RW, "high half")                                                     \
  X(RING_SIZE, 0x028, 0u, RW, "descriptors in the ring: a power of two, 2 to 4096")               \
  X(RING_TAIL, 0x02C, 0u, RW, "doorbell: free-running count of descriptors written by the host")  \
  X(RING_HEAD, 0x030, 0u, RO, "free-running count of descriptors fetched")                        \
  X(COMPLETION_BASE_LO, 0x034, 0u, RW, "address of the completion records, one a ring slot")      \
  X(COMPLETION_BASE_HI, 0x038, 0u, RW, "high half")                                               \
  X(COMPLETED, 0x03C, 0u, RO, "free-running count of completion records written")                 \
  X(LAST_ERROR, 0x040, 0u, RO, "last status other than OK; while halted, enum invar_ring_fault")  \
  X(TICKS_LO, 0x044, 0u, RO, "clock cycles since reset, low half; reading it latches the high")   \
  X(TICKS_HI, 0x048, 0u, RO, "high half, as latched")                                             \
  X(TILES, 0x04C, 0u, RO, "tiles")

enum invar_accelerator_register {
#define INVAR_ACCELERATOR_ENUM(name, offset, reset, access, effect) INVAR_REG_##name = offset,
  INVAR_ACCELERATOR_REGISTERS(INVAR_ACCELERATOR_ENUM)
#undef INVAR_ACCELERATOR_ENUM
      INVAR_ACCELERATOR_WINDOW_BYTES = 0x1000
};

#define INVAR_IRQ_COMPLETION 0x1u

enum invar_opcode {
  INVAR_OP_PROGRAM = 1,   /* write the n x n matrix at `source` into tiles; a handle comes back */
  INVAR_OP_SOLVE = 2,     /* solve for `columns` right-hand sides to `tolerance` */
  INVAR_OP_MVM = 3,       /* multiply `columns` vectors by the stored matrix */
  INVAR_OP_READ_BACK = 4, /* the matrix as the tile's cells hold it now, n x n, to `destination` */
  INVAR_OP_RELEASE = 5,   /* give the tiles of `handle` back */
  INVAR_OP_CALIBRATE = 6  /* measure settling time and seed quality of `handle` anew */
};

/* Element type of matrices and vectors in memory (descriptor flags). */
#define INVAR_FLAG_FP32 0x1u /* elements are IEEE binary32; otherwise binary64 */
/* PROGRAM: symmetry is not promised. The diagonal must still be positive. */
#define INVAR_FLAG_GENERAL 0x2u
/* SOLVE with a symmetric matrix, D = diag(A): where |D^-1/2 (b - A x)| is within the tolerance,
 * |b - A x| / |b| and |D^-1 (b - A x)| / |x| (the latter in proportion to what D^-1/2 makes of
 * them) are to come within it as well, as far as FP64 allows: for rows and unknowns of mixed units.
 */
#define INVAR_FLAG_UNITS 0x4u

/* Handles are never 0. */
#define INVAR_HANDLE_NONE 0u

/* 64 bytes, little-endian, naturally aligned. A matrix is row-major, n x n, contiguous. A batch of
 * right-hand sides or solutions is `columns` contiguous vectors of n elements, one after another.
 * Limits of the fields: command_limits.h.
 */
struct invar_descriptor {
  uint32_t opcode;
  uint32_t tag;             /* returned in the completion record */
  uint32_t phase;           /* enum invar_phase */
  uint32_t flags;           /* INVAR_FLAG_* */
  uint32_t handle;          /* PROGRAM: 0, or a matrix of the same n to write over in its place */
  uint32_t n;               /* matrix dimension: 1 to what the tiles together can hold */
  uint32_t columns;         /* SOLVE, MVM: number of vectors */
  uint32_t slices;          /* PROGRAM: slices in the INV loop, 0 = the accelerator's default */
  uint64_t source;          /* address of the matrix or of the vectors */
  uint64_t destination;     /* address of the results */
  double tolerance;         /* SOLVE: relative residual |S (b - A x)| / |S b|, with
                               S = diag(A)^-1/2, or 1 / max |row| of a general matrix */
  uint32_t iteration_limit; /* SOLVE: 0 = the accelerator's default */
  uint32_t reserved;        /* must be 0 */
};

enum invar_status {
  INVAR_STATUS_PENDING = 0, /* not completed yet; the driver clears records to this */
  INVAR_STATUS_OK = 1,
  INVAR_STATUS_NOT_CONVERGED = 2,  /* iteration limit reached, or the residual grows */
  INVAR_STATUS_UNSTABLE = 3,       /* the loop has a mode that grows: seed not positive */
  INVAR_STATUS_SATURATED = 4,      /* an output clips at every input range */
  INVAR_STATUS_CELL_FAILED = 5,    /* more cells than allowed refuse to program */
  INVAR_STATUS_WORN_OUT = 6,       /* endurance of the tile's cells used up */
  INVAR_STATUS_BAD_DESCRIPTOR = 7, /* a field out of its range */
  INVAR_STATUS_BUS_ERROR = 8,      /* DMA got an error response */
  INVAR_STATUS_NO_TILE = 9,        /* too few tiles are free; `tiles` says how many it takes */
  INVAR_STATUS_BAD_HANDLE = 10,    /* handle unknown or released */
  INVAR_STATUS_TOO_LARGE = 11,     /* more tiles than there are; `tiles` says how many it takes */
  INVAR_STATUS_BAD_MATRIX = 12,    /* NaN, infinity, not symmetric or a diagonal <= 0 */
  INVAR_STATUS_BAD_RHS = 13,       /* NaN or infinity in a right-hand side */
  INVAR_STATUS_ABORTED = 14,       /* dropped by a reset */
  INVAR_STATUS_NO_MEMORY = 15      /* more than its buffers or the simulation's host can hold; a
                                      batch that overlaps its results: more than 64 MiB */
};

/* What LAST_ERROR reads while STATUS says halted. Commands that have been fetched run to their end;
 * nothing is fetched any more. Every recovery ends with CONTROL.reset, which drops all matrices,
 * and with setting up the ring anew, from TAIL = 0. */
enum invar_ring_fault {
  INVAR_FAULT_RING_SIZE = 256,       /* RING_SIZE is no power of two from 2 to 4096: reset, write
                                        one that is */
  INVAR_FAULT_RING_BASE = 257,       /* RING_BASE is not 64-byte aligned, or the ring passes the
                                        end of the address space: reset, place it elsewhere */
  INVAR_FAULT_COMPLETION_BASE = 258, /* the same of COMPLETION_BASE */
  INVAR_FAULT_RING_TAIL = 259,       /* RING_TAIL is more than RING_SIZE ahead of RING_HEAD: the
                                        ring was overrun, descriptors are lost; reset, submit those
                                        without a completion record again */
  INVAR_FAULT_FETCH = 260,           /* bus error at the descriptor that RING_HEAD counts to: it was
                                        not run; reset, place the ring in memory */
  INVAR_FAULT_COMPLETION = 261       /* bus error at a completion record: the command was run, its
                                        record is lost or incomplete (status still as the driver
                                        left it) and COMPLETED does not count it; reset, place the
                                        records in memory, run the command again */
};

/* 64 bytes. Written in two transactions: first bytes 4 to 63, then `status`, as one aligned word.
 * Whoever sees a status other than PENDING finds the record complete, however few bytes its memory
 * moves at once; `status` is the only field that may be polled. */
struct invar_completion {
  uint32_t status; /* enum invar_status */
  uint32_t tag;
  uint32_t handle;           /* PROGRAM: the new handle */
  uint32_t iterations;       /* SOLVE: the largest over the batch */
  double residual;           /* SOLVE: the largest relative residual over the batch, in the norm of
                                the tolerance; 1 where b is not finite. PROGRAM,
                                CALIBRATE: rho(I - A M^-1) of the seed M as estimated, 0 unknown */
  uint64_t ticks;            /* clock cycles from the start of execution to this record */
  uint32_t retries;          /* shots repeated at another input range */
  uint32_t failed_cells;     /* PROGRAM: cells outside the tolerance after the last pulse */
  uint32_t clipped;          /* converter samples that clipped */
  float seed_effective_bits; /* SOLVE: -log2 of the mean relative error of the first shot */
  float settling_time_s;     /* PROGRAM, CALIBRATE, SOLVE: of one INV shot */
  uint32_t converged;        /* SOLVE: number of right-hand sides within the tolerance */
  uint32_t total_iterations; /* SOLVE: INV shots that counted, summed over the batch */
  uint32_t tiles;            /* PROGRAM: tiles that the matrix takes */
};

#endif
