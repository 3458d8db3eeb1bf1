// MVM with resistances or sizes at which a march alone would return plausible wrong currents.
#include <invar/circuit/nodal_network.h>
#include <invar/circuit/wired_mvm.h>

#include <Eigen/SparseLU>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "circuit/refusal.h"
#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(wired_mvm_large)

using namespace invar;

namespace {

struct Array {
  int rows, columns;
  double row_ohm, column_ohm;
};

/// Kirchhoff's equations of every node in extended precision, currents as the wires carry them.
Eigen::MatrixXd kirchhoff(const Eigen::MatrixXd& conductance, const circuit::WireParameters& wires,
                          const Eigen::MatrixXd& voltage) {
  using Real = long double;
  using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
  const Eigen::Index rows = conductance.rows(), columns = conductance.cols();
  const Real row_s = 1 / Real(wires.row_ohm), column_s = 1 / Real(wires.column_ohm);
  std::vector<Eigen::Triplet<Real>> entries;
  Matrix driven = Matrix::Zero(2 * rows * columns, voltage.cols());
  const auto row_node = [&](Eigen::Index k, Eigen::Index j) { return k * columns + j; };
  const auto column_node = [&](Eigen::Index k, Eigen::Index j) {
    return rows * columns + k * columns + j;
  };
  const auto load = [&](Eigen::Index node, Real siemens) {
    entries.emplace_back(node, node, siemens);
  };
  const auto join = [&](Eigen::Index a, Eigen::Index b, Real siemens) {
    load(a, siemens);
    load(b, siemens);
    entries.emplace_back(a, b, -siemens);
    entries.emplace_back(b, a, -siemens);
  };
  for (Eigen::Index k = 0; k < rows; ++k) {
    for (Eigen::Index j = 0; j < columns; ++j) {
      join(row_node(k, j), column_node(k, j), conductance(k, j));
      if (j + 1 < columns) {
        join(row_node(k, j), row_node(k, j + 1), row_s);
      }
      if (k + 1 < rows) {
        join(column_node(k, j), column_node(k + 1, j), column_s);
      }
    }
    load(row_node(k, 0), row_s);
    driven.row(row_node(k, 0)) = row_s * voltage.row(k).cast<Real>();
  }
  for (Eigen::Index j = 0; j < columns; ++j) {
    load(column_node(rows - 1, j), column_s);
  }
  Eigen::SparseMatrix<Real> nodal(2 * rows * columns, 2 * rows * columns);
  nodal.setFromTriplets(entries.begin(), entries.end());
  const Matrix solution = Eigen::SparseLU<Eigen::SparseMatrix<Real>>(nodal).solve(driven);
  Eigen::MatrixXd current(columns, voltage.cols());
  for (Eigen::Index j = 0; j < columns; ++j) {
    current.row(j) = (column_s * solution.row(column_node(rows - 1, j))).cast<double>();
  }
  return current;
}

}  // namespace

BOOST_AUTO_TEST_CASE(currents_are_those_of_kirchhoff_at_any_resistance) {
  test::SimpleRandom random(5);
  const Array k_cases[] = {{9, 9, 10.0, 10.0}, {13, 13, 2e4, 1.0}, {13, 13, 1.0, 1e5},
                           {12, 7, 1e5, 1e5},  {7, 12, 1e5, 1e5},  {14, 14, 7e3, 7e3}};
  for (const auto& given : k_cases) {
    const circuit::WireParameters wires{given.row_ohm, given.column_ohm};
    Eigen::MatrixXd conductance(given.rows, given.columns), voltage(given.rows, 3);
    for (double& cell : conductance.reshaped()) {
      cell = 50e-6 * (1.0 + random.next());
    }
    for (double& value : voltage.reshaped()) {
      value = 0.3 * random.next();
    }
    const Eigen::MatrixXd expected = kirchhoff(conductance, wires, voltage);
    const Eigen::MatrixXd single =
        circuit::WiredMvm(conductance, wires).operating_point(voltage.col(0));
    BOOST_TEST((single - expected.col(0)).norm() < 1e-9 * expected.col(0).norm());
    const circuit::WiredMvm all(conductance, wires);
    BOOST_TEST((all.effective_conductance_s() * voltage - expected).norm() <
               1e-9 * expected.norm());
    // The power of the rows is not less than what leaves the columns: currents add up.
    const Eigen::MatrixXd rows_a = all.driven_conductance_s() * voltage;
    BOOST_TEST(std::abs(rows_a.sum() - expected.sum()) < 1e-9 * rows_a.cwiseAbs().sum());
  }
}

