#include <invar/circuit/output_transition.h>
#include <invar/circuit/step_response.h>

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "circuit/loop_states.h"

BOOST_AUTO_TEST_SUITE(output_transition)

using namespace invar;
using circuit::OutputTransition;

namespace {

constexpr double k_bandwidth_hz = 100e6;
constexpr double k_ratio = 0.5;

}  // namespace

BOOST_AUTO_TEST_CASE(from_rest_it_is_the_step_response) {
  const int n = 12;
  const circuit::InvCircuit loop =
      test::SignedPair(test::covariance_matrix(n, 0.3, 4)).circuit(1e4);
  const Eigen::VectorXd current = Eigen::VectorXd::LinSpaced(n, -5e-6, 5e-6);
  const circuit::StepResponse reference(loop, k_bandwidth_hz, k_ratio, current);
  const double duration_s = reference.settling_time_s(1e-3);
  const OutputTransition transition(loop, k_bandwidth_hz, k_ratio, 3, duration_s, 20);
  const Eigen::MatrixXd way = transition.between(Eigen::VectorXd::Zero(n), reference.final_v());
  BOOST_TEST(way.rows() == 3);
  BOOST_TEST(way.cols() == 20);
  for (int sample = 0; sample < 20; ++sample) {
    const Eigen::VectorXd expected = reference.output_v((sample + 1) * transition.interval_s());
    BOOST_TEST((way.col(sample) - expected.head(3)).norm() < 1e-9 * reference.final_v().norm());
  }
}

BOOST_AUTO_TEST_CASE(between_two_results_it_is_the_difference_of_their_step_responses) {
  const int n = 8;
  const circuit::InvCircuit loop =
      test::SignedPair(test::covariance_matrix(n, 0.3, 6)).circuit(1e4);
  const OutputTransition transition(loop, k_bandwidth_hz, k_ratio, n, 40e-9, 5);
  const Eigen::VectorXd before = Eigen::VectorXd::LinSpaced(n, 0.1, 0.3);
  const Eigen::VectorXd after = Eigen::VectorXd::LinSpaced(n, -0.2, 0.2);
  const Eigen::MatrixXd rising = transition.between(Eigen::VectorXd::Zero(n), after - before);
  const Eigen::MatrixXd way = transition.between(before, after);
  BOOST_TEST((way - (rising.colwise() + before)).norm() < 1e-12);
  BOOST_TEST((transition.between(after, after).colwise() - after).norm() < 1e-15);
}

BOOST_AUTO_TEST_CASE(rows_that_are_not_there_are_refused) {
  const circuit::InvCircuit loop =
      test::SignedPair(test::covariance_matrix(4, 0.3, 6)).circuit(1e4);
  BOOST_CHECK_THROW(OutputTransition(loop, 1e8, 0.5, 5, 1e-9, 4), std::invalid_argument);
  BOOST_CHECK_THROW(OutputTransition(loop, 1e8, 0.5, 0, 1e-9, 4), std::invalid_argument);
  BOOST_CHECK_THROW(OutputTransition(loop, 1e8, 0.5, 1, 0.0, 4), std::invalid_argument);
  BOOST_CHECK_THROW(OutputTransition(loop, -1.0, 0.5, 1, 1e-9, 4), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
