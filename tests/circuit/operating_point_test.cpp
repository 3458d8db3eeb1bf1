#include <invar/circuit/mvm_circuit.h>

#include <boost/test/unit_test.hpp>
#include <limits>

#include "circuit/loop_states.h"
#include "circuit/reference_circuit.h"

BOOST_AUTO_TEST_SUITE(circuit_tests)

using namespace invar;
using test::distance;
using test::ReferenceCircuit;

namespace {

double error_against_ngspice(const std::string& name) {
  const ReferenceCircuit reference(name);
  const Eigen::MatrixXd output =
      reference.inv_circuit().operating_point(reference.matrix("current_a"));
  const double error = distance(output, reference.matrix("output_v"));
  BOOST_TEST_MESSAGE(name << ": " << error);
  return error;
}

}  // namespace

BOOST_AUTO_TEST_CASE(decaying_matrices_agree_with_ngspice) {
  for (const char* name :
       {"inv_decaying_4", "inv_decaying_8", "inv_decaying_16", "inv_decaying_32"}) {
    BOOST_TEST(error_against_ngspice(name) < 1e-13, name);
  }
}

BOOST_AUTO_TEST_CASE(low_gain_and_offsets_agree_with_ngspice) {
  BOOST_TEST(error_against_ngspice("inv_offsets_8") < 1e-13);
  BOOST_TEST(error_against_ngspice("inv_offsets_16") < 1e-13);
}

BOOST_AUTO_TEST_CASE(an_input_conductance_loads_its_row_as_in_ngspice) {
  BOOST_TEST(error_against_ngspice("inv_input_conductance_8") < 1e-13);
}

BOOST_AUTO_TEST_CASE(wishart_matrices_agree_with_ngspice) {
  BOOST_TEST(error_against_ngspice("inv_wishart_8") < 1e-12);
  BOOST_TEST(error_against_ngspice("inv_wishart_16") < 1e-12);
}

BOOST_AUTO_TEST_CASE(signed_pairs_agree_with_ngspice) {
  BOOST_TEST(error_against_ngspice("inv_signed_8") < 1e-12);
  BOOST_TEST(error_against_ngspice("inv_signed_16") < 1e-12);
}

BOOST_AUTO_TEST_CASE(gain_and_offset_are_not_lost_in_the_agreement) {
  // What the finite gain and the offsets change is far above the tolerance of the cases above.
  const ReferenceCircuit reference("inv_offsets_8");
  const circuit::InvCircuit ideal(
      circuit::InvNetwork::with_ideal_wires(reference.matrix("plus_s"), {}, 0.0),
      std::numeric_limits<double>::infinity(), Eigen::VectorXd::Zero(8));
  const double moved =
      distance(ideal.operating_point(reference.matrix("current_a")), reference.matrix("output_v"));
  BOOST_TEST(moved > 1e-3);
}

BOOST_AUTO_TEST_CASE(infinite_gain_gives_the_inverse_without_error) {
  const int n = 12;
  const Eigen::MatrixXd matrix = 30e-6 * test::covariance_matrix(n, 0.3, 8, true);
  const circuit::InvCircuit circuit(circuit::InvNetwork::with_ideal_wires(matrix, {}, 0.0),
                                    std::numeric_limits<double>::infinity(),
                                    Eigen::VectorXd::Zero(n));
  const Eigen::MatrixXd current = 1e-6 * Eigen::MatrixXd::Identity(n, n);
  // Kirchhoff at every row: G v + i = 0.
  BOOST_TEST((matrix * circuit.operating_point(current) + current).norm() < 1e-12 * current.norm());
  BOOST_TEST((matrix * circuit.inverse_ohm() - Eigen::MatrixXd::Identity(n, n)).norm() < 1e-11);
}

BOOST_AUTO_TEST_CASE(one_factorisation_serves_every_right_hand_side) {
  const ReferenceCircuit reference("inv_signed_8");
  const circuit::InvCircuit circuit = reference.inv_circuit();
  const Eigen::VectorXd current = reference.matrix("current_a");
  Eigen::MatrixXd batch(8, 3);
  batch << current, -current, 2.0 * current;
  const Eigen::MatrixXd output = circuit.operating_point(batch);
  const Eigen::VectorXd expected = reference.matrix("output_v");
  BOOST_TEST(distance(output.col(0), expected) < 1e-12);
  BOOST_TEST(distance(output.col(1), -expected) < 1e-12);
  BOOST_TEST(distance(output.col(2), 2.0 * expected) < 1e-12);
}

BOOST_AUTO_TEST_CASE(mvm_currents_agree_with_ngspice) {
  for (const char* name : {"mvm_8_8", "mvm_16_10"}) {
    const ReferenceCircuit reference(name);
    const Eigen::MatrixXd current = circuit::mvm_operating_point(reference.matrix("conductance_s"),
                                                                 reference.matrix("row_voltage_v"));
    const double error = distance(current, reference.matrix("current_a"));
    BOOST_TEST_MESSAGE(name << ": " << error);
    BOOST_TEST(error < 1e-12, name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
