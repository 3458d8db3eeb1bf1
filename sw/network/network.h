/* The two-layer network on the digital engine: convolution (kernel x kernel, stride), ReLU, 2 x 2
 * max-pool, fully connected layer, softmax with cross-entropy.
 *
 * Every function appends engine jobs and returns at once; errors stick to the engine. Operands stay
 * in the scratchpad from the batch's pixels to the gradients.
 *
 * Both layers are matrix products of activation rows with weights, so both look alike to an
 * optimiser: rows of `inputs` activations (the last one 1, for the bias), rows of `outputs`
 * gradients, weights `outputs` x `inputs`. For the convolution a row is one patch (im2col) of one
 * image, for the dense layer it is one image.
 */
#ifndef INVAR_SW_NETWORK_NETWORK_H
#define INVAR_SW_NETWORK_NETWORK_H

#include <invar/sw/boot/boot_block.h>
#include <invar/sw/driver/engine_driver.h>
#include <invar/sw/network/scratchpad.h>

#ifdef __cplusplus
extern "C" {
#endif

#define INVAR_NETWORK_LAYERS 2u

/* Offsets are bytes in the scratchpad. */
struct invar_layer {
  uint32_t outputs;
  uint32_t inputs;          /* with the bias */
  uint32_t rows;            /* of a batch: images x positions */
  uint32_t positions;       /* rows of one image */
  uint32_t activations;     /* rows x inputs */
  uint32_t output_gradient; /* rows x outputs, as the last backward pass left it */
  uint32_t first_parameter; /* element of the weights and gradient vectors where its own begin */
};

/* What the host lays out in RAM for one step; `loss` comes back. */
struct invar_batch_slot {
  uint64_t indices_address; /* batch uint32 image numbers, then batch uint32 labels */
  uint64_t loss_address;    /* float: sum over the batch */
};

struct invar_network {
  struct invar_engine* engine;
  const struct invar_train_parameters* parameters;
  uint32_t out_height, out_width;   /* of the convolution */
  uint32_t pool_height, pool_width; /* of the max-pool */
  uint32_t features;                /* pool_height * pool_width * channels */
  uint32_t parameter_count;
  struct invar_layer layers[INVAR_NETWORK_LAYERS];
  struct invar_buffer weights_ram; /* both layers, FP32 */
  /* scratchpad */
  uint32_t weights, gradient; /* parameter_count elements: convolution, then dense */
  uint32_t indices, labels, sampled_labels;
  uint32_t images; /* shares its place with the convolution's output gradient */
  uint32_t convolved, winners, pooled_gradient, probabilities;
  uint32_t loss;
  /* The place of the patches, at least `workspace_elements` long; free for others from the last
   * use of the patches in a step to its end. */
  uint32_t workspace;
};

/* Plans the memory. INVAR_RESULT_OUT_OF_MEMORY when the scratchpad is too small for the plan so
 * far. `workspace_elements`: see invar_network.workspace. */
int invar_network_init(struct invar_network* network, struct invar_engine* engine,
                       struct invar_heap* heap, struct invar_scratchpad* scratchpad,
                       const struct invar_train_parameters* parameters,
                       uint64_t workspace_elements);

/* He initialisation (He et al. 2015), uniform in +-sqrt(6 / fan-in), biases 0; loads them. */
void invar_network_initialize_weights(struct invar_network* network);
/* Copies the weights to `weights_ram`. */
void invar_network_store_weights(struct invar_network* network);

/* Pixels to class probabilities. */
void invar_network_forward(struct invar_network* network, const struct invar_batch_slot* slot);
/* Mean gradient over the batch with the data's labels, and the loss. */
void invar_network_backward(struct invar_network* network, const struct invar_batch_slot* slot);
/* Gradients at both layers' outputs, one image at a time (not averaged), for the labels at
 * `sampled_labels`. Overwrites the layers' output gradients; the weight gradient stays. */
void invar_network_backward_sampled(struct invar_network* network);

#ifdef __cplusplus
}
#endif

#endif
