#include "circuit/nodal_loop.h"

#include <invar/circuit/wired_loop.h>

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "circuit/loop_states.h"
#include "circuit/reference_circuit.h"

BOOST_AUTO_TEST_SUITE(nodal_loop)

using namespace invar;
using circuit::Injection;
using circuit::InvCircuit;
using circuit::LoopLayout;
using circuit::RowEnd;
using circuit::WiredLoop;
using test::distance;
using test::NodalLoop;
using test::ReferenceCircuit;

namespace {

InvCircuit circuit_of(const LoopLayout& layout, double gain) {
  return {WiredLoop(layout).network(),
          circuit::AmplifierRow::uniform(layout.arrays[0].conductance_s.rows(), gain)};
}

Eigen::VectorXd nodal_outputs(const LoopLayout& layout, double gain,
                              const Eigen::VectorXd& current) {
  return test::NodalLoop(layout, circuit::AmplifierRow::uniform(current.size(), gain), current)
      .outputs_v();
}

Eigen::VectorXd test_currents(int n) {
  test::SimpleRandom random(5);
  Eigen::VectorXd current(n);
  for (double& value : current) {
    value = 10e-6 * random.next();
  }
  return current;
}

}  // namespace

BOOST_AUTO_TEST_CASE(kirchhoffs_equations_agree_with_ngspice) {
  // Ties the equations that the cases below compare with to ngspice.
  for (const char* name : {"wired_near_8", "wired_far_8", "wired_signed_8", "wired_slices_4",
                           "wired_amplifiers_8", "wired_input_conductance_8"}) {
    const ReferenceCircuit reference(name);
    const NodalLoop nodal(reference.layout(), reference.amplifiers(),
                          reference.matrix("current_a"));
    BOOST_TEST(distance(nodal.outputs_v(), reference.matrix("output_v")) < 1e-12, name);
  }
}

BOOST_AUTO_TEST_CASE(small_loops_agree_with_kirchhoffs_equations_at_every_node) {
  for (const int n : {1, 2, 3}) {
    for (const Injection injection : {Injection::near, Injection::far}) {
      LoopLayout layout;
      const Eigen::MatrixXd plus =
          20e-6 * Eigen::MatrixXd::Identity(n, n) + 0.3 * test::random_levels(n, n, 3);
      layout.arrays = {{plus, 1.0, false}, {0.2 * test::random_levels(n, n, 4), 1.0, true}};
      layout.wires = {70.0, 30.0};
      layout.injection = injection;
      const Eigen::VectorXd current = test_currents(n);
      const Eigen::VectorXd expected = nodal_outputs(layout, 500.0, current);
      BOOST_TEST(distance(circuit_of(layout, 500.0).operating_point(current), expected) < 1e-11);
    }
  }
}

BOOST_AUTO_TEST_CASE(wires_much_worse_than_usual_agree_with_kirchhoffs_equations_at_every_node) {
  const ReferenceCircuit reference("wired_signed_8");
  LoopLayout layout = reference.layout();
  for (const double ohm : {30.0, 300.0, 2000.0}) {
    layout.wires = {ohm, 0.5 * ohm};
    const Eigen::VectorXd current = reference.matrix("current_a");
    const double error = distance(circuit_of(layout, 1e4).operating_point(current),
                                  nodal_outputs(layout, 1e4, current));
    BOOST_TEST_MESSAGE(ohm << " ohm: " << error);
    BOOST_TEST(error < 1e-9);
  }
}

BOOST_AUTO_TEST_CASE(either_end_of_the_rows_can_be_sensed) {
  const int n = 5;
  LoopLayout layout;
  layout.wires = {40.0, 15.0};
  const Eigen::MatrixXd plus =
      40e-6 * Eigen::MatrixXd::Identity(n, n) + 0.3 * test::random_levels(n, n, 3);
  layout.arrays = {{plus, 1.0, false}, {0.2 * test::random_levels(n, n, 4), 0.5, true}};
  const Eigen::VectorXd current = test_currents(n);
  for (const Injection injection : {Injection::near, Injection::far}) {
    layout.injection = injection;
    for (const RowEnd first : {RowEnd::left, RowEnd::right}) {
      for (const RowEnd second : {RowEnd::left, RowEnd::right}) {
        layout.arrays[0].sensed_end = first;
        layout.arrays[1].sensed_end = second;
        BOOST_TEST(distance(circuit_of(layout, 300.0).operating_point(current),
                            nodal_outputs(layout, 300.0, current)) < 1e-11);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(power_is_what_cells_and_wires_turn_into_heat) {
  WiredLoop::Options options;
  options.power = true;
  for (const char* name : {"wired_near_8", "wired_offsets_8", "wired_signed_8", "wired_slices_4",
                           "wired_amplifiers_8"}) {
    const ReferenceCircuit reference(name);
    LoopLayout layout = reference.layout();
    layout.injection = Injection::near;
    const circuit::AmplifierRow amplifiers = reference.amplifiers();
    const Eigen::MatrixXd& current = reference.matrix("current_a");
    const NodalLoop nodal(layout, amplifiers, current);
    BOOST_TEST(nodal.power().total_w() == nodal.heat_w(), boost::test_tools::tolerance(1e-9));
    const WiredLoop loop(layout, options);
    const circuit::NetworkPower power =
        loop.power(amplifiers, InvCircuit(loop.network(), amplifiers).operating_point(current),
                   current)
            .front();
    BOOST_TEST(power.drivers_w == nodal.power().drivers_w, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(power.inputs_w == nodal.power().inputs_w, boost::test_tools::tolerance(1e-9));
  }
}

BOOST_AUTO_TEST_CASE(what_hardly_arrives_through_long_columns_is_not_lost_at_high_gain) {
  // Far rows see the drivers through 1e-15 of their voltage, and a gain of 1e10 makes it count.
  const int n = 10;
  test::SimpleRandom random(3);
  circuit::LoopLayout layout;
  layout.wires = {1.0, 1e5};
  Eigen::MatrixXd conductance(n, n);
  for (double& cell : conductance.reshaped()) {
    cell = 50e-6 * (1.0 + random.next());
  }
  layout.arrays = {{conductance, 1.0, false, {}}};
  Eigen::VectorXd current(n);
  for (double& value : current) {
    value = 1e-6 * random.next();
  }
  for (const auto injection : {circuit::Injection::near, circuit::Injection::far}) {
    layout.injection = injection;
    for (const double gain : {1e4, 1e7, 1e10}) {
      const auto amplifiers = circuit::AmplifierRow::uniform(n, gain);
      const circuit::InvCircuit loop(circuit::WiredLoop(layout).network(), amplifiers);
      const Eigen::VectorXd expected = test::NodalLoop(layout, amplifiers, current).outputs_v();
      BOOST_TEST((loop.operating_point(current) - expected).norm() < 1e-9 * expected.norm());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
