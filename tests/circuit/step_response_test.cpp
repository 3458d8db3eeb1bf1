#include <invar/circuit/loop_dynamics.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <complex>

#include "circuit/loop_states.h"
#include "circuit/reference_circuit.h"

BOOST_AUTO_TEST_SUITE(step_response)

using namespace invar;
using test::LoopStates;
using test::ReferenceCircuit;

namespace {

constexpr double k_two_pi = 6.283185307179586;
const char* const k_steps[] = {"step_decaying_8", "step_decaying_16", "step_signed_8",
                               "step_signed_16"};

double inverter_ratio(const ReferenceCircuit& reference) {
  return reference.optional("inverter_ratio").size() == 0 ? 1.0
                                                          : reference.number("inverter_ratio");
}

LoopStates states_of(const ReferenceCircuit& reference) {
  return {reference.matrix("plus_s"), reference.optional("minus_s"), reference.number("gain"),
          inverter_ratio(reference), reference.matrix("current_a")};
}

circuit::LoopDynamics dynamics_of(const ReferenceCircuit& reference) {
  return circuit::analyse_loop(reference.inv_circuit(), reference.number("gain_bandwidth_hz"),
                               inverter_ratio(reference));
}

/// Outputs at `time_s` after a step from rest, by superposition of the modes.
Eigen::VectorXd modal_output(const LoopStates& states, Eigen::Index rows, double rate_scale,
                             double time_s) {
  const Eigen::EigenSolver<Eigen::MatrixXd> modes(states.m);
  const Eigen::VectorXd end = -states.m.partialPivLu().solve(states.b);
  const Eigen::MatrixXcd& shapes = modes.eigenvectors();
  const Eigen::VectorXcd amplitude =
      shapes.partialPivLu().solve((-end).cast<std::complex<double>>());
  const Eigen::VectorXcd decay = (-rate_scale * time_s * modes.eigenvalues().array()).exp();
  return (end + (shapes * amplitude.cwiseProduct(decay)).real()).head(rows);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_poles_of_the_state_equations_reproduce_the_waveforms_of_ngspice) {
  // Ties the hand-written states, against which analyse_loop is checked below, to ngspice.
  for (const char* name : k_steps) {
    const ReferenceCircuit reference(name);
    const LoopStates states = states_of(reference);
    const Eigen::MatrixXd& wave = reference.matrix("wave_v");
    const Eigen::MatrixXd& time = reference.matrix("time_s");
    double worst = 0.0;
    for (Eigen::Index sample = 0; sample < wave.rows(); ++sample) {
      const Eigen::VectorXd output = modal_output(
          states, wave.cols(), k_two_pi * reference.number("gain_bandwidth_hz"), time(sample, 0));
      worst = std::max(worst, (output - wave.row(sample).transpose()).cwiseAbs().maxCoeff());
    }
    worst /= wave.cwiseAbs().maxCoeff();
    BOOST_TEST_MESSAGE(name << ": " << worst << " of full scale");
    BOOST_TEST(worst < 1e-5, name);
  }
}

BOOST_AUTO_TEST_CASE(the_slowest_pole_is_that_of_the_state_equations) {
  for (const char* name : k_steps) {
    const ReferenceCircuit reference(name);
    const double expected = states_of(reference).slowest_rate();
    const circuit::LoopDynamics dynamics = dynamics_of(reference);
    BOOST_TEST(dynamics.stable, name);
    BOOST_TEST(std::abs(dynamics.minimum_real_eigenvalue / expected - 1.0) < 1e-9, name);
    const double tau = 1.0 / (k_two_pi * reference.number("gain_bandwidth_hz") * expected);
    BOOST_TEST(std::abs(dynamics.slowest_time_constant_s / tau - 1.0) < 1e-9, name);
  }
}

BOOST_AUTO_TEST_CASE(the_late_waveform_of_ngspice_decays_with_the_slowest_time_constant) {
  for (const char* name : k_steps) {
    const ReferenceCircuit reference(name);
    const Eigen::MatrixXd& wave = reference.matrix("wave_v");
    const Eigen::MatrixXd& time = reference.matrix("time_s");
    const Eigen::VectorXd end =
        reference.inv_circuit().operating_point(reference.matrix("current_a"));
    const double tau = dynamics_of(reference).slowest_time_constant_s;
    // Late enough for one mode to rule, early enough to stand above the simulator's tolerance.
    Eigen::Index first = 0;
    while (time(first, 0) < 9.0 * tau) {
      ++first;
    }
    Eigen::Index last = first;
    while (last + 1 < time.rows() && time(last + 1, 0) < 12.0 * tau) {
      ++last;
    }
    const double early = (wave.row(first).transpose() - end).norm();
    const double late = (wave.row(last).transpose() - end).norm();
    const double fitted = (time(last, 0) - time(first, 0)) / std::log(early / late);
    BOOST_TEST_MESSAGE(name << ": " << fitted / tau << " of the slowest time constant");
    BOOST_TEST(std::abs(fitted / tau - 1.0) < 0.05, name);
  }
}

BOOST_AUTO_TEST_CASE(settling_to_one_percent_is_bounded_by_the_slowest_mode) {
  for (const char* name : k_steps) {
    const ReferenceCircuit reference(name);
    const double measured = reference.number("settling_1_percent_s");
    // 2^-(bits + 1) = 1 / 128 is the nearest to 1 %; the slow mode carries only part of the step.
    const double estimate = dynamics_of(reference).settling_time_s(6);
    BOOST_TEST_MESSAGE(name << ": estimate over measured " << estimate / measured);
    BOOST_TEST(estimate > measured, name);
    BOOST_TEST(estimate < 2.5 * measured, name);
  }
}

BOOST_AUTO_TEST_CASE(settling_time_is_the_time_constant_times_the_log_of_the_resolution) {
  circuit::LoopDynamics dynamics;
  dynamics.slowest_time_constant_s = 3e-9;
  BOOST_TEST(std::exp(-dynamics.settling_time_s(8) / 3e-9) == 1.0 / 512,
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_SUITE_END()
