#include <invar/circuit/wire_compensation.h>
#include <invar/circuit/wired_loop.h>

#include <Eigen/LU>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(wire_compensation_tests)

using namespace invar;
using circuit::CellRange;
using circuit::CompensatedPair;
using circuit::LoopEstimate;
using circuit::WireParameters;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

constexpr CellRange k_cells{0.5e-6, 35e-6};
constexpr WireParameters k_wires{1.73, 1.73};
constexpr int k_sweeps = 3;

MatrixXd random_cells(int n, std::uint64_t seed) {
  test::SimpleRandom random(seed);
  MatrixXd cells(n, n);
  for (double& value : cells.reshaped()) {
    value = k_cells.minimum_s + 0.5 * (1.0 + random.next()) * k_cells.span_s();
  }
  return cells;
}

/// Every node of the array by itself: Kirchhoff's law at 2 n^2 nodes, solved densely.
MatrixXd nodal_loop_s(const MatrixXd& cells, const WireParameters& wires) {
  const int n = static_cast<int>(cells.rows());
  const auto row_node = [n](int k, int j) { return k * n + j; };
  const auto column_node = [n](int k, int j) { return n * n + k * n + j; };
  MatrixXd laplacian = MatrixXd::Zero(2 * n * n, 2 * n * n);
  MatrixXd driven = MatrixXd::Zero(2 * n * n, n);
  const auto join = [&](int a, int b, double siemens) {
    laplacian(a, a) += siemens;
    laplacian(b, b) += siemens;
    laplacian(a, b) -= siemens;
    laplacian(b, a) -= siemens;
  };
  const double row_s = 1.0 / wires.row_ohm;
  const double column_s = 1.0 / wires.column_ohm;
  for (int k = 0; k < n; ++k) {
    laplacian(row_node(k, 0), row_node(k, 0)) += row_s;  // to M_k at 0 V
    laplacian(column_node(0, k), column_node(0, k)) += column_s;
    driven(column_node(0, k), k) = column_s;
    for (int j = 0; j < n; ++j) {
      join(row_node(k, j), column_node(k, j), cells(k, j));
      if (j + 1 < n) {
        join(row_node(k, j), row_node(k, j + 1), row_s);
        join(column_node(j, k), column_node(j + 1, k), column_s);
      }
    }
  }
  const MatrixXd voltage = laplacian.partialPivLu().solve(driven);
  MatrixXd loop(n, n);
  for (int k = 0; k < n; ++k) {
    loop.row(k) = row_s * voltage.row(row_node(k, 0));
  }
  return loop;
}

MatrixXd wired_value(const MatrixXd& value, const WireParameters& wires) {
  circuit::LoopLayout layout;
  layout.wires = wires;
  const double span_s = k_cells.span_s();
  layout.arrays.push_back({(k_cells.minimum_s + span_s * value.array().max(0.0)).matrix(), 1.0,
                           false, circuit::RowEnd::left});
  layout.arrays.push_back({(k_cells.minimum_s + span_s * (-value.array()).max(0.0)).matrix(), 1.0,
                           true, circuit::RowEnd::left});
  circuit::WiredLoop::Options options;
  options.power = true;
  return circuit::WiredLoop(layout, options).network().loop_s / span_s;
}

/// Relative error of INV for white outputs.
double inv_error(const MatrixXd& loop, const MatrixXd& wanted) {
  return (loop.partialPivLu().solve(wanted) - MatrixXd::Identity(loop.rows(), loop.cols())).norm() /
         std::sqrt(static_cast<double>(loop.rows()));
}

MatrixXd unit_diagonal(const MatrixXd& matrix) {
  const VectorXd scale = matrix.diagonal().cwiseSqrt().cwiseInverse();
  const MatrixXd unit = scale.asDiagonal() * matrix * scale.asDiagonal();
  return unit.cwiseMin(1.0);  // not 1 + 1e-16
}

MatrixXd banded(int n) {
  MatrixXd matrix(n, n);
  for (int row = 0; row < n; ++row) {
    for (int column = 0; column < n; ++column) {
      matrix(row, column) = std::exp(-0.25 * std::abs(row - column));
    }
  }
  return matrix;
}

/// Error of INV that is left of the wires' by cells corrected one by one and scaled rows.
double share_left(const MatrixXd& wanted) {
  const double before = inv_error(wired_value(wanted, k_wires), wanted);
  const CompensatedPair pair =
      circuit::compensate_pair(wanted, k_cells, k_wires, k_sweeps, 2, true);
  const VectorXd undo = pair.row_scale.cwiseInverse();
  const double after =
      inv_error(undo.asDiagonal() * wired_value(pair.value, k_wires) * undo.asDiagonal(), wanted);
  BOOST_TEST_MESSAGE("n = " << wanted.rows() << ": " << before << " to " << after);
  return after / before;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_the_loop_sees_is_estimated_close_to_the_solved_network) {
  // As much loss at n = 12 as a wide array has with its resistance of 1.73 ohm.
  const WireParameters wires{300.0, 300.0};
  const MatrixXd cells = random_cells(12, 1);
  const MatrixXd solved = nodal_loop_s(cells, wires);
  BOOST_TEST((solved - cells).norm() > 0.3 * cells.norm());
  const LoopEstimate estimate(cells, wires, k_sweeps);
  const double error = (estimate.loop_s(cells) - solved).norm() / solved.norm();
  BOOST_TEST_MESSAGE("estimate: " << error);
  BOOST_TEST(error < 0.005);
  // The wires' transfer alone is far worse: the way round by other rows and columns matters.
  BOOST_TEST((estimate.transfer().cwiseProduct(cells) - solved).norm() > 0.02 * solved.norm());
}

