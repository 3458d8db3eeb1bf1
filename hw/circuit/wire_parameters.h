#ifndef INVAR_CIRCUIT_WIRE_PARAMETERS_H
#define INVAR_CIRCUIT_WIRE_PARAMETERS_H

#include <invar/parameters/description_fwd.h>

namespace invar::circuit {

/// Resistance of the array's wires between two neighbouring cells, and between the last cell and
/// what the wire ends at. 0 is an ideal wire.
struct WireParameters {
  double row_ohm = 0.0;
  double column_ohm = 0.0;

  bool ideal() const { return row_ohm == 0.0 && column_ohm == 0.0; }
  /// Ranges, units, texts and sources of all parameters.
  static const parameters::Description<WireParameters>& description();
  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

/// Where an input current enters its row: at the end that the op-amp senses, or at the other one.
enum class Injection { near, far };

}  // namespace invar::circuit

#endif
