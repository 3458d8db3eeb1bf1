/* The parameters of `train`, `solve` and `workload` that the firmware takes, each said once. From
 * these tables come the fields of the boot block (boot_block.h), the firmware's check of them
 * (boot_check.c), the fields of the platform's structures with their defaults, what the platform
 * says and asks about them, and the copy into the boot block.
 *
 *   X(kind, field, default, lowest, highest, unit, text, source, flag, argument)
 *
 * kind      SINGLE binary32, SINGLE_ABOVE the same without the lowest value itself, DOUBLE
 *           binary64, COUNT uint32_t, SWITCH 0 or 1
 * source    a paper, a data set, or the word assumption or choice
 * flag      of the command line, with the name of its argument; "" = none
 */
#ifndef INVAR_SW_BOOT_APP_PARAMETERS_H
#define INVAR_SW_BOOT_APP_PARAMETERS_H

#include <invar/registers/command_limits.h>

#define INVAR_ITERATION_PARAMETERS(X)                                   \
  X(COUNT, iteration_limit, 0, 0, INVAR_LIMIT_ITERATIONS, "iterations", \
    "of a solve, 0 = solver.iteration_limit", "choice", "", "")

/* Of a driver that tries more slices where a seed is poor. REAL: the kind of real numbers. */
#define INVAR_SEED_PARAMETERS(X, REAL)                                 \
  X(COUNT, slices, 0, 0, INVAR_LIMIT_SLICES, "slices",                 \
    "slices in the INV loop, 0 = tile.seed_slices", "choice", "", "")  \
  X(COUNT, slices_limit, 4, 1, INVAR_LIMIT_SLICES, "slices",           \
    "most slices that the driver's fall-back tries", "choice", "", "") \
  X(REAL, contraction_limit, 0.9, 0, 1000, "",                         \
    "estimated contraction above which a seed gets more slices, 0 = never", "choice", "", "")

#define INVAR_TRAIN_DATA_PARAMETERS(X)                                                        \
  X(SINGLE, pixel_scale, 1.0 / 255.0, -1e3, 1e3, "", "network input = scale * byte + offset", \
    "bytes to 0..1", "", "")                                                                  \
  X(SINGLE, pixel_offset, 0.0, -1e3, 1e3, "", "network input = scale * byte + offset",        \
    "0: keeps the input factor without negative entries", "", "")

#define INVAR_TRAIN_STEP_PARAMETERS(X)                                                   \
  X(SINGLE_ABOVE, learning_rate, 0.008, 0, 1e3, "",                                      \
    "step size; default by optimizer:" INVAR_OPTIMIZERS(INVAR_LEARNING_RATE_TEXT),       \
    "tuned on letters under one equal budget (docs/results.md)", "--learning-rate", "X") \
  X(SINGLE_ABOVE, learning_rate_decay, 1.0, 0, 1, "",                                    \
    "multiplied into the step size once an epoch", "choice", "", "")

/* SGD and K-FAC. */
#define INVAR_TRAIN_MOMENTUM_PARAMETERS(X)                                      \
  X(SINGLE, momentum, 0.9, 0, 0.9999, "", "of optimizers that keep a velocity", \
    "kfac-pytorch, kfac-jax", "--momentum", "X")

#define INVAR_TRAIN_DECAY_PARAMETERS(X) \
  X(SINGLE, weight_decay, 0.0, 0, 1, "", "L2 coefficient added to the gradient", "choice", "", "")

#define INVAR_TRAIN_ADAM_PARAMETERS(X)                                                            \
  X(SINGLE, adam_beta1, 0.9, 0, 0.999999, "", "decay of the first moment", "arXiv 1412.6980", "", \
    "")                                                                                           \
  X(SINGLE, adam_beta2, 0.999, 0, 0.999999, "", "decay of the second moment", "arXiv 1412.6980",  \
    "", "")                                                                                       \
  X(SINGLE_ABOVE, adam_epsilon, 1e-8, 0, 1, "", "added to the root of the second moment",         \
    "arXiv 1412.6980", "", "")

