/* Deflation of a factor on the digital engine (docs/decisions/deflation.md). With D the diagonal of
 * the damped factor A, the scaled basis is never formed: vectors X of the generalised problem
 * A x = theta D x are D^-1/2 V, so that U = A X Theta^-1 (Theta - theta)^(1/2), and the next X is
 * D^-1 A X. Vectors are rows, as everywhere on the engine. The host core has what is as small as
 * their number. */
#include <invar/sw/optimizer/kfac_jobs.h>
#include <invar/sw/optimizer/ritz.h>
#include <invar/sw/port/function_costs.h>

/* Products with a cold subspace before the one that deflates, as solver.deflation_iterations. */
#define COLD_ROUNDS 3u

/* What stands in the factor's store, in this order. */
enum part {
  PART_VECTORS,    /* X', p x n */
  PART_PRODUCT,    /* (A X)', p x n */
  PART_BASIS,      /* U, n x k */
  PART_ROWS,       /* U', k x n; K W' once W is there */
  PART_SOLVED,     /* W', k x n */
  PART_DIAGONAL,   /* n */
  PART_RECIPROCAL, /* n */
  PART_SMALL,      /* two of p x p */
  PART_END
};

static uint32_t elements_of(const struct invar_kfac_factor* factor, enum part part) {
  const uint32_t rank = factor->deflation.rank, vectors = rank + 1;
  switch (part) {
    case PART_VECTORS:
    case PART_PRODUCT:
      return vectors * factor->n;
    case PART_BASIS:
    case PART_ROWS:
    case PART_SOLVED:
      return rank * factor->n;
    case PART_DIAGONAL:
    case PART_RECIPROCAL:
      return factor->n;
    case PART_SMALL:
      return 2 * vectors * vectors;
    default:
      return 0;
  }
}

static uint32_t elements_before(const struct invar_kfac_factor* factor, enum part end) {
  uint32_t elements = 0;
  for (enum part part = PART_VECTORS; part < end; ++part) {
    elements += elements_of(factor, part);
  }
  return elements;
}

/* Offset in the scratchpad. */
static uint32_t at(const struct invar_kfac_factor* factor, enum part part) {
  return factor->deflation.store.offset + 4 * elements_before(factor, part);
}

uint32_t invar_kfac_deflation_rows(const struct invar_kfac_factor* factor) {
  return at(factor, PART_ROWS);
}

uint32_t invar_kfac_deflation_solved(const struct invar_kfac_factor* factor) {
  return at(factor, PART_SOLVED);
}

int invar_kfac_init_deflation(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  struct invar_kfac_deflation* deflation = &factor->deflation;
  /* Of one block nothing is left out that it would have to bring back. */
  deflation->rank = factor->blocks > 1 ? invar_kfac_rank(kfac, factor) : 0;
  deflation->is_warm = 0;
  if (deflation->rank == 0) {
    return INVAR_RESULT_OK;
  }
  struct invar_memory_plan* plan = kfac->network->plan;
  invar_plan_declare(plan, &deflation->store, INVAR_OPERAND_KEPT,
                     elements_before(factor, PART_END));
  const uint32_t vectors = elements_of(factor, PART_VECTORS);
  const uint32_t small = elements_of(factor, PART_SMALL);
  return invar_heap_allocate(&kfac->machine->heap, 4 * (vectors > small ? vectors : small),
                             &deflation->exchange);
}

static void append(struct invar_kfac* kfac, struct invar_engine_job job) {
  job.phase = INVAR_PHASE_INVERSION;
  invar_engine_append(kfac->network->engine, &job);
}

/* c (m x n) <- op(a) op(b), in the format of factorisations. */
static void multiply(struct invar_kfac* kfac, uint32_t flags, uint32_t m, uint32_t n, uint32_t k,
                     uint32_t a, uint32_t b, uint32_t c) {
  invar_kfac_append_product(kfac, flags | INVAR_ENGINE_FLAG_FACTOR_FORMAT, m, n, k, a, b, c);
}

static void fill(struct invar_kfac* kfac, uint32_t count, uint32_t c, float value) {
  append(kfac, (struct invar_engine_job){
                   .opcode = INVAR_ENGINE_FILL, .m = count, .c = c, .alpha = value});
}

/* c <- a b, element by element, where c is finite. */
static void multiply_elements(struct invar_kfac* kfac, uint32_t count, uint32_t a, uint32_t b,
                              uint32_t c) {
  append(kfac, (struct invar_engine_job){.opcode = INVAR_ENGINE_MULTIPLY_ACCUMULATE,
                                         .m = count,
                                         .a = a,
                                         .b = b,
                                         .c = c,
                                         .alpha = 1.0f});
}

