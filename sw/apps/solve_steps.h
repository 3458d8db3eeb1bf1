/* The ways in which `solve` comes nearer to A X = B. Each takes what is left of the right-hand
 * sides that are not finished, solves for it in its way and corrects the solutions, so that one way
 * can go on where another has come to its end.
 */
#ifndef INVAR_SW_APPS_SOLVE_STEPS_H
#define INVAR_SW_APPS_SOLVE_STEPS_H

#include <invar/sw/apps/linear_system.h>
#include <invar/sw/driver/fallback.h>

#ifdef __cplusplus
extern "C" {
#endif

/* On the accelerator: seeds of more and more slices, each as long as it helps. Says on the console
 * how each of them ended that was not enough. */
int invar_solve_on_accelerator(struct invar_linear_system* system);

/* The factors of the scaled matrix in binary32 on the digital engine. */
struct invar_engine_factors {
  struct invar_linear_system* system;
  uint32_t factor, pivots,
      vectors; /* scratchpad offsets; `vectors` holds `chunk` right-hand sides */
  uint32_t chunk;
  struct invar_buffer staging; /* binary32, a matrix or a chunk */
  int usable;                  /* 0: the matrix is too large, or not regular in binary32 */
};

/* Factorises, unless the matrix does not fit. */
int invar_engine_factors_init(struct invar_engine_factors* factors,
                              struct invar_linear_system* system);
/* change <- C A_scaled^-1 residual, `columns` vectors after another, about as exact as binary32. */
int invar_engine_factors_apply(struct invar_engine_factors* factors, uint32_t columns,
                               const double* const* residuals, double* change);

/* On the digital engine: refinement in binary64 around its factors (Wilkinson 1963), then search
 * directions for what it does not solve. */
int invar_solve_on_engine(struct invar_linear_system* system);

/* Generalised conjugate residuals in binary64 on the host core, preconditioned by the factors where
 * they are usable, for one right-hand side. All directions are kept as long as memory lasts, so
 * that whatever conjugate gradients solve in a few times n products is solved. */
int invar_solve_by_directions(struct invar_linear_system* system, uint32_t column,
                              struct invar_engine_factors* factors);

#ifdef __cplusplus
}
#endif

#endif
