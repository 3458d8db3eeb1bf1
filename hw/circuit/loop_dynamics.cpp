#include <invar/circuit/loop_dynamics.h>
#include <invar/circuit/loop_states.h>
#include <invar/circuit/stability_proof.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <optional>

namespace invar::circuit {
namespace {

constexpr int k_arnoldi_steps = 60;
constexpr double k_converged = 1e-3;
constexpr double k_invariant = 1e-8;

/// What the largest Ritz values of M^-1 tell.
struct SlowModes {
  double rate;               ///< of the slowest
  Eigen::MatrixXd subspace;  ///< states x m: spanned by the modes that have converged closely
};

/// None if the slowest mode has not converged.
std::optional<SlowModes> slowest_by_arnoldi(const LoopStates& loop) {
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
  const Eigen::MatrixXcd vectors = ritz.eigenvectors();
  const auto residual = [&](Eigen::Index i) {
    return projected(built, built - 1) * std::abs(vectors(built - 1, i)) / vectors.col(i).norm();
  };
  // Against the real part: the verdict must not hang on what has not converged. And what looks like
  // a growing mode must be one: in a loop that is far from symmetric a small residual is not
  // enough.
  const double needed = minimum > 0.0 ? k_converged : k_invariant;
  if (!(residual(slowest) <= needed * std::abs(values(slowest).real()))) {
    return std::nullopt;
  }
  SlowModes modes{minimum, Eigen::MatrixXd(size, 0)};
  for (Eigen::Index i = 0; i < built; ++i) {
    if (values(i).imag() < 0.0 || !(residual(i) <= k_invariant * std::abs(values(i).real()))) {
      continue;  // the other half of a pair, or not a mode of the loop to within rounding
    }
    const Eigen::VectorXcd shape = basis.leftCols(built) * vectors.col(i);
    const Eigen::Index columns = values(i).imag() > 0.0 ? 2 : 1;
    modes.subspace.conservativeResize(Eigen::NoChange, modes.subspace.cols() + columns);
    modes.subspace.col(modes.subspace.cols() - columns) = shape.real();
    if (columns == 2) {
      modes.subspace.rightCols(1) = shape.imag();
    }
    modes.rate = std::min(modes.rate, (1.0 / values(i)).real());
  }
  return modes;
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
    const std::optional<SlowModes> slow = slowest_by_arnoldi(loop);
    if (!(slow && slow->rate <= 0.0) && has_negative_determinant(loop)) {
      return -std::numeric_limits<double>::infinity();
    }
    if (slow && (slow->rate <= 0.0 ||
                 others_decay_faster(loop, k_proven_share * slow->rate, slow->subspace))) {
      return slow->rate;
    }
  }
  return eigenvalues(loop.circuit().instruction_set(), loop.matrix()).real().minCoeff();
}

}  // namespace

double LoopDynamics::settling_time_s(int bits) const {
  return (bits + 1) * std::log(2.0) * slowest_time_constant_s;
}

double LoopDynamics::settling_time_s(int bits, double step_v, double slew_rate_v_per_s) const {
  const double tau_s = slowest_time_constant_s;
  const double linear_v = slew_rate_v_per_s * tau_s;  // that is left when slewing ends
  if (linear_v >= step_v) {
    return settling_time_s(bits);
  }
  const double accuracy_v = std::ldexp(step_v, -(bits + 1));
  return (step_v - std::max(linear_v, accuracy_v)) / slew_rate_v_per_s +
         tau_s * std::log(std::max(linear_v / accuracy_v, 1.0));
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
