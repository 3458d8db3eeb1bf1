#ifndef INVAR_PLATFORM_CONFIGURATION_EQUAL_SIZE_H
#define INVAR_PLATFORM_CONFIGURATION_EQUAL_SIZE_H

#include <cstdint>

namespace invar::platform {

struct RunConfiguration;

/// Gives a system the chip area (`chip_area`) of another one. Without an accelerator the engine
/// gets MAC units (see `set_mac_units`); with one, the accelerator gets tiles. Numbers are rounded
/// down to whole units and tiles.
/// \throws InputError for an area that cannot be met, with the figures, and for a system that has
///         no area or leaves it to the run
void scale_to_area(RunConfiguration& configuration, double chip_m2);

/// To first order: mean power grows with the number of MAC units. So a system that took
/// `measured_w` with `measured_units` takes about `asked_w` with units in proportion. Power grows
/// more slowly than units, so that a few rounds of run and report come ever closer.
/// \throws InputError as above, and for a system whose units do not set its power (with an
///         accelerator)
void scale_to_power(RunConfiguration& configuration, double asked_w, double measured_w,
                    std::uint64_t measured_units);

/// An array of so many MAC units, as square or oblong as the present one as far as they allow; what
/// makes up no array are vector lanes, which take the same area. Bandwidth of the scratchpad in
/// proportion to the units.
/// \throws InputError where the engine's ranges end
void set_mac_units(RunConfiguration& configuration, std::uint64_t units);

}  // namespace invar::platform

#endif
