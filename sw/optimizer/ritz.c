#include <invar/sw/optimizer/ritz.h>
#include <invar/sw/port/function_costs.h>

/* Sweeps over all pairs of columns: convergence is quadratic, a matrix of 17 rows takes 6. */
#define MOST_SWEEPS 12u
/* Off the diagonal, beside it: below, a rotation changes nothing. */
#define NEGLIGIBLE 1e-15

static double magnitude(double x) {
  return x < 0.0 ? -x : x;
}

/* m <- its lower Cholesky factor. */
static int factorize(struct invar_port* port, uint32_t p, invar_small_matrix m) {
  INVAR_COST(port, ritz, factorize, p * p * p);
  for (uint32_t j = 0; j < p; ++j) {
    for (uint32_t i = j; i < p; ++i) {
      double sum = m[i][j];
      for (uint32_t k = 0; k < j; ++k) {
        sum -= m[i][k] * m[j][k];
      }
      if (i == j) {
        if (!(sum > 0.0) || !__builtin_isfinite(sum)) {
          return 0;
        }
        m[j][j] = __builtin_sqrt(sum);
      } else {
        m[i][j] = sum / m[j][j];
      }
    }
  }
  return 1;
}

/* g <- L^-1 g L^-T, symmetric. */
static void reduce(struct invar_port* port, uint32_t p, invar_small_matrix l,
                   invar_small_matrix g) {
  INVAR_COST(port, ritz, reduce, p * p * p);
  for (uint32_t column = 0; column < p; ++column) {
    for (uint32_t i = 0; i < p; ++i) {
      for (uint32_t k = 0; k < i; ++k) {
        g[i][column] -= l[i][k] * g[k][column];
      }
      g[i][column] /= l[i][i];
    }
  }
  for (uint32_t row = 0; row < p; ++row) {
    for (uint32_t i = 0; i < p; ++i) {
      for (uint32_t k = 0; k < i; ++k) {
        g[row][i] -= l[i][k] * g[row][k];
      }
      g[row][i] /= l[i][i];
    }
  }
}

/* One of Jacobi's rotations of rows and columns i and j, and of the columns of q. 0: not worth it.
 */
static int rotate(struct invar_port* port, uint32_t p, invar_small_matrix a, invar_small_matrix q,
                  uint32_t i, uint32_t j) {
  const double off = 0.5 * (a[i][j] + a[j][i]);
  if (!(magnitude(off) > NEGLIGIBLE * __builtin_sqrt(magnitude(a[i][i] * a[j][j])))) {
    return 0;
  }
  INVAR_COST(port, ritz, rotate, p);
  const double ratio = (a[j][j] - a[i][i]) / (2.0 * off);
  const double t =
      (ratio < 0.0 ? -1.0 : 1.0) / (magnitude(ratio) + __builtin_sqrt(ratio * ratio + 1.0));
  const double c = 1.0 / __builtin_sqrt(t * t + 1.0), s = t * c;
  for (uint32_t k = 0; k < p; ++k) {
    const double left = a[k][i], right = a[k][j];
    a[k][i] = c * left - s * right;
    a[k][j] = s * left + c * right;
  }
  for (uint32_t k = 0; k < p; ++k) {
    const double upper = a[i][k], lower = a[j][k];
    a[i][k] = c * upper - s * lower;
    a[j][k] = s * upper + c * lower;
    const double left = q[k][i], right = q[k][j];
    q[k][i] = c * left - s * right;
    q[k][j] = s * left + c * right;
  }
  return 1;
}

static void diagonalize(struct invar_port* port, uint32_t p, invar_small_matrix a,
                        invar_small_matrix q) {
  for (uint32_t i = 0; i < p; ++i) {
    for (uint32_t j = 0; j < p; ++j) {
      q[i][j] = i == j ? 1.0 : 0.0;
    }
  }
  int moved = 1;
  for (uint32_t sweep = 0; sweep < MOST_SWEEPS && moved; ++sweep) {
    moved = 0;
    INVAR_COST(port, ritz, diagonalize, p * p);
    for (uint32_t i = 0; i + 1 < p; ++i) {
      for (uint32_t j = i + 1; j < p; ++j) {
        moved |= rotate(port, p, a, q, i, j);
      }
    }
  }
}

