/* A layer at work: its sizes, its operands, and what its kind does with them.
 *
 * Every function appends engine jobs for one group of images (memory_plan.h) and returns at once.
 * A kind is a row of layer_kinds.h and a file that fills in a `struct invar_layer_operations`.
 */
#ifndef INVAR_SW_NETWORK_LAYER_H
#define INVAR_SW_NETWORK_LAYER_H

#include <invar/sw/boot/boot_block.h>
#include <invar/sw/network/memory_plan.h>

#ifdef __cplusplus
extern "C" {
#endif

struct invar_layer;

/* Where a pass stands: images first .. first + count - 1 of the batch. */
struct invar_pass {
  struct invar_engine* engine;
  struct invar_memory_plan* plan;
  const struct invar_operand* weights; /* of all layers */
  uint32_t phase;
  uint32_t first, count;
};

struct invar_layer_operations {
  /* Declares operands. */
  void (*declare)(struct invar_memory_plan* plan, struct invar_layer* layer);
  /* Output from the input. */
  void (*forward)(const struct invar_pass* pass, const struct invar_layer* layer);
  /* Gradient at the input from that at the output (before ReLU), which is in the scratchpad; not
   * for the first layer. */
  void (*backward)(const struct invar_pass* pass, const struct invar_layer* layer);
  /* The output of `count` images, before ReLU, for those who evaluate a network without an engine:
   * from the input, and the output of the addend. NULL: not trained, or PRODUCT, which has weights.
   */
  void (*evaluate)(const struct invar_layer_shape* shape, const float* input, const float* addend,
                   float* output, uint32_t count);
  /* Height or width of the output, from that of the input; NULL: the same. */
  uint32_t (*side)(const struct invar_layer_shape* shape, uint32_t size);
  /* What its row of layer_kinds.h does not tell: why layer `number` cannot be, NULL: it can.
   * Fields, flags and outputs are as the row says. May be NULL. */
  const char* (*check)(const struct invar_layer_shape* shape, uint32_t number);
};

/* Where a group finds the rows of its images: an operand of the group alone, or its part of one
 * that holds the whole batch. */
struct invar_place {
  const struct invar_operand* operand;
  uint32_t image_bytes; /* from an image of the batch to the next; 0: of the group alone */
};

struct invar_layer {
  const struct invar_layer_shape* shape;
  const struct invar_layer_operations* operations;
  struct invar_layer* before; /* NULL: the images */
  struct invar_layer* after;  /* NULL: the last one */
  struct invar_layer* addend; /* ADD */
  int is_addend;              /* of some layer */
  uint32_t out_height, out_width;
  struct invar_place input;           /* the output of the layer before, or the images */
  struct invar_place output;          /* maps, or rows of the layer after that a pooling writes */
  struct invar_place output_gradient; /* before ReLU, once the backward pass has been there */
  struct invar_operand maps, map_gradient; /* what output and output_gradient own */
  /* What the way back needs: winners of windows (MAXPOOL), scores of tokens (ATTENTION). */
  struct invar_operand intermediate;
  /* PRODUCT, as optimisers see it: rows of `inputs` activations (the last one 1, for the bias),
   * rows of `outputs` gradients, weights outputs x inputs. A row is a patch of one image. */
  uint32_t outputs, inputs;
  uint32_t positions; /* rows of one image */
  uint32_t rows;      /* of a batch */
  /* Whether the rows of the whole batch are kept, because there is one an image: what is summed
   * over them may be one job, after the last group. */
  int keeps_batch;
  int is_fed_by_pool;             /* its rows are what a pooling before it writes, with the bias */
  uint32_t first_parameter;       /* element of weights and gradient where its own begin */
  struct invar_place activations; /* rows x inputs */
  struct invar_operand patches;   /* what activations own */
  const struct invar_operand* patch_gradient; /* of a group; all layers share it */
};

/* Why this cannot be layer `number` of a network for `use`; NULL: it can. The ranges of sizes are
 * the caller's to check (boot_limits.h). */
const char* invar_layer_check(const struct invar_layer_shape* shape, uint32_t number,
                              enum invar_layer_use use);

/* Of a layer that can be. Height or width of the output, from that of the input. */
uint32_t invar_layer_side(const struct invar_layer_shape* shape, uint32_t size);
/* `evaluate` of its kind, before ReLU. Not for PRODUCT. */
void invar_layer_evaluate(const struct invar_layer_shape* shape, const float* input,
                          const float* addend, float* output, uint32_t count);
/* PRODUCT: elements of a row of activations, the bias included. */
uint32_t invar_layer_inputs(const struct invar_layer_shape* shape);
/* Elements of the input and of the output of one image. */
uint64_t invar_layer_input_elements(const struct invar_layer_shape* shape);
uint64_t invar_layer_output_elements(const struct invar_layer_shape* shape);

/* Sizes and places; `before`, `after`, `addend`, `is_addend` and `patch_gradient` are set, and the
 * layers before are done. `images`: what the first layer reads. */
void invar_layer_init(struct invar_layer* layer, const struct invar_operand* images,
                      uint32_t batch);

/* Offset of the pass's first image. */
static inline uint32_t invar_offset(const struct invar_pass* pass,
                                    const struct invar_place* place) {
  return place->operand->offset + pass->first * place->image_bytes;
}

/* The same with the pass's `elements` an image loaded from RAM, if they live there; and what the
 * pass has written there sent home. */
uint32_t invar_fetch(const struct invar_pass* pass, const struct invar_place* place,
                     uint64_t elements);
void invar_commit(const struct invar_pass* pass, const struct invar_place* place,
                  uint64_t elements);

/* What optimisers work on: offsets of the pass's rows, and of the weights, of a PRODUCT. */
uint32_t invar_layer_activations(const struct invar_pass* pass, const struct invar_layer* layer);
uint32_t invar_layer_output_gradient(const struct invar_pass* pass,
                                     const struct invar_layer* layer);
uint32_t invar_layer_weights(const struct invar_pass* pass, const struct invar_layer* layer);

/* Output, with ReLU if it has one. */
void invar_layer_forward(const struct invar_pass* pass, const struct invar_layer* layer);
/* Gradient of the layer before, from that of the output, which becomes that before the ReLU. All
 * layers behind have had their turn. */
void invar_layer_backward(const struct invar_pass* pass, const struct invar_layer* layer);

/* Adds to the gradient at the output of an addend those of the sums that it is part of. */
void invar_layer_add_gradients(const struct invar_pass* pass, const struct invar_layer* layer);

/* The kinds. */
#define INVAR_LAYER_OPERATIONS(name, number, file, ...) \
  extern const struct invar_layer_operations invar_layer_##file;
INVAR_LAYER_KINDS(INVAR_LAYER_OPERATIONS)
#undef INVAR_LAYER_OPERATIONS

#ifdef __cplusplus
}
#endif

#endif
