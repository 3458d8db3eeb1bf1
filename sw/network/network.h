/* A network on the digital engine: the layers of a table (boot_block.h), softmax, cross-entropy.
 *
 * Every function appends engine jobs and returns at once; errors stick to the engine. The batch is
 * worked off in the groups of the memory plan: forward and backward of one group after the other.
 *
 * Layers with weights are matrix products of activation rows with weights, so all look alike to an
 * optimiser (layer.h).
 */
#ifndef INVAR_SW_NETWORK_NETWORK_H
#define INVAR_SW_NETWORK_NETWORK_H

#include <invar/sw/boot/boot_block.h>
#include <invar/sw/driver/engine_driver.h>
#include <invar/sw/network/layer.h>
#include <invar/sw/network/memory_plan.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the host lays out in RAM for one step; `loss` comes back. */
struct invar_batch_slot {
  uint64_t indices_address; /* uint32: the batch's image numbers, then its labels */
  uint64_t loss_address;    /* a float a group: sum over its images */
};

struct invar_network {
  struct invar_engine* engine;
  struct invar_memory_plan* plan;
  const struct invar_train_parameters* parameters;
  struct invar_layer* layers; /* parameters->layer_count */
  struct invar_layer* last;
  struct invar_layer** weighted; /* those with weights, in order */
  uint32_t weighted_count;
  uint32_t parameter_count;
  struct invar_buffer weights_ram;        /* of all layers, FP32; not of a shared home */
  struct invar_operand weights, gradient; /* parameter_count elements, layer after layer */
  struct invar_operand indices;           /* image numbers, then labels, of the batch */
  struct invar_operand sampled_labels;
  struct invar_operand images; /* pixels */
  struct invar_operand patch_gradient;
  struct invar_operand losses; /* one a group */
};

/* Reads the table and declares the operands. INVAR_RESULT_OUT_OF_MEMORY without RAM. */
int invar_network_init(struct invar_network* network, struct invar_heap* heap,
                       struct invar_memory_plan* plan,
                       const struct invar_train_parameters* parameters);
/* He initialisation (He et al. 2015), uniform in +-sqrt(6 / fan-in), biases 0; loads them. */
void invar_network_initialize_weights(struct invar_network* network);
/* Copies the weights to `weights_ram`. */
void invar_network_store_weights(struct invar_network* network);

/* Of an update, over all parameters at offsets of the scratchpad: c <- alpha a + beta b, c <- 0. */
void invar_network_combine(struct invar_network* network, float alpha, uint32_t a, float beta,
                           uint32_t b, uint32_t c);
void invar_network_clear(struct invar_network* network, uint32_t c);

/* Pixels of a group to class probabilities. */
void invar_network_forward(struct invar_network* network, const struct invar_batch_slot* slot,
                           uint32_t group);
/* The group's part of the mean gradient over the batch with the data's labels, and of the loss;
 * after the last group both are complete. */
void invar_network_backward(struct invar_network* network, const struct invar_batch_slot* slot,
                            uint32_t group);
/* Gradients at the outputs, one image at a time (not averaged), for the group's labels at
 * `sampled_labels`. Overwrites the layers' output gradients; the weight gradient stays. */
void invar_network_backward_sampled(struct invar_network* network, uint32_t group);
/* What is left of a batch whose first group has gone forward: the whole gradient and loss. */
void invar_network_gradients(struct invar_network* network, const struct invar_batch_slot* slot);

/* Labels of an image: one for each row of the output. */
static inline uint32_t invar_network_labels(const struct invar_network* network) {
  return network->last->positions;
}

/* Rows of a layer for factors, as far as they are there after a group. */
struct invar_rows {
  uint32_t count;         /* 0: none yet */
  struct invar_pass pass; /* in which to find them */
  int is_first;           /* of the batch */
};
struct invar_rows invar_network_rows(const struct invar_network* network,
                                     const struct invar_layer* layer, uint32_t group);

/* Offset of the group's probabilities. */
uint32_t invar_network_probabilities(const struct invar_network* network, uint32_t group);

#ifdef __cplusplus
}
#endif

#endif
