#include <invar/circuit/loop_dynamics.h>
#include <invar/circuit/step_response.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <complex>
#include <string>
#include <vector>

#include "circuit/loop_states.h"
#include "circuit/reference_circuit.h"

BOOST_AUTO_TEST_SUITE(wired_step_response)

using namespace invar;
using circuit::InvCircuit;
using circuit::Norm;
using circuit::StepResponse;
using test::distance;
using test::ReferenceCircuit;

namespace {

constexpr double k_two_pi = 6.283185307179586;
const char* const k_steps[] = {
    "step_decaying_8",      "step_decaying_16",    "step_signed_8",
    "step_signed_16",       "step_wired_8",        "step_wired_16",
    "step_wired_wishart_8", "step_wired_signed_8", "step_wired_amplifiers_8",
    "step_wired_rotating_8"};

InvCircuit circuit_of(const ReferenceCircuit& reference) {
  return reference.optional("row_ohm").size() != 0 ? reference.wired_circuit()
                                                   : reference.inv_circuit();
}

StepResponse response_of(const ReferenceCircuit& reference) {
  return {circuit_of(reference), reference.number("gain_bandwidth_hz"),
          reference.number("inverter_ratio", 0.5), reference.matrix("current_a")};
}

double norm_of(const Eigen::VectorXd& vector, Norm norm) {
  return norm == Norm::largest ? vector.cwiseAbs().maxCoeff() : vector.norm();
}

/// Distance from the end over the size of the end.
double departure(const StepResponse& response, double time_s, Norm norm = Norm::largest) {
  return norm_of(response.output_v(time_s) - response.final_v(), norm) /
         norm_of(response.final_v(), norm);
}

/// The settling time from outputs on a fine grid.
double settling_on_grid(const StepResponse& response, double tolerance, Norm norm, double end_s,
                        int count) {
  std::vector<double> times;
  for (int i = 0; i <= count; ++i) {
    times.push_back(end_s * i / count);
  }
  const Eigen::MatrixXd away = response.outputs_v(times).colwise() - response.final_v();
  const double limit = tolerance * norm_of(response.final_v(), norm);
  for (int i = count; i >= 0; --i) {
    if (norm_of(away.col(i), norm) > limit) {
      return times[i];
    }
  }
  return 0.0;
}

}  // namespace

BOOST_AUTO_TEST_CASE(waveforms_agree_with_ngspice) {
  for (const char* name : k_steps) {
    const ReferenceCircuit reference(name);
    const Eigen::MatrixXd time = reference.matrix("time_s");
    const Eigen::MatrixXd output =
        response_of(reference).outputs_v({time.data(), time.data() + time.size()});
    const Eigen::MatrixXd wave = reference.matrix("wave_v");
    const double error =
        (output.transpose() - wave).cwiseAbs().maxCoeff() / wave.cwiseAbs().maxCoeff();
    BOOST_TEST_MESSAGE(name << ": " << error << " of full scale");
    BOOST_TEST(error < 2e-5, name);
  }
}

