#include <invar/circuit/dense_algebra.h>
#include <invar/circuit/loop_states.h>
#include <invar/circuit/output_transition.h>

#include <stdexcept>
#include <unsupported/Eigen/MatrixFunctions>

namespace invar::circuit {

OutputTransition::OutputTransition(const InvCircuit& circuit, double gain_bandwidth_hz,
                                   double inverter_bandwidth_ratio, int rows, double duration_s,
                                   int samples)
    : rows_(rows), samples_(samples), interval_s_(duration_s / samples) {
  require_bandwidths(gain_bandwidth_hz, inverter_bandwidth_ratio);
  if (rows < 1 || rows > circuit.size() || samples < 1 || !(duration_s > 0.0)) {
    throw std::invalid_argument("circuit: a transition needs rows of the loop, samples and time");
  }
  const LoopStates loop(circuit, inverter_bandwidth_ratio);
  const Eigen::Index n = loop.rows();
  const Eigen::MatrixXd step = (-k_two_pi * gain_bandwidth_hz * interval_s_ * loop.matrix()).exp();
  remaining_.resize(static_cast<Eigen::Index>(rows) * samples, n);
  Eigen::MatrixXd left = step.topRows(rows);
  for (int sample = 0; sample < samples; ++sample) {
    // Settled inverters are at the outputs' negative, but for a constant.
    remaining_.middleRows(sample * rows, rows) = left.leftCols(n);
    if (loop.has_inverters()) {
      remaining_.middleRows(sample * rows, rows) -= left.rightCols(n);
    }
    left = product(circuit.instruction_set(), left, step);
  }
}

Eigen::MatrixXd OutputTransition::between(const Eigen::VectorXd& before_v,
                                          const Eigen::VectorXd& after_v) const {
  const Eigen::VectorXd rest = remaining_ * (before_v - after_v);
  Eigen::MatrixXd output = rest.reshaped(rows_, samples_);
  output.colwise() += after_v.head(rows_);
  return output;
}

}  // namespace invar::circuit
