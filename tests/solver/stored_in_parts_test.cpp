// A matrix without its last row on tiles, and one that stands on them several times.
#include <invar/device/keyed_random.h>
#include <invar/solver/bordered_inverse.h>
#include <invar/solver/stored_matrix.h>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <array>
#include <boost/test/unit_test.hpp>

#include "solver/stored_matrix_fixture.h"
#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(stored_in_parts)

using namespace invar;
using Eigen::MatrixXd;
using programming::ProgrammingStatus;
using solver::Service;
using solver::ServiceSet;
using test::small_tiles;
using test::TiledMatrix;
using tile::Fidelity;

namespace {

solver::ProgramRequest request_of(int n, std::uint32_t service) {
  solver::ProgramRequest request{n, 8};
  request.services = ServiceSet(INVAR_SERVES(service));
  return request;
}

solver::SolveRequest single_shot() {
  solver::SolveRequest request;
  request.service = Service::single_shot;
  return request;
}

/// Tiles whose converters and cells add next to nothing.
solver::StoredMatrixParameters precise_tiles(int rows) {
  solver::StoredMatrixParameters parameters = small_tiles(rows, Fidelity::ideal);
  parameters.tile.dac.bits = parameters.tile.adc.bits = 16;
  return parameters;
}

/// Moments of features with a mean of their own, and of the 1 that a bias multiplies.
MatrixXd with_bias(int n) {
  MatrixXd features = 0.2 * test::random_matrix(n, 16 * n, 3);
  features.array() += 1.0;
  features.row(n - 1).setOnes();
  const MatrixXd moments = features * features.transpose() / (16.0 * n);
  return moments + 0.01 * MatrixXd::Identity(n, n);
}

double condition(const MatrixXd& matrix) {
  const Eigen::VectorXd scale = matrix.diagonal().cwiseSqrt().cwiseInverse();
  const MatrixXd scaled = scale.asDiagonal() * matrix * scale.asDiagonal();
  const Eigen::VectorXd values =
      Eigen::SelfAdjointEigenSolver<MatrixXd>(scaled, Eigen::EigenvaluesOnly).eigenvalues();
  return values.tail(1)[0] / values[0];
}

double relative_error(const MatrixXd& value, const MatrixXd& expected) {
  return (value - expected).norm() / expected.norm();
}

}  // namespace

BOOST_AUTO_TEST_CASE(without_the_bias_row_the_dominant_eigenvalue_is_gone) {
  const MatrixXd matrix = with_bias(24);
  BOOST_TEST(condition(matrix) > 300.0);
  BOOST_TEST(condition(solver::without_last_row(matrix)) < 20.0);
}

BOOST_AUTO_TEST_CASE(what_is_eliminated_comes_back_in_solutions_products_and_read_back) {
  const int n = 24;
  const MatrixXd matrix = with_bias(n);
  const MatrixXd rhs = test::random_matrix(n, 5, 4);
  const MatrixXd expected = matrix.llt().solve(rhs);
  // On one tile and on several; with deflation of what is left and without.
  for (const int rows : {n - 1, 12}) {
    for (const int rank : {0, 2}) {
      auto request = request_of(n, INVAR_SERVICE_SINGLE_SHOT);
      request.eliminates_last = true;
      request.rank = rank;
      TiledMatrix stored(precise_tiles(rows), n - 1);
      const auto outcome = stored->program(matrix, request);
      BOOST_REQUIRE((outcome.status == ProgrammingStatus::ok));
      BOOST_TEST(stored->size() == n);
      BOOST_TEST(relative_error(stored->solve(rhs, single_shot()).solution, expected) < 0.01);
      BOOST_TEST(relative_error(stored->read_back().value, matrix) < 0.01);
      const auto product = stored->multiply(rhs);
      BOOST_REQUIRE(product.supported);
      BOOST_TEST(relative_error(product.value, matrix * rhs) < 0.05);
    }
  }
}

BOOST_AUTO_TEST_CASE(elimination_takes_its_products_of_each_right_hand_side) {
  const int n = 24, columns = 5;
  const MatrixXd rhs = test::random_matrix(n, columns, 4);
  const auto operations_of = [&](bool eliminates) {
    auto request = request_of(n, INVAR_SERVICE_SINGLE_SHOT);
    request.eliminates_last = eliminates;
    TiledMatrix stored(precise_tiles(n), n - (eliminates ? 1 : 0));
    BOOST_REQUIRE((stored->program(with_bias(n), request).status == ProgrammingStatus::ok));
    return stored->solve(rhs, single_shot()).steps.at(0).multiply_accumulates;
  };
  // A product with the border down and one up; and a row less to scale, three operations.
  BOOST_TEST(operations_of(true) == operations_of(false) + columns * (2 * (n - 1) + 1 - 3));
}

