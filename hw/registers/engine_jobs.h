/* Jobs of the digital engine: what each does, takes and costs, a job a row.
 *
 * Operands a, b, c and d live in the scratchpad: byte offsets, multiples of 4, FP32 or uint32,
 * row-major, contiguous. Only LOAD, STORE and GATHER_U8 touch the bus.
 *
 * c may be the same operand as a in all jobs but GEMM, SYRK, IM2COL, COL2IM, MAXPOOL,
 * MAXPOOL_BACKWARD, EXTRACT_BLOCK and INSERT_BLOCK, and in element-wise ones the same as b.
 * Operands that overlap otherwise leave what the job writes undefined, but nothing else is touched.
 */
#ifndef INVAR_REGISTERS_ENGINE_JOBS_H
#define INVAR_REGISTERS_ENGINE_JOBS_H

#include <stdint.h>

/* clang-format off */
/* X(name, opcode, flags, geometry, work,
 *   words of a, of b, of c, of d, cost,
 *   effect)
 *
 *   flags     INVAR_ENGINE_FLAG_* that it may carry
 *   geometry  what the field must hold: unused, patches (IM2COL, COL2IM) or pooling (windows of
 *             2 x 2)
 *   work      bounds its operations; a dimension that it does not name is not used; windowed are
 *             the elements of all windows of a channel, out_height out_width kernel^2
 *   words     of an operand, 0: not used; bytes(m): m bytes; if_given(1): 1 unless the offset is
 *             INVAR_ENGINE_OPERAND_NONE; spaced(m, n, k): from the first of m rows of n elements, k
 *             apart, to the end of the last
 *   cost      of hw/digital_engine/engine_cost.cpp; elementwise(count, operations, functions,
 *             words): for each of `count` elements
 *   effect    x <- means "is overwritten with"
 *
 * height, width, kernel, out_height, out_width and windows = n (height / 2) (width / 2) are of the
 * geometry, bias is 1 with its flag, patch = n kernel^2 + 1, or n kernel^2 with NO_BIAS.
 *
 * The check of jobs, their cost, their names in traces and docs/registers.md are made from these
 * rows; their arithmetic is in hw/digital_engine/engine_numerics.cpp.
 */
