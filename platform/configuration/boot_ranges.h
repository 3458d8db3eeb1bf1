#ifndef INVAR_PLATFORM_CONFIGURATION_BOOT_RANGES_H
#define INVAR_PLATFORM_CONFIGURATION_BOOT_RANGES_H

// The firmware's ranges of its parameters (sw/boot/boot_limits.h) for the platform's descriptions,
// under the names of the boot block's fields.

#include <invar/parameters/parameter.h>
#include <invar/sw/boot/boot_limits.h>

namespace invar::platform {

#define INVAR_RANGE(field, lowest, highest) constexpr parameters::Range field{lowest, highest};
#define INVAR_RANGE_ABOVE(field, lowest, highest) \
  constexpr parameters::Range field{lowest, highest, true};

namespace train_ranges {
INVAR_TRAIN_NETWORK_RANGES(INVAR_RANGE)
INVAR_TRAIN_DATA_RANGES(INVAR_RANGE)
INVAR_TRAIN_STEP_RANGES(INVAR_RANGE)
INVAR_TRAIN_STEP_RANGES_ABOVE(INVAR_RANGE_ABOVE)
INVAR_TRAIN_MOMENTUM_RANGES(INVAR_RANGE)
INVAR_TRAIN_ADAM_RANGES(INVAR_RANGE)
INVAR_TRAIN_ADAM_RANGES_ABOVE(INVAR_RANGE_ABOVE)
INVAR_TRAIN_KFAC_RANGES(INVAR_RANGE)
INVAR_TRAIN_KFAC_INTERVALS(INVAR_RANGE)
INVAR_TRAIN_TILE_RANGES(INVAR_RANGE)
INVAR_TRAIN_TILE_COUNTS(INVAR_RANGE)
}  // namespace train_ranges

namespace solve_ranges {
INVAR_SOLVE_RANGES(INVAR_RANGE)
INVAR_SOLVE_COUNTS(INVAR_RANGE)
}  // namespace solve_ranges

namespace workload_ranges {
INVAR_WORKLOAD_RANGES(INVAR_RANGE)
INVAR_WORKLOAD_COUNTS(INVAR_RANGE)
INVAR_WORKLOAD_LAYER_COUNTS(INVAR_RANGE)
}  // namespace workload_ranges

#undef INVAR_RANGE
#undef INVAR_RANGE_ABOVE

}  // namespace invar::platform

#endif
