/* Diagonal blocks of a factor on the digital engine. They stand one after another in `applied`, as
 * explicit inverses or Cholesky factors; what lies between them in a matrix or a gradient is copied
 * out and back. */
#include <invar/sw/optimizer/kfac_jobs.h>
#include <invar/sw/port/function_costs.h>

static uint32_t smaller(uint32_t a, uint32_t b) {
  return a < b ? a : b;
}

/* As few as there can be, as equal as possible: the first are one row larger. */
static uint32_t first_row(const struct invar_kfac_factor* factor, uint32_t block) {
  return block * (factor->n / factor->blocks) + smaller(block, factor->n % factor->blocks);
}

static uint32_t rows_of(const struct invar_kfac_factor* factor, uint32_t block) {
  return first_row(factor, block + 1) - first_row(factor, block);
}

/* Offset of a block in `applied`, bytes from its start. */
static uint32_t place_of(const struct invar_kfac_factor* factor, uint32_t block) {
  uint32_t elements = 0;
  for (uint32_t i = 0; i < block; ++i) {
    elements += rows_of(factor, i) * rows_of(factor, i);
  }
  return 4 * elements;
}

void invar_kfac_init_blocks(const struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  const struct invar_train_parameters* p = kfac->parameters;
  const int in_blocks =
      p->solver == INVAR_SOLVER_ENGINE && p->block_layout == INVAR_BLOCKS_DIAGONAL;
  factor->blocks = in_blocks ? (factor->n - 1) / p->block_rows + 1 : 1;
}

uint64_t invar_kfac_block_elements(const struct invar_kfac_factor* factor) {
  return place_of(factor, factor->blocks) / 4;
}

uint64_t invar_kfac_piece_elements(const struct invar_kfac_factor* factor, uint32_t columns) {
  const uint32_t rank = factor->deflation.rank, copies = 2 * rows_of(factor, 0);
  return (uint64_t)(columns > rank ? columns : rank) * (copies > rank ? copies : rank);
}

static void solve_block(struct invar_kfac* kfac, uint32_t n, uint32_t columns, uint32_t factor,
                        uint32_t rows) {
  invar_engine_append(kfac->network->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_CHOLESKY_SOLVE,
                                                 .phase = INVAR_PHASE_INVERSION,
                                                 .m = n,
                                                 .n = columns,
                                                 .a = factor,
                                                 .b = rows,
                                                 .c = rows});
}

/* What is kept of the factor beside its blocks has left one of them; W of these rows follows from
 * its Cholesky factor. */
static void solve_deflation(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                            uint32_t first, uint32_t n, uint32_t cholesky) {
  const uint32_t rank = factor->deflation.rank;
  INVAR_COST(kfac->machine->port, kfac_blocks, solve_deflation);
  invar_kfac_append_copy(kfac, INVAR_ENGINE_EXTRACT_BLOCK, rank, n, factor->n,
                         invar_kfac_deflation_rows(factor) + 4 * first, kfac->pieces.offset);
  solve_block(kfac, n, rank, cholesky, kfac->pieces.offset);
  invar_kfac_append_copy(kfac, INVAR_ENGINE_INSERT_BLOCK, rank, n, factor->n, kfac->pieces.offset,
                         invar_kfac_deflation_solved(factor) + 4 * first);
}

void invar_kfac_append_blocks(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  struct invar_engine* engine = kfac->network->engine;
  const int inverse = invar_kfac_applies_inverse(kfac);
  const uint32_t copy = kfac->work + 4 * factor->n * factor->n;
  for (uint32_t block = 0; block < factor->blocks; ++block) {
    const uint32_t n = rows_of(factor, block), first = first_row(factor, block);
    const uint32_t place = factor->applied.offset + place_of(factor, block);
    const uint32_t cholesky = inverse ? copy : place;
    INVAR_COST(kfac->machine->port, kfac_blocks, invar_kfac_append_blocks, block);
    invar_kfac_append_copy(kfac, INVAR_ENGINE_EXTRACT_BLOCK, n, n, factor->n,
                           kfac->work + 4 * (first * factor->n + first), copy);
    if (factor->deflation.rank != 0) {
      invar_kfac_deflate_block(kfac, factor, first, n, copy);
    }
    invar_engine_append(engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_CHOLESKY,
                                                           .phase = INVAR_PHASE_INVERSION,
                                                           .m = n,
                                                           .a = copy,
                                                           .c = cholesky});
    if (factor->deflation.rank != 0) {
      solve_deflation(kfac, factor, first, n, cholesky);
    }
    if (inverse) {
      invar_engine_append(engine,
                          &(struct invar_engine_job){.opcode = INVAR_ENGINE_CHOLESKY_INVERSE,
                                                     .phase = INVAR_PHASE_INVERSION,
                                                     .m = n,
                                                     .a = copy,
                                                     .c = place});
    }
  }
}

void invar_kfac_solve_blocks(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                             uint32_t applied, uint32_t columns, uint32_t in, uint32_t out) {
  for (uint32_t block = 0; block < factor->blocks; ++block) {
    const uint32_t n = rows_of(factor, block), first = first_row(factor, block);
    const uint32_t piece = kfac->pieces.offset;
    INVAR_COST(kfac->machine->port, kfac_blocks, invar_kfac_solve_blocks, block);
    invar_kfac_append_copy(kfac, INVAR_ENGINE_EXTRACT_BLOCK, columns, n, factor->n, in + 4 * first,
                           piece);
    solve_block(kfac, n, columns, applied + place_of(factor, block), piece);
    invar_kfac_append_copy(kfac, INVAR_ENGINE_INSERT_BLOCK, columns, n, factor->n, piece,
                           out + 4 * first);
  }
  invar_kfac_correct_rows(kfac, factor, columns, out);
}

void invar_kfac_multiply_blocks_left(struct invar_kfac* kfac,
                                     const struct invar_kfac_factor* factor, uint32_t applied,
                                     uint32_t columns, uint32_t in, uint32_t out) {
  for (uint32_t block = 0; block < factor->blocks; ++block) {
    const uint32_t n = rows_of(factor, block), first = first_row(factor, block);
    INVAR_COST(kfac->machine->port, kfac_blocks, invar_kfac_multiply_blocks_left, block);
    invar_kfac_append_product(kfac, INVAR_ENGINE_FLAG_INVERSE_A, n, columns, n,
                              applied + place_of(factor, block), in + 4 * first * columns,
                              out + 4 * first * columns);
  }
  invar_kfac_correct_columns(kfac, factor, columns, out);
}

void invar_kfac_multiply_blocks_right(struct invar_kfac* kfac,
                                      const struct invar_kfac_factor* factor, uint32_t applied,
                                      uint32_t rows, uint32_t in, uint32_t out) {
  for (uint32_t block = 0; block < factor->blocks; ++block) {
    const uint32_t n = rows_of(factor, block), first = first_row(factor, block);
    const uint32_t piece = kfac->pieces.offset, product = piece + 4 * rows * n;
    INVAR_COST(kfac->machine->port, kfac_blocks, invar_kfac_multiply_blocks_right, block);
    invar_kfac_append_copy(kfac, INVAR_ENGINE_EXTRACT_BLOCK, rows, n, factor->n, in + 4 * first,
                           piece);
    invar_kfac_append_product(kfac, INVAR_ENGINE_FLAG_INVERSE_B, rows, n, n, piece,
                              applied + place_of(factor, block), product);
    invar_kfac_append_copy(kfac, INVAR_ENGINE_INSERT_BLOCK, rows, n, factor->n, product,
                           out + 4 * first);
  }
  invar_kfac_correct_rows(kfac, factor, rows, out);
}