BOOST_AUTO_TEST_CASE(settling_times_agree_with_ngspice) {
  for (const char* name : k_steps) {
    const ReferenceCircuit reference(name);
    const StepResponse response = response_of(reference);
    const double ratio =
        response.settling_time_s(0.01, Norm::largest) / reference.number("settling_1_percent_s");
    BOOST_TEST_MESSAGE(name << ": " << ratio - 1.0);
    BOOST_TEST(std::abs(ratio - 1.0) < 2e-3, name);
    const double euclidean = reference.number("euclidean_settling_1_percent_s", 0.0);
    if (euclidean > 0.0) {
      BOOST_TEST_MESSAGE("  euclidean: " << response.settling_time_s(0.01) / euclidean - 1.0);
      BOOST_TEST(std::abs(response.settling_time_s(0.01) / euclidean - 1.0) < 2e-3, name);
      // The two are not the same.
      BOOST_TEST(std::abs(euclidean / reference.number("settling_1_percent_s") - 1.0) > 2e-3);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_response_starts_at_0_and_ends_at_the_operating_point) {
  for (const char* name : k_steps) {
    const ReferenceCircuit reference(name);
    const StepResponse response = response_of(reference);
    BOOST_TEST((response.output_v(0.0).array() == 0.0).all());
    BOOST_TEST(response.output_v(1e-16).cwiseAbs().maxCoeff() < 1e-6);
    const Eigen::VectorXd end =
        circuit_of(reference).operating_point(reference.matrix("current_a"));
    BOOST_TEST((response.final_v().array() == end.array()).all());
    BOOST_TEST(distance(response.output_v(1e-3), end) < 1e-14, name);
  }
}

BOOST_AUTO_TEST_CASE(the_last_crossing_is_found_at_every_tolerance) {
  for (const char* name : {"step_wired_8", "step_wired_signed_8", "step_wired_rotating_8"}) {
    const StepResponse response = response_of(ReferenceCircuit(name));
    for (const double tolerance : {0.5, 0.1, 0.03, 0.01, 1e-3, 1e-5, 1e-9}) {
      for (const Norm norm : {Norm::largest, Norm::euclidean}) {
        const double settled = response.settling_time_s(tolerance, norm);
        BOOST_TEST(departure(response, settled * (1.0 - 1e-5), norm) > tolerance * (1.0 - 1e-6));
        const double on_grid = settling_on_grid(response, tolerance, norm, 3.0 * settled, 6000);
        BOOST_TEST(on_grid <= settled * (1.0 + 1e-9), name << " to " << tolerance);
        BOOST_TEST(settled - on_grid <= 3.0 * settled / 6000 * 1.001, name << " to " << tolerance);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(an_oscillating_response_crosses_the_tolerance_often_and_the_last_time_counts) {
  // One pair of poles: rotation at 0.35 2 pi GBWP with little damping, from its closed form.
  circuit::InvNetwork network;
  const double damping = 0.02, rotation = 0.35;
  network.loop_s.resize(2, 2);
  network.loop_s << damping, rotation, -rotation, damping;
  network.row_load_s = Eigen::VectorXd::Ones(2);
  const InvCircuit circuit(network, std::numeric_limits<double>::infinity(),
                           Eigen::VectorXd::Zero(2));
  const Eigen::Vector2d end(0.3, -0.1);
  const StepResponse response(circuit, 1e8, 0.5, -network.loop_s * end);
  const double rad_per_s = k_two_pi * 1e8;
  // v - end = -exp(-(damping + rotation J) t) end
  const auto away = [&](double t) {
    const std::complex<double> start(-end[0], end[1]);
    const std::complex<double> now =
        start * std::exp(std::complex<double>(-damping, -rotation) * (rad_per_s * t));
    return Eigen::Vector2d(now.real(), -now.imag());
  };
  for (int i = 0; i < 200; ++i) {
    const double t = 1e-9 * i;
    BOOST_TEST((response.output_v(t) - end - away(t)).norm() < 1e-13);
  }
  for (const double tolerance : {0.5, 0.2, 0.05, 0.01, 1e-4}) {
    double last = 0.0;
    for (int i = 0; i < 4000000; ++i) {
      const double t = 0.25e-12 * i;
      if (std::exp(-damping * rad_per_s * t) * std::hypot(end[0], end[1]) < 0.9 * tolerance * 0.3) {
        break;
      }
      if (away(t).cwiseAbs().maxCoeff() > tolerance * 0.3) {
        last = t;
      }
    }
    BOOST_TEST(std::abs(response.settling_time_s(tolerance, Norm::largest) - last) < 1e-4 * last,
               "to " << tolerance);
  }
}

BOOST_AUTO_TEST_CASE(samples_interpolate_to_the_accuracy_asked_for) {
  for (const char* name : {"step_decaying_16", "step_wired_8", "step_wired_wishart_8",
                           "step_wired_signed_8", "step_wired_rotating_8"}) {
    const StepResponse response = response_of(ReferenceCircuit(name));
    const double full_scale = response.final_v().cwiseAbs().maxCoeff();
    for (const double accuracy : {1e-2, 1e-3, 1e-4}) {
      const std::vector<double> times = response.sample_times_s(accuracy);
      BOOST_TEST(times.front() == 0.0);
      BOOST_TEST(departure(response, times.back()) < 0.11 * accuracy);
      const Eigen::MatrixXd at = response.outputs_v(times);
      double worst = 0.0;
      for (std::size_t i = 0; i + 1 < times.size(); ++i) {
        for (const double part : {0.1, 0.25, 0.4, 0.5, 0.65, 0.9}) {
          const Eigen::VectorXd true_v =
              response.output_v(times[i] + part * (times[i + 1] - times[i]));
          const Eigen::VectorXd line = (1.0 - part) * at.col(i) + part * at.col(i + 1);
          worst = std::max(worst, (line - true_v).cwiseAbs().maxCoeff() / full_scale);
        }
      }
      BOOST_TEST_MESSAGE(name << " to " << accuracy << ": " << times.size() << " samples, off by "
                              << worst);
      BOOST_TEST(worst <= accuracy, name);
      // Halving asks for at most four times the error that is needed.
      BOOST_TEST(worst > 0.1 * accuracy, name);
    }
  }
}

BOOST_AUTO_TEST_CASE(poles_are_those_of_the_state_equations) {
  for (const char* name : {"step_decaying_8", "step_signed_8", "step_signed_16"}) {
    const ReferenceCircuit reference(name);
    const test::LoopStates states(reference.matrix("plus_s"), reference.optional("minus_s"),
                                  reference.number("gain"), reference.number("inverter_ratio", 0.5),
                                  reference.matrix("current_a"));
    const Eigen::VectorXcd expected =
        -k_two_pi * reference.number("gain_bandwidth_hz") * states.rates();
    const Eigen::VectorXcd poles = response_of(reference).poles_rad_s();
    BOOST_TEST(poles.size() == expected.size());
    for (const std::complex<double> pole : expected) {
      BOOST_TEST((poles.array() - pole).abs().minCoeff() < 1e-9 * std::abs(pole), name);
    }
    for (Eigen::Index i = 0; i + 1 < poles.size(); ++i) {
      BOOST_TEST(poles[i].real() >= poles[i + 1].real());
    }
    const Eigen::VectorXcd again =
        circuit::loop_poles(reference.inv_circuit(), reference.number("gain_bandwidth_hz"),
                            reference.number("inverter_ratio", 0.5));
    BOOST_TEST((again - poles).norm() < 1e-12 * poles.norm());
  }
}

BOOST_AUTO_TEST_CASE(the_slowest_pole_is_that_of_the_loop_dynamics) {
  for (const char* name : k_steps) {
    const ReferenceCircuit reference(name);
    const double tau =
        circuit::analyse_loop(circuit_of(reference), reference.number("gain_bandwidth_hz"),
                              reference.number("inverter_ratio", 0.5))
            .slowest_time_constant_s;
    BOOST_TEST(-response_of(reference).poles_rad_s()[0].real() * tau == 1.0,
               boost::test_tools::tolerance(1e-9));
  }
}

BOOST_AUTO_TEST_CASE(a_faster_op_amp_shortens_time_in_proportion) {
  const ReferenceCircuit reference("step_wired_amplifiers_8");
  const StepResponse slow = response_of(reference);
  const StepResponse fast(circuit_of(reference), 4.0 * reference.number("gain_bandwidth_hz"), 0.5,
                          reference.matrix("current_a"));
  BOOST_TEST(fast.settling_time_s(0.01) * 4.0 == slow.settling_time_s(0.01),
             boost::test_tools::tolerance(1e-9));
  BOOST_TEST(distance(fast.output_v(2e-9), slow.output_v(8e-9)) < 1e-12);
}

BOOST_AUTO_TEST_CASE(repeated_responses_have_the_same_bits) {
  const ReferenceCircuit reference("step_wired_signed_8");
  const StepResponse first = response_of(reference);
  const StepResponse second = response_of(reference);
  const std::vector<double> times = first.sample_times_s(1e-4);
  BOOST_TEST((times == second.sample_times_s(1e-4)));
  BOOST_TEST((first.outputs_v(times).array() == second.outputs_v(times).array()).all());
  BOOST_TEST(first.settling_time_s(1e-3) == second.settling_time_s(1e-3));
}

BOOST_AUTO_TEST_SUITE_END()
