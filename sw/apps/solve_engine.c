#include <invar/sw/apps/solve_steps.h>
#include <invar/sw/driver/console.h>
#include <invar/sw/numerics/elementary.h>
#include <invar/sw/port/function_costs.h>

#define RING_JOBS 64u
/* What a solution of the engine may miss by at the least. */
#define ENGINE_PRECISION 0x1p-24
/* Refinements when the boot block leaves the limit to the firmware. */
#define DEFAULT_REFINEMENTS 10u
/* Right-hand sides of one job at most. */
#define REFINED_AT_ONCE 256u

/* Lays out the scratchpad: the matrix, which becomes its factors, a general one's pivots, and as
 * many right-hand sides and solutions as fit behind. The result is whether one does. */
static int plan(struct invar_engine_factors* factors) {
  const struct invar_solve_parameters* p = factors->system->parameters;
  const uint64_t n = p->n;
  const uint64_t matrix_bytes = (n * n * 4 + 63) / 64 * 64;
  const uint64_t pivot_bytes = p->general ? (n * 4 + 63) / 64 * 64 : 0;
  const uint64_t capacity = factors->system->machine->engine.scratchpad_bytes;
  INVAR_COST(factors->system->machine->port, solve_engine, plan);
  if (matrix_bytes + pivot_bytes + 2 * n * 4 > capacity) {
    return 0;
  }
  uint64_t columns = (capacity - matrix_bytes - pivot_bytes) / (2 * n * 4);
  columns = columns < REFINED_AT_ONCE ? columns : REFINED_AT_ONCE;
  factors->chunk = columns < p->columns ? (uint32_t)columns : p->columns;
  factors->factor = 0;
  factors->pivots = (uint32_t)matrix_bytes;
  factors->vectors = (uint32_t)(matrix_bytes + pivot_bytes);
  return 1;
}

/* The scaled matrix in binary32. */
static void stage_matrix(struct invar_engine_factors* factors) {
  const struct invar_linear_system* system = factors->system;
  const uint64_t n = system->n;
  float* staging = factors->staging.data;
  for (uint64_t i = 0; i < n; ++i) {
    const double* row = system->matrix + system->row[i] * n;
    for (uint64_t j = 0; j < n; ++j) {
      staging[i * n + j] = (float)(row[j] * system->row_scale[i] * system->column_scale[j]);
    }
  }
  INVAR_COST(system->machine->port, solve_engine, stage_matrix, n, n * n);
}

static int factorize(struct invar_engine_factors* factors) {
  struct invar_engine* engine = &factors->system->machine->engine;
  const uint32_t n = factors->system->n;
  const int general = factors->system->parameters->general != 0;
  stage_matrix(factors);
  invar_engine_load(engine, INVAR_PHASE_INVERSION, factors->staging.address, factors->factor,
                    n * n * 4);
  invar_engine_append(engine, &(struct invar_engine_job){
                                  .opcode = general ? INVAR_ENGINE_LU : INVAR_ENGINE_CHOLESKY,
                                  .phase = INVAR_PHASE_INVERSION,
                                  .m = n,
                                  .a = factors->factor,
                                  .b = general ? factors->pivots : 0,
                                  .c = factors->factor});
  ++factors->system->machine->counters->digital_factorizations;
  const int result = invar_engine_wait(engine);
  if (result == INVAR_RESULT_JOB_FAILED &&
      (engine->job_status == INVAR_ENGINE_NOT_POSITIVE_DEFINITE ||
       engine->job_status == INVAR_ENGINE_OVERFLOW ||
       engine->job_status == INVAR_ENGINE_SINGULAR)) {
    invar_print(factors->system->machine->port, general ? "engine: singular in binary32\n"
                                                        : "engine: not positive definite in "
                                                          "its number format\n");
    return invar_engine_recover(engine);
  }
  factors->usable = result == INVAR_RESULT_OK;
  return result;
}

int invar_engine_factors_init(struct invar_engine_factors* factors,
                              struct invar_linear_system* system) {
  struct invar_machine* machine = system->machine;
  const uint64_t n = system->n;
  factors->system = system;
  factors->usable = 0;
  int result = invar_machine_set_phase(machine, INVAR_PHASE_INVERSION);
  result = result ? result
                  : invar_engine_init(&machine->engine, machine->port, &machine->interrupts,
                                      &machine->heap, RING_JOBS);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  if (!plan(factors)) {
    invar_print(machine->port, "engine: the matrix does not fit the scratchpad\n");
    return INVAR_RESULT_OK;
  }
  const uint64_t elements = n > factors->chunk ? n * n : n * factors->chunk;
  result = invar_heap_allocate(&machine->heap, elements * 4, &factors->staging);
  return result ? result : factorize(factors);
}

/* One right-hand side in binary32, with a largest element of about 1. The result is the power of
 * two it was divided by. */
