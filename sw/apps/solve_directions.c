#include <invar/sw/apps/solve_steps.h>
#include <invar/sw/port/function_costs.h>

/* Products with the matrix that a right-hand side may take, per row of it. */
#define PRODUCTS_PER_ROW 10u
/* Directions that are kept at most; then all are dropped. */
#define DIRECTIONS_LIMIT 1024u
/* Times that a column begins anew with the residual as it really is. */
#define RESTARTS_LIMIT 8u

struct directions {
  struct invar_linear_system* system;
  struct invar_engine_factors* factors;
  uint32_t column;
  uint32_t largest, kept;
  double* changes; /* of the solution, one after another */
  double* images;  /* of the scaled system, orthonormal */
};

static double dot(const double* restrict a, const double* restrict b, uint64_t n) {
  double sum = 0.0;
  for (uint64_t i = 0; i < n; ++i) {
    sum += a[i] * b[i];
  }
  return sum;
}

static void subtract(double* restrict from, const double* restrict vector, double factor,
                     uint64_t n) {
  for (uint64_t i = 0; i < n; ++i) {
    from[i] -= factor * vector[i];
  }
}

static void scale(double* vector, double factor, uint64_t n) {
  for (uint64_t i = 0; i < n; ++i) {
    vector[i] *= factor;
  }
}

/* Takes what earlier directions have out of a new one, twice for what rounding leaves. The result
 * is the norm of the image, 0 if nothing is left of it. */
static double orthogonalise(struct directions* d, double* change, double* image) {
  const uint64_t n = d->system->n;
  const double before = __builtin_sqrt(dot(image, image, n));
  for (uint32_t pass = 0; pass < 2; ++pass) {
    for (uint32_t k = 0; k < d->kept; ++k) {
      const double overlap = dot(d->images + k * n, image, n);
      subtract(image, d->images + k * n, overlap, n);
      subtract(change, d->changes + k * n, overlap, n);
    }
  }
  const double after = __builtin_sqrt(dot(image, image, n));
  INVAR_COST(d->system->machine->port, solve_directions, orthogonalise, n, d->kept * n);
  return after > 1e-14 * before ? after : 0.0;
}

static int precondition(struct directions* d, const double* residual, double* change) {
  const struct invar_linear_system* system = d->system;
  INVAR_COST(system->machine->port, solve_directions, precondition,
             d->factors->usable ? 0 : system->n);
  if (d->factors->usable) {
    return invar_engine_factors_apply(d->factors, 1, &residual, change);
  }
  for (uint64_t j = 0; j < system->n; ++j) {
    change[j] = residual[j] * system->column_scale[j];
  }
  return INVAR_RESULT_OK;
}

/* One step: the best along a new direction. The result's `ended` tells that there is none. */
static int step(struct directions* d, double* x, double* residual, int* ended) {
  struct invar_linear_system* system = d->system;
  const uint64_t n = system->n;
  if (d->kept == d->largest) {
    d->kept = 0;
  }
  double* change = d->changes + d->kept * n;
  double* image = d->images + d->kept * n;
  const int result = precondition(d, residual, change);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  invar_linear_system_multiply(system, change, image);
  const double norm = orthogonalise(d, change, image);
  *ended = !(norm > 0.0) || !__builtin_isfinite(norm);
  if (*ended) {
    return INVAR_RESULT_OK;
  }
  scale(image, 1.0 / norm, n);
  scale(change, 1.0 / norm, n);
  const double length = dot(image, residual, n);
  subtract(residual, image, length, n);
  subtract(x, change, -length, n);
  INVAR_COST(system->machine->port, solve_directions, step, n);
  ++d->kept;
  return INVAR_RESULT_OK;
}

static int allocate(struct directions* d) {
  struct invar_heap* heap = &d->system->machine->heap;
  const uint64_t n = d->system->n;
  struct invar_buffer changes, images;
  d->largest = d->system->n < DIRECTIONS_LIMIT ? d->system->n : DIRECTIONS_LIMIT;
  int result = invar_heap_allocate(heap, 8 * n * d->largest, &changes);
  result = result ? result : invar_heap_allocate(heap, 8 * n * d->largest, &images);
  d->changes = changes.data;
  d->images = images.data;
  return result;
}

/* Until the residual, as it is carried along, is small enough. */
static int descend(struct directions* d, uint32_t* products) {
  struct invar_linear_system* system = d->system;
  const uint64_t n = system->n;
  double* x = system->solution + d->column * n;
  double* residual = system->residual + d->column * n;
  int ended = 0;
  d->kept = 0;
  while (*products != 0 && !ended) {
    --*products;
    const int result = step(d, x, residual, &ended);
    if (result != INVAR_RESULT_OK) {
      return result;
    }
    invar_linear_system_judge(system, d->column, residual);
    if (system->columns[d->column].finished) {
      break;
    }
  }
  return INVAR_RESULT_OK;
}

int invar_solve_by_directions(struct invar_linear_system* system, uint32_t column,
                              struct invar_engine_factors* factors) {
  INVAR_COST(system->machine->port, solve_directions, invar_solve_by_directions);
  struct directions d = {.system = system, .factors = factors, .column = column};
  uint32_t products = PRODUCTS_PER_ROW * system->n;
  const uint64_t next = system->machine->heap.next;
  int result = allocate(&d);
  double before = 2.0;
  for (uint32_t restart = 0; restart < RESTARTS_LIMIT && result == INVAR_RESULT_OK; ++restart) {
    result = descend(&d, &products);
    invar_linear_system_take(system, column);
    const struct invar_right_hand_side* state = &system->columns[column];
    if (state->finished || products == 0 || !(state->residual <= 0.5 * before)) {
      break;
    }
    before = state->residual;
  }
  system->columns[column].finished = 1;
  system->machine->heap.next = next;
  return result;
}
