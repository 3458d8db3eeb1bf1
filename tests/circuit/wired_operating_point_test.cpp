#include <invar/circuit/wired_loop.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "circuit/loop_states.h"
#include "circuit/reference_circuit.h"

BOOST_AUTO_TEST_SUITE(wired_operating_point)

using namespace invar;
using circuit::Injection;
using circuit::InvCircuit;
using circuit::LoopLayout;
using circuit::SaturationLaw;
using circuit::WiredLoop;
using test::distance;
using test::ReferenceCircuit;

namespace {

double error_against_ngspice(const std::string& name) {
  const ReferenceCircuit reference(name);
  const Eigen::MatrixXd output =
      reference.wired_circuit().operating_point(reference.matrix("current_a"));
  const double error = distance(output, reference.matrix("output_v"));
  BOOST_TEST_MESSAGE(name << ": " << error);
  return error;
}

double saturated_error_against_ngspice(const std::string& name, SaturationLaw law) {
  const ReferenceCircuit reference(name);
  const Eigen::VectorXd output = reference.wired_circuit().saturated_operating_point(
      reference.matrix("current_a"), reference.number("saturation_v"), law);
  const Eigen::VectorXd expected = reference.matrix("output_v");
  const double error = distance(output, expected);
  const double supply = reference.number("saturation_v");
  BOOST_TEST_MESSAGE(name << ": " << error << ", "
                          << (expected.array().abs() > 0.98 * supply).count() << " at the supply");
  BOOST_TEST((expected.array().abs() > 0.98 * supply).any());
  BOOST_TEST((expected.array().abs() < 0.98 * supply).any());
  return error;
}

InvCircuit circuit_of(const LoopLayout& layout, double gain) {
  return {WiredLoop(layout).network(),
          circuit::AmplifierRow::uniform(layout.arrays[0].conductance_s.rows(), gain)};
}

}  // namespace

BOOST_AUTO_TEST_CASE(near_currents_agree_with_ngspice) {
  for (const char* name : {"wired_near_4", "wired_near_8", "wired_near_16"}) {
    BOOST_TEST(error_against_ngspice(name) < 1e-11, name);
  }
}

BOOST_AUTO_TEST_CASE(far_currents_agree_with_ngspice) {
  for (const char* name : {"wired_far_8", "wired_far_16", "wired_far_32"}) {
    BOOST_TEST(error_against_ngspice(name) < 1e-11, name);
  }
}

BOOST_AUTO_TEST_CASE(wires_of_only_one_direction_agree_with_ngspice) {
  BOOST_TEST(error_against_ngspice("wired_rows_8") < 1e-11);
  BOOST_TEST(error_against_ngspice("wired_columns_8") < 1e-11);
}

BOOST_AUTO_TEST_CASE(badly_conditioned_arrays_with_wires_agree_with_ngspice) {
  for (const char* name : {"wired_wishart_8", "wired_wishart_16", "wired_random_8",
                           "wired_random_16", "wired_gain_million_8"}) {
    BOOST_TEST(error_against_ngspice(name) < 1e-9, name);
  }
}

BOOST_AUTO_TEST_CASE(signed_pairs_with_wires_agree_with_ngspice) {
  for (const char* name : {"wired_signed_2", "wired_signed_8", "wired_signed_16"}) {
    BOOST_TEST(error_against_ngspice(name) < 1e-11, name);
  }
}

BOOST_AUTO_TEST_CASE(gains_and_offsets_of_amplifiers_and_inverters_agree_with_ngspice) {
  for (const char* name : {"wired_gain_100_16", "wired_offsets_8", "wired_amplifiers_8"}) {
    BOOST_TEST(error_against_ngspice(name) < 1e-11, name);
  }
}

BOOST_AUTO_TEST_CASE(an_input_conductance_on_a_row_with_wires_agrees_with_ngspice) {
  BOOST_TEST(error_against_ngspice("wired_input_conductance_8") < 1e-11);
}

