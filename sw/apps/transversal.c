#include <invar/sw/apps/transversal.h>
#include <invar/sw/numerics/elementary.h>
#include <invar/sw/port/function_costs.h>

/* The assignment problem with costs log(max |column|) - log |entry|, solved by shortest augmenting
 * paths; its dual variables are the logarithms of the scales. All arrays have a place 0 for "none".
 */
struct assignment {
  struct invar_port* port;
  const double* matrix;
  uint32_t n;
  double* column_peak;        /* log of the largest magnitude of each column */
  double *u, *v;              /* duals of rows and columns, from 1 */
  double* cost;               /* of each entry, a column after another */
  double* distance;           /* of each row from the tree */
  uint32_t *matched, *before; /* column of each row; the row before on the path */
  uint8_t* visited;
  uint64_t looked_at; /* entries, for the charge */
};

static int allocate(struct invar_heap* heap, uint64_t bytes, void* place) {
  struct invar_buffer buffer;
  const int result = invar_heap_allocate(heap, bytes, &buffer);
  *(void**)place = result == INVAR_RESULT_OK ? buffer.data : NULL;
  return result;
}

/* Costs of all entries, infinite for a zero. */
static int find_costs(struct assignment* a) {
  const uint64_t n = a->n;
  for (uint64_t j = 0; j < n; ++j) {
    double* cost = a->cost + j * n;
    double peak = 0.0;
    for (uint64_t i = 0; i < n; ++i) {
      cost[i] = invar_magnitude(a->matrix[i * n + j]);
      peak = cost[i] > peak ? cost[i] : peak;
    }
    if (!(peak > 0.0)) {
      return INVAR_RESULT_NOT_FINITE;
    }
    a->column_peak[j] = invar_log(peak);
    for (uint64_t i = 0; i < n; ++i) {
      cost[i] = a->column_peak[j] - invar_log(cost[i]);
    }
    INVAR_COST(a->port, transversal, find_costs, n);
  }
  return INVAR_RESULT_OK;
}

/* Grows the tree of shortest paths from column `column` by one row; the result is that row, or 0.
 */
static uint32_t grow(struct assignment* a, uint32_t row) {
  const uint32_t column = a->matched[row];
  const double* cost = a->cost + (uint64_t)(column - 1) * a->n;
  uint32_t next = 0;
  double least = __builtin_inf();
  a->visited[row] = 1;
  for (uint32_t i = 1; i <= a->n; ++i) {
    if (a->visited[i]) {
      continue;
    }
    const double reduced = cost[i - 1] - a->u[i] - a->v[column];
    if (reduced < a->distance[i]) {
      a->distance[i] = reduced;
      a->before[i] = row;
    }
    if (a->distance[i] < least) {
      least = a->distance[i];
      next = i;
    }
  }
  a->looked_at += a->n;
  if (next == 0) {
    return 0;
  }
  for (uint32_t i = 0; i <= a->n; ++i) {
    if (a->visited[i]) {
      a->v[a->matched[i]] += least;
      a->u[i] -= least;
    } else {
      a->distance[i] -= least;
    }
  }
  return next;
}

/* One more column. */
static int augment(struct assignment* a, uint32_t column) {
  uint32_t row = 0;
  a->matched[0] = column;
  for (uint32_t i = 0; i <= a->n; ++i) {
    a->distance[i] = __builtin_inf();
    a->visited[i] = 0;
  }
  do {
    row = grow(a, row);
    if (row == 0) {
      return INVAR_RESULT_NOT_FINITE;
    }
  } while (a->matched[row] != 0);
  while (row != 0) {
    const uint32_t before = a->before[row];
    a->matched[row] = a->matched[before];
    row = before;
  }
  INVAR_COST(a->port, transversal, augment, a->looked_at);
  a->looked_at = 0;
  return INVAR_RESULT_OK;
}

/* The power of two next to e^logarithm, kept where neither it nor its inverse overflows. */
static double power_of_two(double logarithm) {
  const double exponent = logarithm * 1.4426950408889634;
  int32_t nearest = (int32_t)(exponent < 0.0 ? exponent - 0.5 : exponent + 0.5);
  nearest = nearest < -1000 ? -1000 : nearest > 1000 ? 1000 : nearest;
  const double factor = nearest < 0 ? 0.5 : 2.0;
  double power = 1.0;
  for (int32_t i = nearest < 0 ? -nearest : nearest; i > 0; --i) {
    power *= factor;
  }
  return power;
}

static void note(const struct assignment* a, struct invar_transversal* transversal) {
  for (uint32_t i = 1; i <= a->n; ++i) {
    const uint32_t column = a->matched[i] - 1;
    const double entry = a->matrix[(uint64_t)(i - 1) * a->n + column];
    transversal->row[column] = i - 1;
    transversal->row_scale[column] = entry < 0.0 ? -power_of_two(a->u[i]) : power_of_two(a->u[i]);
    transversal->column_scale[column] = power_of_two(a->v[column + 1] - a->column_peak[column]);
  }
  INVAR_COST(a->port, transversal, note, a->n);
}

int invar_transversal_find(struct invar_transversal* transversal, struct invar_port* port,
                           struct invar_heap* heap, const double* matrix, uint32_t n) {
  struct assignment a = {.port = port, .matrix = matrix, .n = n};
  const uint64_t places = (uint64_t)n + 1;
  INVAR_COST(port, transversal, invar_transversal_find, n);
  int result = allocate(heap, 4 * (uint64_t)n, &transversal->row);
  result = result ? result : allocate(heap, 8 * (uint64_t)n, &transversal->row_scale);
  result = result ? result : allocate(heap, 8 * (uint64_t)n, &transversal->column_scale);
  result = result ? result : allocate(heap, 8 * (uint64_t)n, &a.column_peak);
  result = result ? result : allocate(heap, 8 * (uint64_t)n * n, &a.cost);
  result = result ? result : allocate(heap, 8 * places, &a.u);
  result = result ? result : allocate(heap, 8 * places, &a.v);
  result = result ? result : allocate(heap, 8 * places, &a.distance);
  result = result ? result : allocate(heap, 4 * places, &a.matched);
  result = result ? result : allocate(heap, 4 * places, &a.before);
  result = result ? result : allocate(heap, places, &a.visited);
  result = result ? result : find_costs(&a);
  for (uint64_t i = 0; i < places && result == INVAR_RESULT_OK; ++i) {
    a.u[i] = a.v[i] = 0.0;
    a.matched[i] = 0;
  }
  for (uint32_t column = 1; column <= n && result == INVAR_RESULT_OK; ++column) {
    result = augment(&a, column);
  }
  if (result == INVAR_RESULT_OK) {
    note(&a, transversal);
  }
  return result;
}