#define INVAR_TRAIN_KFAC_PARAMETERS(X)                                                           \
  X(SINGLE, damping, 0.0035, 1e-12, 1e6, "", "factored Tikhonov damping",                        \
    "practice: 1e-3 to 3e-2; tuned on letters", "--damping", "X")                                \
  X(SINGLE, kl_clip, 0.0016, 0, 1e6, "", "bound on the quadratic KL of a step, 0 = off",         \
    "kfac-pytorch; tuned on letters", "--kl-clip", "X")                                          \
  X(SINGLE, factor_decay, 0.95, 0, 0.9999, "", "weight of the old factor in the moving average", \
    "kfac-pytorch, kfac-jax", "", "")                                                            \
  X(COUNT, factor_interval, 1, 1, 100000, "steps", "steps between factor updates", "choice", "", \
    "")                                                                                          \
  X(COUNT, inverse_interval, 10, 1, 100000, "steps", "steps between inversions (T_inv)",         \
    "practice: 1 to 100", "--inverse-interval", "N")

#define INVAR_DEFLATION_PARAMETERS(X)                                                        \
  X(COUNT, deflation_rank, 0, 0, INVAR_LIMIT_RANK, "",                                       \
    "rank of what is kept of a factor beside tiles, or beside the diagonal blocks that the " \
    "digital engine inverts; at most an eighth of its rows; 0 = nothing",                    \
    "choice: docs/results.md", "--deflation-rank", "K")

#define INVAR_BLOCK_PARAMETERS(X)                                                                \
  X(COUNT, block_rows, 128, 1, 65535, "rows",                                                    \
    "most rows of a block that the digital engine inverts, where it has the diagonal ones of a " \
    "factor alone; the accelerator's have tile.rows",                                            \
    "choice: as tile.rows", "--block-rows", "N")

#define INVAR_OPERAND_PARAMETERS(X)                                                                \
  X(SWITCH, operand_port, false, 0, 1, "",                                                         \
    "matrices and right-hand sides that lie in the engine's scratchpad go to the accelerator and " \
    "back through a port of their own, not through RAM",                                           \
    "choice: docs/results.md", "--operand-port", "")

#define INVAR_BIAS_PARAMETERS(X)                                                                  \
  X(SWITCH, eliminate_bias, false, 0, 1, "",                                                      \
    "the bias row of an input factor is eliminated exactly by the accelerator, whose tiles hold " \
    "the covariance of the other activations",                                                    \
    "choice: docs/results.md", "--eliminate-bias", "")

#define INVAR_REPLICA_PARAMETERS(X)                                                               \
  X(COUNT, replicas, 1, 0, INVAR_LIMIT_REPLICAS, "",                                              \
    "times that a factor may stand on tiles to share its right-hand sides: as long as tiles are " \
    "left, the factor whose tiles have most to do gets another set; 0 or 1 = once",               \
    "choice: docs/results.md", "--replicas", "N")

#define INVAR_DELAY_PARAMETERS(X)                                                             \
  X(COUNT, refresh_delay_steps, 0, 0, 100000, "steps",                                        \
    "from a refresh of the inverses to the step that uses it, at most inverse_interval: "     \
    "tiles are programmed in the background where there are enough for old and new; 0 = the " \
    "step that refreshes waits",                                                              \
    "choice: docs/results.md", "--refresh-delay", "N")

