#include <invar/circuit/nonlinear_inv.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>

#include "circuit/loop_states.h"
#include "circuit/reference_circuit.h"

BOOST_AUTO_TEST_SUITE(nonlinear_inv)

using namespace invar;
using circuit::CellLaw;
using circuit::InvCircuit;
using circuit::LoopLayout;
using circuit::nonlinear_operating_point;
using test::distance;
using test::ReferenceCircuit;

namespace {

const char* const k_references[] = {"nonlinear_8", "nonlinear_signed_8", "nonlinear_wired_8",
                                    "nonlinear_wired_16", "nonlinear_wired_signed_8"};

Eigen::MatrixXd linear_outputs(const LoopLayout& layout, const circuit::AmplifierRow& amplifiers,
                               const Eigen::MatrixXd& current) {
  return InvCircuit(circuit::WiredLoop(layout).network(), amplifiers).operating_point(current);
}

}  // namespace

BOOST_AUTO_TEST_CASE(outputs_with_sinh_cells_agree_with_ngspice) {
  for (const char* name : k_references) {
    const ReferenceCircuit reference(name);
    const Eigen::MatrixXd output = nonlinear_operating_point(
        reference.layout(), reference.amplifiers(), CellLaw{reference.number("nonlinearity_per_v")},
        reference.matrix("current_a"));
    const double error = distance(output, reference.matrix("output_v"));
    BOOST_TEST_MESSAGE(name << ": " << error);
    BOOST_TEST(error < 1e-10, name);
  }
}

BOOST_AUTO_TEST_CASE(what_the_law_changes_is_far_above_the_tolerance) {
  for (const char* name : k_references) {
    const ReferenceCircuit reference(name);
    BOOST_TEST(distance(linear_outputs(reference.layout(), reference.amplifiers(),
                                       reference.matrix("current_a")),
                        reference.matrix("output_v")) > 1e-3,
               name);
  }
}

BOOST_AUTO_TEST_CASE(without_nonlinearity_cells_are_ohmic) {
  for (const char* name : {"wired_near_8", "wired_far_16", "wired_signed_16", "wired_amplifiers_8",
                           "wired_slices_4"}) {
    const ReferenceCircuit reference(name);
    const Eigen::MatrixXd output = nonlinear_operating_point(
        reference.layout(), reference.amplifiers(), CellLaw{}, reference.matrix("current_a"));
    BOOST_TEST(distance(output, reference.matrix("output_v")) < 1e-11, name);
  }
}

BOOST_AUTO_TEST_CASE(small_currents_see_ohmic_cells_up_to_the_cube_of_the_voltage) {
  const ReferenceCircuit reference("nonlinear_wired_8");
  const Eigen::MatrixXd& current = reference.matrix("current_a");
  const auto departure = [&](double scale) {
    const Eigen::MatrixXd input = scale * current;
    return distance(
        nonlinear_operating_point(reference.layout(), reference.amplifiers(), CellLaw{3.0}, input),
        linear_outputs(reference.layout(), reference.amplifiers(), input));
  };
  // sinh x / x = 1 + x^2 / 6: the relative departure goes as the square of the input.
  BOOST_TEST(departure(0.02) / departure(0.01) == 4.0, boost::test_tools::tolerance(1e-2));
  BOOST_TEST(departure(1e-5) < 1e-10);
}

BOOST_AUTO_TEST_CASE(one_cell_follows_its_law) {
  const double g = 20e-6, bend = 4.0, gain = 100.0, current = 15e-6;
  LoopLayout layout;
  layout.arrays = {{Eigen::MatrixXd::Constant(1, 1, g), 1.0, false}};
  layout.wires = {500.0, 800.0};
  const double output =
      nonlinear_operating_point(layout, circuit::AmplifierRow::uniform(1, gain), CellLaw{bend},
                                Eigen::MatrixXd::Constant(1, 1, current))(0, 0);
  // From M (at -v / A0) over r, the cell and c to the output.
  const double cell = std::asinh(bend * current / g) / bend;
  BOOST_TEST(-output * (1.0 + 1.0 / gain) == cell + 1300.0 * current,
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(cells_draw_a_current_of_g_sinh_a_v_over_a) {
  const CellLaw law{3.0};
  BOOST_TEST(law.current_a(2e-6, 0.5) == 2e-6 * std::sinh(1.5) / 3.0,
             boost::test_tools::tolerance(1e-14));
  BOOST_TEST(law.current_a(2e-6, -0.5) == -law.current_a(2e-6, 0.5));
  const double h = 1e-4;
  BOOST_TEST(law.slope_s(2e-6, 0.5) ==
                 (law.current_a(2e-6, 0.5 + h) - law.current_a(2e-6, 0.5 - h)) / (2.0 * h),
             boost::test_tools::tolerance(1e-6));
  BOOST_TEST(CellLaw{}.current_a(2e-6, 0.5) == 1e-6);
  BOOST_CHECK_THROW(CellLaw{-1.0}.check(), std::invalid_argument);
  BOOST_CHECK_THROW(CellLaw{std::nan("")}.check(), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(the_linearised_loop_gives_the_response_to_a_small_change_of_current) {
  for (const char* name : {"nonlinear_wired_signed_8", "nonlinear_8"}) {
    const ReferenceCircuit reference(name);
    const CellLaw law{reference.number("nonlinearity_per_v")};
    const Eigen::VectorXd current = reference.matrix("current_a");
    Eigen::VectorXd change(current.size());
    test::SimpleRandom random(9);
    for (double& value : change) {
      value = 1e-9 * random.next();
    }
    const circuit::AmplifierRow amplifiers = reference.amplifiers();
    Eigen::MatrixXd inputs(current.size(), 2);
    inputs << current + change, current - change;
    const Eigen::MatrixXd outputs =
        nonlinear_operating_point(reference.layout(), amplifiers, law, inputs);
    const LoopLayout slopes =
        circuit::linearised_layout(reference.layout(), amplifiers, law, current);
    BOOST_TEST(distance(0.5 * (outputs.col(0) - outputs.col(1)),
                        linear_outputs(slopes, amplifiers, change)) < 1e-6,
               name);
  }
}

BOOST_AUTO_TEST_CASE(a_loop_driven_far_into_the_bend_still_converges) {
  const ReferenceCircuit reference("nonlinear_wired_16");
  const Eigen::MatrixXd current = 20.0 * reference.matrix("current_a");
  const Eigen::MatrixXd output =
      nonlinear_operating_point(reference.layout(), reference.amplifiers(), CellLaw{5.0}, current);
  BOOST_TEST(output.allFinite());
  // Bent cells carry more current than ohmic ones at the same voltage.
  BOOST_TEST(output.norm() <
             linear_outputs(reference.layout(), reference.amplifiers(), current).norm());
}

BOOST_AUTO_TEST_SUITE_END()
