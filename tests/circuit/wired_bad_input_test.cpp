#include <invar/circuit/nonlinear_inv.h>
#include <invar/circuit/wired_loop.h>
#include <invar/circuit/wired_mvm.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "circuit/refusal.h"

BOOST_AUTO_TEST_SUITE(wired_bad_input)

using namespace invar::circuit;
using invar::test::mentions;
using invar::test::refusal;

namespace {

constexpr double k_nan = std::numeric_limits<double>::quiet_NaN();
constexpr double k_infinity = std::numeric_limits<double>::infinity();

Eigen::MatrixXd good(int rows, int columns) {
  return Eigen::MatrixXd::Constant(rows, columns, 1e-6) +
         10e-6 * Eigen::MatrixXd::Identity(rows, columns);
}

LoopLayout good_layout() {
  LoopLayout layout;
  layout.arrays = {{good(3, 3), 1.0, false}, {0.1 * good(3, 3), 1.0, true}};
  layout.wires = {1.0, 1.0};
  return layout;
}

template <typename Spoil>
std::string refusal_of(Spoil spoil) {
  LoopLayout layout = good_layout();
  spoil(layout);
  return refusal([&] { WiredLoop{layout}; });
}

}  // namespace

BOOST_AUTO_TEST_CASE(wires_that_are_no_resistance_are_named) {
  BOOST_TEST(refusal_of([](LoopLayout&) {}) == "accepted");
  for (const double bad : {-1.0, -1e-300, k_nan, k_infinity}) {
    const std::string row = refusal_of([&](LoopLayout& layout) { layout.wires.row_ohm = bad; });
    BOOST_TEST(mentions(row, "wires.row_ohm"), row);
    const std::string column =
        refusal_of([&](LoopLayout& layout) { layout.wires.column_ohm = bad; });
    BOOST_TEST(mentions(column, "wires.column_ohm"), column);
    const std::string mvm = refusal([&] { WiredMvm(good(3, 2), {1.0, bad}); });
    BOOST_TEST(mentions(mvm, "wires.column_ohm"), mvm);
  }
}

BOOST_AUTO_TEST_CASE(cells_that_are_no_conductance_are_refused_with_their_place) {
  for (const double bad : {-1e-9, k_nan, k_infinity}) {
    for (const std::size_t array : {0, 1}) {
      const std::string message =
          refusal_of([&](LoopLayout& layout) { layout.arrays[array].conductance_s(1, 2) = bad; });
      BOOST_TEST(mentions(message, "conductance (1, 2)"), message);
    }
    Eigen::MatrixXd conductance = good(3, 2);
    conductance(2, 1) = bad;
    const std::string mvm = refusal([&] { WiredMvm(conductance, {1.0, 1.0}); });
    BOOST_TEST(mentions(mvm, "conductance (2, 1)"), mvm);
  }
}

BOOST_AUTO_TEST_CASE(arrays_that_are_missing_or_not_square_or_not_of_one_size_are_refused) {
  BOOST_TEST(mentions(refusal_of([](LoopLayout& layout) { layout.arrays.clear(); }), "array"));
  BOOST_TEST(mentions(refusal_of([](LoopLayout& layout) { layout.arrays[0].conductance_s = {}; }),
                      "array"));
  const std::string oblong =
      refusal_of([](LoopLayout& layout) { layout.arrays[0].conductance_s = good(3, 4); });
  BOOST_TEST(mentions(oblong, "3 x 4"), oblong);
  const std::string unequal =
      refusal_of([](LoopLayout& layout) { layout.arrays[1].conductance_s = good(4, 4); });
  BOOST_TEST(mentions(unequal, "4 x 4"), unequal);
  BOOST_TEST(refusal([] { WiredMvm(Eigen::MatrixXd(), {1.0, 1.0}); }) != "accepted");
}

BOOST_AUTO_TEST_CASE(an_attenuation_or_input_conductance_that_is_no_number_is_refused) {
  for (const double bad : {k_nan, k_infinity}) {
    BOOST_TEST(mentions(refusal_of([&](LoopLayout& layout) { layout.arrays[1].attenuation = bad; }),
                        "attenuation"));
  }
  for (const double bad : {k_nan, k_infinity, -1e-6}) {
    BOOST_TEST(mentions(refusal_of([&](LoopLayout& layout) { layout.input_conductance_s = bad; }),
                        "input conductance"));
  }
  BOOST_TEST(mentions(refusal_of([](LoopLayout& layout) {
                        layout.injection = Injection::far;
                        layout.input_conductance_s = 1e-6;
                      }),
                      "input conductance"));
}

