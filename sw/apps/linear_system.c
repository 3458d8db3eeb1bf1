#include <invar/sw/apps/linear_system.h>
#include <invar/sw/apps/transversal.h>
#include <invar/sw/numerics/elementary.h>
#include <invar/sw/port/function_costs.h>

static double* allocate(struct invar_linear_system* system, uint64_t count, int* result) {
  struct invar_buffer buffer = {0, NULL};
  if (*result == INVAR_RESULT_OK) {
    *result = invar_heap_allocate(&system->machine->heap, 8 * count, &buffer);
  }
  return buffer.data;
}

/* D^-1/2 on both sides. */
static int scale_symmetric(struct invar_linear_system* system) {
  const uint64_t n = system->n;
  int result = INVAR_RESULT_OK;
  double* scale = allocate(system, n, &result);
  uint32_t* row = (uint32_t*)allocate(system, n, &result);
  for (uint64_t i = 0; i < n && result == INVAR_RESULT_OK; ++i) {
    scale[i] = 1.0 / __builtin_sqrt(system->matrix[i * n + i]);
    row[i] = (uint32_t)i;
  }
  system->row = row;
  system->row_scale = system->column_scale = scale;
  INVAR_COST(system->machine->port, linear_system, scale_symmetric, n);
  return result;
}

/* The scaled copy of a general matrix, and the weights of its rows. */
static void write_scaled(struct invar_linear_system* system, double* weight) {
  const uint64_t n = system->n;
  double* scaled = system->scaled.data;
  for (uint64_t i = 0; i < n; ++i) {
    const double* from = system->matrix + system->row[i] * n;
    double peak = 0.0;
    for (uint64_t j = 0; j < n; ++j) {
      const double size = invar_magnitude(from[j]);
      peak = size > peak ? size : peak;
      /* The unknown's scale first: both products are exact, but either may leave binary64. */
      scaled[i * n + j] = from[j] * system->column_scale[j] * system->row_scale[i];
    }
    weight[i] = 1.0 / peak / invar_magnitude(system->row_scale[i]);
  }
  INVAR_COST(system->machine->port, linear_system, write_scaled, n, n * n);
}

static int scale_general(struct invar_linear_system* system) {
  const uint64_t n = system->n;
  struct invar_transversal transversal;
  int result = invar_transversal_find(&transversal, system->machine->port, &system->machine->heap,
                                      system->matrix, system->n);
  double* weight = allocate(system, n, &result);
  if (result == INVAR_RESULT_OK) {
    result = invar_heap_allocate(&system->machine->heap, 8 * n * n, &system->scaled);
  }
  if (result == INVAR_RESULT_OK) {
    system->row = transversal.row;
    system->row_scale = transversal.row_scale;
    system->column_scale = transversal.column_scale;
    system->row_weight = weight;
    write_scaled(system, weight);
  }
  return result;
}

/* A power of two that brings the largest element to between 2^-100 and 2^100. */
static double choose_power(const double* b, uint64_t n) {
  double peak = invar_peak(b, n);
  double power = 1.0;
  for (; peak > 0x1p100; peak *= 0x1p-100) {
    power *= 0x1p-100;
  }
  for (; peak < 0x1p-100 && peak > 0.0 && power < 0x1p1000; peak *= 0x1p100) {
    power *= 0x1p100;
  }
  return power;
}

/* The norms of b, which becomes the residual. */
static void begin(struct invar_linear_system* system, uint32_t index) {
  const uint64_t n = system->n;
  struct invar_right_hand_side* column = &system->columns[index];
  const double* b = system->rhs + index * n;
  double* residual = system->residual + index * n;
  column->power = choose_power(b, n);
  double norm = 0.0, unit_norm = 0.0, equation_norm = 0.0;
  for (uint64_t i = 0; i < n; ++i) {
    const double value = b[system->row[i]] * column->power;
    const double scaled = value * system->row_scale[i];
    const double weighted = system->row_weight != NULL ? scaled * system->row_weight[i] : 0.0;
    residual[i] = scaled;
    norm += scaled * scaled;
    unit_norm += value * value;
    equation_norm += weighted * weighted;
  }
  column->norm = __builtin_sqrt(norm);
  column->unit_norm = __builtin_sqrt(unit_norm);
  column->equation_norm = __builtin_sqrt(equation_norm);
  column->residual = column->norm > 0.0 ? 1.0 : 0.0;
  column->solved = column->finished = column->norm == 0.0;
  column->stuck = 0;
  column->shrinks = 0.0;
  INVAR_COST(system->machine->port, linear_system, begin, n, system->row_weight != NULL ? n : 0);
}

