/* A run of `train`, and what it goes on with after a restart of the firmware: at the start of the
 * heap, so that it is found again.
 */
#ifndef INVAR_SW_APPS_TRAIN_STATE_H
#define INVAR_SW_APPS_TRAIN_STATE_H

#include <invar/sw/apps/batches.h>
#include <invar/sw/apps/training.h>

#ifdef __cplusplus
extern "C" {
#endif

struct invar_train_run {
  struct invar_training of;
  struct invar_batches batches;
  struct invar_buffer progress;
  struct invar_buffer state; /* where the firmware restarts */
  float learning_rate;
  float loss, smoothed_loss;
  uint64_t steps_with_loss;                /* steps whose loss has been read */
  uint32_t last_ticket[INVAR_BATCH_SLOTS]; /* of the last job of the step in each slot */
};

/* Whether the firmware restarts after `step` steps. */
int invar_train_restarts_after(const struct invar_train_parameters* parameters, uint64_t step);

/* The first thing that is allocated, where the training restarts at all. */
int invar_train_state_allocate(struct invar_train_run* run, struct invar_machine* machine,
                               const struct invar_train_parameters* parameters);
/* Leaves everything in RAM and the devices idle, without matrices. */
int invar_train_state_save(struct invar_train_run* run, uint64_t step);
/* After the restart, before anything else: tells the outside where it is. */
int invar_train_state_announce(const struct invar_train_run* run, struct invar_machine* machine);
/* Once everything has its place again. `step`: steps finished. */
int invar_train_state_restore(struct invar_train_run* run, uint64_t* step);

#ifdef __cplusplus
}
#endif

#endif
