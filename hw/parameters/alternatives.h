#ifndef INVAR_PARAMETERS_ALTERNATIVES_H
#define INVAR_PARAMETERS_ALTERNATIVES_H

#include <string>
#include <vector>

namespace invar::parameters {

/// "conv, dense or pool", for "must be"; empty for none.
std::string alternatives(const std::vector<std::string>& names);

}  // namespace invar::parameters

#endif
