/* Commands of the INV accelerator: descriptors, completion records and their statuses.
 *
 * Shared by the hardware model, the driver and the documentation.
 */
#ifndef INVAR_REGISTERS_ACCELERATOR_COMMANDS_H
#define INVAR_REGISTERS_ACCELERATOR_COMMANDS_H

#include <stdint.h>

/* A command a row: X(name, opcode, source, destination, fields, effect)
 *
 *   source, destination  what lies there: nothing, a matrix (n x n) or vectors (`columns` of n);
 *                        n and columns are checked where they are used
 *   fields               checked besides: pair (second_handle, and accuracy), storage (slices,
 *                        services, rank, block_layout, replicas), or accuracy (service, tolerance
 *                        and iteration_limit)
 *
 * The check of descriptors, names in messages and docs/registers.md are made from these rows.
 *   name      opcode source   destination fields    effect */
#define INVAR_COMMANDS(X)                                                                        \
  X(PROGRAM, 1, matrix, nothing, storage,                                                        \
    "write the matrix at `source` into tiles; a handle comes back")                              \
  X(SOLVE, 2, vectors, vectors, accuracy, "solve for `columns` right-hand sides to `tolerance`") \
  X(MVM, 3, vectors, vectors, none, "multiply `columns` vectors by the stored matrix")           \
  X(READ_BACK, 4, nothing, matrix, none,                                                         \
    "the matrix as the tile's cells hold it now to `destination`")                               \
  X(RELEASE, 5, nothing, nothing, none, "give the tiles of `handle` back")                       \
  X(CALIBRATE, 6, nothing, nothing, none,                                                        \
    "measure settling time and seed quality of `handle` anew")                                   \
  X(PRECONDITION, 7, vectors, vectors, pair,                                                     \
    "both Kronecker factors of a layer: `columns` x n right-hand sides X become G^-1 X A^-1, A " \
    "the n x n matrix of `handle` and G the `columns` x `columns` one of `second_handle`")

enum invar_opcode {
#define INVAR_COMMAND_ENUM(name, opcode, source, destination, fields, effect) \
  INVAR_OP_##name = opcode,
  INVAR_COMMANDS(INVAR_COMMAND_ENUM)
#undef INVAR_COMMAND_ENUM
};

/* What a SOLVE promises, a service a row: X(name, value, key, meaning).
 *
 *   name         value key */
#define INVAR_SERVICES(X)                                                                          \
  X(REFINED, 0, "refined", "the residual of every right-hand side is within `tolerance`")          \
  X(CHECKED, 1, "checked",                                                                         \
    "a shot each; random signed sums of small groups are checked against `tolerance`, and groups " \
    "that fail refined to it")                                                                     \
  X(SINGLE_SHOT, 2, "single_shot", "a shot each, no residual: as good as PROGRAM's `quality`")

enum invar_service {
#define INVAR_SERVICE_ENUM(name, value, key, meaning) INVAR_SERVICE_##name = value,
  INVAR_SERVICES(INVAR_SERVICE_ENUM)
#undef INVAR_SERVICE_ENUM
#define INVAR_SERVICE_ONE(name, value, key, meaning) +1
      INVAR_SERVICE_COUNT = 0 INVAR_SERVICES(INVAR_SERVICE_ONE)
#undef INVAR_SERVICE_ONE
};
/* A service among those that PROGRAM is asked for. */
#define INVAR_SERVES(service) (1u << (service))

/* Which blocks of a matrix on several tiles are stored. */
#define INVAR_BLOCKS_NESTED 0u   /* diagonal blocks of Schur complements, with what couples them */
#define INVAR_BLOCKS_DIAGONAL 1u /* the diagonal blocks alone, written and shot at once */

/* Element type of matrices and vectors in memory (descriptor flags). */
#define INVAR_FLAG_FP32 0x1u /* elements are IEEE binary32; otherwise binary64 */
/* PROGRAM: symmetry is not promised. The diagonal must still be positive. */
#define INVAR_FLAG_GENERAL 0x2u
/* SOLVE with a symmetric matrix, D = diag(A): where |D^-1/2 (b - A x)| is within the tolerance,
 * |b - A x| / |b| and |D^-1 (b - A x)| / |x| (the latter in proportion to what D^-1/2 makes of
 * them) are to come within it as well, as far as FP64 allows: for rows and unknowns of mixed units.
 */
