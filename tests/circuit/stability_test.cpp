#include <invar/circuit/loop_dynamics.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "circuit/loop_states.h"

BOOST_AUTO_TEST_SUITE(stability)

using namespace invar;
using circuit::analyse_loop;
using circuit::LoopDynamics;
using test::LoopStates;
using test::SignedPair;

namespace {

constexpr double k_gain = 1e4;
constexpr double k_bandwidth_hz = 100e6;

LoopDynamics analyse(const Eigen::MatrixXd& conductance) {
  const circuit::InvCircuit circuit(circuit::InvNetwork::with_ideal_wires(conductance, {}, 0.0),
                                    k_gain, Eigen::VectorXd::Zero(conductance.rows()));
  return analyse_loop(circuit, k_bandwidth_hz, 0.5);
}

LoopStates states_of(const Eigen::MatrixXd& conductance) {
  return {conductance, {}, k_gain, 0.5, Eigen::VectorXd::Zero(conductance.rows())};
}

LoopDynamics analyse(const SignedPair& pair, double ratio) {
  return analyse_loop(pair.circuit(k_gain), k_bandwidth_hz, ratio);
}

LoopStates states_of(const SignedPair& pair, double ratio) {
  return {pair.plus, pair.minus, k_gain, ratio, Eigen::VectorXd::Zero(pair.plus.rows())};
}

/// Relative difference of the slowest decay rate from that of the hand-written states.
double rate_error(const SignedPair& pair, double ratio) {
  const double expected = states_of(pair, ratio).slowest_rate();
  const double error = analyse(pair, ratio).minimum_real_eigenvalue / expected - 1.0;
  BOOST_TEST_MESSAGE(pair.plus.rows() << " rows, inverters at " << ratio << ": rate " << expected
                                      << ", error " << error);
  return std::abs(error);
}

/// Slowest rate with the inverters' lag to first order, (D + G- / ratio) s = -(G + D / A0).
double first_order_rate(const SignedPair& pair, double ratio) {
  const Eigen::VectorXd load = pair.plus.rowwise().sum() + pair.minus.rowwise().sum();
  Eigen::MatrixXd system = pair.plus - pair.minus;
  system.diagonal() += load / k_gain;
  Eigen::MatrixXd mass = pair.minus / ratio;
  mass.diagonal() += load;
  return Eigen::EigenSolver<Eigen::MatrixXd>(mass.partialPivLu().solve(system), false)
      .eigenvalues()
      .real()
      .minCoeff();
}

}  // namespace

BOOST_AUTO_TEST_CASE(random_dense_matrices_are_unstable_as_time_stepping_shows) {
  int unstable = 0;
  for (int trial = 0; trial < 12; ++trial) {
    const int n = trial % 2 == 0 ? 8 : 16;
    const Eigen::MatrixXd conductance = test::random_levels(n, n, 100 + trial);
    const LoopDynamics dynamics = analyse(conductance);
    const double rate = states_of(conductance).slowest_rate();
    BOOST_TEST(std::abs(dynamics.minimum_real_eigenvalue - rate) < 1e-9);
    if (!dynamics.stable) {
      ++unstable;
      BOOST_TEST(std::isinf(dynamics.slowest_time_constant_s));
      // Long enough for the growing mode to rule.
      BOOST_TEST(states_of(conductance).growth(25.0 / -rate) > 1e3);
    } else {
      BOOST_TEST(states_of(conductance).growth(25.0 / rate) < 1e-3);
    }
  }
  BOOST_TEST(unstable > 6);
}

BOOST_AUTO_TEST_CASE(large_random_matrices_are_found_unstable) {
  for (const int n : {80, 128}) {
    const Eigen::MatrixXd conductance = test::random_levels(n, n, 3 * n);
    BOOST_TEST(!analyse(conductance).stable);
    BOOST_TEST(states_of(conductance).growth(1500.0) > 1e3);
  }
}

BOOST_AUTO_TEST_CASE(slowest_mode_of_a_large_single_array_is_that_of_all_poles) {
  for (const int n : {100, 200}) {
    Eigen::MatrixXd conductance = 30e-6 * test::covariance_matrix(n, 0.1, n, true);
    const double symmetric = states_of(conductance).slowest_rate();
    BOOST_TEST(std::abs(analyse(conductance).minimum_real_eigenvalue / symmetric - 1.0) < 1e-3);
    test::SimpleRandom random(n);
    for (double& cell : conductance.reshaped()) {
      cell *= 1.0 + 0.05 * random.next();
    }
    const double disturbed = states_of(conductance).slowest_rate();
    BOOST_TEST(std::abs(analyse(conductance).minimum_real_eigenvalue / disturbed - 1.0) < 1e-3);
  }
}