BOOST_AUTO_TEST_CASE(two_slices_on_one_op_amp_row_agree_with_ngspice) {
  BOOST_TEST(error_against_ngspice("wired_slices_4") < 1e-11);
}

BOOST_AUTO_TEST_CASE(saturation_with_wires_agrees_with_ngspice) {
  BOOST_TEST(saturated_error_against_ngspice("wired_tanh_8", SaturationLaw::tanh) < 1e-12);
  BOOST_TEST(saturated_error_against_ngspice("wired_tanh_16", SaturationLaw::tanh) < 1e-12);
  BOOST_TEST(saturated_error_against_ngspice("wired_hard_8", SaturationLaw::hard) < 1e-12);
  BOOST_TEST(saturated_error_against_ngspice("wired_hard_16", SaturationLaw::hard) < 1e-12);
}

BOOST_AUTO_TEST_CASE(power_of_the_drivers_agrees_with_ngspice) {
  for (const char* name :
       {"wired_near_8", "wired_near_16", "wired_offsets_8", "wired_wishart_16", "wired_signed_8"}) {
    const ReferenceCircuit reference(name);
    WiredLoop::Options options;
    options.power = true;
    const WiredLoop loop(reference.layout(), options);
    const InvCircuit circuit(loop.network(), reference.amplifiers());
    const Eigen::MatrixXd current = reference.matrix("current_a");
    const circuit::NetworkPower power =
        loop.power(reference.amplifiers(), circuit.operating_point(current), current).front();
    const double error = power.drivers_w / reference.number("output_power_w") - 1.0;
    BOOST_TEST_MESSAGE(name << ": " << error);
    BOOST_TEST(std::abs(error) < 1e-9, name);
  }
}

BOOST_AUTO_TEST_CASE(what_wires_change_is_far_above_the_tolerance) {
  for (const char* name :
       {"wired_near_8", "wired_far_8", "wired_signed_8", "wired_rows_8", "wired_columns_8"}) {
    const ReferenceCircuit reference(name);
    const InvCircuit ideal = reference.inv_circuit();
    BOOST_TEST(distance(ideal.operating_point(reference.matrix("current_a")),
                        reference.matrix("output_v")) > 1e-5,
               name);
  }
}

BOOST_AUTO_TEST_CASE(wires_without_resistance_are_ideal_wires) {
  for (const char* name : {"wired_near_8", "wired_far_8", "wired_signed_8", "wired_signed_16",
                           "wired_gain_100_16", "wired_input_conductance_8"}) {
    const ReferenceCircuit reference(name);
    LoopLayout layout = reference.layout();
    layout.wires = {};
    const InvCircuit circuit(WiredLoop(layout).network(), reference.amplifiers());
    const Eigen::MatrixXd& current = reference.matrix("current_a");
    BOOST_TEST(distance(circuit.operating_point(current),
                        reference.inv_circuit().operating_point(current)) < 1e-13,
               name);
  }
}

BOOST_AUTO_TEST_CASE(outputs_tend_to_those_of_ideal_wires_in_proportion_to_the_resistance) {
  for (const char* name : {"wired_near_8", "wired_far_16", "wired_signed_16"}) {
    const ReferenceCircuit reference(name);
    const Eigen::MatrixXd& current = reference.matrix("current_a");
    const Eigen::MatrixXd ideal =
        InvCircuit(circuit::InvNetwork::with_ideal_wires(reference.matrix("plus_s"),
                                                         reference.optional("minus_s"), 0.0),
                   reference.amplifiers())
            .operating_point(current);
    const auto moved_per_ohm = [&](double ohm) {
      LoopLayout layout = reference.layout();
      layout.wires = {ohm, ohm};
      return distance(InvCircuit(WiredLoop(layout).network(), reference.amplifiers())
                          .operating_point(current),
                      ideal) /
             ohm;
    };
    const double slope = moved_per_ohm(1e-3);
    for (const double ohm : {1e-2, 1e-4, 1e-5, 1e-6}) {
      // Rounding, about 1e-14 of the outputs, is what is left of the difference at last.
      BOOST_TEST(std::abs(moved_per_ohm(ohm) / slope - 1.0) < 1e-3 + 1e-14 / (slope * ohm), name);
    }
    for (const double ohm : {1e-9, 1e-12, 1e-15, 1e-300}) {
      BOOST_TEST(moved_per_ohm(ohm) * ohm < 1e-13 + slope * ohm, name);
    }
  }
}

