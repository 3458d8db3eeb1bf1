/* Rows of a matrix matched to its columns so that the product of the matched entries is as large as
 * it can be, and scales that make these entries 1 and all others at most 1 in magnitude (Duff and
 * Koster, SIAM J. Matrix Anal. Appl. 22:973, 2001): what a loop, a tile's range or a factorisation
 * without far pivots wants of a matrix that is not symmetric.
 */
#ifndef INVAR_SW_APPS_TRANSVERSAL_H
#define INVAR_SW_APPS_TRANSVERSAL_H

#include <invar/sw/driver/heap.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Results, all of n elements. Scales are powers of two, signed so that matched entries are
 * positive: row_scale[i] a[row[i]][j] column_scale[j] is exact and about 1 or less. */
struct invar_transversal {
  uint32_t* row; /* row[j] is matched to column j */
  double* row_scale;
  double* column_scale;
};

/* \matrix n x n, row-major, finite. INVAR_RESULT_NOT_FINITE: no matching, the matrix is singular.
 */
int invar_transversal_find(struct invar_transversal* transversal, struct invar_port* port,
                           struct invar_heap* heap, const double* matrix, uint32_t n);

#ifdef __cplusplus
}
#endif

#endif
