#ifndef INVAR_PLATFORM_HOST_CORE_NATIVE_HOST_CORE_PARAMETERS_H
#define INVAR_PLATFORM_HOST_CORE_NATIVE_HOST_CORE_PARAMETERS_H

#include <invar/sw/port/port.h>

#include <array>
#include <cstddef>

namespace invar::platform {

/// Time and energy of the modelled host core, by class of operation (enum invar_operation).
struct NativeHostCoreParameters {
  /// 1e6 to 1e10 Hz. 1 GHz (assumption; Ariane in 22 nm reaches 1.7 GHz, arXiv 1904.05442).
  double frequency_hz = 1e9;
  /// Cycles an operation, 1 to 10000: integer, memory, float, divide or square root, exp or log.
  /// In-order single-issue core with a floating-point unit; functions are software (assumption).
  std::array<unsigned, INVAR_OPERATION_COUNT> cycles{1, 2, 2, 20, 60};
  /// Energy an operation, 0 to 1e-6 J. 25 pJ an operation: Ariane, RV64 in 22 nm at its best
  /// efficiency (arXiv 1904.05442). Divide and functions: that times two and sixty (assumption).
  std::array<double, INVAR_OPERATION_COUNT> energy_j{25e-12, 25e-12, 25e-12, 50e-12, 1500e-12};
  /// Let simulated time catch up before each register access. Without it the core polls the past
  /// and results depend on the quantum.
  bool synchronise_registers = true;
  /// Stack of the firmware, 65536 to 67108864 bytes.
  std::size_t stack_bytes = 512 * 1024;

  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

}  // namespace invar::platform

#endif
