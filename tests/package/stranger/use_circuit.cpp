// The circuit alone, without SystemC: G v = -i for a 2 x 2 array of conductances.
#include <invar/circuit/inv_circuit.h>

#include <limits>

int main() {
  Eigen::MatrixXd conductance_s(2, 2);
  conductance_s << 2e-5, 1e-5, 1e-5, 3e-5;
  const invar::circuit::InvCircuit circuit(
      invar::circuit::InvNetwork::with_ideal_wires(conductance_s, {}, 1e-5),
      std::numeric_limits<double>::infinity(), Eigen::VectorXd::Zero(2));
  Eigen::VectorXd current_a(2);
  current_a << 4e-6, 7e-6;
  const Eigen::VectorXd voltage = circuit.operating_point(current_a);
  // By Cramer's rule: (3 * 4 - 7) / 5 = 1 and (2 * 7 - 4) / 5 = 2 tenths of a volt, inverted.
  return (voltage - Eigen::Vector2d(-0.1, -0.2)).norm() < 1e-12 ? 0 : 1;
}