#define INVAR_FLAG_UNITS 0x4u

/* PROGRAM: the last row and column are eliminated exactly, outside of the tiles, which hold what is
 * left: for the row of a bias. n is 2 or more; not with INVAR_FLAG_GENERAL. */
#define INVAR_FLAG_ELIMINATE_LAST 0x8u

/* PROGRAM: `damping`, finite and not negative, is added to the diagonal as it is read, in the
 * elements' type. */
#define INVAR_FLAG_ADD_DAMPING 0x10u

/* In the label of a PROGRAM. */
#define INVAR_LABEL_UPDATE_SHIFT 20u

/* Handles are never 0. */
#define INVAR_HANDLE_NONE 0u

/* 128 bytes, little-endian, naturally aligned. A matrix is row-major, n x n, contiguous. A batch of
 * right-hand sides or solutions is `columns` contiguous vectors of n elements, one after another.
 * Limits of the fields: command_limits.h. Fields called reserved must be 0, and are not used: a
 * command with another value there ends with INVAR_STATUS_BAD_DESCRIPTOR.
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
                               S = diag(A)^-1/2, or 1 / max |row| of a general matrix. Service
                               checked: 0 = the accelerator's default; single_shot: 0 */
  uint32_t iteration_limit; /* SOLVE: 0 = the accelerator's default */
  uint32_t service;         /* SOLVE: enum invar_service. PROGRAM: those that its solves may ask
                               for, INVAR_SERVES of each; 0 = refined */
  uint32_t second_handle;   /* PRECONDITION: the matrix that the columns are solved with */
  uint32_t rank;            /* PROGRAM: rank of the part that is kept digitally, 0 to n - 1 and
                               at most INVAR_LIMIT_RANK; not of a general matrix */
  uint32_t block_layout;    /* PROGRAM: INVAR_BLOCKS_* */
  uint32_t range;           /* reserved: input range of a shot */
  double quality;           /* reserved: least quality of a seed */
  uint32_t replicas;        /* PROGRAM: times that the matrix stands on tiles, side by side, which
                               share its right-hand sides; 0 = once, at most
                               INVAR_LIMIT_REPLICAS */
  uint32_t label;           /* PROGRAM: what the driver calls the matrix; for those who watch, not
                               used. K-FAC's: the factor's number, from INVAR_LABEL_UPDATE_SHIFT on
                               the update that made it */
  float damping;            /* PROGRAM: what INVAR_FLAG_ADD_DAMPING adds to the diagonal; without
                               it what the driver has added, likewise not used */
  uint32_t reserved_word;   /* reserved */
  uint64_t reserved[3];     /* reserved */
};

/* How a command ended, a status a row: X(name, value, key in reports, in words, meaning).
 *   name          value  key */
