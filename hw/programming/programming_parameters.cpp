#include <invar/parameters/range_check.h>
#include <invar/programming/programming_parameters.h>

#include <stdexcept>

namespace invar::programming {

void ProgrammingParameters::check() const {
  parameters::require_range("programming.allowed_failed_fraction", allowed_failed_fraction, 0.0,
                            1.0);
  parameters::require_range("programming.row_driver_energy_j", row_driver_energy_j, 0.0, 1e-3);
  parameters::require_range("programming.remainder_energy_j", remainder_energy_j, 0.0, 1e-3);
  parameters::require_range("programming.bias_strength", bias_strength, 0.0, 10.0);
  parameters::require_range("programming.compensation_passes", compensation_passes, 1, 8);
  parameters::require_range("programming.compensation_sweeps", compensation_sweeps, 1, 16);
  parameters::require_range("programming.compensation_energy_j", compensation_energy_j, 0.0, 1e-3);
  parameters::require_range("programming.compensation_rate_hz", compensation_rate_hz, 1.0, 1e18);
}

WriteOrder write_order_from_string(const std::string& name) {
  if (name == "row_parallel") {
    return WriteOrder::row_parallel;
  }
  if (name == "cell_by_cell") {
    return WriteOrder::cell_by_cell;
  }
  throw std::invalid_argument("programming.order = \"" + name +
                              "\": must be row_parallel or cell_by_cell");
}

std::string to_string(WireCompensation compensation) {
  switch (compensation) {
    case WireCompensation::none:
      return "none";
    case WireCompensation::bias:
      return "bias";
    default:
      return "network";
  }
}

std::string to_string(WriteOrder order) {
  return order == WriteOrder::row_parallel ? "row_parallel" : "cell_by_cell";
}

}  // namespace invar::programming
