#include <Eigen/LU>
#include <boost/test/unit_test.hpp>
#include <string>

#include "system/circuit_fixture.h"

using invar::tests::CircuitFixture;
using invar::tests::contains;
using invar::tests::k_inv;
using invar::tests::Outcome;
using nlohmann::json;

namespace {

constexpr double k_agreement = 1e-9;
const std::string k_mvm = "--operation mvm --conductance g.mtx --input i.mtx ";

/// A loop of six rows, diagonally heavy, with three right-hand sides.
struct SixRows : CircuitFixture {
  SixRows() {
    write_matrix("g.mtx", heavy_diagonal(6, 30e-6, 6e-6));
    write_matrix("h.mtx", heavy_diagonal(6, 0.0, 3e-6));
    write_matrix("i.mtx", random_matrix(6, 3, 15e-6));
    write_matrix("o.mtx", random_matrix(6, 1, 5e-3));
    write_matrix("x.mtx", random_matrix(6, 1, 5e-3));
    write_matrix("a.mtx", random_matrix(6, 1, 100.0).array() + 200.0);
  }
};

/// Two rows that can be solved by hand.
struct TwoRows : CircuitFixture {
  TwoRows() {
    conductance_s << 30e-6, 10e-6, 5e-6, 20e-6;
    current_a << 2e-6, -3e-6;
    write_matrix("g.mtx", conductance_s);
    write_matrix("i.mtx", current_a);
  }
  Eigen::Matrix2d conductance_s;
  Eigen::Vector2d current_a;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(circuit_command, CircuitFixture)

BOOST_FIXTURE_TEST_CASE(inv_agrees_with_ngspice_at_either_injection, SixRows) {
  if (!has_ngspice()) {
    return;
  }
  for (const char* wires :
       {"", "--wire-resistance 2 --injection near", "--wire-resistance 2 --injection far",
        "--row-resistance 30 --injection far", "--column-resistance 30",
        "--wire-resistance 5 --row-resistance 0 --injection far"}) {
    BOOST_TEST(difference(k_inv + wires) < k_agreement, wires);
  }
}

BOOST_FIXTURE_TEST_CASE(signed_inv_with_offsets_and_gains_agrees_with_ngspice, SixRows) {
  if (!has_ngspice()) {
    return;
  }
  const std::string both = "--conductance-negative h.mtx --wire-resistance 10 ";
  for (const std::string& more :
       {both, both + "--injection far", both + "--offset o.mtx --inverter-offset x.mtx --gain 200",
        std::string("--offset o.mtx --gains a.mtx --wire-resistance 3")}) {
    BOOST_TEST(difference(k_inv + more) < k_agreement, more);
  }
}

BOOST_FIXTURE_TEST_CASE(saturated_outputs_agree_with_ngspice_and_are_counted, SixRows) {
  if (!has_ngspice()) {
    return;
  }
  for (const char* law : {"hard", "tanh"}) {
    const std::string saturation =
        "--saturation 0.2 --wire-resistance 3 --report r.json --saturation-law ";
    BOOST_TEST(difference(k_inv + saturation + law) < k_agreement, law);
    BOOST_TEST(report("r.json")["saturated"] == true, law);
    BOOST_TEST(read_matrix("ours.mtx").cwiseAbs().maxCoeff() <= 0.2, law);
  }
}

BOOST_FIXTURE_TEST_CASE(non_linear_cells_agree_with_ngspice, SixRows) {
  if (!has_ngspice()) {
    return;
  }
  BOOST_TEST(difference(k_inv + "--nonlinearity 2") < k_agreement);
  BOOST_TEST(difference(k_inv + "--nonlinearity 3 --wire-resistance 30 --injection far "
                                "--conductance-negative h.mtx --offset o.mtx") < k_agreement);
}

BOOST_AUTO_TEST_CASE(rectangular_mvm_agrees_with_ngspice_and_subtracts_a_minus_array) {
  if (!has_ngspice()) {
    return;
  }
  write_matrix("g.mtx", random_matrix(7, 4, 35e-6).cwiseMax(0.0));
  write_matrix("h.mtx", random_matrix(7, 4, 35e-6).cwiseMax(0.0));
  write_matrix("i.mtx", random_matrix(7, 2, 0.3));
  for (const char* wires :
       {"", "--wire-resistance 20", "--row-resistance 300", "--column-resistance 300",
        "--wire-resistance 20 --conductance-negative h.mtx"}) {
    BOOST_TEST(difference(k_mvm + wires) < k_agreement, wires);
  }
}

BOOST_AUTO_TEST_CASE(mvm_with_long_rows_agrees_with_ngspice) {
  if (!has_ngspice()) {
    return;
  }
  write_matrix("g.mtx", Eigen::MatrixXd::Constant(2, 300, 35e-6));
  write_matrix("i.mtx", Eigen::MatrixXd::Constant(2, 1, 0.5));
  BOOST_TEST(difference(k_mvm + "--wire-resistance 1e4") < k_agreement);
}

BOOST_FIXTURE_TEST_CASE(every_right_hand_side_is_a_column, TwoRows) {
  Eigen::MatrixXd currents(2, 2);
  currents << 2e-6, 1e-6, -3e-6, 4e-6;
  write_matrix("i.mtx", currents);
  BOOST_TEST(circuit(k_inv + "--out v.mtx --gain 1000").status == 0);
  // Kirchhoff: (G + D / A0) v = -i.
  Eigen::Matrix2d system = conductance_s;
  system.diagonal() += conductance_s.rowwise().sum() / 1000.0;
  const Eigen::MatrixXd expected = -system.inverse() * currents;
  BOOST_TEST((read_matrix("v.mtx") - expected).norm() < 1e-12 * expected.norm());
}

BOOST_FIXTURE_TEST_CASE(the_report_holds_verdict_poles_and_power, TwoRows) {
  BOOST_TEST(circuit(k_inv + "--out v.mtx --report r.json --gain-bandwidth 1e6").status == 0);
  const json result = report("r.json");
  BOOST_TEST(result["schema"] == "invar-circuit-1");
  BOOST_TEST(result["complete"] == true);
  BOOST_TEST(result["stable"] == true);
  BOOST_TEST(result["configuration"]["circuit"]["gain"] == 1e4);
  BOOST_TEST(result["parameters"]["circuit.gain_bandwidth_hz"]["given"] == true);
  BOOST_TEST(!result["instruction_set"].get<std::string>().empty());
  // Poles of dv/dt = -w (D^-1 G + 1 / A0) v: eigenvalues of a 2 x 2 matrix.
  const Eigen::Vector2d load = conductance_s.rowwise().sum();
  Eigen::Matrix2d loop = load.cwiseInverse().asDiagonal() * conductance_s;
  loop.diagonal().array() += 1e-4;
  const double half = 0.5 * loop.trace();
  const double slowest = half - std::sqrt(half * half - loop.determinant());
  const double rate = 2.0 * 3.14159265358979323846 * 1e6 * slowest;
  BOOST_TEST(result["slowest_time_constant_s"].get<double>() * rate == 1.0,
             boost::test_tools::tolerance(1e-9));
  BOOST_TEST(result["poles"][0]["real_rad_s"].get<double>() / -rate == 1.0,
             boost::test_tools::tolerance(1e-9));
  // Heat of the cells, one by one.
  const Eigen::MatrixXd v = read_matrix("v.mtx");
  double watts = 0.0;
  for (int k = 0; k < 2; ++k) {
    for (int j = 0; j < 2; ++j) {
      const double across = v(j) + v(k) / 1e4;
      watts += conductance_s(k, j) * across * across;
    }
  }
  BOOST_TEST(result["array_power_w"].get<double>() / watts == 1.0,
             boost::test_tools::tolerance(1e-9));
}

BOOST_FIXTURE_TEST_CASE(a_report_changes_no_byte_of_the_outputs, SixRows) {
  const std::string signed_inv = k_inv + "--conductance-negative h.mtx --wire-resistance 10 ";
  BOOST_TEST(circuit(signed_inv + "--out plain.mtx").status == 0);
  BOOST_TEST(circuit(signed_inv + "--out reported.mtx --report r.json").status == 0);
  BOOST_TEST(text("plain.mtx") == text("reported.mtx"));
}

BOOST_FIXTURE_TEST_CASE(a_configuration_file_holds_what_flags_hold_and_flags_win, SixRows) {
  BOOST_TEST(circuit(k_inv + "--wire-resistance 4 --gain 300 --out flags.mtx").status == 0);
  directory.write("c.toml",
                  "[circuit]\noperation = \"inv\"\nconductance = \"g.mtx\"\ninput = \"i.mtx\"\n"
                  "wire_resistance_ohm = 4\ngain = 20\n");
  BOOST_TEST(circuit("--config c.toml --gain 300 --out file.mtx").status == 0);
  BOOST_TEST(text("flags.mtx") == text("file.mtx"));
  const Outcome params = invar("params circuit --config c.toml");
  BOOST_TEST(params.status == 0);
  directory.write("all.toml", params.output);
  BOOST_TEST(circuit("--config all.toml --gain 300 --out all.mtx").status == 0);
  BOOST_TEST(text("flags.mtx") == text("all.mtx"));
}

BOOST_FIXTURE_TEST_CASE(an_unstable_loop_is_refused_unless_its_dc_solution_is_asked_for, TwoRows) {
  // Exchanged rows: one eigenvalue of D^-1 G is negative.
  conductance_s << 5e-6, 20e-6, 30e-6, 10e-6;
  write_matrix("g.mtx", conductance_s);
  const Outcome refused = circuit(k_inv + "--out v.mtx --report r.json");
  BOOST_TEST(refused.status == 1);
  BOOST_TEST(contains(refused.error, "unstable"), refused.error);
  BOOST_TEST(contains(refused.error, "--allow-unstable"), refused.error);
  BOOST_TEST(text("v.mtx").empty());
  BOOST_TEST(report("r.json")["complete"] == false);
  BOOST_TEST(report("r.json")["stable"] == false);

  const Outcome allowed = circuit(k_inv + "--out v.mtx --allow-unstable --report r.json");
  BOOST_TEST(allowed.status == 0);
  BOOST_TEST(contains(allowed.error, "unstable"), allowed.error);
  BOOST_TEST(report("r.json")["stability"] == "unstable");
  BOOST_TEST(report("r.json")["poles"][0]["real_rad_s"].get<double>() > 0.0);
  Eigen::Matrix2d system = conductance_s;
  system.diagonal() += conductance_s.rowwise().sum() / 1e4;
  const Eigen::Vector2d expected = -system.inverse() * current_a;
  BOOST_TEST((read_matrix("v.mtx") - expected).norm() < 1e-12 * expected.norm());

  const Outcome transient = circuit(k_inv + "--out v.mtx --allow-unstable --transient t.csv");
  BOOST_TEST(transient.status == 1);
  BOOST_TEST(contains(transient.error, "unstable"), transient.error);
}

BOOST_AUTO_TEST_SUITE_END()
