/* What the driver counts, for the report. A row declares a counter and its figure in "solution";
 * whoever counts adds to the field, and nothing else has to know of it.
 *
 *   COUNTER(field, key, label, meaning)
 *
 * The label is the figure's row in tables; empty: none.
 */
#ifndef INVAR_SW_BOOT_DRIVER_COUNTERS_H
#define INVAR_SW_BOOT_DRIVER_COUNTERS_H

#include <invar/registers/accelerator_commands.h>
#include <stdint.h>

/* clang-format off */
#define INVAR_COMMAND_COUNTERS(COUNTER)                                                    \
  COUNTER(programs, "programs", "", "PROGRAM commands")                                    \
  COUNTER(program_failures, "program_failures", "", "of these, that ended badly")          \
  COUNTER(solves, "solve_commands", "", "SOLVE and PRECONDITION commands")                                  \
  COUNTER(right_hand_sides, "right_hand_sides", "", "solved for on the accelerator")       \
  COUNTER(single_shots, "single_shots", "",                                                \
          "of these, by one shot each, whose residuals nobody knows")                      \
  COUNTER(refined_columns, "refined_columns", "",                                          \
          "of these, checked ones that were refined because their group failed")

#define INVAR_SHOT_COUNTERS(COUNTER)                                                       \
  COUNTER(retries, "retries", "", "shots repeated because an output clipped")              \
  COUNTER(clipped, "clipped_outputs", "", "outputs at the end of the converter's range")   \
  COUNTER(failed_cells, "failed_cells", "", "cells that could not be programmed")          \
  COUNTER(late_refreshes, "late_refreshes", "",                                            \
          "programmings in the background that a step had to wait for")                    \
  COUNTER(foreground_refreshes, "foreground_refreshes", "",                                \
          "refreshes but the first that were asked for in the background and were not: for want "  \
          "of tiles or of places in the ring, or after one that failed")                   \
  COUNTER(stale_layers, "stale_layers", "",                                                \
          "times that a layer kept its old inverses because new ones failed")              \
  COUNTER(quality_slices, "slices_for_quality", "",                                        \
          "times a seed, estimated too weak, got another slice before it was used")

/* In "solution.fallbacks". */
#define INVAR_FALLBACK_COUNTERS(COUNTER)                                                   \
  COUNTER(fallback_slices, "more_slices", "", "solves repeated with more slices")          \
  COUNTER(fallback_damping, "more_damping", "", "matrices programmed again with more damping") \
  COUNTER(fallback_digital, "digital", "digital fall-backs",                               \
          "matrices inverted by the digital engine")

#define INVAR_HOST_COUNTERS(COUNTER)                                                       \
  COUNTER(digital_factorizations, "digital_factorizations", "", "on the digital engine")   \
  COUNTER(digital_right_hand_sides, "digital_right_hand_sides", "",                        \
          "solved for on the digital engine")                                              \
  COUNTER(interrupts, "interrupts", "", "that the firmware took")
/* clang-format on */

#define INVAR_COUNTER_FIELD(field, key, label, meaning) uint64_t field;

/* In RAM, where the platform reads them. */
struct invar_driver_counters {
  INVAR_COMMAND_COUNTERS(INVAR_COUNTER_FIELD)
  INVAR_SHOT_COUNTERS(INVAR_COUNTER_FIELD)
  INVAR_FALLBACK_COUNTERS(INVAR_COUNTER_FIELD)
  INVAR_HOST_COUNTERS(INVAR_COUNTER_FIELD)
  uint64_t not_converged; /* right-hand sides that missed the tolerance but were used */
  uint64_t total_iterations, max_iterations;
  /* K-FAC: where a fall-back made it another optimiser than the one asked for, in which a factor
   * has more damping. */
  uint64_t refreshes;        /* in all */
  uint64_t damped_factors;   /* of the network's that had more damping in some step */
  uint64_t damped_refreshes; /* from which to the next there was such a step */
  uint64_t damped_steps;
  double largest_damping; /* as a multiple of the damping asked for; 0 = never more */
  double max_residual;
  double missed_residual;                     /* the largest of SOLVEs that did not converge */
  double sum_seed_effective_bits;             /* over `solves` */
  uint64_t status_counts[INVAR_STATUS_COUNT]; /* completions by status */
};

#endif