static double stage_vector(const double* values, float* staging, uint64_t n) {
  double peak = invar_peak(values, n);
  double power = 1.0;
  for (; peak > 2.0 && power < 0x1p1000; peak *= 0.5) {
    power *= 2.0;
  }
  for (; peak < 1.0 && peak > 0.0 && power > 0x1p-1000; peak *= 2.0) {
    power *= 0.5;
  }
  for (uint64_t i = 0; i < n; ++i) {
    staging[i] = (float)(values[i] / power);
  }
  return power;
}

int invar_engine_factors_apply(struct invar_engine_factors* factors, uint32_t columns,
                               const double* const* residuals, double* change) {
  struct invar_machine* machine = factors->system->machine;
  struct invar_engine* engine = &machine->engine;
  const uint64_t n = factors->system->n;
  const int general = factors->system->parameters->general != 0;
  const uint32_t bytes = columns * (uint32_t)n * 4;
  float* staging = factors->staging.data;
  for (uint32_t k = 0; k < columns; ++k) {
    change[k * n] = stage_vector(residuals[k], staging + k * n, n);
  }
  invar_engine_load(engine, INVAR_PHASE_INVERSION, factors->staging.address, factors->vectors,
                    bytes);
  invar_engine_append(engine,
                      &(struct invar_engine_job){
                          .opcode = general ? INVAR_ENGINE_LU_SOLVE : INVAR_ENGINE_CHOLESKY_SOLVE,
                          .phase = INVAR_PHASE_INVERSION,
                          .m = (uint32_t)n,
                          .n = columns,
                          .a = factors->factor,
                          .b = factors->vectors,
                          .c = factors->vectors + bytes,
                          .operand_d = general ? factors->pivots : 0});
  invar_engine_store(engine, INVAR_PHASE_INVERSION, factors->vectors + bytes,
                     factors->staging.address, bytes);
  const int result = invar_engine_wait(engine);
  for (uint32_t k = 0; k < columns; ++k) {
    const double power = change[k * n];
    for (uint64_t j = 0; j < n; ++j) {
      change[k * n + j] = (double)staging[k * n + j] * power * factors->system->column_scale[j];
    }
  }
  INVAR_COST(machine->port, solve_engine, invar_engine_factors_apply, columns, columns * n);
  return result;
}

/* One refinement of the columns from `next` on that are not finished, as many as fit. */
static int refine_chunk(struct invar_engine_factors* factors, double* change, uint32_t* next) {
  struct invar_linear_system* system = factors->system;
  const double* residuals[REFINED_AT_ONCE];
  uint32_t columns[REFINED_AT_ONCE];
  uint32_t count = 0;
  uint32_t index = *next;
  for (; index < system->parameters->columns && count < factors->chunk; ++index) {
    if (!system->columns[index].finished && !system->columns[index].stuck) {
      columns[count] = index;
      residuals[count++] = system->residual + (uint64_t)index * system->n;
    }
  }
  *next = index;
  INVAR_COST(system->machine->port, solve_engine, refine_chunk, system->parameters->columns, count);
  const int result =
      count != 0 ? invar_engine_factors_apply(factors, count, residuals, change) : INVAR_RESULT_OK;
  for (uint32_t k = 0; k < count && result == INVAR_RESULT_OK; ++k) {
    system->columns[columns[k]].stuck =
        !invar_linear_system_correct(system, columns[k], change + (uint64_t)k * system->n);
  }
  return result;
}

static int refine(struct invar_engine_factors* factors, double* change) {
  const struct invar_solve_parameters* p = factors->system->parameters;
  const uint32_t limit = p->iteration_limit != 0 ? p->iteration_limit : DEFAULT_REFINEMENTS;
  int result = INVAR_RESULT_OK;
  for (uint32_t round = 0; round < limit && result == INVAR_RESULT_OK &&
                           invar_linear_system_unfinished(factors->system) != 0;
       ++round) {
    for (uint32_t next = 0; next < p->columns && result == INVAR_RESULT_OK;) {
      result = refine_chunk(factors, change, &next);
    }
  }
  return result;
}

int invar_solve_on_engine(struct invar_linear_system* system) {
  struct invar_engine_factors factors;
  const uint32_t columns = system->parameters->columns;
  struct invar_buffer change;
  INVAR_COST(system->machine->port, solve_engine, invar_solve_on_engine, columns);
  int result = invar_linear_system_start(system, 1);
  system->machine->counters->digital_right_hand_sides +=
      system->parameters->solver == INVAR_SOLVER_ENGINE ? columns
                                                        : invar_linear_system_unfinished(system);
  invar_linear_system_expect(system, ENGINE_PRECISION);
  result = result ? result : invar_engine_factors_init(&factors, system);
  if (result == INVAR_RESULT_OK && factors.usable) {
    result = invar_heap_allocate(&system->machine->heap, 8 * (uint64_t)factors.chunk * system->n,
                                 &change);
    result = result ? result : refine(&factors, change.data);
  }
  for (uint32_t index = 0; index < columns && result == INVAR_RESULT_OK; ++index) {
    if (!system->columns[index].solved) {
      result = invar_solve_by_directions(system, index, &factors);
    }
  }
  return result;
}
