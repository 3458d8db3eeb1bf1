#include <boost/test/unit_test.hpp>
#include <cmath>

#include "circuit/loop_states.h"
#include "circuit/reference_circuit.h"

BOOST_AUTO_TEST_SUITE(saturation)

using namespace invar;
using circuit::SaturationLaw;
using test::distance;
using test::ReferenceCircuit;

namespace {

double error_against_ngspice(const std::string& name, SaturationLaw law) {
  const ReferenceCircuit reference(name);
  const Eigen::VectorXd output = reference.inv_circuit().saturated_operating_point(
      reference.matrix("current_a"), reference.number("saturation_v"), law);
  const double error = distance(output, reference.matrix("output_v"));
  BOOST_TEST_MESSAGE(name << ": " << error);
  return error;
}

/// Worst imbalance of the row currents over the drive, with each output at the supply or on its
/// linear law; found from the outputs alone, without the unknowns of the solver.
double kirchhoff_defect(const Eigen::MatrixXd& conductance, const Eigen::VectorXd& current,
                        double gain, double saturation, const Eigen::VectorXd& output) {
  double worst = 0.0;
  for (Eigen::Index k = 0; k < output.size(); ++k) {
    const double load = conductance.row(k).sum();
    const double sense = (conductance.row(k).dot(output) + current(k)) / load;
    const double expected = std::min(saturation, std::max(-saturation, -gain * sense));
    worst = std::max(worst, std::abs(expected - output(k)) / gain * load);
  }
  return worst / current.cwiseAbs().maxCoeff();
}

}  // namespace

BOOST_AUTO_TEST_CASE(soft_saturation_agrees_with_ngspice) {
  BOOST_TEST(error_against_ngspice("inv_tanh_8", SaturationLaw::tanh) < 1e-12);
  BOOST_TEST(error_against_ngspice("inv_tanh_16", SaturationLaw::tanh) < 1e-12);
}

BOOST_AUTO_TEST_CASE(hard_saturation_agrees_with_ngspice) {
  BOOST_TEST(error_against_ngspice("inv_hard_8", SaturationLaw::hard) < 1e-12);
  BOOST_TEST(error_against_ngspice("inv_hard_16", SaturationLaw::hard) < 1e-12);
}

BOOST_AUTO_TEST_CASE(far_below_the_supply_both_laws_are_the_linear_circuit) {
  const ReferenceCircuit reference("inv_decaying_16");
  const circuit::InvCircuit circuit = reference.inv_circuit();
  const Eigen::VectorXd current = reference.matrix("current_a");
  const Eigen::VectorXd linear = reference.matrix("output_v");
  BOOST_TEST(distance(circuit.saturated_operating_point(current, 10.0, SaturationLaw::hard),
                      linear) < 1e-12);
  // tanh x = x - x^3 / 3, divided by the gain: 1e-4 (1e-3)^2 / 3.
  BOOST_TEST(distance(circuit.saturated_operating_point(current, 1e3, SaturationLaw::tanh),
                      linear) < 1e-10);
}

BOOST_AUTO_TEST_CASE(hard_saturation_balances_every_row_however_hard_it_is_driven) {
  int clipped = 0;
  for (int trial = 0; trial < 60; ++trial) {
    const int n = 6 + trial % 20;
    const Eigen::MatrixXd conductance = 30e-6 * test::covariance_matrix(n, 0.2, 40 + trial, true);
    const circuit::InvCircuit circuit(circuit::InvNetwork::with_ideal_wires(conductance, {}, 0.0),
                                      1e4, Eigen::VectorXd::Zero(n));
    test::SimpleRandom random(trial);
    Eigen::VectorXd current(n);
    for (double& value : current) {
      value = random.next() * 1e-6 * std::pow(10.0, trial % 4);
    }
    const Eigen::VectorXd output =
        circuit.saturated_operating_point(current, 0.5, SaturationLaw::hard);
    clipped += static_cast<int>((output.cwiseAbs().array() >= 0.5).count());
    BOOST_TEST(kirchhoff_defect(conductance, current, 1e4, 0.5, output) < 1e-10);
  }
  BOOST_TEST(clipped > 100);
}

BOOST_AUTO_TEST_CASE(a_saturated_output_never_leaves_the_supply) {
  const ReferenceCircuit reference("inv_tanh_16");
  const circuit::InvCircuit circuit = reference.inv_circuit();
  const Eigen::VectorXd current = 20.0 * reference.matrix("current_a");
  for (const SaturationLaw law : {SaturationLaw::hard, SaturationLaw::tanh}) {
    BOOST_TEST(circuit.saturated_operating_point(current, 0.3, law).cwiseAbs().maxCoeff() <= 0.3);
  }
}

BOOST_AUTO_TEST_SUITE_END()
