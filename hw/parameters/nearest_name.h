#ifndef INVAR_PARAMETERS_NEAREST_NAME_H
#define INVAR_PARAMETERS_NEAREST_NAME_H

#include <string>
#include <vector>

namespace invar::parameters {

/// The name that differs least from `name` (Levenshtein distance), for "did you mean". Empty when
/// none is near: more than half of the letters differ.
std::string nearest_name(const std::string& name, const std::vector<std::string>& names);

}  // namespace invar::parameters

#endif
