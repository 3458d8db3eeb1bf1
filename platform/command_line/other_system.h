#ifndef INVAR_PLATFORM_COMMAND_LINE_OTHER_SYSTEM_H
#define INVAR_PLATFORM_COMMAND_LINE_OTHER_SYSTEM_H

namespace invar::platform {

struct RunConfiguration;

/// Where run.equal_area or run.equal_power names the report of another system: gives this one the
/// chip area of that, or about its mean power, and notes what was asked for.
/// \param configuration complete; has to be completed again if this changes it
/// \return whether it does
/// \throws InputError for reports that lack the figures, and what cannot be met
bool take_size_of_another(RunConfiguration& configuration);

}  // namespace invar::platform

#endif
