#include <invar/circuit/mvm_circuit.h>
#include <invar/circuit/wired_mvm.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>

#include "circuit/loop_states.h"
#include "circuit/reference_circuit.h"

BOOST_AUTO_TEST_SUITE(wired_mvm)

using namespace invar;
using circuit::WiredMvm;
using test::distance;
using test::ReferenceCircuit;

namespace {

const char* const k_references[] = {"mvm_wired_8_8", "mvm_wired_16_10", "mvm_wired_10_16",
                                    "mvm_rows_6_8", "mvm_columns_8_6"};

WiredMvm mvm_of(const ReferenceCircuit& reference) {
  return {reference.matrix("conductance_s"), reference.wires()};
}

}  // namespace

BOOST_AUTO_TEST_CASE(column_currents_agree_with_ngspice) {
  for (const char* name : k_references) {
    const ReferenceCircuit reference(name);
    const Eigen::MatrixXd current =
        mvm_of(reference).operating_point(reference.matrix("row_voltage_v"));
    const double error = distance(current, reference.matrix("current_a"));
    BOOST_TEST_MESSAGE(name << ": " << error);
    BOOST_TEST(error < 1e-11, name);
  }
}

BOOST_AUTO_TEST_CASE(the_effective_conductance_gives_the_same_currents) {
  for (const char* name : k_references) {
    const ReferenceCircuit reference(name);
    const Eigen::MatrixXd effective = mvm_of(reference).effective_conductance_s();
    BOOST_TEST(effective.rows() == reference.matrix("conductance_s").cols());
    BOOST_TEST(effective.cols() == reference.matrix("conductance_s").rows());
    const double error =
        distance(effective * reference.matrix("row_voltage_v"), reference.matrix("current_a"));
    BOOST_TEST_MESSAGE(name << ": " << error);
    BOOST_TEST(error < 1e-11, name);
  }
}

BOOST_AUTO_TEST_CASE(many_vectors_at_once_are_each_what_they_are_alone) {
  const Eigen::MatrixXd conductance = test::random_levels(24, 9, 6);
  const Eigen::MatrixXd voltage = 5e3 * test::random_levels(24, 12, 7);
  const WiredMvm mvm(conductance, {2.0, 3.0});
  const Eigen::MatrixXd together = WiredMvm(conductance, {2.0, 3.0}).operating_point(voltage);
  for (Eigen::Index k = 0; k < voltage.cols(); ++k) {
    BOOST_TEST(distance(mvm.operating_point(voltage.col(k)), together.col(k)) < 1e-11);
  }
}

BOOST_AUTO_TEST_CASE(what_wires_change_is_far_above_the_tolerance) {
  for (const char* name : k_references) {
    const ReferenceCircuit reference(name);
    const Eigen::MatrixXd ideal = circuit::mvm_operating_point(reference.matrix("conductance_s"),
                                                               reference.matrix("row_voltage_v"));
    BOOST_TEST(distance(ideal, reference.matrix("current_a")) > 1e-5, name);
  }
}

BOOST_AUTO_TEST_CASE(currents_tend_to_those_of_ideal_wires_in_proportion_to_the_resistance) {
  const Eigen::MatrixXd conductance = test::random_levels(12, 7, 3);
  const Eigen::MatrixXd voltage = 5e3 * test::random_levels(12, 1, 4);
  const Eigen::MatrixXd ideal = circuit::mvm_operating_point(conductance, voltage);
  const auto moved = [&](double ohm) {
    return distance(WiredMvm(conductance, {ohm, ohm}).operating_point(voltage), ideal);
  };
  const double slope = moved(1e-3) / 1e-3;
  for (const double ohm : {0.0, 1e-300, 1e-12, 1e-9, 1e-6, 1e-4, 1e-2}) {
    // The iteration stops at a residual of 1e-12.
    BOOST_TEST(std::abs(moved(ohm) - slope * ohm) < 1e-3 * slope * ohm + 2e-12, ohm << " ohm");
  }
}

BOOST_AUTO_TEST_CASE(a_single_cell_a_row_and_a_column_are_chains_of_resistors) {
  const double g = 20e-6, r = 700.0, c = 300.0;
  const Eigen::MatrixXd one = Eigen::MatrixXd::Constant(1, 1, g);
  const Eigen::MatrixXd volt = Eigen::MatrixXd::Constant(1, 1, 0.2);
  BOOST_TEST(WiredMvm(one, {r, c}).operating_point(volt)(0, 0) == 0.2 / (1.0 / g + r + c),
             boost::test_tools::tolerance(1e-13));
  // One row, two columns: the second branch hangs behind another r.
  Eigen::MatrixXd row(1, 2);
  row << g, 2.0 * g;
  const double first = 1.0 / g + c, second = 0.5 / g + c + r;
  const double together = 1.0 / (1.0 / first + 1.0 / second);
  const double node = 0.2 * together / (together + r);
  const Eigen::MatrixXd row_current = WiredMvm(row, {r, c}).operating_point(volt);
  BOOST_TEST(row_current(0, 0) == node / first, boost::test_tools::tolerance(1e-13));
  BOOST_TEST(row_current(1, 0) == node / second, boost::test_tools::tolerance(1e-13));
  // One column, two rows: row 0 reaches ground over one more c than row 1.
  const Eigen::MatrixXd column = row.transpose();
  const Eigen::MatrixXd volts = Eigen::MatrixXd::Constant(2, 1, 0.2);
  const double upper = r + 1.0 / g + c, lower = r + 0.5 / g;
  const double both = 1.0 / (1.0 / upper + 1.0 / lower);
  BOOST_TEST(WiredMvm(column, {r, c}).operating_point(volts)(0, 0) == 0.2 / (both + c),
             boost::test_tools::tolerance(1e-13));
}

BOOST_AUTO_TEST_CASE(driving_the_columns_and_grounding_the_rows_transposes_the_conductance) {
  // A network of resistors is reciprocal; with rows and columns exchanged and both orders reversed
  // it is a circuit of the same kind.
  const Eigen::MatrixXd conductance = test::random_levels(9, 5, 11);
  const WiredMvm mvm(conductance, {40.0, 15.0});
  const WiredMvm exchanged(conductance.transpose().reverse(), {15.0, 40.0});
  BOOST_TEST(distance(exchanged.effective_conductance_s(),
                      mvm.effective_conductance_s().transpose().reverse()) < 1e-12);
}

BOOST_AUTO_TEST_SUITE_END()