/* K-FAC with the accelerator. */
#define INVAR_TRAIN_TILE_PARAMETERS(X)                                                          \
  X(SINGLE, tolerance, 1e-3, INVAR_LIMIT_SMALLEST_TOLERANCE, INVAR_LIMIT_LARGEST_TOLERANCE, "", \
    "relative residual asked of the accelerator", "choice", "--tolerance", "X")                 \
  INVAR_ITERATION_PARAMETERS(X)                                                                 \
  INVAR_SEED_PARAMETERS(X, SINGLE)                                                              \
  INVAR_DEFLATION_PARAMETERS(X)                                                                 \
  INVAR_BIAS_PARAMETERS(X)                                                                      \
  INVAR_BLOCK_PARAMETERS(X)                                                                     \
  INVAR_OPERAND_PARAMETERS(X)                                                                   \
  INVAR_REPLICA_PARAMETERS(X)                                                                   \
  INVAR_DELAY_PARAMETERS(X)                                                                     \
  X(COUNT, damping_retries, 2, 0, 20, "retries",                                                \
    "times the fall-back multiplies what damping adds to a factor by 3, which acts as 9 "       \
    "times train.damping until the next inversion (the report counts it), before it goes "      \
    "digital with train.damping",                                                               \
    "choice", "", "")

#define INVAR_TRAIN_RESTART_PARAMETERS(X)                                                      \
  X(COUNT, checkpoint_interval, 0, 0, 1000000000, "steps",                                     \
    "steps from one restart of the firmware to the next, which checkpoints are taken at (the " \
    "matrices are programmed anew); with K-FAC rounded up to a multiple of inverse_interval; " \
    "0 = none; 200 where a checkpoint is asked for",                                           \
    "choice", "--checkpoint-interval", "N")

#define INVAR_TRAIN_PARAMETERS(X)    \
  INVAR_TRAIN_DATA_PARAMETERS(X)     \
  INVAR_TRAIN_STEP_PARAMETERS(X)     \
  INVAR_TRAIN_MOMENTUM_PARAMETERS(X) \
  INVAR_TRAIN_DECAY_PARAMETERS(X)    \
  INVAR_TRAIN_ADAM_PARAMETERS(X)     \
  INVAR_TRAIN_KFAC_PARAMETERS(X)     \
  INVAR_TRAIN_TILE_PARAMETERS(X)     \
  INVAR_TRAIN_RESTART_PARAMETERS(X)

#define INVAR_SOLVE_PARAMETERS(X)                                                                \
  X(DOUBLE, tolerance, 1e-6, INVAR_LIMIT_SMALLEST_TOLERANCE, INVAR_LIMIT_LARGEST_TOLERANCE, "",  \
    "relative residual with rows scaled, in FP64 against the matrix asked for", "choice",        \
    "--tolerance", "X")                                                                          \
  INVAR_ITERATION_PARAMETERS(X)                                                                  \
  INVAR_SEED_PARAMETERS(X, DOUBLE)                                                               \
  X(COUNT, deflation_rank, 0, 0, INVAR_LIMIT_RANK, "",                                           \
    "rank of what the accelerator keeps of the matrix digitally, below its rows; 0 = nothing",   \
    "choice", "--deflation-rank", "K")                                                           \
  X(SWITCH, general, false, 0, 1, "",                                                            \
    "the matrix need not be symmetric nor definite, only regular", "choice", "--general", "")    \
  X(SWITCH, digital_fallback, true, 0, 1, "",                                                    \
    "right-hand sides that the accelerator cannot solve go to the digital engine", "choice", "", \
    "")

#define INVAR_WORKLOAD_PARAMETERS(X)                                                            \
  X(SINGLE, tolerance, 1e-3, INVAR_LIMIT_SMALLEST_TOLERANCE, INVAR_LIMIT_LARGEST_TOLERANCE, "", \
    "relative residual asked of the accelerator", "choice", "--tolerance", "X")                 \
  INVAR_ITERATION_PARAMETERS(X)                                                                 \
  INVAR_DEFLATION_PARAMETERS(X)                                                                 \
  INVAR_BIAS_PARAMETERS(X)                                                                      \
  INVAR_OPERAND_PARAMETERS(X)                                                                   \
  INVAR_REPLICA_PARAMETERS(X)                                                                   \
  INVAR_DELAY_PARAMETERS(X)

#endif