/* The diagonal of the damped matrix in the workspace, and its reciprocals: squares of what the
 * engine divides by in Adam's update. */
static void take_diagonal(struct invar_kfac* kfac, const struct invar_kfac_factor* factor) {
  const uint32_t n = factor->n, ones = at(factor, PART_PRODUCT);
  const uint32_t reciprocal = at(factor, PART_RECIPROCAL);
  INVAR_COST(kfac->machine->port, kfac_deflation, take_diagonal);
  invar_kfac_append_copy(kfac, INVAR_ENGINE_EXTRACT_BLOCK, n, 1, n + 1, kfac->work,
                         at(factor, PART_DIAGONAL));
  fill(kfac, n, ones, 1.0f);
  fill(kfac, n, reciprocal, 0.0f);
  append(kfac, (struct invar_engine_job){.opcode = INVAR_ENGINE_ADAM_UPDATE,
                                         .m = n,
                                         .a = ones,
                                         .b = at(factor, PART_DIAGONAL),
                                         .c = reciprocal,
                                         .alpha = -1.0f});
  multiply_elements(kfac, n, reciprocal, reciprocal, reciprocal);
}

/* A X, and X' A X and X' D X to the host core. */
static void append_round(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  const uint32_t n = factor->n, vectors = factor->deflation.rank + 1;
  const uint32_t x = at(factor, PART_VECTORS), product = at(factor, PART_PRODUCT);
  const uint32_t scaled = at(factor, PART_BASIS); /* U and U' have room for it */
  const uint32_t small = at(factor, PART_SMALL), size = 4 * vectors * vectors;
  INVAR_COST(kfac->machine->port, kfac_deflation, append_round, vectors);
  invar_kfac_append_damped(kfac, factor);
  take_diagonal(kfac, factor);
  multiply(kfac, 0, vectors, n, n, x, kfac->work, product);
  multiply(kfac, INVAR_ENGINE_FLAG_TRANSPOSE_B, vectors, vectors, n, x, product, small);
  fill(kfac, vectors * n, scaled, 0.0f);
  for (uint32_t i = 0; i < vectors; ++i) {
    multiply_elements(kfac, n, x + 4 * i * n, at(factor, PART_DIAGONAL), scaled + 4 * i * n);
  }
  multiply(kfac, INVAR_ENGINE_FLAG_TRANSPOSE_B, vectors, vectors, n, scaled, x, small + size);
  invar_engine_store(kfac->network->engine, INVAR_PHASE_INVERSION, small,
                     factor->deflation.exchange.address, 2 * size);
}

/* Without a preferred direction but for the first, which is of one sign, as the dominant vector of
 * a factor without negative entries is: fractional parts of multiples of the golden ratio. */
static void start_cold(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  const uint32_t n = factor->n, count = elements_of(factor, PART_VECTORS);
  float* start = factor->deflation.exchange.data;
  for (uint32_t i = 0; i < count; ++i) {
    const double turns = 0.6180339887498949 * (double)(i + 1);
    const float fraction = (float)(turns - (double)(uint32_t)turns);
    start[i] = i < n ? 0.5f + fraction : 2.0f * fraction - 1.0f;
  }
  INVAR_COST(kfac->machine->port, kfac_deflation, start_cold, count);
  invar_engine_load(kfac->network->engine, INVAR_PHASE_INVERSION,
                    factor->deflation.exchange.address, at(factor, PART_VECTORS), 4 * count);
}

/* The projected matrices that the engine has left in RAM. */
static void read_projected(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                           invar_small_matrix g, invar_small_matrix m) {
  const uint32_t vectors = factor->deflation.rank + 1;
  const float* from = factor->deflation.exchange.data;
  INVAR_COST(kfac->machine->port, kfac_deflation, read_projected, vectors * vectors);
  for (uint32_t i = 0; i < vectors; ++i) {
    for (uint32_t j = 0; j < vectors; ++j) {
      const uint32_t here = i * vectors + j, mirror = j * vectors + i;
      g[i][j] = 0.5 * ((double)from[here] + (double)from[mirror]);
      m[i][j] =
          0.5 * ((double)from[vectors * vectors + here] + (double)from[vectors * vectors + mirror]);
    }
  }
}