BOOST_AUTO_TEST_CASE(rows_and_columns_of_unequal_resistance_are_told_apart) {
  const WireParameters wires{200.0, 30.0};
  const MatrixXd cells = random_cells(10, 2);
  const MatrixXd solved = nodal_loop_s(cells, wires);
  const double error =
      (LoopEstimate(cells, wires, k_sweeps).loop_s(cells) - solved).norm() / solved.norm();
  BOOST_TEST(error < 0.005);
  BOOST_TEST((LoopEstimate(cells, {30.0, 200.0}, k_sweeps).loop_s(cells) - solved).norm() >
             10.0 * error * solved.norm());
}

BOOST_AUTO_TEST_CASE(the_transfer_is_to_first_order_the_sum_over_shared_segments) {
  const int n = 8;
  const MatrixXd cells = random_cells(n, 3);
  const WireParameters wires{1e-3, 3e-3};
  const LoopEstimate estimate(cells, wires, 1);
  for (int k = 0; k < n; ++k) {
    for (int j = 0; j < n; ++j) {
      double loss = 0.0;
      for (int l = 0; l < n; ++l) {
        loss += wires.row_ohm * (std::min(j, l) + 1) * cells(k, l);
        loss += wires.column_ohm * (std::min(k, l) + 1) * cells(l, j);
      }
      BOOST_TEST(1.0 - estimate.transfer()(k, j) == loss, boost::test_tools::tolerance(1e-4));
    }
  }
}

BOOST_AUTO_TEST_CASE(compensation_leaves_half_a_percent_of_the_error_that_wires_bring_to_inv) {
  for (const int n : {16, 32, 64}) {
    BOOST_TEST(share_left(banded(n)) < 0.005, "banded, n = " << n);
    BOOST_TEST(share_left(unit_diagonal(test::covariance_matrix(n, 0.1, 5))) < 0.005,
               "covariance, n = " << n);
    BOOST_TEST(share_left(unit_diagonal(test::covariance_matrix(n, 0.1, 6, true))) < 0.005,
               "covariance of positive features, n = " << n);
  }
}

BOOST_AUTO_TEST_CASE(without_row_scale_the_diagonal_does_not_fit_and_stays_within_the_cells) {
  const MatrixXd wanted = unit_diagonal(test::covariance_matrix(48, 0.1, 6, true));
  const CompensatedPair fixed =
      circuit::compensate_pair(wanted, k_cells, k_wires, k_sweeps, 2, false);
  BOOST_TEST(fixed.value.cwiseAbs().maxCoeff() == 1.0);
  BOOST_TEST((fixed.row_scale.array() == 1.0).all());
  BOOST_TEST((fixed.value.diagonal().array() == 1.0).all());
  const CompensatedPair scaled =
      circuit::compensate_pair(wanted, k_cells, k_wires, k_sweeps, 2, true);
  BOOST_TEST(scaled.value.cwiseAbs().maxCoeff() <= 1.0);
  BOOST_TEST((scaled.row_scale.array() > 0.0 && scaled.row_scale.array() < 1.0).all());
  const MatrixXd half = circuit::with_bias(wanted, 0.5);
  BOOST_TEST(half.cwiseAbs().maxCoeff() <= 1.0);
}

BOOST_AUTO_TEST_CASE(ideal_wires_are_left_alone) {
  const MatrixXd wanted = unit_diagonal(test::covariance_matrix(16, 0.1, 7));
  const CompensatedPair pair = circuit::compensate_pair(wanted, k_cells, {}, k_sweeps, 3, true);
  BOOST_TEST((pair.value.array() == wanted.array()).all());
  BOOST_TEST((pair.row_scale.array() == 1.0).all());
  BOOST_TEST(circuit::best_bias(wanted, k_cells, {}) == 0.0);
  BOOST_TEST((circuit::with_bias(wanted, 0.0).array() == wanted.array()).all());
}

BOOST_AUTO_TEST_CASE(the_bias_is_the_best_one_number_and_grows_with_resistance_and_size) {
  const MatrixXd wanted = 0.5 * MatrixXd::Ones(24, 24) + 0.1 * banded(24);
  const double bias = circuit::best_bias(wanted, k_cells, k_wires);
  const auto error = [&](double added) {
    return (wired_value(circuit::with_bias(wanted, added), k_wires) - wanted).norm();
  };
  BOOST_TEST(error(bias) < 0.5 * error(0.0));
  BOOST_TEST(error(bias) < error(0.8 * bias));
  BOOST_TEST(error(bias) < error(1.2 * bias));
  BOOST_TEST(circuit::best_bias(wanted, k_cells, {3.46, 3.46}) == 2.0 * bias,
             boost::test_tools::tolerance(0.1));
  const MatrixXd larger = 0.5 * MatrixXd::Ones(48, 48) + 0.1 * banded(48);
  BOOST_TEST(circuit::best_bias(larger, k_cells, k_wires) == 4.0 * bias,
             boost::test_tools::tolerance(0.15));
}

BOOST_AUTO_TEST_SUITE_END()