BOOST_AUTO_TEST_CASE(a_row_that_no_definite_matrix_has_is_found_out) {
  const int n = 8;
  MatrixXd matrix = MatrixXd::Identity(n, n);
  // Each pair of rows passes, and what is left of the second row is negative.
  matrix(n - 1, 0) = matrix(0, n - 1) = 0.9;
  matrix(n - 1, 1) = matrix(1, n - 1) = -0.9;
  matrix(0, 1) = matrix(1, 0) = 0.9;
  auto request = request_of(n, INVAR_SERVICE_SINGLE_SHOT);
  request.eliminates_last = true;
  TiledMatrix stored(precise_tiles(n), n - 1);
  BOOST_TEST((stored->program(matrix, request).status == ProgrammingStatus::unstable));
  BOOST_TEST(stored->size() == 0);
  request.n = 1;
  BOOST_CHECK_THROW(stored->program(MatrixXd::Ones(1, 1), request), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(replicas_share_right_hand_sides_and_each_solves_its_own) {
  const int n = 20, columns = 7;
  const MatrixXd matrix = test::covariance_matrix(n, 0.5, 6);
  const MatrixXd rhs = test::random_matrix(n, columns, 7);
  const MatrixXd expected = matrix.llt().solve(rhs);
  for (const int rank : {0, 1}) {
    auto request = request_of(n, INVAR_SERVICE_SINGLE_SHOT);
    request.rank = rank;
    request.replicas = 3;
    TiledMatrix stored(precise_tiles(n), n, request.replicas);
    BOOST_REQUIRE((stored->program(matrix, request).status == ProgrammingStatus::ok));
    BOOST_TEST(stored->replicas() == 3);
    const auto result = stored->solve(rhs, single_shot());
    BOOST_TEST(relative_error(result.solution, expected) < 0.01);
    // Three, two and two right-hand sides.
    const solver::WorkStep& step = result.steps.at(0);
    BOOST_REQUIRE(step.tiles.size() == 3u);
    BOOST_TEST(step.tiles[0].counts.shots == 3u);
    BOOST_TEST(step.tiles[1].counts.shots == 2u);
    BOOST_TEST(step.tiles[2].counts.shots == 2u);
  }
}

BOOST_AUTO_TEST_CASE(replicas_are_written_side_by_side_and_take_a_part_of_the_time) {
  const int n = 32, columns = 64;
  const MatrixXd matrix = test::covariance_matrix(n, 0.5, 6);
  const MatrixXd rhs = test::random_matrix(n, columns, 7);
  const auto stored_as = [&](int replicas) {
    auto request = request_of(n, INVAR_SERVICE_SINGLE_SHOT);
    request.replicas = replicas;
    TiledMatrix stored(small_tiles(n, Fidelity::behavioural), n, replicas);
    const auto outcome = stored->program(matrix, request);
    BOOST_REQUIRE((outcome.status == ProgrammingStatus::ok));
    double written_j = 0.0;
    for (const solver::WorkStep& step : outcome.steps) {
      for (const solver::TileActivity& activity : step.tiles) {
        written_j += activity.written ? activity.written->energy_j() : 0.0;
      }
    }
    return std::array<double, 3>{test::duration_of(outcome.steps), written_j,
                                 test::duration_of(stored->solve(rhs, single_shot()).steps)};
  };
  const auto once = stored_as(1), four = stored_as(4);
  BOOST_TEST(four[0] < 1.3 * once[0]);
  BOOST_TEST(four[1] == 4.0 * once[1], boost::test_tools::tolerance(0.1));
  // Sixteen right-hand sides each, and the latency of one.
  BOOST_TEST(four[2] < 0.3 * once[2]);
  BOOST_TEST(four[2] > 0.2 * once[2]);
}

BOOST_AUTO_TEST_CASE(replicas_refine_to_the_tolerance) {
  const int n = 20;
  const MatrixXd matrix = test::covariance_matrix(n, 0.3, 6);
  const MatrixXd rhs = test::random_matrix(n, 6, 7);
  auto request = request_of(n, INVAR_SERVICE_REFINED);
  request.seed_slices = 3;
  request.replicas = 4;
  // Nested blocks on three tiles, four times.
  TiledMatrix stored(small_tiles(8, Fidelity::behavioural), n, request.replicas);
  BOOST_REQUIRE((stored->program(matrix, request).status == ProgrammingStatus::ok));
  const auto result = stored->solve(rhs, {1e-8, 0, false});
  BOOST_TEST((result.status == solver::SolveStatus::ok));
  BOOST_TEST(test::residual_of(matrix, rhs, result.solution) <= 1e-8);
}

BOOST_AUTO_TEST_SUITE_END()