/* x = 0. */
static void clear(struct invar_linear_system* system, uint32_t index) {
  double* x = system->solution + (uint64_t)index * system->n;
  for (uint32_t i = 0; i < system->n; ++i) {
    x[i] = 0.0;
  }
  INVAR_COST(system->machine->port, linear_system, clear, system->n);
}

/* x as it stands in its own units, from now on times the power of its column. */
static void multiply_solution(struct invar_linear_system* system, uint32_t index) {
  const double power = system->columns[index].power;
  double* x = system->solution + (uint64_t)index * system->n;
  for (uint32_t i = 0; power != 1.0 && i < system->n; ++i) {
    x[i] *= power;
  }
}

int invar_linear_system_start(struct invar_linear_system* system, int from_zero) {
  if (system->started) {
    return INVAR_RESULT_OK;
  }
  system->started = 1;
  const int result = system->row_scale == NULL ? scale_symmetric(system) : INVAR_RESULT_OK;
  for (uint32_t column = 0; column < system->parameters->columns && result == INVAR_RESULT_OK;
       ++column) {
    begin(system, column);
    if (from_zero) {
      clear(system, column);
    } else {
      multiply_solution(system, column);
    }
  }
  return result;
}

int invar_linear_system_init(struct invar_linear_system* system, struct invar_machine* machine,
                             const struct invar_solve_parameters* parameters) {
  const uint64_t n = parameters->n;
  const uint64_t vectors = n * parameters->columns;
  system->machine = machine;
  system->parameters = parameters;
  system->n = parameters->n;
  system->matrix = invar_port_memory(machine->port, parameters->matrix_address, 8 * n * n);
  system->rhs = invar_port_memory(machine->port, parameters->rhs_address, 8 * vectors);
  system->solution = invar_port_memory(machine->port, parameters->solution_address, 8 * vectors);
  system->started = 0;
  system->row_scale = NULL;
  system->row_weight = NULL;
  system->scaled.data = NULL;
  int result = parameters->general ? scale_general(system) : INVAR_RESULT_OK;
  system->residual = allocate(system, vectors, &result);
  system->scratch = allocate(system, n, &result);
  if (result == INVAR_RESULT_OK) {
    struct invar_buffer columns;
    result = invar_heap_allocate(
        &machine->heap, parameters->columns * sizeof(struct invar_right_hand_side), &columns);
    system->columns = columns.data;
  }
  for (uint32_t column = 0; column < parameters->columns && result == INVAR_RESULT_OK; ++column) {
    system->columns[column] = (struct invar_right_hand_side){.power = 1.0, .residual = 1.0};
  }
  INVAR_COST(machine->port, linear_system, invar_linear_system_init, parameters->columns);
  return result;
}

/* Not inlined: its pointers would be spilled to the stack, and reloading them would take longer
 * than the arithmetic. */
static __attribute__((noinline)) double product(const double* restrict row,
                                                const double* restrict x, uint64_t n, double sum) {
  for (uint64_t j = 0; j < n; ++j) {
    sum -= row[j] * x[j];
  }
  return sum;
}

static void find_residual(struct invar_linear_system* system, uint32_t index, double* residual) {
  const uint64_t n = system->n;
  const struct invar_right_hand_side* column = &system->columns[index];
  const double* b = system->rhs + index * n;
  const double* x = system->solution + index * n;
  for (uint64_t i = 0; i < n; ++i) {
    const uint64_t row = system->row[i];
    residual[i] =
        system->row_scale[i] * product(system->matrix + row * n, x, n, b[row] * column->power);
  }
  INVAR_COST(system->machine->port, linear_system, find_residual, n, n * n);
}

void invar_linear_system_multiply(struct invar_linear_system* system, const double* x,
                                  double* out) {
  const uint64_t n = system->n;
  for (uint64_t i = 0; i < n; ++i) {
    out[i] = -system->row_scale[i] * product(system->matrix + system->row[i] * n, x, n, 0.0);
  }
  INVAR_COST(system->machine->port, linear_system, invar_linear_system_multiply, n, n * n);
}

static double norm_of(const double* vector, uint64_t n) {
  double sum = 0.0;
  for (uint64_t i = 0; i < n; ++i) {
    sum += vector[i] * vector[i];
  }
  return __builtin_sqrt(sum);
}

