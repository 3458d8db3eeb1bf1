#include <invar/circuit/loop_dynamics.h>
#include <invar/circuit/loop_states.h>
#include <invar/circuit/step_response.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cmath>
#include <limits>
#include <vector>

#include "circuit/loop_states.h"
#include "circuit/reference_circuit.h"

BOOST_AUTO_TEST_SUITE(transient)

using namespace invar;
using circuit::InvCircuit;
using circuit::InvNetwork;
using circuit::Norm;
using circuit::StepResponse;
using circuit::Transient;

namespace {

constexpr double k_infinity = std::numeric_limits<double>::infinity();
constexpr double k_rad_per_s = 6.283185307179586e8;

/// A loop whose states' matrix is M itself.
InvCircuit loop_of(const Eigen::MatrixXd& m) {
  InvNetwork network;
  network.loop_s = m;
  network.row_load_s = Eigen::VectorXd::Ones(m.rows());
  return {network, k_infinity, Eigen::VectorXd::Zero(m.rows())};
}

Eigen::MatrixXd jordan_block(int n, double rate, double coupling) {
  Eigen::MatrixXd m = rate * Eigen::MatrixXd::Identity(n, n);
  m.diagonal(1).setConstant(coupling);
  return m;
}

std::unique_ptr<const Transient> modal(const Eigen::MatrixXd& m, const Eigen::VectorXd& end,
                                       Eigen::Index outputs) {
  return circuit::modal_transient(Eigen::EigenSolver<Eigen::MatrixXd>(m), m, end, outputs);
}

}  // namespace

