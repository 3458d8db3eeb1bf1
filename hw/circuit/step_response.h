#ifndef INVAR_CIRCUIT_STEP_RESPONSE_H
#define INVAR_CIRCUIT_STEP_RESPONSE_H

#include <invar/circuit/inv_circuit.h>
#include <invar/circuit/transient.h>

#include <Eigen/Core>
#include <memory>
#include <vector>

namespace invar::circuit {

/// Outputs of an INV loop after its input currents are switched on at t = 0, with every output and
/// every inverter's output at 0 V until then. Op-amps have one pole, inverters theirs, and nothing
/// saturates; the states are those of `LoopStates`.
class StepResponse {
 public:
  /// \param gain_bandwidth_hz nominal GBWP of the op-amps
  /// \param inverter_bandwidth_ratio bandwidth of the inverters over GBWP
  /// \throws std::invalid_argument for bad values, std::domain_error if the loop is unstable
  StepResponse(const InvCircuit& circuit, double gain_bandwidth_hz, double inverter_bandwidth_ratio,
               const Eigen::VectorXd& current_a);

  /// \param time_s at least 0
  Eigen::VectorXd output_v(double time_s) const;
  /// One column a time.
  Eigen::MatrixXd outputs_v(const std::vector<double>& times_s) const;
  const Eigen::VectorXd& final_v() const { return final_v_; }

  /// The last time at which |v - final_v| exceeds `tolerance` |final_v|, to 1e-6 of itself; 0 if
  /// there is none, or if all outputs end at 0 V.
  double settling_time_s(double tolerance, Norm norm = Norm::euclidean) const;

  /// Times from 0 until every output has settled to a tenth of `accuracy`, such that linear
  /// interpolation between the outputs at these times is nowhere off by more than `accuracy`, both
  /// in units of the largest |final_v|.
  std::vector<double> sample_times_s(double accuracy) const;

  /// Poles in the s plane, slowest first.
  const Eigen::VectorXcd& poles_rad_s() const { return poles_rad_s_; }

 private:
  double settled_at(double tolerance, Norm norm) const;

  double rad_per_s_;  ///< 2 pi GBWP: times of `transient_` are in its inverse
  Eigen::VectorXd final_v_;
  Eigen::VectorXcd poles_rad_s_;
  std::shared_ptr<const Transient> transient_;
};

}  // namespace invar::circuit

#endif
