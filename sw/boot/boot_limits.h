/* Ranges of the parameters in the boot block (boot_block.h). Each stands here, or among the limits
 * of commands, alone: the firmware refuses what is outside, and the platform's parameters of the
 * same names have these ranges.
 *
 * Tables of X(field, lowest, highest); fields of binary32 are compared in binary32. ABOVE: the
 * lowest itself is not allowed.
 */
#ifndef INVAR_SW_BOOT_BOOT_LIMITS_H
#define INVAR_SW_BOOT_BOOT_LIMITS_H

#include <invar/registers/command_limits.h>

#define INVAR_TRAIN_NETWORK_RANGES(X) \
  X(height, 1, 255)                   \
  X(width, 1, 255)                    \
  X(channels, 1, 1024)                \
  X(kernel, 1, 64)                    \
  X(stride, 1, 64)                    \
  X(classes, 2, 256)                  \
  X(batch, 1, 65536)

#define INVAR_TRAIN_DATA_RANGES(X) \
  X(pixel_scale, -1e3, 1e3)        \
  X(pixel_offset, -1e3, 1e3)

#define INVAR_TRAIN_STEP_RANGES(X) X(weight_decay, 0, 1)
#define INVAR_TRAIN_STEP_RANGES_ABOVE(X) \
  X(learning_rate, 0, 1e3)               \
  X(learning_rate_decay, 0, 1)

#define INVAR_TRAIN_MOMENTUM_RANGES(X) X(momentum, 0, 0.9999)

#define INVAR_TRAIN_ADAM_RANGES(X) \
  X(adam_beta1, 0, 0.999999)       \
  X(adam_beta2, 0, 0.999999)
#define INVAR_TRAIN_ADAM_RANGES_ABOVE(X) X(adam_epsilon, 0, 1)

#define INVAR_TRAIN_KFAC_RANGES(X) \
  X(damping, 1e-12, 1e6)           \
  X(kl_clip, 0, 1e6)               \
  X(factor_decay, 0, 0.9999)
#define INVAR_TRAIN_KFAC_INTERVALS(X) \
  X(factor_interval, 1, 100000)       \
  X(inverse_interval, 1, 100000)

/* With the accelerator. */
#define INVAR_TRAIN_TILE_RANGES(X)                                                  \
  X(solve_tolerance, INVAR_LIMIT_SMALLEST_TOLERANCE, INVAR_LIMIT_LARGEST_TOLERANCE) \
  X(contraction_limit, 0, 1000)
#define INVAR_TRAIN_TILE_COUNTS(X)              \
  X(iteration_limit, 0, INVAR_LIMIT_ITERATIONS) \
  X(slices, 0, INVAR_LIMIT_SLICES)              \
  X(slices_limit, 1, INVAR_LIMIT_SLICES)        \
  X(damping_retries, 0, 20)

#define INVAR_SOLVE_RANGES(X)                                                 \
  X(tolerance, INVAR_LIMIT_SMALLEST_TOLERANCE, INVAR_LIMIT_LARGEST_TOLERANCE) \
  X(contraction_limit, 0, 1000)
#define INVAR_SOLVE_COUNTS(X)                   \
  X(iteration_limit, 0, INVAR_LIMIT_ITERATIONS) \
  X(slices, 0, INVAR_LIMIT_SLICES)              \
  X(slices_limit, 1, INVAR_LIMIT_SLICES)

#define INVAR_WORKLOAD_RANGES(X) \
  X(tolerance, INVAR_LIMIT_SMALLEST_TOLERANCE, INVAR_LIMIT_LARGEST_TOLERANCE)
#define INVAR_WORKLOAD_COUNTS(X) X(iteration_limit, 0, INVAR_LIMIT_ITERATIONS)
#define INVAR_WORKLOAD_LAYER_COUNTS(X) \
  X(slices_a, 0, INVAR_LIMIT_SLICES)   \
  X(slices_g, 0, INVAR_LIMIT_SLICES)

/* Of a `solve` and of a workload's layers. */
#define INVAR_BOOT_LARGEST_MATRIX 65535
#define INVAR_BOOT_MOST_LAYERS 4096
#define INVAR_BOOT_MOST_REPEATS 4096
#define INVAR_BOOT_MOST_PRODUCTS 1048576 /* of a layer: largest batch times most heads */
#define INVAR_BOOT_MOST_PASSES 64
#define INVAR_BOOT_MOST_HEADS 256

#endif
