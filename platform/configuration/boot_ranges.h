#ifndef INVAR_PLATFORM_CONFIGURATION_BOOT_RANGES_H
#define INVAR_PLATFORM_CONFIGURATION_BOOT_RANGES_H

// The firmware's ranges of its parameters (sw/boot/boot_limits.h) for the platform's descriptions,
// under the names of the boot block's fields.

#include <invar/parameters/parameter.h>
#include <invar/sw/boot/boot_limits.h>
#include <invar/sw/boot/layer_kinds.h>

namespace invar::platform {

#define INVAR_RANGE(field, lowest, highest) constexpr parameters::Range field{lowest, highest};
#define INVAR_FIELD_RANGE(field, lowest, highest, otherwise) INVAR_RANGE(field, lowest, highest)

namespace train_ranges {
INVAR_TRAIN_SIZE_RANGES(INVAR_RANGE)
}  // namespace train_ranges

namespace layer_ranges {
INVAR_LAYER_FIELDS(INVAR_FIELD_RANGE)
}  // namespace layer_ranges

namespace workload_ranges {
INVAR_WORKLOAD_SIZE_RANGES(INVAR_RANGE)
INVAR_WORKLOAD_LAYER_RANGES(INVAR_RANGE)
}  // namespace workload_ranges

#undef INVAR_FIELD_RANGE
#undef INVAR_RANGE

}  // namespace invar::platform

#endif
