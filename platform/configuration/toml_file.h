#ifndef INVAR_PLATFORM_CONFIGURATION_TOML_FILE_H
#define INVAR_PLATFORM_CONFIGURATION_TOML_FILE_H

#include <invar/platform/configuration/parameter_table.h>

#include <string>
#include <vector>

namespace invar::platform {

/// Reads a TOML file of `[group]` tables with `name = value` lines into the configuration.
/// \throws InputError "FILE:LINE: what": not readable, syntax, unknown group or key (with the
/// nearest known one), wrong kind of value, out of range.
/// \param foreign top-level keys that somebody else reads
void read_toml_file(const std::string& path, RunConfiguration& configuration,
                    const std::vector<std::string>& foreign = {});

/// The same of a text. \param name of it, for messages
void read_toml_text(const std::string& name, const std::string& text,
                    RunConfiguration& configuration, const std::vector<std::string>& foreign = {});

/// Whether a TOML file has a top-level key or table of a name. \throws InputError as above
bool has_toml_key(const std::string& path, const std::string& name);

/// A TOML text of all parameters that have a meaning for the command, with unit, allowed range
/// and source as comments. Reads back to the same configuration.
std::string write_toml(const RunConfiguration& configuration);

}  // namespace invar::platform

#endif