BOOST_AUTO_TEST_CASE(long_rows_and_long_columns_are_solved_entry_by_entry) {
  const Array k_cases[] = {{2, 300, 1e4, 1e4},  {300, 2, 1e4, 1e4},   {1, 700, 1e3, 10.0},
                           {700, 1, 10.0, 1e3}, {5, 256, 100.0, 1e5}, {3, 400, 1e5, 1.0}};
  for (const auto& given : k_cases) {
    const circuit::WireParameters wires{given.row_ohm, given.column_ohm};
    const Eigen::MatrixXd conductance = Eigen::MatrixXd::Constant(given.rows, given.columns, 35e-6);
    const Eigen::MatrixXd voltage = Eigen::MatrixXd::Constant(given.rows, 1, 0.5);
    const Eigen::MatrixXd expected = kirchhoff(conductance, wires, voltage);
    const Eigen::MatrixXd found = circuit::WiredMvm(conductance, wires).operating_point(voltage);
    BOOST_TEST((found - expected).norm() < 1e-11 * expected.norm(),
               given.rows << " x " << given.columns);
    // Down to currents that the wires have all but used up.
    BOOST_TEST((found - expected).cwiseQuotient(expected).cwiseAbs().maxCoeff() < 1e-9,
               given.rows << " x " << given.columns);
  }
}

BOOST_AUTO_TEST_CASE(two_rows_of_a_third_of_the_limit_are_solved) {
  const int columns = circuit::k_nodal_node_limit / 4 / 3;
  const Eigen::MatrixXd conductance = Eigen::MatrixXd::Constant(2, columns, 35e-6);
  const Eigen::Vector2d voltage(0.5, 0.3);
  const circuit::WireParameters wires{1e4, 1e4};
  const Eigen::MatrixXd long_row = circuit::WiredMvm(conductance, wires).operating_point(voltage);
  // What a row beyond 300 cells carries is nothing.
  const Eigen::MatrixXd expected = kirchhoff(conductance.leftCols(300), wires, voltage);
  BOOST_TEST((long_row.topRows(300) - expected).norm() < 1e-11 * expected.norm());
  BOOST_TEST(long_row.bottomRows(columns - 600).cwiseAbs().maxCoeff() < 1e-60);
}

BOOST_AUTO_TEST_CASE(columns_too_long_for_a_march_of_all_rows_are_solved) {
  const int rows = 12000;
  const Eigen::MatrixXd conductance = Eigen::MatrixXd::Constant(rows, 2, 35e-6);
  const Eigen::MatrixXd voltage = Eigen::MatrixXd::Constant(rows, 1, 0.5);
  const circuit::WireParameters wires{1e4, 1e4};
  const Eigen::MatrixXd found = circuit::WiredMvm(conductance, wires).operating_point(voltage);
  // Ground drains the last rows alone.
  const Eigen::MatrixXd expected = kirchhoff(conductance.topRows(300), wires, voltage.topRows(300));
  BOOST_TEST((found - expected).norm() < 1e-9 * expected.norm());
}

BOOST_AUTO_TEST_CASE(an_array_of_too_many_nodes_is_refused_with_their_number) {
  const auto message = [](int rows, int columns, double row_ohm, double column_ohm) {
    const circuit::WiredMvm mvm(Eigen::MatrixXd::Constant(rows, columns, 35e-6),
                                {row_ohm, column_ohm});
    return test::refusal<std::domain_error>(
        [&] { mvm.operating_point(Eigen::MatrixXd::Ones(rows, 1)); });
  };
  const std::string square = message(300, 300, 1e4, 1e4);
  BOOST_TEST(test::mentions(square, "300 x 300 cells have 180000 nodes"), square);
  BOOST_TEST(test::mentions(square, std::to_string(circuit::k_nodal_node_limit)), square);
  const std::string row = message(2, 40000, 1e4, 1e4);
  BOOST_TEST(test::mentions(row, "2 x 40000 cells have 160000 nodes"), row);
  BOOST_TEST(test::mentions(message(2, 70000, 1e4, 0.0), "140000 nodes"));
}

BOOST_AUTO_TEST_SUITE_END()
