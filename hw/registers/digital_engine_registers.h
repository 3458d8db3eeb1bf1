/* Register map and job format of the digital engine: a MAC array with a scratchpad SRAM behind DMA.
 *
 * Jobs are 64-byte records in a ring in memory, run strictly in order. Operands live in the
 * scratchpad (byte offsets, multiples of 4, FP32, row-major, contiguous); only LOAD, STORE and
 * GATHER touch the bus. Registers are 32 bits, little-endian.
 *
 * A job that fails halts the engine: HEAD stays at it, the jobs behind it do not run, and what it
 * would have overwritten is undefined. A reset ends the halt; it keeps the scratchpad.
 *
 * c may be the same operand as a in all jobs but GEMM, IM2COL, COL2IM, MAXPOOL and
 * MAXPOOL_BACKWARD, and in element-wise ones the same as b. Operands that overlap otherwise leave
 * what the job writes undefined, but nothing else is touched.
 */
#ifndef INVAR_REGISTERS_DIGITAL_ENGINE_REGISTERS_H
#define INVAR_REGISTERS_DIGITAL_ENGINE_REGISTERS_H

#include <stdint.h>

/*   name               offset  reset        access  effect */
#define INVAR_ENGINE_REGISTERS(X)                                                         \
  X(ID, 0x000, 0x4D47454Eu, RO, "the letters NEGM")                                       \
  X(VERSION, 0x004, 0x00010000u, RO, "major in the upper, minor in the lower 16 bits")    \
  X(CAPABILITY, 0x008, 0u, RO, "MACs a cycle")                                            \
  X(SCRATCHPAD_BYTES, 0x00C, 0u, RO, "size of the scratchpad")                            \
  X(CONTROL, 0x010, 0u, RW, "bit 0 enable; bit 1 reset (clears itself)")                  \
  X(STATUS, 0x014, 0u, RO, "bit 0 busy; bit 1 halted by a failed job or ring")            \
  X(IRQ_STATUS, 0x018, 0u, W1C, "bit 0 ring empty; bit 1 a job or the ring failed")       \
  X(IRQ_ENABLE, 0x01C, 0u, RW, "mask for IRQ_STATUS; irq = any bit set in both")          \
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

#define INVAR_ENGINE_CONTROL_ENABLE 0x1u
#define INVAR_ENGINE_CONTROL_RESET 0x2u
#define INVAR_ENGINE_STATUS_BUSY 0x1u
#define INVAR_ENGINE_STATUS_HALTED 0x2u
#define INVAR_ENGINE_IRQ_IDLE 0x1u
#define INVAR_ENGINE_IRQ_FAULT 0x2u

enum invar_engine_status {
  INVAR_ENGINE_OK = 0,
  INVAR_ENGINE_BAD_JOB = 1,     /* unknown opcode, zero or oversized dimension, bad flag */
  INVAR_ENGINE_BAD_OPERAND = 2, /* an operand leaves the scratchpad or is misaligned */
  INVAR_ENGINE_BUS_ERROR = 3,   /* a job's DMA got an error response */
  INVAR_ENGINE_NOT_POSITIVE_DEFINITE = 4, /* CHOLESKY met a pivot <= 0 or not finite */
  INVAR_ENGINE_SINGULAR = 5,              /* LU met a pivot of 0 or not finite */
  /* Faults of the ring. The job that RING_HEAD counts to was not run. Reset, put right what is
   * named, set up the ring anew from TAIL = 0; the scratchpad is kept. */
  INVAR_ENGINE_RING_SIZE = 256, /* RING_SIZE is no power of two from 2 to 4096 */
  INVAR_ENGINE_RING_BASE = 257, /* RING_BASE is not 64-byte aligned, or the ring passes the end of
                                   the address space */
  INVAR_ENGINE_RING_TAIL = 259, /* RING_TAIL is more than RING_SIZE ahead of RING_HEAD: the ring was
                                   overrun, jobs are lost */
  INVAR_ENGINE_FETCH = 260      /* bus error at the ring */
};

