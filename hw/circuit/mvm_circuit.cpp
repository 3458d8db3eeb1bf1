#include <invar/circuit/conductance_check.h>
#include <invar/circuit/mvm_circuit.h>

#include <stdexcept>
#include <string>

namespace invar::circuit {

Eigen::MatrixXd mvm_operating_point(const Eigen::MatrixXd& conductance_s,
                                    const Eigen::MatrixXd& row_voltage_v) {
  if (conductance_s.rows() != row_voltage_v.rows()) {
    throw std::invalid_argument("circuit: " + std::to_string(row_voltage_v.rows()) +
                                " row voltages for " + std::to_string(conductance_s.rows()) +
                                " rows");
  }
  require_conductances(conductance_s, "array");
  if (!row_voltage_v.allFinite()) {
    throw std::invalid_argument("circuit: row voltages must be finite");
  }
  return conductance_s.transpose() * row_voltage_v;
}

}  // namespace invar::circuit
