#include <invar/circuit/amplifier_parameters.h>
#include <invar/circuit/inv_circuit.h>
#include <invar/circuit/loop_dynamics.h>
#include <invar/circuit/mvm_circuit.h>

#include <boost/test/unit_test.hpp>
#include <limits>
#include <string>

#include "circuit/refusal.h"

BOOST_AUTO_TEST_SUITE(bad_input)

using namespace invar::circuit;
using invar::test::mentions;
using invar::test::refusal;

namespace {

constexpr double k_nan = std::numeric_limits<double>::quiet_NaN();
constexpr double k_infinity = std::numeric_limits<double>::infinity();

Eigen::MatrixXd good(int n) {
  return 10e-6 * Eigen::MatrixXd::Identity(n, n) + Eigen::MatrixXd::Constant(n, n, 1e-6);
}

InvCircuit good_circuit() {
  return {InvNetwork::with_ideal_wires(good(3), {}, 0.0), 1e4, Eigen::VectorXd::Zero(3)};
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_array_that_is_not_square_is_refused_with_its_size) {
  const std::string message =
      refusal([] { InvNetwork::with_ideal_wires(Eigen::MatrixXd::Constant(3, 4, 1e-6), {}, 0.0); });
  BOOST_TEST(mentions(message, "3 x 4"), message);
  BOOST_TEST(refusal([] { InvNetwork::with_ideal_wires({}, {}, 0.0); }) != "accepted");
}

BOOST_AUTO_TEST_CASE(a_minus_array_of_another_size_is_refused) {
  const std::string message = refusal([] { InvNetwork::with_ideal_wires(good(3), good(4), 0.0); });
  BOOST_TEST(mentions(message, "minus array"), message);
  InvNetwork network = InvNetwork::with_ideal_wires(good(3), {}, 0.0);
  network.minus_s = good(4);
  BOOST_TEST(refusal([&] { InvCircuit(network, 1e4, Eigen::VectorXd::Zero(3)); }) != "accepted");
}

BOOST_AUTO_TEST_CASE(a_cell_that_is_no_conductance_is_refused_with_its_place) {
  for (const double bad : {-1e-9, k_nan, k_infinity}) {
    Eigen::MatrixXd conductance = good(3);
    conductance(1, 2) = bad;
    const std::string plus = refusal([&] { InvNetwork::with_ideal_wires(conductance, {}, 0.0); });
    BOOST_TEST(mentions(plus, "plus array conductance (1, 2)"), plus);
    const std::string minus =
        refusal([&] { InvNetwork::with_ideal_wires(good(3), conductance, 0.0); });
    BOOST_TEST(mentions(minus, "minus array conductance (1, 2)"), minus);
    const std::string mvm =
        refusal([&] { mvm_operating_point(conductance, Eigen::MatrixXd::Zero(3, 1)); });
    BOOST_TEST(mentions(mvm, "conductance (1, 2)"), mvm);
  }
}

BOOST_AUTO_TEST_CASE(an_input_conductance_that_is_none_is_refused) {
  for (const double bad : {-1e-9, k_nan, k_infinity}) {
    const std::string message = refusal([&] { InvNetwork::with_ideal_wires(good(3), {}, bad); });
    BOOST_TEST(mentions(message, "input conductance"), message);
  }
}

BOOST_AUTO_TEST_CASE(gain_and_offsets_must_fit_the_circuit) {
  const InvNetwork network = InvNetwork::with_ideal_wires(good(3), {}, 0.0);
  const Eigen::VectorXd zero = Eigen::VectorXd::Zero(3);
  for (const double bad : {0.0, -10.0, k_nan}) {
    BOOST_TEST(mentions(refusal([&] { InvCircuit(network, bad, zero); }), "gain"));
  }
  BOOST_TEST(
      mentions(refusal([&] { InvCircuit(network, 1e4, Eigen::VectorXd::Zero(2)); }), "offsets"));
  BOOST_TEST(mentions(
      refusal([&] { InvCircuit(network, 1e4, Eigen::VectorXd::Constant(3, k_nan)); }), "offsets"));
}

BOOST_AUTO_TEST_CASE(a_singular_network_is_refused) {
  const auto circuit = [](const Eigen::MatrixXd& conductance) {
    return InvCircuit(InvNetwork::with_ideal_wires(conductance, {}, 0.0), k_infinity,
                      Eigen::VectorXd::Zero(conductance.rows()));
  };
  BOOST_CHECK_THROW(circuit(Eigen::MatrixXd::Zero(3, 3)), std::domain_error);
  BOOST_CHECK_THROW(circuit(Eigen::MatrixXd::Constant(4, 4, 3e-6)), std::domain_error);
  // Rank 2, where rounding leaves a tiny last pivot.
  Eigen::MatrixXd factor(4, 2);
  factor << 0.3, 0.1, 0.7, 0.9, 0.2, 0.6, 0.4, 0.5;
  BOOST_CHECK_THROW(circuit(1e-5 * factor * factor.transpose()), std::domain_error);
}

BOOST_AUTO_TEST_CASE(input_currents_must_fit_the_rows) {
  const InvCircuit circuit = good_circuit();
  const std::string size = refusal([&] { circuit.operating_point(Eigen::MatrixXd::Zero(4, 2)); });
  BOOST_TEST(mentions(size, "4 input currents for 3 rows"), size);
  Eigen::VectorXd current = Eigen::VectorXd::Zero(3);
  current(1) = k_nan;
  BOOST_TEST(mentions(refusal([&] { circuit.operating_point(current); }), "finite"));
  BOOST_TEST(mentions(
      refusal([&] { circuit.saturated_operating_point(current, 0.5, SaturationLaw::hard); }),
      "finite"));
}

BOOST_AUTO_TEST_CASE(a_supply_that_is_not_above_0_is_refused) {
  const InvCircuit circuit = good_circuit();
  for (const double bad : {0.0, -1.0, k_nan}) {
    const std::string message = refusal([&] {
      circuit.saturated_operating_point(Eigen::VectorXd::Zero(3), bad, SaturationLaw::tanh);
    });
    BOOST_TEST(mentions(message, "saturation voltage"), message);
  }
}

BOOST_AUTO_TEST_CASE(a_bandwidth_that_is_not_above_0_is_refused) {
  const InvCircuit circuit = good_circuit();
  for (const double bad : {0.0, -1.0, k_nan}) {
    BOOST_TEST(mentions(refusal([&] { analyse_loop(circuit, bad, 0.5); }), "bandwidth"));
    BOOST_TEST(mentions(refusal([&] { analyse_loop(circuit, 1e8, bad); }), "inverter"));
  }
}

BOOST_AUTO_TEST_CASE(row_voltages_must_fit_the_rows) {
  const std::string message = refusal(
      [] { mvm_operating_point(Eigen::MatrixXd::Zero(3, 5), Eigen::MatrixXd::Zero(5, 1)); });
  BOOST_TEST(mentions(message, "5 row voltages for 3 rows"), message);
  BOOST_TEST(mentions(
      refusal([] { mvm_operating_point(good(3), Eigen::MatrixXd::Constant(3, 1, k_nan)); }),
      "finite"));
}

BOOST_AUTO_TEST_CASE(an_amplifier_parameter_out_of_range_is_named) {
  AmplifierParameters().check();
  const auto named = [](double AmplifierParameters::*member, double value, const char* name) {
    AmplifierParameters parameters;
    parameters.*member = value;
    const std::string message = refusal([&] { parameters.check(); });
    BOOST_TEST(mentions(message, name), message);
  };
  named(&AmplifierParameters::gain, 0.5, "amplifier.gain");
  named(&AmplifierParameters::gain_bandwidth_hz, 0.0, "amplifier.gain_bandwidth_hz");
  named(&AmplifierParameters::offset_sigma_v, -1e-6, "amplifier.offset_sigma_v");
  named(&AmplifierParameters::saturation_v, 0.0, "amplifier.saturation_v");
  named(&AmplifierParameters::inverter_bandwidth_ratio, k_nan,
        "amplifier.inverter_bandwidth_ratio");
  named(&AmplifierParameters::load_f, -1e-15, "amplifier.load_f");
  named(&AmplifierParameters::figure_of_merit_hz_f_per_w, 0.0,
        "amplifier.figure_of_merit_hz_f_per_w");
}

BOOST_AUTO_TEST_CASE(amplifier_power_is_bandwidth_times_load_over_the_figure_of_merit) {
  AmplifierParameters parameters;
  parameters.gain_bandwidth_hz = 100e6;
  parameters.load_f = 1e-12;
  parameters.figure_of_merit_hz_f_per_w = 200e6 * 1e-12 / 1e-3;  // 200 MHz pF / mW
  BOOST_TEST(parameters.power_w() == 0.5e-3, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_SUITE_END()
