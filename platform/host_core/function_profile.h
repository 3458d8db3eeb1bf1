#ifndef INVAR_PLATFORM_HOST_CORE_FUNCTION_PROFILE_H
#define INVAR_PLATFORM_HOST_CORE_FUNCTION_PROFILE_H

#include <invar/parameters/description_fwd.h>
#include <invar/sw/port/port.h>

#include <array>
#include <cstdint>
#include <map>
#include <string>

namespace invar::platform {

/// Whether the functions of the firmware are counted.
struct FunctionProfileParameters {
  std::string file;  ///< empty = no profile

  /// Texts and sources of all parameters.
  static const parameters::Description<FunctionProfileParameters>& description();
};

/// Where the native core's time goes: calls of the firmware's functions, the counts they worked on,
/// and the operations that they were charged.
class FunctionProfile {
 public:
  explicit FunctionProfile(const FunctionProfileParameters& parameters) : file_(parameters.file) {}

  void add(const invar_function_cost& cost, std::uint64_t first, std::uint64_t second);
  /// Writes a line for each function: file, function, calls, both counts, operations by class.
  void close();
  /// Why the file is not complete; empty if it is.
  const std::string& failure() const { return failure_; }

 private:
  using Counts = std::array<std::uint64_t, 3>;  ///< calls, and the sums of both counts

  std::string file_;
  std::map<const invar_function_cost*, Counts> counts_;
  std::string failure_;
};

}  // namespace invar::platform

#endif
