#include <invar/solver/jacobi_scaling.h>
#include <invar/solver/refinement.h>
#include <invar/solver/seed_reference.h>
#include <invar/tile_model/tile_programming.h>

#include <Eigen/Cholesky>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(seed_reference)

using namespace invar;
using Eigen::MatrixXd;
using solver::SeedReference;

BOOST_AUTO_TEST_CASE(bits_are_those_of_the_error_against_the_exact_solution) {
  const MatrixXd matrix = test::covariance_matrix(12, 0.1, 3);
  const MatrixXd solution = MatrixXd::Ones(12, 2);
  const MatrixXd rhs = matrix * solution;
  const SeedReference reference(matrix, true);
  BOOST_TEST(reference.effective_bits(1.125 * solution, rhs) == 3.0,
             boost::test_tools::tolerance(1e-9));
  // Errors are averaged, not their logarithms.
  MatrixXd two = solution;
  two.col(0) *= 1.25;
  two.col(1) *= 1.0 + 0.75;
  BOOST_TEST(reference.effective_bits(two, rhs) == 1.0, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(reference.effective_bits(-solution, rhs) == -1.0, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(matrices_that_are_not_symmetric_or_definite_have_a_reference_too) {
  MatrixXd matrix(2, 2);
  matrix << 0.0, 2.0, -1.0, 0.5;
  MatrixXd rhs(2, 1);
  rhs << 2.0, -0.5;
  for (const bool symmetric : {false, true}) {
    BOOST_TEST(
        SeedReference(matrix, symmetric).effective_bits(1.5 * MatrixXd::Ones(2, 1), rhs) == 1.0,
        boost::test_tools::tolerance(1e-9));
  }
}

BOOST_AUTO_TEST_CASE(nothing_to_compare_is_no_bits) {
  const SeedReference reference(MatrixXd::Identity(3, 3), true);
  BOOST_TEST(reference.effective_bits(MatrixXd::Zero(3, 2), MatrixXd::Zero(3, 2)) == 0.0);
  const SeedReference singular(MatrixXd::Zero(3, 3), true);
  BOOST_TEST(singular.effective_bits(MatrixXd::Ones(3, 1), MatrixXd::Ones(3, 1)) == 0.0);
}

BOOST_AUTO_TEST_CASE(one_iteration_is_not_compared_with_itself) {
  const int n = 16;
  const MatrixXd matrix = test::covariance_matrix(n, 0.1, 3);
  tile::TileParameters tile;
  tile.rows = n;
  tile.fidelity = tile::Fidelity::ideal;
  tile::TileModel model(tile, 1, 0);
  const solver::JacobiScaling scaling(matrix);
  BOOST_REQUIRE((tile::write_matrix(model, scaling.normalised, 2, 2, {}).status ==
                 programming::ProgrammingStatus::ok));
  const MatrixXd rhs = MatrixXd::Ones(n, 1);
  const auto once = solver::refine(model, matrix, scaling.scale, rhs, 1.0, 1, false, {});
  const auto full = solver::refine(model, matrix, scaling.scale, rhs, 1e-8, 0, false, {});
  BOOST_TEST(once.iterations.front() == 1u);
  BOOST_TEST(full.iterations.front() > 1u);
  BOOST_TEST(once.seed_effective_bits == full.seed_effective_bits,
             boost::test_tools::tolerance(1e-3));
  const double error =
      (once.solution - matrix.ldlt().solve(rhs)).norm() / matrix.ldlt().solve(rhs).norm();
  BOOST_TEST(once.seed_effective_bits == -std::log2(error), boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_SUITE_END()
