#include <invar/circuit/loop_states.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <stdexcept>
#include <string>

namespace invar::circuit {
namespace {

void require_positive(double value, const char* name) {
  if (!(value > 0.0) || !std::isfinite(value)) {
    throw std::invalid_argument(std::string("circuit: ") + name + " must be finite and above 0");
  }
}

}  // namespace

void require_bandwidths(double gain_bandwidth_hz, double inverter_bandwidth_ratio) {
  require_positive(gain_bandwidth_hz, "gain-bandwidth product");
  require_positive(inverter_bandwidth_ratio, "inverter bandwidth ratio");
}

LoopStates::LoopStates(const InvCircuit& circuit, double inverter_bandwidth_ratio)
    : circuit_(circuit), ratio_(inverter_bandwidth_ratio) {
  const Eigen::VectorXd& bandwidth = circuit.amplifiers().relative_bandwidth;
  bandwidth_ = bandwidth.size() != 0 ? bandwidth : Eigen::VectorXd::Ones(rows());
}

Eigen::MatrixXd LoopStates::matrix() const {
  const Eigen::Index n = rows();
  Eigen::MatrixXd m(states(), states());
  m.topLeftCorner(n, n) = per_load(network().loop_s);
  m.topLeftCorner(n, n).diagonal() += bandwidth_.cwiseQuotient(circuit_.amplifiers().gain);
  if (has_inverters()) {
    m.topRightCorner(n, n) = per_load(network().minus_s);
    m.topLeftCorner(n, n) += m.topRightCorner(n, n);
    m.bottomLeftCorner(n, n) = ratio_ * Eigen::MatrixXd::Identity(n, n);
    m.bottomRightCorner(n, n) = ratio_ * Eigen::MatrixXd::Identity(n, n);
  }
  if (!m.allFinite()) {
    throw std::domain_error("circuit: the load of the rows is singular");
  }
  return m;
}

Eigen::VectorXd LoopStates::solve(const Eigen::VectorXd& x) const {
  const Eigen::Index n = rows();
  const Eigen::VectorXd current = network().load_times(x.head(n).cwiseQuotient(bandwidth_));
  if (!has_inverters()) {
    return circuit_.factor().solve(current);
  }
  const Eigen::VectorXd sum = x.tail(n) / ratio_;  // v + p
  Eigen::VectorXd result(2 * n);
  result.head(n) = circuit_.factor().solve(Eigen::VectorXd(current - network().minus_s * sum));
  result.tail(n) = sum - result.head(n);
  return result;
}

Eigen::MatrixXd LoopStates::per_load(const Eigen::MatrixXd& matrix) const {
  return bandwidth_.asDiagonal() * network().load_solve(matrix);
}

Eigen::VectorXd LoopStates::final_states(const Eigen::VectorXd& current_a) const {
  const Eigen::VectorXd output = circuit_.operating_point(current_a);
  if (!has_inverters()) {
    return output;
  }
  Eigen::VectorXd states(2 * rows());
  states << output, -output;
  const Eigen::VectorXd& offset = circuit_.amplifiers().inverter_offset_v;
  if (offset.size() != 0) {
    states.tail(rows()) += offset;
  }
  return states;
}

Eigen::VectorXcd s_plane_poles(const Eigen::VectorXcd& rates, double gain_bandwidth_hz) {
  Eigen::VectorXcd poles = -k_two_pi * gain_bandwidth_hz * rates;
  std::sort(poles.begin(), poles.end(), [](std::complex<double> a, std::complex<double> b) {
    return a.real() != b.real() ? a.real() > b.real() : a.imag() > b.imag();
  });
  return poles;
}

}  // namespace invar::circuit
