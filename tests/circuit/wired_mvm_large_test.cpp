// MVM with resistances at which a march alone would return plausible wrong currents.
#include <invar/circuit/wired_mvm.h>

#include <Eigen/LU>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <stdexcept>

#include "support/spd_matrix.h"

using namespace invar;

namespace {

/// Kirchhoff's equations of every node in extended precision.
Eigen::MatrixXd kirchhoff(const Eigen::MatrixXd& conductance, const circuit::WireParameters& wires,
                          const Eigen::MatrixXd& voltage) {
  using Real = long double;
  using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
  const Eigen::Index rows = conductance.rows(), columns = conductance.cols();
  const Real row_s = 1 / Real(wires.row_ohm), column_s = 1 / Real(wires.column_ohm);
  Matrix nodal = Matrix::Zero(2 * rows * columns, 2 * rows * columns);
  Matrix driven = Matrix::Zero(2 * rows * columns, voltage.cols());
  const auto row_node = [&](Eigen::Index k, Eigen::Index j) { return k * columns + j; };
  const auto column_node = [&](Eigen::Index k, Eigen::Index j) {
    return rows * columns + k * columns + j;
  };
  const auto join = [&](Eigen::Index a, Eigen::Index b, Real siemens) {
    nodal(a, a) += siemens;
    nodal(b, b) += siemens;
    nodal(a, b) -= siemens;
    nodal(b, a) -= siemens;
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
    nodal(row_node(k, 0), row_node(k, 0)) += row_s;
    driven.row(row_node(k, 0)) = row_s * voltage.row(k).cast<Real>();
  }
  for (Eigen::Index j = 0; j < columns; ++j) {
    nodal(column_node(rows - 1, j), column_node(rows - 1, j)) += column_s;
  }
  const Matrix solution = nodal.partialPivLu().solve(driven);
  Eigen::MatrixXd current(columns, voltage.cols());
  for (Eigen::Index j = 0; j < columns; ++j) {
    current.row(j) = (column_s * solution.row(column_node(rows - 1, j))).cast<double>();
  }
  return current;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wired_mvm_large)

BOOST_AUTO_TEST_CASE(currents_are_those_of_kirchhoff_at_any_resistance) {
  test::SimpleRandom random(5);
  const struct {
    int rows, columns;
    double row_ohm, column_ohm;
  } k_cases[] = {{9, 9, 10.0, 10.0}, {13, 13, 2e4, 1.0}, {13, 13, 1.0, 1e5},
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

BOOST_AUTO_TEST_CASE(an_array_too_large_for_either_method_is_refused) {
  const int n = 300;
  const circuit::WiredMvm mvm(Eigen::MatrixXd::Constant(n, n, 35e-6), {1e4, 1e4});
  BOOST_CHECK_THROW(mvm.operating_point(Eigen::MatrixXd::Ones(n, 1)), std::domain_error);
}

BOOST_AUTO_TEST_SUITE_END()