BOOST_AUTO_TEST_CASE(one_cell_is_a_chain_of_resistors) {
  const double g = 20e-6, r = 300.0, c = 500.0, gain = 50.0, current = 3e-6;
  LoopLayout layout;
  layout.arrays = {{Eigen::MatrixXd::Constant(1, 1, g), 1.0, false}};
  layout.wires = {r, c};
  const Eigen::VectorXd in = Eigen::VectorXd::Constant(1, current);
  // No current into the op-amp: all of it goes from the row's node over the cell to the output.
  const double cell_ohm = 1.0 / g + c;
  const double far = -current * cell_ohm * gain / (gain + 1.0);
  const double near = -current * (cell_ohm + r) * gain / (gain + 1.0);
  layout.injection = Injection::far;
  BOOST_TEST(circuit_of(layout, gain).operating_point(in)(0, 0) == far,
             boost::test_tools::tolerance(1e-13));
  layout.injection = Injection::near;
  BOOST_TEST(circuit_of(layout, gain).operating_point(in)(0, 0) == near,
             boost::test_tools::tolerance(1e-13));
}

BOOST_AUTO_TEST_CASE(the_load_of_rows_coupled_by_wires_is_symmetric) {
  // Nodes M of a network of resistors with all drivers at 0 V are reciprocal.
  const ReferenceCircuit reference("wired_signed_8");
  WiredLoop::Options options;
  options.power = true;  // keeps the equations at M
  const Eigen::MatrixXd load = WiredLoop(reference.layout(), options).network().load_s;
  BOOST_TEST(distance(load.transpose(), load) < 1e-12);
}

BOOST_AUTO_TEST_CASE(exchanging_drivers_and_sensed_nodes_transposes_the_transfer) {
  // Tellegen: with ideal op-amps (nullors), currents into the drivers' nodes and voltages of the
  // sensed ones give the transposed transfer. That circuit is one of the same kind, with rows and
  // columns exchanged and both orders reversed.
  const int n = 6;
  const auto transfer = [](const Eigen::MatrixXd& conductance, double row_ohm, double column_ohm) {
    LoopLayout layout;
    layout.arrays = {{conductance, 1.0, false}};
    layout.wires = {row_ohm, column_ohm};
    const Eigen::Index size = conductance.rows();
    return circuit_of(layout, std::numeric_limits<double>::infinity())
        .operating_point(1e-6 * Eigen::MatrixXd::Identity(size, size));
  };
  const Eigen::MatrixXd conductance =
      test::random_levels(n, n, 8) + 60e-6 * Eigen::MatrixXd::Identity(n, n);
  const Eigen::MatrixXd expected = transfer(conductance, 40.0, 15.0).transpose().reverse();
  BOOST_TEST(distance(transfer(conductance.transpose().reverse(), 15.0, 40.0), expected) < 1e-12);
  BOOST_TEST(distance(transfer(conductance.transpose().reverse(), 40.0, 15.0), expected) > 1e-6);
}

BOOST_AUTO_TEST_CASE(repeated_solutions_have_the_same_bits) {
  for (const char* name : {"wired_far_32", "wired_signed_16", "wired_slices_4"}) {
    const ReferenceCircuit reference(name);
    const Eigen::MatrixXd current = reference.matrix("current_a");
    const Eigen::MatrixXd first = reference.wired_circuit().operating_point(current);
    const Eigen::MatrixXd second = reference.wired_circuit().operating_point(current);
    BOOST_TEST((first.array() == second.array()).all(), name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
