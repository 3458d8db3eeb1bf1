#ifndef INVAR_PLATFORM_CONFIGURATION_PRESET_H
#define INVAR_PLATFORM_CONFIGURATION_PRESET_H

#include <invar/platform/configuration/run_configuration.h>

#include <string>
#include <vector>

namespace invar::platform {

// Technologies and machines as data: each file of platform/configuration/presets/ holds parameters
// of a machine with their sources, and is compiled in.

/// A preset as it stands in its file.
struct Preset {
  const char* name;
  const char* text;  ///< TOML
};

const std::vector<Preset>& presets();

/// Takes the parameters of a preset into the configuration, or of several with + between, each over
/// those before it: a technology, and what is built in it.
/// \throws InputError for a name that is not there, with those that are
void apply_preset(const std::string& name, RunConfiguration& configuration);

}  // namespace invar::platform

#endif
