#include <invar/circuit/wire_parameters.h>
#include <invar/parameters/range_check.h>

namespace invar::circuit {

void WireParameters::check() const {
  parameters::require_range("wires.row_ohm", row_ohm, 0.0, 1e6);
  parameters::require_range("wires.column_ohm", column_ohm, 0.0, 1e6);
}

}  // namespace invar::circuit
