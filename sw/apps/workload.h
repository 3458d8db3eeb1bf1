/* Parts of the `workload` app: a step of K-FAC as jobs and commands of the right sizes. */
#ifndef INVAR_SW_APPS_WORKLOAD_H
#define INVAR_SW_APPS_WORKLOAD_H

#include <invar/sw/apps/apps.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A Kronecker factor: what is to be inverted, and what is solved with it. */
struct invar_workload_factor {
  uint32_t n;
  uint32_t columns; /* gradients' columns, for `solve` */
  uint32_t second;  /* 1: solved after the other factor of its layer */
  uint32_t digital; /* 1: on the engine, whatever the solver */
  uint32_t state;
  uint32_t ticket;
  uint32_t handle;
  uint32_t tiles;
  uint32_t slices; /* in the INV loop, 0 = the accelerator's default */
};

struct invar_workload_run {
  struct invar_machine* machine;
  const struct invar_workload_parameters* parameters;
  const struct invar_workload_layer* layers;
  struct invar_workload_factor* factors; /* largest first */
  uint32_t factor_count;
  uint32_t free_tiles;
  uint32_t resident; /* 1: all programmed factors fit side by side and stay */
};

/* How factors are worked off: what is asked of each that is not digital. */
enum invar_workload_pass {
  INVAR_WORKLOAD_PROGRAM, /* program, and stay */
  INVAR_WORKLOAD_INVERT,  /* program, solve for the identity, release */
  INVAR_WORKLOAD_SOLVE    /* program unless it stays, solve for the gradient, release likewise */
};

/* Jobs of any size: transfers of more bytes than a job counts are split. */
void invar_workload_load(struct invar_workload_run* run, uint64_t bytes);
void invar_workload_store(struct invar_workload_run* run, uint64_t bytes);
void invar_workload_gemm(struct invar_workload_run* run, uint32_t phase, uint32_t m, uint32_t n,
                         uint32_t k, uint32_t flags);
/* `opcode` over `count` elements. */
void invar_workload_elementwise(struct invar_workload_run* run, uint32_t phase, uint32_t opcode,
                                uint64_t count);
/* `opcode` on an n x n matrix, with `columns` right-hand sides where it takes them. */
void invar_workload_matrix(struct invar_workload_run* run, uint32_t phase, uint32_t opcode,
                           uint32_t n, uint32_t columns);

void invar_workload_forward(struct invar_workload_run* run);
void invar_workload_backward(struct invar_workload_run* run);
void invar_workload_factors(struct invar_workload_run* run);
/* Gradients preconditioned by explicit inverses. */
void invar_workload_multiply_inverses(struct invar_workload_run* run);
void invar_workload_update(struct invar_workload_run* run);

/* Lists the factors and sees what fits. */
int invar_workload_prepare(struct invar_workload_run* run);
/* Damping and inversion (`inverse`), or programming of what stays (`solve`). */
int invar_workload_refresh(struct invar_workload_run* run);
/* Gradients preconditioned by solving. */
int invar_workload_solve(struct invar_workload_run* run);

#ifdef __cplusplus
}
#endif

#endif
