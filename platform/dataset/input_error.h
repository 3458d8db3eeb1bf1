#ifndef INVAR_PLATFORM_DATASET_INPUT_ERROR_H
#define INVAR_PLATFORM_DATASET_INPUT_ERROR_H

#include <stdexcept>

namespace invar::platform {

/// The user gave something that cannot be used: a file, a parameter, a flag. The message is one
/// line that names the culprit and the cause; the command ends with status 2.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace invar::platform

#endif
