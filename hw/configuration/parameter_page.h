#ifndef INVAR_CONFIGURATION_PARAMETER_PAGE_H
#define INVAR_CONFIGURATION_PARAMETER_PAGE_H

#include <invar/parameters/description.h>

#include <string>

namespace invar::configuration {

/// Without the type of the structure; used by what stands below.
std::string parameter_tables(const parameters::ParameterList& list, const void* structure);

/// All parameters of a structure as Markdown: a heading and a table a group, with the values that
/// the structure has, units, allowed ranges, descriptions and sources.
template <typename Structure>
std::string write_parameter_page(const parameters::Description<Structure>& description,
                                 const Structure& structure) {
  return parameter_tables(description, &structure);
}

}  // namespace invar::configuration

#endif
