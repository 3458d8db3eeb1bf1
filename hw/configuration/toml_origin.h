#ifndef INVAR_CONFIGURATION_TOML_ORIGIN_H
#define INVAR_CONFIGURATION_TOML_ORIGIN_H

#include <invar/configuration/toml_document.h>
#include <invar/parameters/origin.h>

#include <string>

namespace invar::configuration {

/// What a table with a `value` says of its origin: a source, and perhaps node, year and
/// `believed = [lowest, highest]`, with the value within.
/// \throws std::invalid_argument that names what is wrong
parameters::Origin read_origin(const std::string& key, const TomlValue& table);

/// Such a table.
std::string value_with_origin(const parameters::Value& value, const parameters::Origin& origin);

}  // namespace invar::configuration

#endif
