#ifndef INVAR_CONFIGURATION_TOML_PARAMETERS_H
#define INVAR_CONFIGURATION_TOML_PARAMETERS_H

#include <invar/parameters/description.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace invar::configuration {

/// How a parameter stands in a written file.
enum class Listed { no, yes, commented_out };
using Selection = std::function<Listed(const parameters::Parameter&)>;

/// Without the type of the structure; used by what stands below.
std::set<std::string> read_parameters(const std::string& path, const std::string& text,
                                      const parameters::ParameterList& list, void* structure,
                                      const std::vector<std::string>& foreign,
                                      parameters::Origins* origins);
std::string write_parameters(const parameters::ParameterList& list, const void* structure,
                             const Selection& selection, const parameters::Origins& origins);
std::string read_text_file(const std::string& path);

/// Reads `[group]` tables with `name = value` lines into a structure. A value may come with its
/// origin: `name = { value = 26e-15, source = "Murmann survey", node = "65 nm", year = 2025,
/// believed = [15e-15, 180e-15] }`, with a source at least.
/// \param path of the file, for messages \param foreign top-level keys that somebody else reads
/// \param origins gets those that are told; forgets those of values that come without
/// \return the keys that were set
/// \throws std::invalid_argument "FILE:LINE: what": syntax, unknown group or key (with the nearest
/// known one), wrong kind of value, out of range. The structure may have been changed in part.
template <typename Structure>
std::set<std::string> read_toml(const std::string& path, const std::string& text,
                                const parameters::Description<Structure>& description,
                                Structure& structure, const std::vector<std::string>& foreign = {},
                                parameters::Origins* origins = nullptr) {
  return read_parameters(path, text, description, &structure, foreign, origins);
}

/// The same from a regular file of at most 1 MiB.
///
/// \code
/// accelerator::AcceleratorParameters parameters;
/// read_toml_file("accelerator.toml", parameters.description(), parameters);
/// parameters.check();  // what relates several parameters; the module's constructor does it too
/// \endcode
///
/// \throws std::invalid_argument as `read_toml`, and where the file cannot be read
template <typename Structure>
std::set<std::string> read_toml_file(const std::string& path,
                                     const parameters::Description<Structure>& description,
                                     Structure& structure) {
  return read_toml(path, read_text_file(path), description, structure);
}

/// All parameters of a structure as a TOML file, with unit, allowed range, description and origin
/// of the default as comments. Reads back to the same structure.
/// \param selection which ones; by default all \param origins of values that are not the defaults
template <typename Structure>
std::string write_toml(const parameters::Description<Structure>& description,
                       const Structure& structure, const Selection& selection = {},
                       const parameters::Origins& origins = {}) {
  return write_parameters(description, &structure, selection, origins);
}

}  // namespace invar::configuration

#endif