#define INVAR_STATUSES(X)                                                                          \
  X(PENDING, 0, "pending", "pending", "not completed yet; the driver clears records to this")      \
  X(OK, 1, "ok", "ok", "done")                                                                     \
  X(NOT_CONVERGED, 2, "not_converged", "not converged",                                            \
    "iteration limit reached, or the residual grows")                                              \
  X(UNSTABLE, 3, "unstable", "loop unstable", "the loop has a mode that grows: seed not positive") \
  X(SATURATED, 4, "saturated", "output saturated", "an output clips at every input range")         \
  X(CELL_FAILED, 5, "cell_failed", "cells failed to program",                                      \
    "more cells than allowed refuse to program")                                                   \
  X(WORN_OUT, 6, "worn_out", "tile worn out", "endurance of the tile's cells used up")             \
  X(BAD_DESCRIPTOR, 7, "bad_descriptor", "bad descriptor", "a field out of its range")             \
  X(BUS_ERROR, 8, "bus_error", "bus error", "DMA got an error response")                           \
  X(NO_TILE, 9, "no_tile", "too few tiles are free",                                               \
    "too few tiles, or too little memory for matrices that are kept, are free; `tiles` says how "  \
    "many it takes")                                                                               \
  X(BAD_HANDLE, 10, "bad_handle", "bad handle", "handle unknown or released")                      \
  X(TOO_LARGE, 11, "too_large", "matrix takes more tiles than there are",                          \
    "more tiles than there are; `tiles` says how many it takes")                                   \
  X(BAD_MATRIX, 12, "bad_matrix", "matrix not finite, not symmetric or not positive",              \
    "NaN, infinity, not symmetric or a diagonal <= 0")                                             \
  X(BAD_RHS, 13, "bad_rhs", "right-hand side not finite", "NaN or infinity in a right-hand side")  \
  X(ABORTED, 14, "aborted", "aborted by a reset", "dropped by a reset")                            \
  X(NO_MEMORY, 15, "no_memory", "more than the accelerator can hold",                              \
    "more than its buffers or the simulation's host can hold; a batch that overlaps "              \
    "its results: more than 64 MiB")                                                               \
  X(NOT_SERVED, 16, "not_served", "service not programmed for",                                    \
    "a SOLVE whose service its PROGRAM was not asked for; a PROGRAM whose services or rank, or "   \
    "an "                                                                                          \
    "MVM or CALIBRATE, take what the hardware is not built with")

enum invar_status {
#define INVAR_STATUS_ENUM(name, value, key, words, meaning) INVAR_STATUS_##name = value,
  INVAR_STATUSES(INVAR_STATUS_ENUM)
#undef INVAR_STATUS_ENUM
#define INVAR_STATUS_ONE(name, value, key, words, meaning) +1
      INVAR_STATUS_COUNT = 0 INVAR_STATUSES(INVAR_STATUS_ONE)
#undef INVAR_STATUS_ONE
};

/* 128 bytes. Written in two transactions: first bytes 4 to 127, then `status`, as one aligned word.
 * Whoever sees a status other than PENDING finds the record complete, however few bytes its memory
 * moves at once; `status` is the only field that may be polled. */
struct invar_completion {
  uint32_t status; /* enum invar_status */
  uint32_t tag;
  uint32_t handle;           /* PROGRAM: the new handle; PRECONDITION: of the matrix that failed */
  uint32_t iterations;       /* SOLVE: the largest over the batch. (Here and below PRECONDITION
                                tells what SOLVE does, of both solves together.) */
  double residual;           /* SOLVE: the largest relative residual over the batch, in the norm of
                                the tolerance; 1 where b is not finite. PROGRAM,
                                CALIBRATE: rho(I - A M^-1) of the seed M as estimated, 0 unknown.
                                Service checked: the largest figure of a group; single_shot: 0 */
  uint64_t ticks;            /* clock cycles from the start of execution to this record */
  uint32_t retries;          /* shots repeated at another input range */
  uint32_t failed_cells;     /* PROGRAM: cells outside the tolerance after the last pulse */
  uint32_t clipped;          /* converter samples that clipped; service single_shot: right-hand
                                sides that clipped at a quarter of the input too, and are 0 */
  float seed_effective_bits; /* SOLVE: -log2 of the mean relative error of the first shot */
  float settling_time_s;     /* PROGRAM, CALIBRATE, SOLVE: of one INV shot */
  uint32_t converged;        /* SOLVE: number of right-hand sides within the tolerance */
  uint32_t total_iterations; /* SOLVE: INV shots that counted, summed over the batch */
  uint32_t tiles;            /* PROGRAM: tiles that the matrix takes */
  uint32_t service;          /* SOLVE: the service that was given; PROGRAM: those that it will */
  uint32_t range;            /* PROGRAM for shots: their inputs are attenuated by 2^range at most */
  double quality;            /* Service single_shot, and PROGRAM for shots: root mean square of
                                |S (b - A x)| / |S b| over the probes of PROGRAM; else 0 */
  uint32_t refined_columns;  /* SOLVE, service checked: right-hand sides of groups that failed */
  uint32_t reserved_word;    /* reserved, 0 */
  uint64_t reserved[5];      /* reserved, 0 */
};

#endif
