/* What to do when the analog solver does not deliver: more slices, then more damping, then the
 * digital engine, which solves what was asked. Pure decisions; the caller carries them out.
 */
#ifndef INVAR_SW_DRIVER_FALLBACK_H
#define INVAR_SW_DRIVER_FALLBACK_H

#include <invar/sw/boot/boot_block.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Slices in the INV loop that are assumed when the accelerator's default was asked for. */
#define INVAR_FALLBACK_DEFAULT_SLICES 2u
/* Each damping step multiplies what is added to the diagonal by this. */
#define INVAR_FALLBACK_DAMPING_FACTOR 3.0f

struct invar_fallback {
  uint32_t slices; /* in the loop now; 0 = the accelerator's default */
  uint32_t slices_limit;
  uint32_t damping_steps; /* taken since `begin` */
  uint32_t damping_retries;
  float damping_factor;     /* to multiply the damping with */
  int digital_allowed;      /* there is a digital engine to go to; set by init */
  double contraction_limit; /* of a seed that is good enough to be used; 0 = any is */
};

enum invar_fallback_action {
  INVAR_FALLBACK_DONE,    /* the status is OK */
  INVAR_FALLBACK_SLICES,  /* program again with `slices` */
  INVAR_FALLBACK_DAMPING, /* damp with `damping_factor`, program again */
  INVAR_FALLBACK_DIGITAL, /* give the matrix to the digital engine, with the damping asked for */
  INVAR_FALLBACK_GIVE_UP, /* the same, but going digital is not allowed */
  INVAR_FALLBACK_FATAL    /* no other solver would help: the request itself is wrong */
};

void invar_fallback_init(struct invar_fallback* fallback, uint32_t slices, uint32_t slices_limit,
                         uint32_t damping_retries);
/* A new matrix: damping starts afresh. The number of slices stays: a factor that needed more will
 * need them again, and failing first costs a programming. */
void invar_fallback_begin(struct invar_fallback* fallback);
/* After a PROGRAM that went well: whether the seed, by its estimated contraction (`residual` of the
 * completion), should get another slice before it is used; then `slices` is raised and counted. A
 * matrix that is programmed again with its handle keeps the slices that it has. */
int invar_fallback_wants_slice(struct invar_fallback* fallback, double contraction,
                               struct invar_driver_counters* counters);
/* The next action after a PROGRAM or SOLVE that ended with `status` (enum invar_status). Counts
 * what it decides. */
enum invar_fallback_action invar_fallback_next(struct invar_fallback* fallback, uint32_t status,
                                               struct invar_driver_counters* counters);

#ifdef __cplusplus
}
#endif

#endif
