/* The linear system A X = B of `solve` as the host core sees it: scales, residuals, and when a
 * right-hand side is solved.
 *
 * Equation i of the scaled system is row row[i] of A times row_scale[i]; its unknown j is x_j over
 * column_scale[j]. A symmetric positive definite matrix is scaled by D^-1/2 on both sides. A
 * general one has its rows matched to its unknowns and signed, so that its diagonal is positive and
 * no entry of a row or column is far above it (transversal.h).
 *
 * What is promised of a solution is a residual within the tolerance in the scaled system, whose
 * rows and unknowns have no units; and, of a general matrix, with every row divided by its largest
 * entry. Aimed at, as far as binary64 goes, is besides |r| <= t |b| in the units of the right-hand
 * side, and |C r_scaled| <= t |x| |b_scaled| / |C^-1 x|  in the units of the solution, C =
 * column_scale, since an unknown with a small unit is not known at all where only the scaled
 * residual is small.
 */
#ifndef INVAR_SW_APPS_LINEAR_SYSTEM_H
#define INVAR_SW_APPS_LINEAR_SYSTEM_H

#include <invar/sw/boot/boot_block.h>
#include <invar/sw/driver/machine.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How far a right-hand side is. */
struct invar_right_hand_side {
  double power;         /* of two: b and x are held multiplied by it, so that no square overflows */
  double norm;          /* |b_scaled| */
  double unit_norm;     /* |b| */
  double equation_norm; /* |b| with every row over its largest entry */
  double residual;      /* |r_scaled| / |b_scaled| of the best solution so far */
  double shrinks;       /* factor by which a correction is expected to shrink it */
  uint8_t solved;       /* what is promised is there */
  uint8_t finished;     /* and what is aimed at, or nothing better is to be had */
  uint8_t stuck;        /* refinement has stopped helping */
};

struct invar_linear_system {
  struct invar_machine* machine;
  const struct invar_solve_parameters* parameters;
  uint32_t n;
  const double* matrix;
  const double* rhs;
  double* solution; /* times the powers of its column, until `restore` */
  const uint32_t* row;
  const double* row_scale;
  const double* column_scale;
  const double* row_weight;   /* 1 / max |row| over |row_scale|; NULL: symmetric */
  struct invar_buffer scaled; /* general: the scaled matrix, binary64 */
  double* residual;           /* columns x n: of the scaled system */
  double* scratch;            /* n */
  struct invar_right_hand_side* columns;
  int started;
};

/* Finds the matrix, and scales a general one. */
int invar_linear_system_init(struct invar_linear_system* system, struct invar_machine* machine,
                             const struct invar_solve_parameters* parameters);

/* Before anything below: norms of the right-hand sides, scales of a symmetric matrix; X = 0, or the
 * solutions that stand there in their own units. Once: later calls change nothing. */
int invar_linear_system_start(struct invar_linear_system* system, int from_zero);

/* From now on corrections are expected to shrink residuals to so much at first, then as they did
 * the last time. Where that is enough, looking at the residual is verification; otherwise a part of
 * the inversion, since the next correction starts from it. */
void invar_linear_system_expect(struct invar_linear_system* system, double shrinks);

/* The residual of column `column` with the solution that stands now. */
void invar_linear_system_take(struct invar_linear_system* system, uint32_t column);

/* x += C change, where the residual becomes smaller by it; else x stays. The result is whether the
 * residual is at most half of what it was; one that is not, but is solved, is finished. */
int invar_linear_system_correct(struct invar_linear_system* system, uint32_t column,
                                const double* change);

/* Whether a residual of the scaled system keeps the promise, and is as small as is aimed at. */
void invar_linear_system_judge(struct invar_linear_system* system, uint32_t column,
                               const double* residual);

/* What the scaled system makes of a vector of its unknowns: out = S A (x), x in the units of the
 * solution, i.e. column_scale times the unknowns. */
void invar_linear_system_multiply(struct invar_linear_system* system, const double* x, double* out);

/* Columns that are not finished. */
uint32_t invar_linear_system_unfinished(const struct invar_linear_system* system);

/* The solution in its own units, and what became of it into the counters. The result is the number
 * of right-hand sides that are not solved. */
uint32_t invar_linear_system_restore(struct invar_linear_system* system);

#ifdef __cplusplus
}
#endif

#endif