BOOST_AUTO_TEST_CASE(slowest_mode_of_a_large_signed_loop_is_that_of_all_poles) {
  for (const int n : {100, 160}) {
    SignedPair pair(test::covariance_matrix(n, 0.1, n));
    BOOST_TEST(rate_error(pair, 0.5) < 1e-3);
    pair.perturb(0.05, n);
    BOOST_TEST(rate_error(pair, 0.5) < 1e-3);
  }
}

BOOST_AUTO_TEST_CASE(slow_inverters_do_not_make_a_stable_loop_unstable) {
  // The lag to first order would be a mass of D + G- / ratio that is not positive here.
  const SignedPair pair(test::covariance_matrix(64, 0.1, 12));
  BOOST_TEST(first_order_rate(pair, 0.05) < 0.0);
  BOOST_TEST(analyse(pair, 0.05).stable);
  BOOST_TEST(rate_error(pair, 0.05) < 1e-3);
}

BOOST_AUTO_TEST_CASE(a_rotating_loop_that_oscillates_through_its_inverters_is_refused) {
  // Ideal inverters: eigenvalues a +- i b with a > 0. Their lag turns the rotation into growth.
  for (const int n : {16, 48, 100}) {
    const SignedPair pair(test::rotating_matrix(n, 0.06, 1.0));
    BOOST_TEST(analyse(pair, 1e3).stable);
    BOOST_TEST(!analyse(pair, 0.5).stable);
    BOOST_TEST(states_of(pair, 0.5).growth(400.0) > 1e3);
  }
}

BOOST_AUTO_TEST_CASE(an_oscillation_that_the_first_order_lag_hides_is_refused) {
  for (const int n : {20, 40, 100}) {
    SignedPair pair(Eigen::MatrixXd::Identity(n, n));
    pair.plus = 14e-6 * Eigen::MatrixXd::Identity(n, n);
    pair.minus.setZero();
    for (int i = 0; i < n; ++i) {
      pair.plus(i, (i + 3 * n / 5) % n) += 28e-6;
      pair.minus(i, (i + 3 * n / 5) % n) += 8e-6;
    }
    BOOST_TEST(first_order_rate(pair, 0.5) > 0.01);
    BOOST_TEST(states_of(pair, 0.5).growth(500.0) > 1e3);
    BOOST_TEST(!analyse(pair, 0.5).stable);
  }
}

BOOST_AUTO_TEST_CASE(a_rotating_loop_that_decays_is_accepted_with_the_rate_of_its_slowest_mode) {
  for (const int n : {40, 100}) {
    // The slowest mode is the fastest rotation, far from the origin.
    const SignedPair pair(test::rotating_matrix(n, 1.0, 0.9));
    BOOST_TEST(analyse(pair, 0.5).stable);
    BOOST_TEST(rate_error(pair, 0.5) < 0.1);
  }
}

BOOST_AUTO_TEST_CASE(fast_inverters_are_ideal_inverters) {
  const SignedPair pair(test::covariance_matrix(48, 0.2, 9));
  const Eigen::VectorXd load = pair.plus.rowwise().sum() + pair.minus.rowwise().sum();
  const Eigen::MatrixXd ideal = load.cwiseInverse().asDiagonal() * (pair.plus - pair.minus);
  const double expected =
      Eigen::EigenSolver<Eigen::MatrixXd>(ideal, false).eigenvalues().real().minCoeff() +
      1.0 / k_gain;
  BOOST_TEST(analyse(pair, 1e3).minimum_real_eigenvalue == expected,
             boost::test_tools::tolerance(1e-3));
  BOOST_TEST(analyse(pair, 0.5).minimum_real_eigenvalue < 0.99 * expected);
}

BOOST_AUTO_TEST_CASE(damping_shortens_settling) {
  double previous = std::numeric_limits<double>::infinity();
  for (const double damping : {0.03, 0.1, 0.3, 1.0}) {
    const double tau =
        analyse(SignedPair(test::covariance_matrix(80, damping, 5)), 0.5).slowest_time_constant_s;
    BOOST_TEST(tau < previous);
    previous = tau;
  }
}

BOOST_AUTO_TEST_SUITE_END()