/* The largest value first, with its column. */
static void sort(struct invar_port* port, uint32_t p, double* values, invar_small_matrix vectors) {
  INVAR_COST(port, ritz, sort, p * p);
  for (uint32_t i = 0; i < p; ++i) {
    uint32_t largest = i;
    for (uint32_t j = i + 1; j < p; ++j) {
      largest = values[j] > values[largest] ? j : largest;
    }
    const double value = values[i];
    values[i] = values[largest];
    values[largest] = value;
    for (uint32_t k = 0; k < p; ++k) {
      const double element = vectors[k][i];
      vectors[k][i] = vectors[k][largest];
      vectors[k][largest] = element;
    }
  }
}

int invar_ritz(struct invar_port* port, uint32_t p, invar_small_matrix g, invar_small_matrix m,
               double* values, invar_small_matrix vectors) {
  if (!factorize(port, p, m)) {
    return 0;
  }
  reduce(port, p, m, g);
  diagonalize(port, p, g, vectors);
  INVAR_COST(port, ritz, invar_ritz, p * p * p);
  int finite = 1;
  for (uint32_t column = 0; column < p; ++column) {
    values[column] = g[column][column];
    finite = finite && __builtin_isfinite(values[column]);
    for (uint32_t back = 0; back < p; ++back) {
      const uint32_t i = p - 1 - back;
      for (uint32_t k = i + 1; k < p; ++k) {
        vectors[i][column] -= m[k][i] * vectors[k][column];
      }
      vectors[i][column] /= m[i][i];
    }
  }
  sort(port, p, values, vectors);
  return finite;
}

/* Brings the largest pivot of the column to the diagonal; `b` follows. */
static int exchange_rows(uint32_t p, invar_small_matrix a, invar_small_matrix b, uint32_t column) {
  uint32_t pivot = column;
  for (uint32_t i = column + 1; i < p; ++i) {
    pivot = magnitude(a[i][column]) > magnitude(a[pivot][column]) ? i : pivot;
  }
  for (uint32_t j = 0; j < p; ++j) {
    const double left = a[column][j], right = b[column][j];
    a[column][j] = a[pivot][j];
    b[column][j] = b[pivot][j];
    a[pivot][j] = left;
    b[pivot][j] = right;
  }
  return magnitude(a[column][column]) > 0.0 && __builtin_isfinite(a[column][column]);
}

int invar_small_inverse(struct invar_port* port, uint32_t p, invar_small_matrix a) {
  invar_small_matrix b;
  INVAR_COST(port, ritz, invar_small_inverse, p * p * p);
  for (uint32_t i = 0; i < p; ++i) {
    for (uint32_t j = 0; j < p; ++j) {
      b[i][j] = i == j ? 1.0 : 0.0;
    }
  }
  for (uint32_t column = 0; column < p; ++column) {
    if (!exchange_rows(p, a, b, column)) {
      return 0;
    }
    const double scale = 1.0 / a[column][column];
    for (uint32_t j = 0; j < p; ++j) {
      a[column][j] *= scale;
      b[column][j] *= scale;
    }
    for (uint32_t i = 0; i < p; ++i) {
      const double multiple = i == column ? 0.0 : a[i][column];
      for (uint32_t j = 0; j < p; ++j) {
        a[i][j] -= multiple * a[column][j];
        b[i][j] -= multiple * b[column][j];
      }
    }
  }
  for (uint32_t i = 0; i < p; ++i) {
    for (uint32_t j = 0; j < p; ++j) {
      a[i][j] = b[i][j];
    }
  }
  return 1;
}