/* What U is of A X, p x k, and what the next X is of D^-1 A X, p x p of rows, to the engine. */
static void write_combinations(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                               const double* values, invar_small_matrix z) {
  const uint32_t rank = factor->deflation.rank, vectors = rank + 1;
  const double last = values[rank] > 0.0 ? values[rank] : 0.0;
  float* to = factor->deflation.exchange.data;
  INVAR_COST(kfac->machine->port, kfac_deflation, write_combinations, vectors * vectors);
  for (uint32_t i = 0; i < vectors; ++i) {
    const double value = values[i] > 0.0 ? values[i] : 1.0;
    const double weight = values[i] > last ? __builtin_sqrt(values[i] - last) / value : 0.0;
    for (uint32_t j = 0; j < vectors; ++j) {
      if (i < rank) {
        to[j * rank + i] = (float)(weight * z[j][i]);
      }
      to[vectors * vectors + i * vectors + j] = (float)(z[j][i] / value);
    }
  }
  invar_engine_load(kfac->network->engine, INVAR_PHASE_INVERSION,
                    factor->deflation.exchange.address, at(factor, PART_SMALL),
                    8 * vectors * vectors);
}

/* U and the next X, of the Ritz vectors; nothing is kept where there are none. */
static void end_round(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  const uint32_t n = factor->n, rank = factor->deflation.rank, vectors = rank + 1;
  const uint32_t product = at(factor, PART_PRODUCT), x = at(factor, PART_VECTORS);
  const uint32_t small = at(factor, PART_SMALL), basis = at(factor, PART_BASIS);
  invar_small_matrix g, m, z;
  double values[INVAR_RITZ_VECTORS];
  INVAR_COST(kfac->machine->port, kfac_deflation, end_round, vectors);
  read_projected(kfac, factor, g, m);
  factor->deflation.is_warm = invar_ritz(kfac->machine->port, vectors, g, m, values, z);
  if (!factor->deflation.is_warm) {
    fill(kfac, 2 * rank * n, basis, 0.0f);
    return;
  }
  write_combinations(kfac, factor, values, z);
  multiply(kfac, INVAR_ENGINE_FLAG_TRANSPOSE_A, n, rank, vectors, product, small, basis);
  append(kfac, (struct invar_engine_job){.opcode = INVAR_ENGINE_TRANSPOSE,
                                         .m = n,
                                         .n = rank,
                                         .a = basis,
                                         .c = at(factor, PART_ROWS)});
  multiply(kfac, 0, vectors, n, vectors, small + 4 * vectors * vectors, product, x);
  for (uint32_t i = 0; i < vectors; ++i) {
    multiply_elements(kfac, n, x + 4 * i * n, at(factor, PART_RECIPROCAL), x + 4 * i * n);
  }
}

/* Cold subspaces begin earlier than those that the last refresh has left. */
static int is_working(const struct invar_kfac_factor* factor, uint32_t round) {
  return factor->deflation.rank != 0 && round >= factor->deflation.first_round;
}

int invar_kfac_deflate(struct invar_kfac* kfac, struct invar_kfac_factor* factors, uint32_t count) {
  uint32_t first = COLD_ROUNDS + 1;
  for (uint32_t i = 0; i < count; ++i) {
    struct invar_kfac_deflation* deflation = &factors[i].deflation;
    deflation->first_round = deflation->is_warm ? COLD_ROUNDS : 0;
    if (deflation->rank == 0) {
      continue;
    }
    if (!deflation->is_warm) {
      start_cold(kfac, &factors[i]);
    }
    first = deflation->first_round < first ? deflation->first_round : first;
  }
  int result = INVAR_RESULT_OK;
  for (uint32_t round = first; round <= COLD_ROUNDS && result == INVAR_RESULT_OK; ++round) {
    INVAR_COST(kfac->machine->port, kfac_deflation, invar_kfac_deflate, count);
    for (uint32_t i = 0; i < count; ++i) {
      if (is_working(&factors[i], round)) {
        append_round(kfac, &factors[i]);
      }
    }
    result = invar_engine_wait(kfac->network->engine);
    for (uint32_t i = 0; i < count && result == INVAR_RESULT_OK; ++i) {
      if (is_working(&factors[i], round)) {
        end_round(kfac, &factors[i]);
      }
    }
  }
  return result;
}

void invar_kfac_deflate_block(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                              uint32_t first, uint32_t n, uint32_t matrix) {
  const uint32_t rank = factor->deflation.rank;
  const uint32_t rows = at(factor, PART_BASIS) + 4 * first * rank;
  INVAR_COST(kfac->machine->port, kfac_deflation, invar_kfac_deflate_block);
  append(kfac, (struct invar_engine_job){
                   .opcode = INVAR_ENGINE_GEMM,
                   .flags = INVAR_ENGINE_FLAG_TRANSPOSE_B | INVAR_ENGINE_FLAG_FACTOR_FORMAT,
                   .m = n,
                   .n = n,
                   .k = rank,
                   .a = rows,
                   .b = rows,
                   .c = matrix,
                   .alpha = -1.0f,
                   .beta = 1.0f});
}