BOOST_AUTO_TEST_CASE(amplifiers_that_cannot_be_are_refused_by_name) {
  const InvNetwork network = WiredLoop(good_layout()).network();
  const auto message = [&](auto spoil) {
    AmplifierRow row = AmplifierRow::uniform(3, 1e4);
    spoil(row);
    return refusal([&] { InvCircuit(network, row); });
  };
  const Eigen::VectorXd short_row = Eigen::VectorXd::Ones(2);
  const Eigen::Vector3d bad_row(1.0, k_nan, 1.0);
  BOOST_TEST(mentions(message([&](AmplifierRow& row) { row.gain = short_row; }), "gain"));
  BOOST_TEST(mentions(message([&](AmplifierRow& row) { row.gain = bad_row; }), "gain"));
  BOOST_TEST(mentions(message([&](AmplifierRow& row) { row.gain[1] = 0.0; }), "gain"));
  BOOST_TEST(mentions(message([&](AmplifierRow& row) { row.offset_v = bad_row; }), "offset"));
  BOOST_TEST(mentions(message([&](AmplifierRow& row) { row.relative_bandwidth = short_row; }),
                      "bandwidth"));
  BOOST_TEST(
      mentions(message([&](AmplifierRow& row) { row.relative_bandwidth = bad_row; }), "bandwidth"));
  BOOST_TEST(mentions(message([&](AmplifierRow& row) { row.inverter_offset_v = bad_row; }),
                      "inverter offset"));
}

BOOST_AUTO_TEST_CASE(inputs_that_do_not_fit_are_refused) {
  const InvCircuit circuit(WiredLoop(good_layout()).network(), AmplifierRow::uniform(3, 1e4));
  BOOST_TEST(mentions(refusal([&] { circuit.operating_point(Eigen::MatrixXd::Zero(4, 1)); }),
                      "4 input currents for 3 rows"));
  const Eigen::Vector3d bad(1e-6, k_nan, 0.0);
  BOOST_TEST(mentions(refusal([&] { circuit.operating_point(bad); }), "finite"));
  const WiredMvm mvm(good(3, 2), {1.0, 1.0});
  BOOST_TEST(mentions(refusal([&] { mvm.operating_point(Eigen::MatrixXd::Zero(2, 1)); }),
                      "2 row voltages for 3 rows"));
  BOOST_TEST(mentions(refusal([&] { mvm.operating_point(bad); }), "finite"));
}

BOOST_AUTO_TEST_CASE(nonlinear_loops_refuse_what_linear_ones_do) {
  const AmplifierRow row = AmplifierRow::uniform(3, 1e4);
  const Eigen::MatrixXd current = Eigen::MatrixXd::Constant(3, 1, 1e-6);
  const auto message = [&](const LoopLayout& layout, double bend, const Eigen::MatrixXd& input) {
    return refusal([&] { nonlinear_operating_point(layout, row, CellLaw{bend}, input); });
  };
  BOOST_TEST(message(good_layout(), 3.0, current) == "accepted");
  for (const double bad : {-1.0, k_nan, k_infinity}) {
    BOOST_TEST(mentions(message(good_layout(), bad, current), "nonlinearity_per_v"));
    LoopLayout layout = good_layout();
    layout.arrays[1].conductance_s(0, 1) = bad;
    BOOST_TEST(mentions(message(layout, 3.0, current), "conductance (0, 1)"));
  }
  BOOST_TEST(message(good_layout(), 3.0, Eigen::MatrixXd::Zero(2, 1)) != "accepted");
  const Eigen::Vector3d bad(1e-6, k_nan, 0.0);
  BOOST_TEST(message(good_layout(), 3.0, bad) != "accepted");
}

BOOST_AUTO_TEST_CASE(a_network_with_wires_that_is_singular_is_refused) {
  LoopLayout layout;
  layout.arrays = {{Eigen::MatrixXd::Zero(3, 3), 1.0, false}};
  layout.wires = {1.0, 1.0};
  const auto solve = [&] {
    InvCircuit(WiredLoop(layout).network(), AmplifierRow::uniform(3, 1e4));
  };
  BOOST_CHECK_THROW(solve(), std::domain_error);
  layout.arrays[0].conductance_s = good(3, 3);
  layout.arrays[0].conductance_s.row(1).setZero();
  BOOST_CHECK_THROW(solve(), std::domain_error);
}

BOOST_AUTO_TEST_SUITE_END()
