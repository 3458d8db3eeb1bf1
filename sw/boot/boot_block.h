/* The boot block: what the platform leaves in RAM for the firmware, and where the firmware leaves
 * its results. Little-endian, naturally aligned; addresses are bus addresses.
 */
#ifndef INVAR_SW_BOOT_BOOT_BLOCK_H
#define INVAR_SW_BOOT_BOOT_BLOCK_H

#include <invar/sw/boot/app_parameters.h>
#include <invar/sw/boot/driver_counters.h>
#include <stdint.h>

#define INVAR_BOOT_MAGIC 0x52564E49424F4F54ull

/* INVAR_APP_NONE: a program of the user's own, which finds RAM and heap here and nothing else. */
enum invar_app {
  INVAR_APP_NONE = 0,
  INVAR_APP_TRAIN = 1,
  INVAR_APP_SOLVE = 2,
  INVAR_APP_WORKLOAD = 3
};
enum invar_optimizer {
  INVAR_OPTIMIZER_KFAC = 1,
  INVAR_OPTIMIZER_SGD = 2,
  INVAR_OPTIMIZER_ADAM = 3
};
/* Which machine solves: the RRAM accelerator (also in its exact mode) or the digital engine. */
enum invar_solver { INVAR_SOLVER_ACCELERATOR = 1, INVAR_SOLVER_ENGINE = 2 };
/* K-FAC: solve for every gradient, or form the explicit inverse once per inverse interval. */
enum invar_kfac_apply { INVAR_KFAC_APPLY_SOLVE = 1, INVAR_KFAC_APPLY_INVERSE = 2 };

/* The fields of the tables in app_parameters.h. */
#define INVAR_BOOT_TYPE_SINGLE float
#define INVAR_BOOT_TYPE_SINGLE_ABOVE float
#define INVAR_BOOT_TYPE_DOUBLE double
#define INVAR_BOOT_TYPE_COUNT uint32_t
#define INVAR_BOOT_TYPE_SWITCH uint32_t
#define INVAR_BOOT_FIELD(kind, field, ...) INVAR_BOOT_TYPE_##kind field;

enum invar_layer_kind {
  INVAR_LAYER_PRODUCT = 1, /* weights: a convolution; a dense layer is one on a map of 1 x 1 */
  INVAR_LAYER_MAXPOOL = 2, /* windows of 2 x 2, stride 2 */
  INVAR_LAYER_ADD = 3      /* plus the output of an earlier layer of the same shape */
};
#define INVAR_LAYER_RELU 0x1u /* after it; not MAXPOOL */
#define INVAR_LAYER_BIAS 0x2u /* PRODUCT */

/* A layer of the network that `train` trains. Its input is the output of the layer before it, the
 * first one's an image; maps are row, column, channel (channel fastest), and a dense layer takes
 * all elements of one as the channels of its 1 x 1. The last layer is a PRODUCT with a row of
 * `classes` outputs, which softmax and cross-entropy follow. */
struct invar_layer_shape {
  uint32_t kind;
  uint32_t flags;
  uint32_t height, width, channels; /* of the input */
  uint32_t outputs;                 /* channels of the output */
  uint32_t kernel, stride, padding; /* PRODUCT */
  uint32_t addend;                  /* ADD: which layer's output, from 0 */
};

/* Hyper-parameters and data of `train`. */
struct invar_train_parameters {
  uint32_t optimizer;
  uint32_t solver;
  uint32_t kfac_apply;
  uint32_t batch;               /* images a step */
  uint64_t steps;               /* in all */
  uint32_t steps_per_epoch;     /* full batches only; the order is shuffled anew each epoch */
  uint32_t evaluation_interval; /* steps between progress records that ask for an evaluation */
  uint64_t seed;
  uint32_t height, width; /* of an image, one channel */
  uint32_t classes;
  uint32_t layer_count;
  uint64_t layers_address; /* struct invar_layer_shape */
  /* data: `count` images of height*width bytes, `count` labels of one byte from 0 */
  uint64_t images_address;
  uint64_t labels_address;
  uint64_t count;
  INVAR_TRAIN_PARAMETERS(INVAR_BOOT_FIELD)
};

