#include <invar/solver/conjugate_gradients.h>

#include <Eigen/Cholesky>
#include <boost/test/unit_test.hpp>
#include <limits>

#include "solver/stored_matrix_fixture.h"

BOOST_AUTO_TEST_SUITE(conjugate_gradients)

using namespace invar::solver;
using namespace invar::test;
using Eigen::MatrixXd;
using invar::number_format::NumberFormat;

namespace {

constexpr int k_n = 40;

std::unique_ptr<StoredMatrix> matrix_of(const MatrixXd& a, NumberFormat lanes, int units = 1) {
  StoredMatrixParameters parameters;
  parameters.lane_precision = lanes;
  parameters.lane_rate_hz = 16e9;
  auto matrix = make_conjugate_gradient_matrix(parameters, units);
  ProgramRequest request;
  request.n = static_cast<int>(a.rows());
  BOOST_REQUIRE((matrix->program(a, request).verdict == MatrixVerdict::ok));
  return matrix;
}

/// Rows of units that are powers of ten apart.
MatrixXd badly_scaled(std::uint64_t seed) {
  MatrixXd a = covariance_matrix(k_n, 0.1, seed, true);
  for (int i = 0; i < k_n; ++i) {
    const double unit = std::pow(10.0, i % 5 - 2);
    a.row(i) *= unit;
    a.col(i) *= unit;
  }
  return a;
}

}  // namespace

BOOST_AUTO_TEST_CASE(solutions_are_those_of_a_dense_solve_as_far_as_the_tolerance_asks) {
  const MatrixXd a = badly_scaled(3);
  const MatrixXd rhs = random_matrix(k_n, 7, 4);
  const MatrixXd exact = a.llt().solve(rhs);
  const Eigen::VectorXd root = a.diagonal().cwiseSqrt();
  const auto matrix = matrix_of(a, NumberFormat::fp64);
  SolveRequest request;
  for (const double tolerance : {1e-1, 1e-3, 1e-9}) {
    request.tolerance = tolerance;
    const SolveResult result = matrix->solve(rhs, request);
    BOOST_TEST((result.status == SolveStatus::ok));
    BOOST_TEST(result.converged == 7u);
    BOOST_TEST(result.largest_residual() <= 1.001 * tolerance);
    if (tolerance < 1e-8) {
      const MatrixXd error = root.asDiagonal() * (result.solution - exact);
      BOOST_TEST(error.norm() < 1e-6 * (root.asDiagonal() * exact).norm());
    }
  }
}

BOOST_AUTO_TEST_CASE(few_distinct_eigenvalues_take_as_many_iterations) {
  // Of a unit diagonal: 1 + c (m - 1) once, 1 - c else.
  MatrixXd a = MatrixXd::Constant(k_n, k_n, 0.5);
  a.diagonal().setOnes();
  const auto matrix = matrix_of(a, NumberFormat::fp64);
  SolveRequest request;
  request.tolerance = 1e-10;
  const SolveResult result = matrix->solve(random_matrix(k_n, 3, 5), request);
  BOOST_TEST(result.largest_iterations() == 2u);
}

BOOST_AUTO_TEST_CASE(lanes_of_few_bits_end_at_their_precision) {
  const MatrixXd a = badly_scaled(6);
  const MatrixXd rhs = random_matrix(k_n, 5, 7);
  SolveRequest request;
  request.tolerance = 1e-6;
  const double fp32 = matrix_of(a, NumberFormat::fp32)->solve(rhs, request).largest_residual();
  const double fp16 = matrix_of(a, NumberFormat::fp16)->solve(rhs, request).largest_residual();
  BOOST_TEST(fp32 < 1e-4);
  BOOST_TEST(fp16 > 1e-4);
  BOOST_TEST(fp16 < 0.3);
}

BOOST_AUTO_TEST_CASE(work_is_what_a_count_by_hand_says) {
  MatrixXd a = MatrixXd::Constant(k_n, k_n, 0.5);
  a.diagonal().setOnes();
  StoredMatrixParameters parameters;
  parameters.lane_rate_hz = 16e9;
  const auto matrix = make_conjugate_gradient_matrix(parameters, 3);
  ProgramRequest program;
  program.n = k_n;
  const ProgramOutcome outcome = matrix->program(a, program);
  BOOST_TEST(outcome.steps.size() == 1u);
  // Scaling: two products an element, ten a row; written, read, and written scaled.
  BOOST_TEST(outcome.steps[0].multiply_accumulates == 2u * 40 * 40 + 10 * 40);
  BOOST_TEST(outcome.steps[0].fetched_elements == 3u * 40 * 40);
  SolveRequest request;
  request.tolerance = 1e-10;
  const SolveResult result = matrix->solve(random_matrix(k_n, 3, 5), request);
  BOOST_TEST(result.steps.size() == 3u);
  BOOST_TEST(result.steps[0].multiply_accumulates == 3u * 3 * 40);
  for (std::size_t i = 1; i < result.steps.size(); ++i) {
    const WorkStep& step = result.steps[i];
    BOOST_TEST(step.multiply_accumulates == 3u * (40 * 40 + 5 * 40 + 20));
    BOOST_TEST(step.fetched_elements == 40u * 40 + 3 * 2 * 40);
    BOOST_TEST(step.duration_s == 3.0 * (40 * 40 + 5 * 40 + 20) / 48e9,
               boost::test_tools::tolerance(1e-12));
    BOOST_TEST(step.tiles.empty());
  }
}

BOOST_AUTO_TEST_CASE(bad_right_hand_sides_and_matrices_are_told_of) {
  const auto matrix = matrix_of(covariance_matrix(k_n, 0.1, 8), NumberFormat::fp32);
  MatrixXd rhs = random_matrix(k_n, 3, 9);
  rhs(2, 1) = std::numeric_limits<double>::quiet_NaN();
  rhs.col(2).setZero();
  SolveRequest request;
  request.tolerance = 1e-3;
  SolveResult result = matrix->solve(rhs, request);
  BOOST_TEST((result.status == SolveStatus::not_finite));
  BOOST_TEST(result.converged == 2u);
  BOOST_TEST(result.solution.allFinite());
  BOOST_TEST(result.solution.col(2).norm() == 0.0);
  request.iteration_limit = 1;
  request.tolerance = 1e-6;
  result = matrix->solve(random_matrix(k_n, 1, 9), request);
  BOOST_TEST((result.status == SolveStatus::not_converged));
  ProgramRequest program;
  program.n = 2;
  const MatrixXd indefinite = (MatrixXd(2, 2) << 1.0, 2.0, 2.0, 1.0).finished();
  BOOST_TEST(
      (matrix->program(indefinite, program).verdict == MatrixVerdict::not_positive_definite));
  BOOST_TEST(matrix->size() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
