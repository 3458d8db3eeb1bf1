#include <invar/circuit/loop_dynamics.h>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>

namespace invar::circuit {
namespace {

constexpr double k_two_pi = 6.283185307179586476925286766559;
constexpr int k_dense_eigenvalue_size = 64;
constexpr int k_arnoldi_steps = 60;

double minimum_real_part(const Eigen::MatrixXd& matrix) {
  return Eigen::EigenSolver<Eigen::MatrixXd>(matrix, false).eigenvalues().real().minCoeff();
}

/// The loop with its inverters as 2n states: outputs v and inverted outputs p (ideally -v).
double minimum_with_inverters(const InvNetwork& network, double gain, double ratio) {
  const Eigen::Index n = network.row_load_s.size();
  Eigen::MatrixXd states(2 * n, 2 * n);
  const auto scale = network.row_load_s.cwiseInverse().asDiagonal();
  states.topLeftCorner(n, n) = scale * (network.loop_s + network.minus_s);
  states.topLeftCorner(n, n).diagonal().array() += 1.0 / gain;
  states.topRightCorner(n, n) = scale * network.minus_s;
  states.bottomLeftCorner(n, n) = ratio * Eigen::MatrixXd::Identity(n, n);
  states.bottomRightCorner(n, n) = ratio * Eigen::MatrixXd::Identity(n, n);
  return minimum_real_part(states);
}

/// Whether the symmetric part of the loop, scaled by D^-1/2 on both sides, is positive definite:
/// then every eigenvalue of D^-1 (G + D / A0) has a positive real part.
bool symmetric_part_is_positive(const Eigen::MatrixXd& system, const Eigen::VectorXd& load) {
  const Eigen::VectorXd scale = load.cwiseSqrt().cwiseInverse();
  const Eigen::MatrixXd scaled = scale.asDiagonal() * system * scale.asDiagonal();
  const Eigen::MatrixXd symmetric = 0.5 * (scaled + scaled.transpose());
  return Eigen::LLT<Eigen::MatrixXd>(symmetric).info() == Eigen::Success;
}

/// Largest Ritz values of system^-1 * mass; their reciprocals approach the slowest modes.
double slowest_by_arnoldi(const InvCircuit& circuit, const Eigen::MatrixXd& mass) {
  const Eigen::Index n = mass.rows();
  const Eigen::Index steps = std::min<Eigen::Index>(k_arnoldi_steps, n);
  Eigen::MatrixXd basis(n, steps + 1);
  Eigen::MatrixXd projected = Eigen::MatrixXd::Zero(steps + 1, steps);
  // A fixed start with every sign pattern mixed in: it must not be orthogonal to the slow mode.
  for (Eigen::Index i = 0; i < n; ++i) {
    basis(i, 0) = 1.0 + std::sin(1.0 + 1.7 * static_cast<double>(i));
  }
  basis.col(0).normalize();
  Eigen::Index built = 0;
  for (; built < steps; ++built) {
    Eigen::VectorXd next = circuit.factor().solve(mass * basis.col(built));
    const double before = next.norm();
    for (int pass = 0; pass < 2; ++pass) {
      const Eigen::VectorXd overlap = basis.leftCols(built + 1).transpose() * next;
      next -= basis.leftCols(built + 1) * overlap;
      projected.col(built).head(built + 1) += overlap;
    }
    projected(built + 1, built) = next.norm();
    if (!(projected(built + 1, built) > 1e-12 * before)) {
      ++built;
      break;
    }
    basis.col(built + 1) = next / projected(built + 1, built);
  }
  const Eigen::VectorXcd ritz =
      Eigen::EigenSolver<Eigen::MatrixXd>(projected.topLeftCorner(built, built), false)
          .eigenvalues();
  double minimum = std::numeric_limits<double>::infinity();
  const double largest = ritz.cwiseAbs().maxCoeff();
  for (const std::complex<double>& value : ritz) {
    // Small Ritz values have not converged and belong to fast modes.
    if (std::abs(value) > 0.1 * largest) {
      minimum = std::min(minimum, (1.0 / value).real());
    }
  }
  return minimum;
}

}  // namespace

double LoopDynamics::settling_time_s(int bits) const {
  return (bits + 1) * std::log(2.0) * slowest_time_constant_s;
}

LoopDynamics analyse_loop(const InvCircuit& circuit, double gain, double gain_bandwidth_hz,
                          double inverter_bandwidth_ratio) {
  const InvNetwork& network = circuit.network();
  const Eigen::Index n = network.row_load_s.size();
  const bool has_inverters = network.minus_s.size() != 0;

  double minimum = 0.0;
  if (has_inverters && n <= k_exact_inverter_size) {
    minimum = minimum_with_inverters(network, gain, inverter_bandwidth_ratio);
  } else {
    Eigen::MatrixXd system = network.loop_s;
    system.diagonal() += network.row_load_s / gain;
    Eigen::MatrixXd mass = network.row_load_s.asDiagonal();
    if (has_inverters) {
      mass += network.minus_s / inverter_bandwidth_ratio;
    }
    if (n <= k_dense_eigenvalue_size || !symmetric_part_is_positive(system, network.row_load_s)) {
      minimum = minimum_real_part(mass.partialPivLu().solve(system));
    } else {
      minimum = slowest_by_arnoldi(circuit, mass);
    }
  }

  LoopDynamics dynamics;
  dynamics.minimum_real_eigenvalue = minimum;
  dynamics.stable = minimum > 0.0;
  dynamics.slowest_time_constant_s = dynamics.stable
                                         ? 1.0 / (k_two_pi * gain_bandwidth_hz * minimum)
                                         : std::numeric_limits<double>::infinity();
  return dynamics;
}

}  // namespace invar::circuit
