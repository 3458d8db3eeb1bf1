#ifndef INVAR_PLATFORM_CONFIGURATION_TOML_DOCUMENT_H
#define INVAR_PLATFORM_CONFIGURATION_TOML_DOCUMENT_H

#include <string>
#include <toml.hpp>

namespace invar::platform {

/// Parses the text of a TOML file; an empty one is an empty table.
/// \throws InputError "FILE:LINE: what": syntax, or arrays, tables or dotted keys beyond
/// k_deepest_nesting
toml::value parse_toml(const std::string& path, const std::string& text);

}  // namespace invar::platform

#endif
