#include <invar/sw/apps/apps.h>
#include <invar/sw/driver/console.h>
#include <invar/sw/driver/register_access.h>

#define RING_JOBS 64u
/* What a solution of the engine may miss by at the least. */
#define ENGINE_PRECISION 0x1p-24
/* Refinements when the boot block leaves the limit to the firmware. */
#define DEFAULT_REFINEMENTS 10u

/* The engine computes in binary32, the tolerance is for binary64: Cholesky on the engine, residual
 * and correction on the host (mixed-precision refinement, Wilkinson 1963). */
struct refinement {
  struct invar_machine* machine;
  const struct invar_solve_parameters* parameters;
  const double* matrix;
  const double* rhs;
  double* solution;
  uint32_t factor, work, vectors; /* scratchpad offsets; `vectors` holds `chunk` right-hand sides */
  uint32_t chunk;
  struct invar_buffer staging; /* binary32, a matrix or a chunk */
};

/* Lays out the scratchpad: factor, matrix, and as many right-hand sides as fit behind. */
static int plan(struct refinement* r) {
  const uint64_t n = r->parameters->n;
  const uint64_t matrix_bytes = (n * n * 4 + 63) / 64 * 64;
  const uint64_t capacity = r->machine->engine.scratchpad_bytes;
  if (2 * matrix_bytes + 2 * n * 4 > capacity) {
    invar_print(r->machine->port, "scratchpad: too small for the matrix\n");
    return INVAR_RESULT_OUT_OF_MEMORY;
  }
  const uint64_t columns = (capacity - 2 * matrix_bytes) / (2 * n * 4);
  r->chunk = columns < r->parameters->columns ? (uint32_t)columns : r->parameters->columns;
  r->factor = 0;
  r->work = (uint32_t)matrix_bytes;
  r->vectors = (uint32_t)(2 * matrix_bytes);
  const uint64_t elements = n > r->chunk ? n * n : n * r->chunk;
  return invar_heap_allocate(&r->machine->heap, elements * 4, &r->staging);
}

/* Converts doubles to the staging buffer. */
static void stage(struct refinement* r, const double* values, uint64_t count) {
  float* staging = r->staging.data;
  for (uint64_t i = 0; i < count; ++i) {
    staging[i] = (float)values[i];
  }
  invar_charge(r->machine->port, 3 * count, 2 * count);
  invar_port_charge(r->machine->port, INVAR_OPERATION_FLOAT, count);
}

static int factorize(struct refinement* r) {
  struct invar_engine* engine = &r->machine->engine;
  const uint32_t n = r->parameters->n;
  stage(r, r->matrix, (uint64_t)n * n);
  invar_engine_load(engine, INVAR_PHASE_INVERSION, r->staging.address, r->work, n * n * 4);
  invar_engine_append(engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_CHOLESKY,
                                                         .phase = INVAR_PHASE_INVERSION,
                                                         .m = n,
                                                         .a = r->work,
                                                         .c = r->factor});
  ++r->machine->counters->digital_factorizations;
  return invar_engine_wait(engine);
}

/* staging <- A^-1 staging for `columns` right-hand sides. */
static int solve_staged(struct refinement* r, uint32_t columns) {
  struct invar_engine* engine = &r->machine->engine;
  const uint32_t n = r->parameters->n;
  const uint32_t solutions = r->vectors + columns * n * 4;
  invar_engine_load(engine, INVAR_PHASE_INVERSION, r->staging.address, r->vectors, columns * n * 4);
  invar_engine_append(engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_CHOLESKY_SOLVE,
                                                         .phase = INVAR_PHASE_INVERSION,
                                                         .m = n,
                                                         .n = columns,
                                                         .a = r->factor,
                                                         .b = r->vectors,
                                                         .c = solutions});
  invar_engine_store(engine, INVAR_PHASE_INVERSION, solutions, r->staging.address, columns * n * 4);
  return invar_engine_wait(engine);
}

struct squares {
  double residual, rhs;
};

/* Residual of one right-hand side to staging. Not inlined: its pointers would be spilled to the
 * stack, and reloading them would take longer than the arithmetic. */
static __attribute__((noinline)) struct squares column_residual(const double* restrict matrix,
                                                                const double* restrict b,
                                                                const double* restrict x,
                                                                float* restrict staging,
                                                                uint64_t n) {
  struct squares squares = {0.0, 0.0};
  for (uint64_t i = 0; i < n; ++i) {
    double residual = b[i];
    for (uint64_t j = 0; j < n; ++j) {
      residual -= matrix[j] * x[j];
    }
    squares.residual += residual * residual;
    squares.rhs += b[i] * b[i];
    staging[i] = (float)residual;
    matrix += n;
  }
  return squares;
}

/* Residuals of `columns` solutions from column `first` to staging, `largest` the largest relative
 * one. The phase is inversion where a correction is to start from them, or verification. */