/* Parameters of `solve`: one n x n matrix, `columns` right-hand sides, binary64. */
struct invar_solve_parameters {
  uint64_t matrix_address;   /* row-major */
  uint64_t rhs_address;      /* columns x n: one right-hand side after another */
  uint64_t solution_address; /* the same shape */
  uint32_t n;
  uint32_t columns;
  uint32_t solver;
  INVAR_SOLVE_PARAMETERS(INVAR_BOOT_FIELD)
};

/* One kind of layer of a large network, or several alike. */
enum invar_workload_kind {
  INVAR_WORKLOAD_LINEAR = 1,      /* convolution or fully connected: weights n x k */
  INVAR_WORKLOAD_PRODUCT = 2,     /* `products` independent products without weights (attention) */
  INVAR_WORKLOAD_ELEMENTWISE = 3, /* `passes` multiply-adds of each output element */
  INVAR_WORKLOAD_SOFTMAX = 4      /* rows of n */
};
#define INVAR_WORKLOAD_RELU 0x1u
#define INVAR_WORKLOAD_FIRST 0x2u /* nobody asks for the gradient of its input */

struct invar_workload_layer {
  uint32_t kind;
  uint32_t flags;
  uint32_t repeats;
  uint32_t m, n, k;  /* forward product: m positions of the batch, n outputs, k inputs each */
  uint32_t products; /* PRODUCT */
  uint32_t passes;   /* ELEMENTWISE */
  uint64_t input_elements, output_elements; /* of the batch */
  uint32_t images, channels,
      geometry;                /* IM2COL job, geometry 0 = none; images may be 0 to mean 1 */
  uint32_t factor_a, factor_g; /* sizes of the Kronecker factors; 0 = no factors */
  uint32_t tiles_a, tiles_g;   /* that each takes; more than there are: the engine inverts it */
  uint32_t slices_a, slices_g; /* in the INV loop, 0 = the accelerator's default */
  uint32_t reserved;
};

/* `workload`: steps of K-FAC on a large network at timing fidelity: commands and jobs of the right
 * sizes, without numbers. All operands share one region of RAM. The first step updates factors and
 * inverts them, the second updates factors alone, the third does neither. */
struct invar_workload_parameters {
  uint64_t layers_address; /* struct invar_workload_layer */
  uint64_t data_address;   /* the shared region */
  uint64_t data_bytes;     /* at least what the largest matrix or vectors take in binary32 */
  uint32_t layer_count;
  uint32_t solver;
  uint32_t kfac_apply;
  INVAR_WORKLOAD_PARAMETERS(INVAR_BOOT_FIELD)
};
#define INVAR_WORKLOAD_STEPS 3u

struct invar_boot_block {
  uint64_t magic;
  uint32_t app;
  uint32_t reserved;
  uint64_t ram_base, ram_bytes;
  uint64_t heap_address, heap_bytes; /* RAM that the firmware may use freely */
  uint64_t counters_address;         /* struct invar_driver_counters, written by the firmware */
  union {
    struct invar_train_parameters train;
    struct invar_solve_parameters solve;
    struct invar_workload_parameters workload;
  } parameters;
};

/* Written by `train` and `workload` (which fills in `step` alone) and announced through
 * INVAR_HOST_REG_PROGRESS (address / 16). */
struct invar_progress {
  uint64_t step; /* steps finished */
  float loss;    /* of the last batch */
  float smoothed_loss;
  uint32_t evaluate; /* 1: the weights below are current in RAM; evaluate them */
  uint32_t reserved;
  /* FP32, layer after layer: outputs x inputs, the bias last; inputs of a patch are ordered
   * channel, row, column */
  uint64_t weights_address;
  uint64_t weight_count;
};

/* Exit codes of the firmware. */
enum invar_exit {
  INVAR_EXIT_OK = 0,
  INVAR_EXIT_BAD_BOOT_BLOCK = 1,
  INVAR_EXIT_OUT_OF_MEMORY = 2,
  INVAR_EXIT_DEVICE_ERROR = 3, /* an engine job failed, or a bus error */
  INVAR_EXIT_SOLVE_FAILED = 4, /* `solve`: a status other than OK after every fall-back */
  INVAR_EXIT_DIVERGED = 5,     /* loss is not finite */
  INVAR_EXIT_STOPPED = 6,      /* the user asked for an early end */
  INVAR_EXIT_FAULT = 7         /* an exception that the firmware has no remedy for */
};

#endif
