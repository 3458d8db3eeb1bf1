/* Ritz values and vectors of a subspace of a few vectors, on the host core, and the inverse of a
 * matrix as small. */
#ifndef INVAR_SW_OPTIMIZER_RITZ_H
#define INVAR_SW_OPTIMIZER_RITZ_H

#include <invar/registers/command_limits.h>
#include <invar/sw/port/port.h>

#ifdef __cplusplus
extern "C" {
#endif

#define INVAR_RITZ_VECTORS (INVAR_LIMIT_RANK + 1)

/* p x p matrices, row-major with rows of INVAR_RITZ_VECTORS elements. */
typedef double invar_small_matrix[INVAR_RITZ_VECTORS][INVAR_RITZ_VECTORS];

/* Solves G z = theta M z of symmetric matrices, M positive definite, both lost: `values` get the
 * thetas, the largest first, the columns of `vectors` the z, z' M z = 1. By the Cholesky factor of
 * M and Jacobi's rotations (Golub and Van Loan, sections 8.5 and 8.7). 0: M is not positive
 * definite, or a number is not finite. */
int invar_ritz(struct invar_port* port, uint32_t p, invar_small_matrix g, invar_small_matrix m,
               double* values, invar_small_matrix vectors);

/* a <- a^-1, by Gauss-Jordan elimination with pivots of the column. 0: it is singular. */
int invar_small_inverse(struct invar_port* port, uint32_t p, invar_small_matrix a);

#ifdef __cplusplus
}
#endif

#endif
