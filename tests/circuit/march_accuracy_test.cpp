#include <invar/circuit/march_accuracy.h>
#include <invar/circuit/nodal_network.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <limits>
#include <string>
#include <vector>

#include "circuit/reference_circuit.h"
#include "circuit/whole_circuit.h"

BOOST_AUTO_TEST_SUITE(march_accuracy)

using namespace invar;
using namespace invar::circuit;
using test::conductances;
using test::distance;
using test::Pattern;

namespace {

LoopLayout signed_loop(int n, double ohm) {
  LoopLayout layout;
  layout.arrays.push_back({conductances(n, Pattern::covariance, 1), 1.0, false, {}});
  layout.arrays.push_back({0.5 * conductances(n, Pattern::decaying, 2), 1.0, true, {}});
  layout.wires = {ohm, ohm};
  return layout;
}

LoopLayout single_loop(int n, Pattern pattern, WireParameters wires,
                       Injection injection = Injection::near) {
  LoopLayout layout;
  layout.arrays.push_back({conductances(n, pattern, 5), 1.0, false, {}});
  layout.wires = wires;
  layout.injection = injection;
  return layout;
}

WiredLoop marched(const LoopLayout& layout) {
  WiredLoop::Options options;
  options.maximum_rounding_error = std::numeric_limits<double>::infinity();
  return {layout, options};
}

Eigen::MatrixXd outputs(const InvNetwork& network) {
  const int n = static_cast<int>(network.size());
  return InvCircuit(network, test::uneven_amplifiers(n)).operating_point(test::uneven_currents(n));
}

bool is_nodal(const WiredLoop& loop) {
  return loop.method() == WiredLoop::Method::nodal;
}

std::string refusal(const LoopLayout& layout, const WiredLoop::Options& options) {
  try {
    const WiredLoop loop(layout, options);
    return "accepted";
  } catch (const std::domain_error& error) {
    return error.what();
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(large_resistance_is_left_to_the_nodal_method) {
  const int n = 14;
  const LoopLayout layout = signed_loop(n, 1e5);
  const Eigen::VectorXd expected =
      test::WholeCircuit(layout, test::uneven_amplifiers(n), test::uneven_currents(n)).output_v();
  const WiredLoop loop(layout);
  BOOST_TEST(is_nodal(loop));
  BOOST_TEST(distance(outputs(loop.network()), expected) < 1e-12);
  // What it is good for: the march alone.
  const WiredLoop march = marched(layout);
  BOOST_TEST(!is_nodal(march));
  const double lost = distance(outputs(march.network()), expected);
  BOOST_TEST(lost > 1e-11);
  BOOST_TEST(lost < 1e-4);
}

BOOST_AUTO_TEST_CASE(a_march_that_ends_in_noise_is_left_to_the_nodal_method) {
  // Voltages grow beyond 1e16, and beyond what a double holds.
  for (const int n : {30, 60}) {
    for (const Injection injection : {Injection::near, Injection::far}) {
      LoopLayout layout = single_loop(n, Pattern::covariance, {5e5, 5e5}, injection);
      const WiredLoop loop(layout);
      BOOST_TEST(is_nodal(loop));
      BOOST_TEST(loop.network().loop_s.allFinite());
    }
  }
}

BOOST_AUTO_TEST_CASE(power_comes_with_the_nodal_method_too) {
  const int n = 14;
  LoopLayout layout = signed_loop(n, 1e5);
  layout.input_conductance_s = 5e-6;
  WiredLoop::Options options;
  options.power = true;
  const WiredLoop loop(layout, options);
  BOOST_TEST(is_nodal(loop));
  const test::WholeCircuit whole(layout, test::uneven_amplifiers(n), test::uneven_currents(n));
  BOOST_TEST(loop.power(test::uneven_amplifiers(n), whole.output_v(), test::uneven_currents(n))
                     .front()
                     .total_w() == whole.dissipation_w(),
             boost::test_tools::tolerance(1e-11));
}

BOOST_AUTO_TEST_CASE(realistic_wires_are_marched_however_sensitive_the_matrix_is) {
  for (const Pattern pattern : {Pattern::dense, Pattern::decaying, Pattern::covariance}) {
    for (const double ohm : {1e-6, 1.0, 5.0, 50.0}) {
      BOOST_TEST(!is_nodal(WiredLoop(single_loop(48, pattern, {ohm, ohm}))));
    }
  }
  BOOST_TEST(!is_nodal(WiredLoop(signed_loop(48, 5.0))));
}

BOOST_AUTO_TEST_CASE(wires_of_rows_alone_are_marched_whatever_their_resistance) {
  // Rows do not see each other then: growth without loss.
  const int n = 16;
  const LoopLayout layout = single_loop(n, Pattern::covariance, {1e5, 0.0});
  const WiredLoop loop(layout);
  BOOST_TEST(loop.growth() > 1e7);
  BOOST_TEST(!is_nodal(loop));
  const Eigen::VectorXd expected =
      test::WholeCircuit(layout, test::uneven_amplifiers(n), test::uneven_currents(n)).output_v();
  BOOST_TEST(distance(outputs(loop.network()), expected) < 1e-12);
}

BOOST_AUTO_TEST_CASE(estimates_bound_the_error_of_the_march_by_a_sane_factor) {
  std::vector<double> ratios;
  for (const int n : {16, 32}) {
    for (const double ohm : {3e3, 1e4, 3e4, 1e5}) {
      std::vector<LoopLayout> layouts = {signed_loop(n, ohm)};
      for (const Pattern pattern : {Pattern::dense, Pattern::decaying, Pattern::covariance}) {
        for (const Injection injection : {Injection::near, Injection::far}) {
          layouts.push_back(single_loop(n, pattern, {ohm, ohm}, injection));
        }
      }
      for (const LoopLayout& layout : layouts) {
        const WiredLoop march = marched(layout);
        if (march.growth() < 1e3 || march.growth() > 1e12) {
          continue;
        }
        const bool at_far_end = layout.arrays.size() == 1 || layout.injection == Injection::far;
        const MarchAccuracy estimate =
            estimate_march_accuracy(layout, at_far_end, 1e6, best_instruction_set());
        const double error = distance(outputs(march.network()), outputs(nodal_network(layout)));
        BOOST_TEST(error < 10.0 * estimate.march);
        BOOST_TEST(estimate.inherent < 10.0 * estimate.march);
        ratios.push_back(estimate.march / std::max(error, 1e-15));
      }
    }
  }
  BOOST_TEST_REQUIRE(ratios.size() > 20u);
  std::sort(ratios.begin(), ratios.end());
  BOOST_TEST_MESSAGE("estimate / error: " << ratios.front() << " ... " << ratios.back());
  // The estimate is for the highest gain, these op-amps are of a gain of 1e4.
  BOOST_TEST(ratios[ratios.size() / 2] < 3e4);
}

BOOST_AUTO_TEST_CASE(estimates_of_realistic_wires_are_near_rounding) {
  const MarchAccuracy estimate = estimate_march_accuracy(
      single_loop(48, Pattern::decaying, {5.0, 5.0}), true, 1e6, best_instruction_set());
  BOOST_TEST(estimate.march < 1e-12);
  BOOST_TEST(estimate.march > 1e-16);
}

BOOST_AUTO_TEST_CASE(too_large_for_both_methods_says_what_is_too_large) {
  const std::string message =
      refusal(single_loop(260, Pattern::dense, {1500.0, 2500.0}), WiredLoop::Options{});
  for (const char* part : {"1500 ohm", "2500 ohm", "260 x 260", "too large"}) {
    BOOST_TEST(message.find(part) != std::string::npos, message);
  }
  // The equation at the far end comes from the march alone.
  WiredLoop::Options options;
  options.at_far_end = true;
  const std::string far = refusal(signed_loop(14, 1e5), options);
  BOOST_TEST(far.find("14 x 14") != std::string::npos, far);
}

BOOST_AUTO_TEST_SUITE_END()