BOOST_AUTO_TEST_CASE(modes_and_exponentials_are_the_same_motion) {
  for (const char* name :
       {"step_wired_8", "step_wired_signed_8", "step_wired_rotating_8", "step_wired_wishart_8"}) {
    const test::ReferenceCircuit reference(name);
    const InvCircuit circuit = reference.wired_circuit();
    const circuit::LoopStates loop(circuit, reference.number("inverter_ratio", 0.5));
    const Eigen::MatrixXd m = loop.matrix();
    const Eigen::VectorXd end = loop.final_states(reference.matrix("current_a"));
    const auto by_modes = modal(m, end, loop.rows());
    const auto by_exponentials = circuit::exponential_transient(m, end, loop.rows());
    BOOST_REQUIRE(by_modes != nullptr);
    Eigen::VectorXd times(40);
    for (Eigen::Index i = 0; i < times.size(); ++i) {
      times[i] = 0.01 * std::pow(1.35, static_cast<double>(i));
    }
    BOOST_TEST((by_modes->deviation(times) - by_exponentials->deviation(times)).norm() <
               1e-12 * end.norm());
    for (const Norm norm : {Norm::largest, Norm::euclidean}) {
      const auto a = by_modes->examine(times, norm);
      const auto b = by_exponentials->examine(times, norm);
      for (std::size_t i = 0; i < a.size(); ++i) {
        BOOST_TEST(std::abs(a[i].deviation - b[i].deviation) < 1e-12);
        BOOST_TEST(std::abs(a[i].second_derivative - b[i].second_derivative) < 1e-12);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(bounds_between_knots_hold) {
  const test::ReferenceCircuit reference("step_wired_rotating_8");
  const InvCircuit circuit = reference.wired_circuit();
  const circuit::LoopStates loop(circuit, 2.0);
  const Eigen::MatrixXd m = loop.matrix();
  const Eigen::VectorXd end = loop.final_states(reference.matrix("current_a"));
  for (const auto& motion :
       {modal(m, end, loop.rows()), circuit::exponential_transient(m, end, loop.rows())}) {
    BOOST_REQUIRE(motion != nullptr);
    for (const double start : {0.0, 0.7, 3.0, 11.0}) {
      for (const double length : {0.1, 0.5, 2.0}) {
        const Eigen::VectorXd parts = Eigen::VectorXd::LinSpaced(101, 0.0, 1.0);
        const Eigen::MatrixXd inside = motion->deviation((start + length * parts.array()).matrix());
        const Eigen::MatrixXd line = inside.col(0) * (1.0 - parts.array()).matrix().transpose() +
                                     inside.col(100) * parts.transpose();
        for (const Norm norm : {Norm::largest, Norm::euclidean}) {
          const Transient::Knot a = motion->examine(start, norm);
          const Transient::Knot b = motion->examine(start + length, norm);
          BOOST_TEST(circuit::norms(inside, norm).maxCoeff() <=
                     motion->deviation_between(a, b) + 1e-15);
          BOOST_TEST(circuit::norms(inside - line, norm).maxCoeff() <=
                     motion->interpolation_error(a, b) + 1e-15);
        }
      }
    }
    for (const Norm norm : {Norm::largest, Norm::euclidean}) {
      const double limit = 1e-3 * circuit::norms(end.head(8), norm)[0];
      const double settled = motion->settled_by(limit, norm);
      const Eigen::VectorXd later = Eigen::VectorXd::LinSpaced(500, settled, 4.0 * settled);
      BOOST_TEST(circuit::norms(motion->deviation(later), norm).maxCoeff() <= limit);
    }
  }
}

BOOST_AUTO_TEST_CASE(parallel_modes_are_left_to_exponentials) {
  for (const int n : {2, 4, 7}) {
    const Eigen::MatrixXd m = jordan_block(n, 0.5, 0.4);
    BOOST_TEST((modal(m, Eigen::VectorXd::Ones(n), n) == nullptr));
    const InvCircuit circuit = loop_of(m);
    const Eigen::VectorXd end = Eigen::VectorXd::LinSpaced(n, 0.1, 0.5);
    const StepResponse response(circuit, 1e8, 0.5, -m * end);
    std::vector<double> times;
    for (int i = 0; i < 300; ++i) {
      times.push_back(0.3e-9 * i);
    }
    const Eigen::MatrixXd output = response.outputs_v(times);
    for (int i = 0; i < 300; ++i) {
      // exp(-rate t) sum_k (-coupling t)^k / k! on the superdiagonals.
      const double t = k_rad_per_s * times[i];
      Eigen::VectorXd expected = end;
      for (int row = 0; row < n; ++row) {
        double factor = std::exp(-0.5 * t);
        for (int k = 0; row + k < n; ++k) {
          expected[row] -= factor * end[row + k];
          factor *= -0.4 * t / (k + 1);
        }
      }
      BOOST_TEST((output.col(i) - expected).norm() < 1e-12);
    }
    const double settled = response.settling_time_s(0.01, Norm::largest);
    const auto away = [&](double t) {
      return (response.output_v(t) - response.final_v()).cwiseAbs().maxCoeff();
    };
    BOOST_TEST(away(settled * (1 - 1e-5)) > 0.005);
    BOOST_TEST(away(settled * (1 + 1e-5)) < 0.005);
    BOOST_TEST(response.sample_times_s(1e-3).size() < 300);
  }
}

BOOST_AUTO_TEST_CASE(identical_cells_have_many_equal_poles) {
  const int n = 16;
  Eigen::MatrixXd conductance = Eigen::MatrixXd::Constant(n, n, 1e-6);
  conductance.diagonal().array() += 20e-6;
  const InvCircuit circuit(InvNetwork::with_ideal_wires(conductance, {}, 0.0), 1e4,
                           Eigen::VectorXd::Zero(n));
  Eigen::VectorXd current = Eigen::VectorXd::Zero(n);
  current[3] = 2e-6;
  const StepResponse response(circuit, 1e8, 0.5, current);
  // Two rates: that of the mean, and that of all that has no mean.
  const double load = 36e-6;
  const double mean_rate = 1.0 + 1e-4, other_rate = 20e-6 / load + 1e-4;
  const double mean = -2e-6 / load / n, other = -2e-6 / load - mean;
  for (const double time : {1e-10, 1e-9, 3e-9, 1e-8}) {
    const double t = k_rad_per_s * time;
    const double expected = mean * (1.0 - std::exp(-mean_rate * t)) / mean_rate +
                            other * (1.0 - std::exp(-other_rate * t)) / other_rate;
    BOOST_TEST(response.output_v(time)[3] == expected, boost::test_tools::tolerance(1e-10));
  }
}

BOOST_AUTO_TEST_CASE(one_output_settles_with_one_pole) {
  const InvCircuit circuit(
      InvNetwork::with_ideal_wires(Eigen::MatrixXd::Constant(1, 1, 10e-6), {}, 0.0), 100.0,
      Eigen::VectorXd::Zero(1));
  const StepResponse response(circuit, 1e8, 0.5, Eigen::VectorXd::Constant(1, -3e-6));
  const double rate = 1.01 * k_rad_per_s;
  BOOST_TEST(response.poles_rad_s()[0].real() == -rate, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(response.final_v()[0] == 0.3 / 1.01, boost::test_tools::tolerance(1e-12));
  for (const double tolerance : {0.9, 0.5, 1e-2, 1e-6}) {
    BOOST_TEST(response.settling_time_s(tolerance) == -std::log(tolerance) / rate,
               boost::test_tools::tolerance(2e-6));
  }
  BOOST_TEST(response.settling_time_s(1.5) == 0.0);
}

BOOST_AUTO_TEST_CASE(without_input_nothing_moves) {
  const StepResponse response(loop_of(jordan_block(3, 0.5, 0.1)), 1e8, 0.5,
                              Eigen::VectorXd::Zero(3));
  BOOST_TEST(response.settling_time_s(0.01) == 0.0);
  BOOST_TEST(response.sample_times_s(1e-3).size() == 1);
  BOOST_TEST(response.output_v(1e-9).norm() == 0.0);
}

BOOST_AUTO_TEST_CASE(an_unstable_loop_has_no_step_response) {
  Eigen::MatrixXd m = jordan_block(3, 0.5, 0.1);
  m(2, 2) = -0.01;
  const InvCircuit circuit = loop_of(m);
  BOOST_CHECK_EXCEPTION(StepResponse(circuit, 1e8, 0.5, Eigen::VectorXd::Ones(3)),
                        std::domain_error, [](const std::domain_error& error) {
                          return std::string(error.what()) == "circuit: the loop is unstable";
                        });
  // Its poles can be had for a report.
  BOOST_TEST(circuit::loop_poles(circuit, 1e8, 0.5)[0].real() == 0.01 * k_rad_per_s,
             boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(bad_values_are_refused) {
  const InvCircuit circuit = loop_of(jordan_block(3, 0.5, 0.1));
  const Eigen::VectorXd current = Eigen::VectorXd::Ones(3);
  const StepResponse response(circuit, 1e8, 0.5, current);
  for (const double bad : {0.0, -1.0, std::nan(""), k_infinity}) {
    BOOST_CHECK_THROW(StepResponse(circuit, bad, 0.5, current), std::invalid_argument);
    BOOST_CHECK_THROW(StepResponse(circuit, 1e8, bad, current), std::invalid_argument);
    BOOST_CHECK_THROW(circuit::loop_poles(circuit, bad, 0.5), std::invalid_argument);
    BOOST_CHECK_THROW(response.settling_time_s(bad), std::invalid_argument);
    BOOST_CHECK_THROW(response.sample_times_s(bad), std::invalid_argument);
  }
  BOOST_CHECK_THROW(response.output_v(-1e-9), std::invalid_argument);
  BOOST_CHECK_THROW(response.output_v(std::nan("")), std::invalid_argument);
  BOOST_CHECK_THROW(StepResponse(circuit, 1e8, 0.5, Eigen::VectorXd::Ones(2)),
                    std::invalid_argument);
  BOOST_TEST(response.outputs_v({}).cols() == 0);
}

BOOST_AUTO_TEST_CASE(a_thousand_samples_of_a_large_signed_loop_take_well_under_a_second) {
  const int n = 128;
  const test::SignedPair pair(test::covariance_matrix(n, 0.2, 4));
  Eigen::VectorXd current(n);
  test::SimpleRandom random(1);
  for (double& value : current) {
    value = 5e-6 * random.next();
  }
  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  const StepResponse response(pair.circuit(1e4), 1e8, 0.5, current);
  const double built = seconds();
  const std::vector<double> times = response.sample_times_s(1e-4);
  const double chosen = seconds();
  std::vector<double> grid;
  for (int i = 0; i < 1000; ++i) {
    grid.push_back(times.back() * i / 999);
  }
  const Eigen::MatrixXd output = response.outputs_v(grid);
  const double sampled = seconds();
  BOOST_TEST_MESSAGE(built << " s to build, " << chosen - built << " s to choose " << times.size()
                           << " samples, " << sampled - chosen << " s for a thousand");
  BOOST_TEST(output.allFinite());
  BOOST_TEST((output.col(999) - response.final_v()).cwiseAbs().maxCoeff() <
             1e-4 * response.final_v().cwiseAbs().maxCoeff());
  // Ten times what it takes in a release build.
  BOOST_TEST(sampled - chosen < 1.0);
}

BOOST_AUTO_TEST_SUITE_END()
