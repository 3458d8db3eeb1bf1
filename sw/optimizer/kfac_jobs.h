/* Engine jobs that several parts of K-FAC ask for, in the phase of inversions. */
#ifndef INVAR_SW_OPTIMIZER_KFAC_JOBS_H
#define INVAR_SW_OPTIMIZER_KFAC_JOBS_H

#include <invar/sw/optimizer/kfac.h>

/* c (m x n) <- op(a) op(b), k the dimension between them. */
static inline void invar_kfac_append_product(struct invar_kfac* kfac, uint32_t flags, uint32_t m,
                                             uint32_t n, uint32_t k, uint32_t a, uint32_t b,
                                             uint32_t c) {
  invar_engine_append(kfac->network->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_GEMM,
                                                 .phase = INVAR_PHASE_INVERSION,
                                                 .flags = flags,
                                                 .m = m,
                                                 .n = n,
                                                 .k = k,
                                                 .a = a,
                                                 .b = b,
                                                 .c = c,
                                                 .alpha = 1.0f});
}

/* A block of rows x columns out of a matrix whose rows are `apart` elements apart
 * (INVAR_ENGINE_EXTRACT_BLOCK), or into it (INVAR_ENGINE_INSERT_BLOCK). */
static inline void invar_kfac_append_copy(struct invar_kfac* kfac, uint32_t opcode, uint32_t rows,
                                          uint32_t columns, uint32_t apart, uint32_t a,
                                          uint32_t c) {
  invar_engine_append(kfac->network->engine,
                      &(struct invar_engine_job){.opcode = opcode,
                                                 .phase = INVAR_PHASE_INVERSION,
                                                 .m = rows,
                                                 .n = columns,
                                                 .k = apart,
                                                 .a = a,
                                                 .c = c});
}

#endif
