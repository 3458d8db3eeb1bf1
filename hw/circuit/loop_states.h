#ifndef INVAR_CIRCUIT_LOOP_STATES_H
#define INVAR_CIRCUIT_LOOP_STATES_H

#include <invar/circuit/inv_circuit.h>

#include <Eigen/Core>

namespace invar::circuit {

constexpr double k_two_pi = 6.283185307179586476925286766559;

/// The loop as a linear system, dx/dt = -w (M x - M x_final), w = 2 pi GBWP: states x are the
/// outputs v and, in a loop with minus arrays, the outputs p of the inverters:
///
///   dv/dt = -w bandwidth (V_M - V_os + v / A0),  load V_M = (loop + minus) v + minus p + T i
///   dp/dt = -w ratio (p + v - inverter_offset)
///
/// Keeps a reference to the circuit.
class LoopStates {
 public:
  /// \param inverter_bandwidth_ratio bandwidth of the inverters over GBWP
  LoopStates(const InvCircuit& circuit, double inverter_bandwidth_ratio);

  Eigen::Index rows() const { return network().size(); }
  Eigen::Index states() const { return has_inverters() ? 2 * rows() : rows(); }
  bool has_inverters() const { return network().minus_s.size() != 0; }
  const InvNetwork& network() const { return circuit_.network(); }
  const InvCircuit& circuit() const { return circuit_; }
  double inverter_ratio() const { return ratio_; }
  /// Of each op-amp, relative to the nominal one.
  const Eigen::VectorXd& bandwidth() const { return bandwidth_; }

  /// M. \throws std::domain_error if a row's load is singular
  Eigen::MatrixXd matrix() const;
  /// M^-1 x, from the factors that the operating point uses.
  Eigen::VectorXd solve(const Eigen::VectorXd& x) const;
  /// bandwidth load^-1 matrix
  Eigen::MatrixXd per_load(const Eigen::MatrixXd& matrix) const;
  /// The states that the loop settles to.
  Eigen::VectorXd final_states(const Eigen::VectorXd& current_a) const;

 private:
  const InvCircuit& circuit_;
  double ratio_;
  Eigen::VectorXd bandwidth_;
};

/// \throws std::invalid_argument unless finite and above 0
void require_bandwidths(double gain_bandwidth_hz, double inverter_bandwidth_ratio);

/// s = -2 pi GBWP rate for the eigenvalues of M, slowest first.
Eigen::VectorXcd s_plane_poles(const Eigen::VectorXcd& rates, double gain_bandwidth_hz);

}  // namespace invar::circuit

#endif
