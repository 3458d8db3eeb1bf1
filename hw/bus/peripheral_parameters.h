#ifndef INVAR_BUS_PERIPHERAL_PARAMETERS_H
#define INVAR_BUS_PERIPHERAL_PARAMETERS_H

#include <invar/parameters/range_check.h>

namespace invar::bus {

/// What the small peripherals have in common. Their own energy is taken as zero (assumption): a
/// register access costs what the bus charges for it.
struct PeripheralParameters {
  /// Latency of a register access (assumption).
  double register_latency_s = 2e-9;

  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const {
    parameters::require_range("peripheral.register_latency_s", register_latency_s, 0.0, 1.0);
  }
};

}  // namespace invar::bus

#endif