#define INVAR_ENGINE_JOBS(X) \
  X(LOAD, 1, 0, unused, m,                                                                        \
    0, 0, bytes(m), 0, moved(m),                                                                  \
    "memory[address .. + m bytes) -> c")                                                          \
  X(STORE, 2, 0, unused, m,                                                                       \
    bytes(m), 0, 0, 0, moved(m),                                                                  \
    "a -> memory[address .. + m bytes)")                                                          \
  X(GATHER_U8, 3, 0, unused, m * k,                                                               \
    m, 0, m * k, 0, elementwise(m * k, 2, 0, 1),                                                  \
    "row i of c (k elements) <- alpha * (row index_i of a table of unsigned bytes) + "            \
    "beta; m rows, k bytes a row, table at `address`; a: the m uint32 indices")                   \
  X(FILL, 4, 0, unused, m,                                                                        \
    0, 0, m, 0, elementwise(m, 0, 0, 1),                                                          \
    "c <- alpha")                                                                                 \
  X(GEMM, 5,                                                                                      \
    TRANSPOSE_A | TRANSPOSE_B | INVERSE_A | INVERSE_B | FACTOR_FORMAT | INVERSE_FORMAT, unused,   \
    m * n * k,                                                                                    \
    m * k, k * n, m * n, 0, gemm(m, n, k),                                                        \
    "c (m x n) <- alpha op(a) op(b) + beta c; op(a) is m x k, op(b) is k x n; beta = 0 "          \
    "ignores c; with INVERSE_A (INVERSE_B, not both) a (b) is square, a result of "               \
    "CHOLESKY_INVERSE in the format that the engine multiplies inverses in; with "                \
    "FACTOR_FORMAT (INVERSE_FORMAT, and none of the others) op(a)'s rows and op(b)'s columns "    \
    "go into the format that the engine factorises (multiplies inverses) in")                     \
  X(IM2COL, 6, CHANNELS_LAST | NO_BIAS | PADDING, patches, m * n * windowed,                      \
    m * n * height * width, 0, m * out_height * out_width * patch, 0,                             \
    moved(8 * m * out_height * out_width * patch),                                                \
    "patches: a holds m images of n channels (planes, or the fastest index with CHANNELS_LAST) "  \
    "of height x width, taken to have PADDING zeros around them; c gets m * out_h * out_w rows "  \
    "of n * kernel^2 elements, channel by channel, and a 1 at the end (bias; none with NO_BIAS)") \
  X(RELU, 7, 0, unused, m,                                                                        \
    m, 0, m, 0, elementwise(m, 1, 0, 2),                                                          \
    "c <- max(a, 0); a NaN stays one")                                                            \
  X(RELU_BACKWARD, 8, 0, unused, m,                                                               \
    m, m, m, 0, elementwise(m, 1, 0, 3),                                                          \
    "c <- b > 0 ? a : 0")                                                                         \
  X(MAXPOOL, 9, BIAS, pooling, m * n,                                                             \
    m * n * height * width, m * windows, m * (windows + bias), 0,                                 \
    elementwise(m * windows, 4, 0, 6),                                                            \
    "2 x 2 max-pool with stride 2 of m maps of height x width x n channels (channel "             \
    "fastest) at a; c: m rows of (height/2)(width/2) n elements and, with BIAS, a 1 at "          \
    "the end; b: the winner of each window (uint32 index into the map), without the bias "        \
    "column")                                                                                     \
  X(MAXPOOL_BACKWARD, 10, BIAS, pooling, m * n,                                                   \
    m * (windows + bias), m * windows, m * n * height * width, 0,                                 \
    elementwise(m * windows, 4, 0, 6),                                                            \
    "the way back: c (m maps, height x width x n) <- scatter of a (rows as MAXPOOL's c) "         \
    "by b; a winner outside the map is dropped")                                                  \
  X(SOFTMAX, 11, 0, unused, m * n,                                                                \
    m * n, 0, m * n, 0, softmax(m, n),                                                            \
    "rows of a (m x n) to probabilities c (m x n)")                                               \
  X(CROSS_ENTROPY_BACKWARD, 12, 0, unused, m * n,                                                 \
    m * n, m, m * n, if_given(1), cross_entropy(m, n),                                            \
    "c (m x n) <- alpha (a - onehot(labels)); labels: m uint32 at b, one that is no "             \
    "column counts as none; with operand_d != NONE the float there <- sum over rows of "          \
    "-log a[label]")                                                                              \
  X(AXPBY, 13, 0, unused, m,                                                                      \
    m, m, m, 0, elementwise(m, 2, 0, 3),                                                          \
    "c <- alpha a + beta b")                                                                      \
  X(MULTIPLY_ACCUMULATE, 14, 0, unused, m,                                                        \
    m, m, m, 0, elementwise(m, 3, 0, 4),                                                          \
    "c <- alpha a b + beta c")                                                                    \
  X(ADAM_UPDATE, 15, 0, unused, m,                                                                \
    m, m, m, 0, elementwise(m, 3, 2, 4),                                                          \
    "c <- c - alpha a / (sqrt(b) + beta)")                                                        \
  X(DOT, 16, 0, unused, m,                                                                        \
    m, m, 1, 0, elementwise(m, 2, 0, 2),                                                          \
    "float at c <- alpha sum_i a_i b_i, i < m")                                                   \
  X(TRACE, 17, 0, unused, m * m * m,                                                              \
    m * m, 0, 1, 0, elementwise(m, 1, 0, 1),                                                      \
    "float at c <- alpha trace of a (m x m)")                                                     \
  X(SCALE_ADD_DIAGONAL, 18, 0, unused, m * m * m,                                                 \
    m * m, 0, m * m, 0, elementwise(m * m, 1, 0, 2),                                              \
    "c (m x m) <- alpha a + beta I")                                                              \
  X(CHOLESKY, 19, 0, unused, m * m * m,                                                           \
    m * m, 0, m * m, 0, cholesky(m),                                                              \
    "lower Cholesky factor of a (m x m, lower triangle read) to c (upper triangle zeroed)")       \
  X(CHOLESKY_SOLVE, 20, 0, unused, m * m * n,                                                     \
    m * m, n * m, n * m, 0, triangular_solves(m, n),                                              \
    "c (n right-hand sides as n contiguous rows of m) <- (a a^T)^-1 b with the factor a")         \
  X(CHOLESKY_INVERSE, 21, 0, unused, m * m * m,                                                   \
    m * m, 0, m * m, 0, cholesky_inverse(m),                                                      \
    "c (m x m) <- (a a^T)^-1 with the factor a")                                                  \
  X(TRANSPOSE, 22, 0, unused, m * n,                                                              \
    m * n, 0, m * n, 0, elementwise(m * n, 0, 0, 2),                                              \
    "c (n x m) <- transpose of a (m x n)")                                                        \
  X(LU, 23, 0, unused, m * m * m,                                                                 \
    m * m, m, m * m, 0, lu(m),                                                                    \
    "factors of a (m x m) with rows exchanged: c <- L below the diagonal (1 on it) and U; "       \
    "m uint32 at b: row i was exchanged with row b[i] >= i, in the order of i")                   \
  X(LU_SOLVE, 24, 0, unused, m * m * n,                                                           \
    m * m, n * m, n * m, m, triangular_solves(m, n),                                              \
    "c (n right-hand sides as n contiguous rows of m) <- A^-1 b with the factors a and "          \
    "the exchanges at operand_d")                                                                 \
  X(COL2IM, 25, CHANNELS_LAST | NO_BIAS | PADDING, patches, m * n * windowed,                     \
    m * out_height * out_width * patch, 0, m * n * height * width, 0,                             \
    elementwise(m * out_height * out_width * n * kernel * kernel, 1, 0, 3),                       \
    "the way back from IM2COL: c (m images of n channels) <- sum over the patches a (rows as "    \
    "IM2COL's c) that a pixel is part of; the bias column is dropped")                            \
  X(SYRK, 26, TRANSPOSE_A, unused, m * m * k,                                                     \
    m * k, 0, m * m, 0, syrk(m, k),                                                               \
    "c (m x m, symmetric, lower triangle read) <- alpha op(a) op(a)^T + beta c; op(a) is m x k; " \
    "the upper triangle is a copy of the lower; beta = 0 ignores c")                              \
  X(EXTRACT_BLOCK, 27, 0, unused, m * n * k,                                                      \
    spaced(m, n, k), 0, m * n, 0, elementwise(m * n, 0, 0, 2),                                    \
    "c (m x n) <- rows of n elements that begin k elements apart, the first at a: a block of a "  \
    "matrix of k columns")                                                                        \
  X(INSERT_BLOCK, 28, 0, unused, m * n * k,                                                       \
    m * n, 0, spaced(m, n, k), 0, elementwise(m * n, 0, 0, 2),                                    \
    "the way back: rows of n elements that begin k elements apart, the first at c <- a (m x n); " \
    "what lies between them stays")
/* clang-format on */

enum invar_engine_opcode {
#define INVAR_ENGINE_JOB_ENUM(name, opcode, flags, geometry, work, a, b, c, d, cost, effect) \
  INVAR_ENGINE_##name = opcode,
  INVAR_ENGINE_JOBS(INVAR_ENGINE_JOB_ENUM)
#undef INVAR_ENGINE_JOB_ENUM
};

#define INVAR_ENGINE_FLAG_TRANSPOSE_A 0x1u
#define INVAR_ENGINE_FLAG_TRANSPOSE_B 0x2u
#define INVAR_ENGINE_FLAG_BIAS 0x4u
/* IM2COL and COL2IM. */
#define INVAR_ENGINE_FLAG_CHANNELS_LAST 0x8u
#define INVAR_ENGINE_FLAG_NO_BIAS 0x10u
/* GEMM. */
#define INVAR_ENGINE_FLAG_INVERSE_A 0x20u
#define INVAR_ENGINE_FLAG_INVERSE_B 0x40u
#define INVAR_ENGINE_FLAG_FACTOR_FORMAT 0x80u
#define INVAR_ENGINE_FLAG_INVERSE_FORMAT 0x10000u
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
