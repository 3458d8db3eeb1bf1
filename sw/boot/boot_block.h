/* The boot block: what the platform leaves in RAM for the firmware, and where the firmware leaves
 * its results. Little-endian, naturally aligned; addresses are bus addresses.
 */
#ifndef INVAR_SW_BOOT_BOOT_BLOCK_H
#define INVAR_SW_BOOT_BOOT_BLOCK_H

#include <invar/sw/boot/app_parameters.h>
#include <invar/sw/boot/driver_counters.h>
#include <invar/sw/boot/layer_kinds.h>
#include <invar/sw/boot/optimizers.h>
#include <stdint.h>

#define INVAR_BOOT_MAGIC 0x52564E49424F4F54ull

/* INVAR_APP_NONE: a program of the user's own, which finds RAM and heap here and nothing else. */
enum invar_app {
  INVAR_APP_NONE = 0,
  INVAR_APP_TRAIN = 1,
  INVAR_APP_SOLVE = 2,
  INVAR_APP_WORKLOAD = 3
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

/* A layer of a network. Its input is the output of the layer before it, the first one's an image;
 * maps are row, column, channel (channel fastest), and a dense layer takes all elements of one as
 * the channels of its 1 x 1, or of each token if the map's rows are tokens. The last layer is a
 * PRODUCT with rows of `classes` outputs, which softmax and cross-entropy follow. */
struct invar_layer_shape {
  uint32_t kind;
  uint32_t flags;
  uint32_t height, width, channels; /* of the input */
  uint32_t outputs;                 /* channels of the output */
  uint32_t addend;                  /* ADD: which layer's output, from 0 */
#define INVAR_LAYER_FIELD(field, ...) uint32_t field;
  INVAR_LAYER_FIELDS(INVAR_LAYER_FIELD)
#undef INVAR_LAYER_FIELD
  /* PRODUCT: what its Kronecker factors, A of the inputs and Gamma of the outputs, take on the
   * accelerator: tiles, 0 = unknown; slices in the INV loop, 0 = those of the parameters */
  uint32_t tiles_a, tiles_gamma;
  uint32_t slices_a, slices_gamma;
};

/* Hyper-parameters and data of `train`. */
struct invar_train_parameters {
  uint32_t optimizer;
  uint32_t solver;
  uint32_t kfac_apply;
  uint32_t service;             /* enum invar_service of the accelerator's solves */
  uint32_t block_layout;        /* INVAR_BLOCKS_* of its matrices */
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
  uint32_t resumed; /* 1: goes on from a checkpoint that INVAR_HOST_REG_CHECKPOINT brings */
  INVAR_TRAIN_PARAMETERS(INVAR_BOOT_FIELD)
};

/* At the start of the heap, all that a training goes on with after a restart, told through
 * INVAR_HOST_REG_CHECKPOINT (address / 16) as the first thing then: the outside keeps the bytes, or
 * puts those of an earlier checkpoint in their place. The devices are idle and hold no matrix. */
struct invar_checkpoint {
  uint64_t step;  /* steps finished */
  uint64_t bytes; /* of RAM from this structure on */
};

/* Parameters of `solve`: one n x n matrix, `columns` right-hand sides, binary64. */
struct invar_solve_parameters {
  uint64_t matrix_address;   /* row-major */
  uint64_t rhs_address;      /* columns x n: one right-hand side after another */
  uint64_t solution_address; /* the same shape */
  uint32_t n;
  uint32_t columns;
  uint32_t solver;
  uint32_t service;      /* enum invar_service; of a general matrix refined */
  uint32_t block_layout; /* INVAR_BLOCKS_* */
  INVAR_SOLVE_PARAMETERS(INVAR_BOOT_FIELD)
};

/* `workload`: steps of the training above, with K-FAC, on a network too large to compute, at timing
 * fidelity: every job and command of it, without numbers. Layers need not follow one another: each
 * tells the size of its input. Whatever goes to RAM shares one region. The first step updates
 * factors and inverts them, the second updates factors alone, the third does neither.
 *
 * `warms_up`: a step that refreshes all inverses comes before, so that what is measured writes over
 * what tiles hold, and begins with inverses that serve where tiles are programmed in the
 * background. The steps up to the one that uses the new ones belong to the first then, every
 * `factor_interval`th of them updates factors. */
struct invar_workload_parameters {
  struct invar_train_parameters training; /* of its data only the shape of an image is looked at */
  uint64_t data_address;                  /* the shared region */
  uint64_t data_bytes;  /* at least what one command names: a matrix or a layer's gradient */
  uint32_t delay_steps; /* from a refresh to the step that uses it; 0: it waits */
  uint32_t factor_interval;
  uint32_t warms_up; /* always where delay_steps is not 0 */
};
/* Steps are numbered so that `training` says by its intervals what each does: factors at every
 * second one, inverses so far apart that none but those asked for are due. */
#define INVAR_WORKLOAD_FACTOR_INTERVAL 2u
#define INVAR_WORKLOAD_INVERSE_INTERVAL(delay_steps) (4u + 2u * (delay_steps))
/* The refresh that begins at an even step is due at the `delay_steps`th after it. */
#define INVAR_WORKLOAD_REFRESH_DELAY(delay_steps) ((delay_steps) == 0u ? 0u : 2u * (delay_steps)-1u)
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
  INVAR_EXIT_FAULT = 7,        /* an exception that the firmware has no remedy for */
  INVAR_EXIT_RESTART = 8       /* inside the firmware: `train` starts anew from its checkpoint */
};

#endif
