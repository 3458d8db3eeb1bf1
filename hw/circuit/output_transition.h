#ifndef INVAR_CIRCUIT_OUTPUT_TRANSITION_H
#define INVAR_CIRCUIT_OUTPUT_TRANSITION_H

#include <invar/circuit/inv_circuit.h>

#include <Eigen/Core>

namespace invar::circuit {

/// The first outputs of a stable INV loop on their way from one settled state to the next, sampled
/// at equal distances, for many transitions of one loop: the exponential of the loop's matrix is
/// made once, for the rows that are wanted.
class OutputTransition {
 public:
  /// \param rows outputs wanted, at most all \param duration_s of the transition
  /// \param samples at duration_s / samples, 2 duration_s / samples, ...
  /// \throws std::invalid_argument for bad values
  OutputTransition(const InvCircuit& circuit, double gain_bandwidth_hz,
                   double inverter_bandwidth_ratio, int rows, double duration_s, int samples);

  int rows() const { return rows_; }
  int samples() const { return samples_; }
  double interval_s() const { return interval_s_; }

  /// rows x samples. \param before_v, after_v all outputs of the settled loop
  Eigen::MatrixXd between(const Eigen::VectorXd& before_v, const Eigen::VectorXd& after_v) const;

 private:
  int rows_;
  int samples_;
  double interval_s_;
  /// rows x samples values, from the difference of the outputs (of the inverters' too).
  Eigen::MatrixXd remaining_;
};

}  // namespace invar::circuit

#endif
