/* Batches of a training set: the order of the images, shuffled anew each epoch, and what the engine
 * needs of each batch in RAM.
 *
 * The shuffle is Fisher-Yates (Durstenfeld 1964), done one batch ahead of its use, so that the
 * host's work hides behind the engine's.
 */
#ifndef INVAR_SW_APPS_BATCHES_H
#define INVAR_SW_APPS_BATCHES_H

#include <invar/sw/boot/boot_block.h>
#include <invar/sw/driver/heap.h>
#include <invar/sw/network/network.h>
#include <invar/sw/network/random.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Batches that may be under way at once. */
#define INVAR_BATCH_SLOTS 32u

struct invar_batches {
  struct invar_port* port;
  const struct invar_train_parameters* parameters;
  const uint8_t* labels;
  struct invar_buffer order;  /* count uint32 */
  struct invar_buffer slots;  /* for each slot: batch indices, batch labels (uint32) */
  struct invar_buffer losses; /* a float a group for each slot */
  uint32_t groups;
  struct invar_random random;
};

/* `groups`: that a batch is worked off in. `resumed`: the order of the images and the batches that
 * were drawn are in RAM still. */
int invar_batches_init(struct invar_batches* batches, struct invar_port* port,
                       struct invar_heap* heap, const struct invar_train_parameters* parameters,
                       uint32_t groups, int resumed);
/* Draws the batch of `step`, to be called for each step in turn. The engine must be done with the
 * slot. INVAR_RESULT_BAD_ARGUMENT when a label is not a class. */
int invar_batches_prepare(struct invar_batches* batches, uint64_t step);
struct invar_batch_slot invar_batches_slot(const struct invar_batches* batches, uint64_t step);
/* Mean loss of the batch, once the engine has stored it. */
float invar_batches_loss(const struct invar_batches* batches, uint64_t step);

#ifdef __cplusplus
}
#endif

#endif