void invar_linear_system_judge(struct invar_linear_system* system, uint32_t index,
                               const double* residual) {
  const uint64_t n = system->n;
  const double tolerance = system->parameters->tolerance;
  struct invar_right_hand_side* column = &system->columns[index];
  const double* x = system->solution + index * n;
  double norm = 0.0, unit_norm = 0.0, equation_norm = 0.0, error = 0.0;
  double unknowns = 0.0, scaled_unknowns = 0.0;
  for (uint64_t i = 0; i < n; ++i) {
    const double unit = residual[i] / system->row_scale[i];
    const double equation = system->row_weight != NULL ? residual[i] * system->row_weight[i] : 0.0;
    const double change = residual[i] * system->column_scale[i];
    const double unknown = x[i] / system->column_scale[i];
    norm += residual[i] * residual[i];
    unit_norm += unit * unit;
    equation_norm += equation * equation;
    error += change * change;
    unknowns += x[i] * x[i];
    scaled_unknowns += unknown * unknown;
  }
  norm = __builtin_sqrt(norm);
  column->residual = column->norm > 0.0 ? norm / column->norm : norm;
  column->solved = norm <= tolerance * column->norm &&
                   __builtin_sqrt(equation_norm) <= tolerance * column->equation_norm;
  column->finished = column->solved && __builtin_sqrt(unit_norm) <= tolerance * column->unit_norm &&
                     __builtin_sqrt(error) * __builtin_sqrt(scaled_unknowns) <=
                         tolerance * __builtin_sqrt(unknowns) * column->norm;
  INVAR_COST(system->machine->port, linear_system, invar_linear_system_judge, n,
             system->row_weight != NULL ? n : 0);
}

void invar_linear_system_expect(struct invar_linear_system* system, double shrinks) {
  for (uint32_t i = 0; i < system->parameters->columns; ++i) {
    system->columns[i].shrinks = shrinks;
  }
  INVAR_COST(system->machine->port, linear_system, invar_linear_system_expect,
             system->parameters->columns);
}

void invar_linear_system_take(struct invar_linear_system* system, uint32_t index) {
  const uint64_t n = system->n;
  double* residual = system->residual + index * n;
  invar_machine_set_phase(system->machine, INVAR_PHASE_VERIFICATION);
  find_residual(system, index, residual);
  invar_linear_system_judge(system, index, residual);
  invar_machine_set_phase(system->machine, INVAR_PHASE_INVERSION);
  if (!(system->columns[index].residual <= 1.0)) { /* nothing would be better */
    begin(system, index);
    clear(system, index);
  }
}

int invar_linear_system_correct(struct invar_linear_system* system, uint32_t index,
                                const double* change) {
  const uint64_t n = system->n;
  double* x = system->solution + index * n;
  double* kept = system->residual + index * n;
  struct invar_right_hand_side* column = &system->columns[index];
  const double before = column->residual;
  const int is_enough = before * column->shrinks <= system->parameters->tolerance;
  for (uint64_t i = 0; i < n; ++i) {
    x[i] += change[i];
  }
  invar_machine_set_phase(system->machine,
                          is_enough ? INVAR_PHASE_VERIFICATION : INVAR_PHASE_INVERSION);
  find_residual(system, index, system->scratch);
  const double after = norm_of(system->scratch, n) / column->norm;
  column->shrinks = after / before;
  const int better = after < before;
  for (uint64_t i = 0; i < n; ++i) {
    if (better) {
      kept[i] = system->scratch[i];
    } else {
      x[i] -= change[i];
    }
  }
  INVAR_COST(system->machine->port, linear_system, invar_linear_system_correct, n);
  if (better) {
    invar_linear_system_judge(system, index, kept);
  }
  invar_machine_set_phase(system->machine, INVAR_PHASE_INVERSION);
  const int halved = after <= 0.5 * before;
  column->finished |= column->solved && !halved; /* as good as it gets */
  return halved;
}

uint32_t invar_linear_system_unfinished(const struct invar_linear_system* system) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < system->parameters->columns; ++i) {
    count += !system->columns[i].finished;
  }
  INVAR_COST(system->machine->port, linear_system, invar_linear_system_unfinished,
             system->parameters->columns);
  return count;
}

uint32_t invar_linear_system_restore(struct invar_linear_system* system) {
  const uint64_t n = system->n;
  struct invar_driver_counters* counters = system->machine->counters;
  uint32_t missed = 0;
  uint64_t divided = 0;
  counters->max_residual = 0.0;
  counters->missed_residual = 0.0;
  for (uint64_t index = 0; index < system->parameters->columns; ++index) {
    const struct invar_right_hand_side* column = &system->columns[index];
    double* largest = column->solved ? &counters->max_residual : &counters->missed_residual;
    missed += !column->solved;
    *largest = column->residual > *largest ? column->residual : *largest;
    if (column->power != 1.0) {
      for (uint64_t i = 0; i < n; ++i) {
        system->solution[index * n + i] /= column->power;
      }
      divided += n;
    }
  }
  counters->not_converged += missed;
  INVAR_COST(system->machine->port, linear_system, invar_linear_system_restore,
             system->parameters->columns, divided);
  return missed;
}
