#ifndef INVAR_PLATFORM_HOST_CORE_HOST_CORE_PARAMETERS_H
#define INVAR_PLATFORM_HOST_CORE_HOST_CORE_PARAMETERS_H

#include <invar/parameters/description_fwd.h>
#include <invar/sw/port/port.h>

#include <array>
#include <cstddef>

namespace invar::platform {

/// Which host core runs the firmware.
enum class HostCoreKind {
  native,   ///< the firmware as code of the host, time charged by its functions
  riscv,    ///< the firmware's RISC-V image on an instruction-set simulator
  external  ///< the integrator's own, at the SoC's open socket
};

/// Time and energy of the modelled host core, by class of operation (enum invar_operation): an
/// instruction on RISC-V, a charged operation on the native core.
struct HostCoreParameters {
  double frequency_hz = 1e9;
  /// Cycles an operation.
  std::array<unsigned, INVAR_OPERATION_COUNT> cycles{1, 2, 3, 20, 2, 20};
  /// Energy an operation.
  std::array<double, INVAR_OPERATION_COUNT> energy_j{25e-12, 25e-12, 25e-12,
                                                     50e-12, 25e-12, 50e-12};
  /// Leakage.
  double static_power_w = 5e-3;
  /// Let simulated time catch up before each register access. Without it the core polls the past
  /// and results depend on the quantum.
  bool synchronise_registers = true;
  /// Stack of the thread that runs the firmware or the simulator.
  std::size_t stack_bytes = 1024 * 1024;

  /// Ranges, units, texts and sources of all parameters.
  static const parameters::Description<HostCoreParameters>& description();
  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

}  // namespace invar::platform

#endif
