#ifndef INVAR_CIRCUIT_MVM_CIRCUIT_H
#define INVAR_CIRCUIT_MVM_CIRCUIT_H

#include <Eigen/Core>

namespace invar::circuit {

/// Currents out of grounded columns when rows are driven: G^T v with ideal wires.
/// \param conductance_s rows x columns \param row_voltage_v rows x k
/// \return columns x k, amperes
/// \throws std::invalid_argument when the sizes do not match or a value is not physical
Eigen::MatrixXd mvm_operating_point(const Eigen::MatrixXd& conductance_s,
                                    const Eigen::MatrixXd& row_voltage_v);

}  // namespace invar::circuit

#endif
