#include <invar/circuit/loop_dynamics.h>
#include <invar/circuit/loop_states.h>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <optional>

namespace invar::circuit {
namespace {

constexpr int k_arnoldi_steps = 60;
constexpr double k_converged = 1e-3;

/// Coordinates in which the loop of a symmetric matrix is symmetric: w = L' v, where L L' is the
/// rows' load over their bandwidth.
class Weight {
 public:
  Weight(const InvNetwork& network, const Eigen::VectorXd& bandwidth) {
    if (network.load_s.size() == 0) {
      diagonal_ = network.row_load_s.cwiseQuotient(bandwidth).cwiseSqrt();
      return;
    }
    // With one bandwidth this is the load, which is symmetric at the nodes that the op-amps sense.
    const Eigen::VectorXd root = bandwidth.cwiseSqrt().cwiseInverse();
    const Eigen::MatrixXd scaled = root.asDiagonal() * network.load_s * root.asDiagonal();
    if ((scaled - scaled.transpose()).norm() > 1e-9 * scaled.norm()) {
      return;
    }
    factor_.emplace(scaled);
    bandwidth_ = bandwidth;
    load_ = &network.load_s;
  }

  bool exists() const {
    return diagonal_.size() != 0 || (factor_ && factor_->info() == Eigen::Success);
  }

  /// The loop of `matrix`, bandwidth load^-1 matrix, in these coordinates.
  Eigen::MatrixXd applied_to(const Eigen::MatrixXd& matrix) const {
    if (diagonal_.size() != 0) {
      const Eigen::VectorXd inverse = diagonal_.cwiseInverse();
      return inverse.asDiagonal() * matrix * inverse.asDiagonal();
    }
    // L' bandwidth load^-1 matrix L^-T
    Eigen::MatrixXd result = bandwidth_.asDiagonal() * load_->partialPivLu().solve(matrix);
    result = factor_->matrixU() * result;
    factor_->matrixU().solveInPlace<Eigen::OnTheRight>(result);
    return result;
  }

