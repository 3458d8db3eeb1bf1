/* Ranges of the shapes in the boot block (boot_block.h); those of its other parameters stand with
 * them (app_parameters.h). Each stands here, or among the limits of commands, alone: the firmware
 * refuses what is outside, and the platform's parameters of the same names have these ranges.
 *
 * Tables of X(field, lowest, highest).
 */
#ifndef INVAR_SW_BOOT_BOOT_LIMITS_H
#define INVAR_SW_BOOT_BOOT_LIMITS_H

#include <invar/registers/command_limits.h>

#define INVAR_TRAIN_SIZE_RANGES(X) \
  X(height, 1, 255)                \
  X(width, 1, 255)                 \
  X(classes, 2, 256)               \
  X(batch, 1, 65536)               \
  X(layer_count, 1, 256)

/* Of struct invar_layer_shape; those that only some kinds take: layer_kinds.h. */
#define INVAR_LAYER_RANGES(X) \
  X(height, 1, 255)           \
  X(width, 1, 255)            \
  X(channels, 1, 65534)       \
  X(outputs, 1, 65535)

/* The same in a network that is not computed: rows of a map may be tokens, and an image the
 * channels of one pixel. A window of more than one pixel still needs a map of at most 255 a side.
 */
#define INVAR_WORKLOAD_LAYER_RANGES(X) \
  X(height, 1, 65536)                  \
  X(width, 1, 255)                     \
  X(channels, 1, 100000000)            \
  X(outputs, 1, 100000000)             \
  X(slices_a, 0, INVAR_LIMIT_SLICES)   \
  X(slices_gamma, 0, INVAR_LIMIT_SLICES)

#define INVAR_WORKLOAD_SIZE_RANGES(X) \
  X(batch, 1, 4096)                   \
  X(classes, 1, 100000000)            \
  X(layer_count, 1, 4096)

/* What a value outside is refused with. */
#define INVAR_RANGE_TEXT(field, lowest, highest) \
#field ": " INVAR_TEXT(lowest) " to " INVAR_TEXT(highest)
#define INVAR_TEXT(x) INVAR_TEXT_OF(x)
#define INVAR_TEXT_OF(x) #x

/* Of a `solve`, and of a layer's factors. */
#define INVAR_BOOT_LARGEST_MATRIX 65535

#endif