/* K = (I + U' W)^-1 of what the engine has left in RAM, or nothing at all where it has none. */
static void end_deflation(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  const uint32_t rank = factor->deflation.rank;
  float* exchange = factor->deflation.exchange.data;
  invar_small_matrix k;
  INVAR_COST(kfac->machine->port, kfac_deflation, end_deflation, rank * rank);
  for (uint32_t i = 0; i < rank; ++i) {
    for (uint32_t j = 0; j < rank; ++j) {
      k[i][j] = (double)exchange[i * rank + j] + (i == j ? 1.0 : 0.0);
    }
  }
  if (!invar_small_inverse(kfac->machine->port, rank, k)) {
    factor->deflation.is_warm = 0;
    fill(kfac, 2 * rank * factor->n, at(factor, PART_BASIS), 0.0f);
    return;
  }
  for (uint32_t i = 0; i < rank; ++i) {
    for (uint32_t j = 0; j < rank; ++j) {
      exchange[i * rank + j] = (float)k[i][j];
    }
  }
  invar_engine_load(kfac->network->engine, INVAR_PHASE_INVERSION,
                    factor->deflation.exchange.address, at(factor, PART_SMALL), 4 * rank * rank);
  multiply(kfac, 0, rank, factor->n, rank, at(factor, PART_SMALL), at(factor, PART_SOLVED),
           at(factor, PART_ROWS));
}

int invar_kfac_finish_deflation(struct invar_kfac* kfac, struct invar_kfac_factor* factors,
                                uint32_t count) {
  struct invar_engine* engine = kfac->network->engine;
  int any = 0;
  INVAR_COST(engine->port, kfac_deflation, invar_kfac_finish_deflation, count);
  for (uint32_t i = 0; i < count; ++i) {
    const struct invar_kfac_factor* factor = &factors[i];
    const uint32_t rank = factor->deflation.rank;
    if (rank != 0) {
      any = 1;
      multiply(kfac, 0, rank, rank, factor->n, at(factor, PART_SOLVED), at(factor, PART_BASIS),
               at(factor, PART_SMALL));
      invar_engine_store(engine, INVAR_PHASE_INVERSION, at(factor, PART_SMALL),
                         factor->deflation.exchange.address, 4 * rank * rank);
    }
  }
  if (!any) {
    return INVAR_RESULT_OK;
  }
  const int result = invar_engine_wait(engine);
  for (uint32_t i = 0; i < count && result == INVAR_RESULT_OK; ++i) {
    if (factors[i].deflation.rank != 0) {
      end_deflation(kfac, &factors[i]);
    }
  }
  invar_engine_flush(engine);
  return result;
}

/* c <- op(a) op(b), or c - op(a) op(b), in the format that inverses are applied in. */
static void apply(struct invar_kfac* kfac, uint32_t flags, uint32_t m, uint32_t n, uint32_t k,
                  uint32_t a, uint32_t b, uint32_t c, int subtracts) {
  append(kfac, (struct invar_engine_job){.opcode = INVAR_ENGINE_GEMM,
                                         .flags = flags | INVAR_ENGINE_FLAG_INVERSE_FORMAT,
                                         .m = m,
                                         .n = n,
                                         .k = k,
                                         .a = a,
                                         .b = b,
                                         .c = c,
                                         .alpha = subtracts ? -1.0f : 1.0f,
                                         .beta = subtracts ? 1.0f : 0.0f});
}

void invar_kfac_correct_rows(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                             uint32_t count, uint32_t rows) {
  const uint32_t n = factor->n, rank = factor->deflation.rank, piece = kfac->pieces.offset;
  if (rank != 0) {
    INVAR_COST(kfac->machine->port, kfac_deflation, invar_kfac_correct_rows);
    apply(kfac, 0, count, rank, n, rows, at(factor, PART_BASIS), piece, 0);
    apply(kfac, 0, count, n, rank, piece, at(factor, PART_ROWS), rows, 1);
  }
}

void invar_kfac_correct_columns(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                                uint32_t count, uint32_t columns) {
  const uint32_t n = factor->n, rank = factor->deflation.rank, piece = kfac->pieces.offset;
  if (rank != 0) {
    INVAR_COST(kfac->machine->port, kfac_deflation, invar_kfac_correct_columns);
    apply(kfac, INVAR_ENGINE_FLAG_TRANSPOSE_A, rank, count, n, at(factor, PART_BASIS), columns,
          piece, 0);
    apply(kfac, INVAR_ENGINE_FLAG_TRANSPOSE_A, n, count, rank, at(factor, PART_ROWS), piece,
          columns, 1);
  }
}