/* a, b, c are scratchpad offsets of FP32 operands; x <- means "is overwritten with". */
enum invar_engine_opcode {
  /* memory[address .. + m bytes) -> c, and back from a */
  INVAR_ENGINE_LOAD = 1,
  INVAR_ENGINE_STORE = 2,
  /* row i of c (k elements) <- alpha * (row index_i of a table of unsigned bytes) + beta;
   * m rows, k bytes a row, table at `address`, the m uint32 indices at scratchpad offset a */
  INVAR_ENGINE_GATHER_U8 = 3,
  /* c[0 .. m) <- alpha */
  INVAR_ENGINE_FILL = 4,
  /* c (m x n) <- alpha op(a) op(b) + beta c; op(a) is m x k, op(b) is k x n; beta = 0 ignores c */
  INVAR_ENGINE_GEMM = 5,
  /* patches: a holds m images of n channels (planes, or the fastest index with CHANNELS_LAST) of
   * height x width, taken to have PADDING zeros around them; c gets m * out_h * out_w rows of
   * n * kernel^2 elements, channel by channel, and a 1 at the end (bias; none with NO_BIAS) */
  INVAR_ENGINE_IM2COL = 6,
  /* c[0 .. m) <- max(a, 0); a NaN stays one */
  INVAR_ENGINE_RELU = 7,
  /* c[0 .. m) <- b > 0 ? a : 0 */
  INVAR_ENGINE_RELU_BACKWARD = 8,
  /* 2 x 2 max-pool with stride 2 of m maps of height x width x n channels (channel fastest) at a;
   * c: m rows of (height/2)(width/2) n elements and, with FLAG_BIAS, a 1 at the end;
   * b: the winner of each window (uint32 index into the map), without the bias column */
  INVAR_ENGINE_MAXPOOL = 9,
  /* the way back: c (m maps, height x width x n) <- scatter of a (rows as MAXPOOL's c) by b; a
   * winner outside the map is dropped */
  INVAR_ENGINE_MAXPOOL_BACKWARD = 10,
  /* rows of a (m x n) to probabilities c (m x n) */
  INVAR_ENGINE_SOFTMAX = 11,
  /* c (m x n) <- alpha (a - onehot(labels)); labels: m uint32 at b, one that is no column counts
   * as none; with operand_d != NONE the float at scratchpad offset operand_d <- sum over rows of
   * -log a[label] */
  INVAR_ENGINE_CROSS_ENTROPY_BACKWARD = 12,
  /* c[0 .. m) <- alpha a + beta b */
  INVAR_ENGINE_AXPBY = 13,
  /* c[0 .. m) <- alpha a b + beta c */
  INVAR_ENGINE_MULTIPLY_ACCUMULATE = 14,
  /* c[0 .. m) <- c - alpha a / (sqrt(b) + beta) */
  INVAR_ENGINE_ADAM_UPDATE = 15,
  /* float at c <- alpha sum_i a_i b_i, i < m */
  INVAR_ENGINE_DOT = 16,
  /* float at c <- alpha trace of a (m x m) */
  INVAR_ENGINE_TRACE = 17,
  /* c (m x m) <- alpha a + beta I */
  INVAR_ENGINE_SCALE_ADD_DIAGONAL = 18,
  /* lower Cholesky factor of a (m x m, lower triangle read) to c (upper triangle zeroed) */
  INVAR_ENGINE_CHOLESKY = 19,
  /* c (n right-hand sides as n contiguous rows of m) <- (a a^T)^-1 b with the factor a */
  INVAR_ENGINE_CHOLESKY_SOLVE = 20,
  /* c (m x m) <- (a a^T)^-1 with the factor a */
  INVAR_ENGINE_CHOLESKY_INVERSE = 21,
  /* c (n x m) <- transpose of a (m x n) */
  INVAR_ENGINE_TRANSPOSE = 22,
  /* factors of a (m x m) with rows exchanged: c <- L below the diagonal (1 on it) and U; m uint32
   * at b: row i was exchanged with row b[i] >= i, in the order of i */
  INVAR_ENGINE_LU = 23,
  /* c (n right-hand sides as n contiguous rows of m) <- A^-1 b with the factors a and the exchanges
   * at operand_d */
  INVAR_ENGINE_LU_SOLVE = 24,
  /* the way back from IM2COL: c (m images of n channels) <- sum over the patches a (rows as
   * IM2COL's c) that a pixel is part of; the bias column is dropped */
  INVAR_ENGINE_COL2IM = 25
};

#define INVAR_ENGINE_FLAG_TRANSPOSE_A 0x1u
#define INVAR_ENGINE_FLAG_TRANSPOSE_B 0x2u
#define INVAR_ENGINE_FLAG_BIAS 0x4u
/* IM2COL and COL2IM. */
#define INVAR_ENGINE_FLAG_CHANNELS_LAST 0x8u
#define INVAR_ENGINE_FLAG_NO_BIAS 0x10u
/* Zeros around an image, below the kernel's side. */
#define INVAR_ENGINE_PADDING_SHIFT 8
#define INVAR_ENGINE_PADDING_MASK 0xFF00u
#define INVAR_ENGINE_FLAG_PADDING(pixels) ((uint32_t)(pixels) << INVAR_ENGINE_PADDING_SHIFT)

#define INVAR_ENGINE_OPERAND_NONE 0xFFFFFFFFu

/* IM2COL, COL2IM and MAXPOOL: height, width, kernel and stride, 8 bits each, from the lowest. */
#define INVAR_ENGINE_GEOMETRY(height, width, kernel, stride)                \
  ((uint32_t)(height) | (uint32_t)(width) << 8 | (uint32_t)(kernel) << 16 | \
   (uint32_t)(stride) << 24)

/* 64 bytes, little-endian. */
struct invar_engine_job {
  uint32_t opcode;
  uint32_t phase; /* enum invar_phase */
  uint32_t flags;
  uint32_t tag;
  uint32_t m, n, k;
  uint32_t geometry;
  uint32_t a, b, c;
  uint32_t operand_d;
  float alpha, beta;
  uint64_t address;
};

#endif
