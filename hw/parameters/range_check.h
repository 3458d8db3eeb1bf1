#ifndef INVAR_PARAMETERS_RANGE_CHECK_H
#define INVAR_PARAMETERS_RANGE_CHECK_H

#include <iomanip>
#include <sstream>
#include <stdexcept>
#include <string>

namespace invar::parameters {

/// Throws std::invalid_argument "NAME = VALUE: must be from LOW to HIGH" unless LOW <= value <=
/// HIGH. A value that is not a number never passes.
template <typename T>
void require_range(const std::string& name, T value, T low, T high) {
  if (!(value >= low && value <= high)) {
    std::ostringstream message;
    message << std::setprecision(10);
    message << name << " = " << value << ": must be from " << low << " to " << high;
    throw std::invalid_argument(message.str());
  }
}

}  // namespace invar::parameters

#endif
