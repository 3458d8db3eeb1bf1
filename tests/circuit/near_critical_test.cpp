// Loops whose slowest modes hardly decay or just grow, disturbed so that they are not symmetric:
// the verdict of the fast analysis against all poles.
#include <invar/circuit/loop_dynamics.h>
#include <invar/circuit/stability_proof.h>
#include <invar/circuit/wired_loop.h>

#include <Eigen/Eigenvalues>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "circuit/loop_states.h"

BOOST_AUTO_TEST_SUITE(near_critical)

using namespace invar;

namespace {

constexpr double k_bandwidth_hz = 100e6;
constexpr double k_ratio = 0.5;

/// A covariance with its smallest eigenvalues moved to about `smallest` of the largest entry.
test::SignedPair critical_pair(int n, double smallest, std::uint64_t seed) {
  const Eigen::MatrixXd matrix = test::covariance_matrix(n, 0.1, seed);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> modes(matrix);
  Eigen::VectorXd values = modes.eigenvalues() / matrix.cwiseAbs().maxCoeff();
  values[0] = smallest;
  values[1] = 1.5 * std::abs(smallest);
  values[2] = 2.0 * std::abs(smallest);
  test::SignedPair pair(modes.eigenvectors() * values.asDiagonal() *
                        modes.eigenvectors().transpose());
  pair.perturb(0.01, seed);
  return pair;
}

circuit::InvCircuit circuit_of(const test::SignedPair& pair, double wire_ohm) {
  circuit::LoopLayout layout;
  layout.wires = {wire_ohm, wire_ohm};
  layout.arrays = {{pair.plus, 1.0, false, circuit::RowEnd::left},
                   {pair.minus, 1.0, true, circuit::RowEnd::left}};
  layout.input_conductance_s = 34.5e-6;
  circuit::WiredLoop::Options options;
  options.power = true;  // the equation at the sensed nodes, where the load is symmetric
  return {circuit::WiredLoop(layout, options).network(),
          circuit::AmplifierRow::uniform(pair.plus.rows(), 1e4)};
}

}  // namespace

BOOST_AUTO_TEST_CASE(verdict_and_rate_are_those_of_all_poles) {
  int unstable = 0;
  int stable = 0;
  for (const double wire_ohm : {0.0, 0.5}) {
    for (const double smallest : {-3e-2, -1e-2, 1e-3, 3e-3, 1e-2, 3e-2}) {
      for (std::uint64_t seed = 1; seed <= 2; ++seed) {
        const circuit::InvCircuit circuit = circuit_of(critical_pair(72, smallest, seed), wire_ohm);
        const Eigen::VectorXcd poles = circuit::loop_poles(circuit, k_bandwidth_hz, k_ratio);
        const double rate = -poles.real().maxCoeff() / (6.283185307179586 * k_bandwidth_hz);
        const auto dynamics = circuit::analyse_loop(circuit, k_bandwidth_hz, k_ratio);
        BOOST_TEST_MESSAGE(wire_ohm << " ohm, " << smallest << ": " << rate << ", found "
                                    << dynamics.minimum_real_eigenvalue);
        BOOST_TEST(dynamics.stable == (rate > 0.0));
        if (rate > 0.0) {
          BOOST_TEST(std::abs(dynamics.minimum_real_eigenvalue / rate - 1.0) < 1e-3);
        }
        (rate > 0.0 ? stable : unstable) += 1;
      }
    }
  }
  BOOST_TEST(unstable >= 6);
  BOOST_TEST(stable >= 6);
}

BOOST_AUTO_TEST_CASE(a_growing_mode_is_not_hidden_by_directions_that_are_no_modes) {
  const circuit::InvCircuit circuit = circuit_of(critical_pair(40, -5e-2, 3), 0.5);
  const circuit::LoopStates loop(circuit, k_ratio);
  BOOST_TEST_REQUIRE(circuit::loop_poles(circuit, k_bandwidth_hz, k_ratio).real().maxCoeff() > 0.0);
  BOOST_TEST(!circuit::others_decay_faster(loop, 0.0, Eigen::MatrixXd(loop.states(), 0)));
  BOOST_TEST(!circuit::others_decay_faster(loop, 0.0, Eigen::MatrixXd::Identity(loop.states(), 3)));
}

BOOST_AUTO_TEST_SUITE_END()