 private:
  Eigen::VectorXd diagonal_;
  Eigen::VectorXd bandwidth_;
  const Eigen::MatrixXd* load_ = nullptr;
  std::optional<Eigen::LLT<Eigen::MatrixXd>> factor_;
};

bool is_positive(const Eigen::MatrixXd& symmetric) {
  return Eigen::LLT<Eigen::MatrixXd>(symmetric).info() == Eigen::Success;
}

/// Whether a Lyapunov function proves that every mode decays faster than exp(-w rate t). False
/// means "not proven".
bool proves_faster_than(const LoopStates& loop, double rate) {
  const InvNetwork& network = loop.network();
  const Eigen::Index n = loop.rows();
  const double ratio = loop.inverter_ratio();
  const Weight weight(network, loop.bandwidth());
  if (!weight.exists()) {
    return false;
  }
  const auto weighted = [&](const Eigen::MatrixXd& matrix) { return weight.applied_to(matrix); };
  Eigen::MatrixXd stiffness = weighted(network.loop_s);
  // Gains that differ make this approximate by their spread over their size: far below the rate.
  stiffness.diagonal().array() +=
      loop.bandwidth().cwiseQuotient(loop.circuit().amplifiers().gain).minCoeff();
  if (!loop.has_inverters()) {
    // |W v|^2 decays if the symmetric part of the scaled loop is positive.
    stiffness.diagonal().array() -= rate;
    return is_positive(stiffness + stiffness.transpose());
  }
  // Without v: p'' + C p' + K p = 0, C = ratio + U (G+ + D / A0), K = ratio U (G + D / A0); then
  // p = exp(-rate t) q. Energy |q'|^2 / 2 + e q'q + q (K + e C) q / 2 with the symmetric parts of
  // C and K decays if the matrix below is positive.
  Eigen::MatrixXd damping = stiffness + weighted(network.minus_s);
  damping.diagonal().array() += ratio;
  stiffness = ratio * stiffness - rate * damping;
  stiffness.diagonal().array() += rate * rate;
  damping.diagonal().array() -= 2.0 * rate;
  const double mix = 0.5 * ratio;
  Eigen::MatrixXd decay(2 * n, 2 * n);
  decay.topLeftCorner(n, n) = damping + damping.transpose();
  decay.topLeftCorner(n, n).diagonal().array() -= 2.0 * mix;
  decay.bottomRightCorner(n, n) = mix * (stiffness + stiffness.transpose());
  decay.bottomLeftCorner(n, n) =
      0.5 * ((stiffness.transpose() - stiffness) - mix * (damping.transpose() - damping));
  return is_positive(decay);
}

/// Decay rate of the slowest mode from the largest Ritz values of M^-1; none if not converged.
std::optional<double> slowest_by_arnoldi(const LoopStates& loop) {
  const Eigen::Index size = loop.states();
  const Eigen::Index steps = std::min<Eigen::Index>(k_arnoldi_steps, size);
  Eigen::MatrixXd basis(size, steps + 1);
  Eigen::MatrixXd projected = Eigen::MatrixXd::Zero(steps + 1, steps);
  // A fixed start with every sign pattern mixed in: it must not be orthogonal to the slow mode.
  for (Eigen::Index i = 0; i < size; ++i) {
    basis(i, 0) = 1.0 + std::sin(1.0 + 1.7 * static_cast<double>(i));
  }
  basis.col(0).normalize();
  Eigen::Index built = 0;
  while (built < steps) {
    Eigen::VectorXd next = loop.solve(basis.col(built));
    const double before = next.norm();
    for (int pass = 0; pass < 2; ++pass) {
      const Eigen::VectorXd overlap = basis.leftCols(built + 1).transpose() * next;
      next -= basis.leftCols(built + 1) * overlap;
      projected.col(built).head(built + 1) += overlap;
    }
    const double rest = next.norm();
    ++built;
    projected(built, built - 1) = rest;
    if (!(rest > 1e-12 * before)) {
      break;
    }
    basis.col(built) = next / rest;
  }
  const Eigen::EigenSolver<Eigen::MatrixXd> ritz(projected.topLeftCorner(built, built));
  const Eigen::VectorXcd values = ritz.eigenvalues();
  const double largest = values.cwiseAbs().maxCoeff();
  Eigen::Index slowest = 0;
  double minimum = std::numeric_limits<double>::infinity();
  for (Eigen::Index i = 0; i < built; ++i) {
    const double rate = (1.0 / values(i)).real();
    // Small Ritz values have not converged and belong to fast modes.
    if (std::abs(values(i)) > 0.1 * largest && rate < minimum) {
      minimum = rate;
      slowest = i;
    }
  }
  const Eigen::VectorXcd vector = ritz.eigenvectors().col(slowest);
  const double residual = projected(built, built - 1) * std::abs(vector(built - 1)) / vector.norm();
  // Against the real part: the verdict must not hang on what has not converged.
  if (!(residual <= k_converged * std::abs(values(slowest).real()))) {
    return std::nullopt;
  }
  return minimum;
}

/// Whether det M is negative, so that an odd number of real modes grows.
bool has_negative_determinant(const LoopStates& loop) {
  const InvNetwork& network = loop.network();
  int sign = loop.circuit().factor().determinant_sign();
  if (network.load_s.size() != 0) {
    sign *= DenseFactor(network.load_s, loop.circuit().instruction_set(),
                        "circuit: the load of the rows is singular")
                .determinant_sign();
  }
  return sign < 0;
}

double minimum_rate(const LoopStates& loop) {
  if (loop.states() > k_dense_states) {
    const std::optional<double> rate = slowest_by_arnoldi(loop);
    if (!(rate && *rate <= 0.0) && has_negative_determinant(loop)) {
      return -std::numeric_limits<double>::infinity();
    }
    if (rate && (*rate <= 0.0 || proves_faster_than(loop, k_proven_share * *rate))) {
      return *rate;
    }
  }
  return eigenvalues(loop.circuit().instruction_set(), loop.matrix()).real().minCoeff();
}

}  // namespace

double LoopDynamics::settling_time_s(int bits) const {
  return (bits + 1) * std::log(2.0) * slowest_time_constant_s;
}

LoopDynamics analyse_loop(const InvCircuit& circuit, double gain_bandwidth_hz,
                          double inverter_bandwidth_ratio) {
  require_bandwidths(gain_bandwidth_hz, inverter_bandwidth_ratio);
  const double minimum = minimum_rate({circuit, inverter_bandwidth_ratio});
  LoopDynamics dynamics;
  dynamics.minimum_real_eigenvalue = minimum;
  dynamics.stable = minimum > 0.0;
  dynamics.slowest_time_constant_s = dynamics.stable
                                         ? 1.0 / (k_two_pi * gain_bandwidth_hz * minimum)
                                         : std::numeric_limits<double>::infinity();
  return dynamics;
}

Eigen::VectorXcd loop_poles(const InvCircuit& circuit, double gain_bandwidth_hz,
                            double inverter_bandwidth_ratio) {
  require_bandwidths(gain_bandwidth_hz, inverter_bandwidth_ratio);
  const LoopStates loop(circuit, inverter_bandwidth_ratio);
  return s_plane_poles(eigenvalues(circuit.instruction_set(), loop.matrix()), gain_bandwidth_hz);
}

}  // namespace invar::circuit