static int residuals(struct refinement* r, uint32_t phase, uint32_t first, uint32_t columns,
                     double* largest) {
  const uint64_t n = r->parameters->n;
  float* staging = r->staging.data;
  const int result = invar_machine_set_phase(r->machine, phase);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  *largest = 0.0;
  for (uint64_t column = first; column < (uint64_t)first + columns; ++column) {
    const struct squares squares =
        column_residual(r->matrix, r->rhs + column * n, r->solution + column * n, staging, n);
    staging += n;
    const double relative =
        squares.rhs > 0.0 ? __builtin_sqrt(squares.residual / squares.rhs) : squares.residual;
    if (!(relative <= *largest)) {
      *largest = relative;
    }
  }
  struct invar_port* port = r->machine->port;
  invar_charge(port, columns * (25 + n * (8 + 3 * n)), columns * (4 + n * (2 + 2 * n)));
  invar_port_charge(port, INVAR_OPERATION_FLOAT, columns * (4 + n * (6 + 2 * n)));
  invar_port_charge(port, INVAR_OPERATION_FLOAT_DIVIDE, 2 * columns);
  return invar_machine_set_phase(r->machine, INVAR_PHASE_INVERSION);
}

static int solve_chunk(struct refinement* r, uint32_t first, uint32_t columns, double* residual) {
  const struct invar_solve_parameters* p = r->parameters;
  const uint64_t count = (uint64_t)columns * p->n;
  double* x = r->solution + (uint64_t)first * p->n;
  const uint32_t limit = p->iteration_limit != 0 ? p->iteration_limit : DEFAULT_REFINEMENTS;
  for (uint64_t i = 0; i < count; ++i) {
    x[i] = 0.0;
  }
  invar_charge(r->machine->port, 70 + 2 * count, 70 + count);
  stage(r, r->rhs + (uint64_t)first * p->n, count);
  double expected = ENGINE_PRECISION;
  double shrinks = 0.0;
  for (uint32_t iteration = 0;; ++iteration) {
    int result = solve_staged(r, columns);
    if (result != INVAR_RESULT_OK) {
      return result;
    }
    const float* correction = r->staging.data;
    for (uint64_t i = 0; i < count; ++i) {
      x[i] += (double)correction[i];
    }
    invar_charge(r->machine->port, 3 * count, 3 * count);
    invar_port_charge(r->machine->port, INVAR_OPERATION_FLOAT, 2 * count);
    result =
        residuals(r, expected > p->tolerance ? INVAR_PHASE_INVERSION : INVAR_PHASE_VERIFICATION,
                  first, columns, residual);
    if (result != INVAR_RESULT_OK) {
      return result;
    }
    /* Every correction shrinks the residual about as the first solution did. */
    shrinks = iteration == 0 ? *residual : shrinks;
    expected = *residual * shrinks;
    if (*residual <= p->tolerance || iteration + 1 >= limit || !__builtin_isfinite(*residual)) {
      r->machine->counters->digital_right_hand_sides += columns;
      return INVAR_RESULT_OK;
    }
  }
}

int invar_solve_on_engine(struct invar_machine* machine,
                          const struct invar_solve_parameters* parameters) {
  const struct invar_solve_parameters* p = parameters;
  struct invar_port* port = machine->port;
  const uint64_t n = p->n;
  struct refinement r;
  invar_charge(port, 30, 35);
  r.machine = machine;
  r.parameters = p;
  r.matrix = invar_port_memory(port, p->matrix_address, n * n * 8);
  r.rhs = invar_port_memory(port, p->rhs_address, n * p->columns * 8);
  r.solution = invar_port_memory(port, p->solution_address, n * p->columns * 8);
  invar_charge(port, 70, 40);
  invar_port_charge(port, INVAR_OPERATION_MULTIPLY, 9);
  invar_port_charge(port, INVAR_OPERATION_DIVIDE, 1);
  int result =
      invar_engine_init(&machine->engine, port, &machine->interrupts, &machine->heap, RING_JOBS);
  if (result == INVAR_RESULT_OK) {
    result = plan(&r);
  }
  if (result == INVAR_RESULT_OK) {
    result = invar_machine_set_phase(machine, INVAR_PHASE_INVERSION);
  }
  if (result == INVAR_RESULT_OK) {
    result = factorize(&r);
  }
  if (result == INVAR_RESULT_JOB_FAILED &&
      machine->engine.job_status == INVAR_ENGINE_NOT_POSITIVE_DEFINITE) {
    invar_print(port, "engine: matrix not positive definite\n");
    return INVAR_EXIT_SOLVE_FAILED;
  }
  int missed = 0;
  for (uint32_t first = 0; first < p->columns && result == INVAR_RESULT_OK;) {
    const uint32_t rest = p->columns - first;
    const uint32_t columns = rest < r.chunk ? rest : r.chunk;
    double residual = 0.0;
    result = solve_chunk(&r, first, columns, &residual);
    if (residual > machine->counters->max_residual) {
      machine->counters->max_residual = residual;
    }
    if (!(residual <= p->tolerance)) {
      missed = 1;
      machine->counters->not_converged += columns;
    }
    first += columns;
  }
  if (result == INVAR_RESULT_OK && missed) {
    invar_print(port, "engine: not converged\n");
    return INVAR_EXIT_SOLVE_FAILED;
  }
  return invar_exit_of(machine, result);
}
