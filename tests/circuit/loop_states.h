#ifndef INVAR_TESTS_CIRCUIT_LOOP_STATES_H
#define INVAR_TESTS_CIRCUIT_LOOP_STATES_H

#include <invar/circuit/inv_circuit.h>

#include <Eigen/Core>
#include <Eigen/Eigenvalues>

#include "support/spd_matrix.h"

namespace invar::test {

/// The loop written cell by cell: dx/dt = -2 pi GBWP (M x + b), x the outputs and, with minus
/// arrays, the outputs of the inverters.
struct LoopStates {
  Eigen::MatrixXd m;
  Eigen::VectorXd b;

  LoopStates(const Eigen::MatrixXd& plus, const Eigen::MatrixXd& minus, double gain, double ratio,
             const Eigen::VectorXd& current) {
    const Eigen::Index n = plus.rows();
    const Eigen::Index size = minus.size() == 0 ? n : 2 * n;
    m = Eigen::MatrixXd::Zero(size, size);
    b = Eigen::VectorXd::Zero(size);
    for (Eigen::Index k = 0; k < n; ++k) {
      double load = 0.0;
      for (Eigen::Index j = 0; j < n; ++j) {
        load += plus(k, j) + (size > n ? minus(k, j) : 0.0);
      }
      for (Eigen::Index j = 0; j < n; ++j) {
        m(k, j) += plus(k, j) / load;
        if (size > n) {
          m(k, n + j) += minus(k, j) / load;
        }
      }
      m(k, k) += 1.0 / gain;
      b(k) = current(k) / load;
      if (size > n) {
        m(n + k, k) = ratio;
        m(n + k, n + k) = ratio;
      }
    }
  }

  Eigen::VectorXcd rates() const {
    return Eigen::EigenSolver<Eigen::MatrixXd>(m, false).eigenvalues();
  }
  double slowest_rate() const { return rates().real().minCoeff(); }

  /// Norm of the state after `time` (in units of 1 / (2 pi GBWP)) from a small start without input,
  /// over the norm at the start; fourth-order Runge-Kutta.
  double growth(double time) const {
    SimpleRandom random(17);
    Eigen::VectorXd x(b.size());
    for (double& value : x) {
      value = random.next();
    }
    const double start = x.norm();
    const double step = 0.05;
    for (double t = 0.0; t < time; t += step) {
      const Eigen::VectorXd k1 = -m * x;
      const Eigen::VectorXd k2 = -m * (x + 0.5 * step * k1);
      const Eigen::VectorXd k3 = -m * (x + 0.5 * step * k2);
      const Eigen::VectorXd k4 = -m * (x + step * k3);
      x += step / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
    }
    return x.norm() / start;
  }
};

/// Plus and minus arrays of a matrix whose largest entry becomes 34.5 uS, on a floor of 0.5 uS.
struct SignedPair {
  Eigen::MatrixXd plus;
  Eigen::MatrixXd minus;

  explicit SignedPair(const Eigen::MatrixXd& matrix) {
    const Eigen::MatrixXd scaled = matrix / matrix.cwiseAbs().maxCoeff() * 34.5e-6;
    plus = scaled.cwiseMax(0.0).array() + 0.5e-6;
    minus = (-scaled).cwiseMax(0.0).array() + 0.5e-6;
  }

  /// Each cell off by up to `error` of its conductance.
  void perturb(double error, std::uint64_t seed) {
    SimpleRandom random(seed);
    for (Eigen::MatrixXd* array : {&plus, &minus}) {
      for (double& cell : array->reshaped()) {
        cell *= 1.0 + error * random.next();
      }
    }
  }

  circuit::InvCircuit circuit(double gain) const {
    return {circuit::InvNetwork::with_ideal_wires(plus, minus, 0.0), gain,
            Eigen::VectorXd::Zero(plus.rows())};
  }
};

/// diagonal I + coupling (P - P^T), P the cyclic shift: rotates, so it oscillates before it decays.
inline Eigen::MatrixXd rotating_matrix(int n, double diagonal, double coupling) {
  Eigen::MatrixXd matrix = diagonal * Eigen::MatrixXd::Identity(n, n);
  for (int i = 0; i < n; ++i) {
    matrix(i, (i + 1) % n) = coupling;
    matrix((i + 1) % n, i) = -coupling;
  }
  return matrix;
}

/// Independent random cells at the eight levels of 0.5 to 35 uS.
inline Eigen::MatrixXd random_levels(int rows, int columns, std::uint64_t seed) {
  SimpleRandom random(seed);
  Eigen::MatrixXd matrix(rows, columns);
  for (double& cell : matrix.reshaped()) {
    cell = 0.5e-6 + 34.5e-6 / 7 * static_cast<int>(4.0 * (random.next() + 1.0));
  }
  return matrix;
}

}  // namespace invar::test

#endif
