#ifndef INVAR_BUS_PERIPHERAL_PARAMETERS_H
#define INVAR_BUS_PERIPHERAL_PARAMETERS_H

#include <invar/parameters/description_fwd.h>

namespace invar::bus {

/// What the small peripherals have in common. Their own energy is taken as zero (assumption): a
/// register access costs what the bus charges for it.
struct PeripheralParameters {
  /// Latency of a register access.
  double register_latency_s = 2e-9;

  /// Ranges, units, texts and sources of all parameters.
  static const parameters::Description<PeripheralParameters>& description();
  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

}  // namespace invar::bus

#endif
