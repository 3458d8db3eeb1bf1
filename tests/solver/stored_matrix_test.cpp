#include <invar/solver/stored_matrix.h>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/QR>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "solver/stored_matrix_fixture.h"

BOOST_AUTO_TEST_SUITE(solver_tests)

using namespace invar;
using Eigen::MatrixXd;
using programming::ProgrammingStatus;
using solver::MatrixVerdict;
using solver::SolveStatus;
using test::small_tiles;
using test::TiledMatrix;
using tile::Fidelity;

namespace {

/// Eigenvalues from 1 to 1e-4, equally spaced in the logarithm.
MatrixXd ill_conditioned(int n) {
  const MatrixXd basis =
      Eigen::HouseholderQR<MatrixXd>(test::random_matrix(n, n, 24)).householderQ();
  Eigen::VectorXd spectrum(n);
  for (int i = 0; i < n; ++i) {
    spectrum[i] = std::pow(10.0, -4.0 * i / (n - 1));
  }
  const MatrixXd matrix = basis * spectrum.asDiagonal() * basis.transpose();
  return 0.5 * (matrix + matrix.transpose());
}

}  // namespace

BOOST_AUTO_TEST_CASE(leaves_are_as_few_as_can_be_and_every_off_diagonal_block_has_a_tile) {
  solver::StoredMatrixParameters parameters = small_tiles(8, Fidelity::ideal);
  for (const auto& [n, leaves] : {std::pair{1, 1}, {8, 1}, {9, 2}, {16, 2}, {17, 3}, {64, 8}}) {
    parameters.refinement.block_product = solver::BlockProductPath::analog;
    BOOST_TEST(solver::tiles_for(n, parameters) == leaves * leaves);
    parameters.refinement.block_product = solver::BlockProductPath::digital;
    BOOST_TEST(solver::tiles_for(n, parameters) == leaves);
  }
  BOOST_CHECK_THROW(solver::tiles_for(0, parameters), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(matrices_of_any_size_are_solved_to_the_tolerance) {
  for (const Fidelity fidelity : {Fidelity::ideal, Fidelity::behavioural}) {
    for (const int n : {1, 7, 8, 9, 20, 33}) {
      for (const bool general : {false, true}) {
        TiledMatrix stored(small_tiles(8, fidelity), n);
        const MatrixXd matrix =
            general ? test::general_matrix(n, 3) : test::covariance_matrix(n, 0.3, 4);
        const auto outcome = stored->program(matrix, {n, 3, general});
        BOOST_TEST((outcome.verdict == MatrixVerdict::ok));
        BOOST_TEST((outcome.status == ProgrammingStatus::ok));
        BOOST_TEST(stored->size() == n);
        const MatrixXd rhs = test::random_matrix(n, 3, 5);
        const auto result = stored->solve(rhs, {1e-8, 0, false});
        BOOST_TEST((result.status == SolveStatus::ok), "n = " << n << " general " << general);
        BOOST_TEST(result.converged == 3u);
        BOOST_TEST(test::residual_of(matrix, rhs, result.solution) <= 1e-8);
        const MatrixXd reference = matrix.partialPivLu().solve(rhs);
        BOOST_TEST((result.solution - reference).norm() < 1e-5 * reference.norm());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(halves_and_digital_products_solve_as_well) {
  const int n = 37;
  const MatrixXd matrix = test::covariance_matrix(n, 0.3, 6);
  const MatrixXd rhs = test::random_matrix(n, 2, 7);
  for (const auto split : {solver::BlockSplit::first, solver::BlockSplit::halves}) {
    for (const auto path : {solver::BlockProductPath::analog, solver::BlockProductPath::digital}) {
      auto parameters = small_tiles(8, Fidelity::behavioural);
      parameters.refinement.block_split = split;
      parameters.refinement.block_product = path;
      TiledMatrix stored(parameters, n);
      BOOST_TEST((stored->program(matrix, {n, 3, false}).status == ProgrammingStatus::ok));
      const auto result = stored->solve(rhs, {1e-6, 0, false});
      BOOST_TEST((result.status == SolveStatus::ok));
      BOOST_TEST(test::residual_of(matrix, rhs, result.solution) <= 1e-6);
    }
  }
}

BOOST_AUTO_TEST_CASE(matrices_that_cannot_be_inverted_are_refused) {
  for (const int n : {6, 20}) {
    TiledMatrix stored(small_tiles(8, Fidelity::behavioural), n);
    const MatrixXd good = test::covariance_matrix(n, 0.3, 8);
    const auto verdict_of = [&](const MatrixXd& matrix) {
      const auto outcome = stored->program(matrix, {n, 3, false});
      BOOST_TEST(stored->size() == 0);
      BOOST_TEST(outcome.steps.empty());
      return outcome.verdict;
    };
    MatrixXd bad = good;
    bad(0, n - 1) = bad(n - 1, 0) = 1.01 * std::sqrt(bad(0, 0) * bad(n - 1, n - 1));
    BOOST_TEST((verdict_of(bad) == MatrixVerdict::not_positive_definite));
    bad = good;
    bad(1, 0) += 0.01 * bad(0, 0);
    BOOST_TEST((verdict_of(bad) == MatrixVerdict::not_symmetric));
    bad = good;
    bad(n - 1, n - 1) = -bad(n - 1, n - 1);
    BOOST_TEST((verdict_of(bad) == MatrixVerdict::diagonal_not_positive));
    bad = good;
    bad(n - 1, 2) = std::numeric_limits<double>::quiet_NaN();
    BOOST_TEST((verdict_of(bad) == MatrixVerdict::not_finite));
  }
}

BOOST_AUTO_TEST_CASE(an_indefinite_matrix_behind_a_good_diagonal_is_found_out) {
  for (const int n : {8, 24}) {
    // Three mutually strongly anti-correlated rows: all pairs pass, the triple does not.
    MatrixXd matrix = MatrixXd::Identity(n, n);
    for (const int i : {0, n / 2, n - 1}) {
      for (const int j : {0, n / 2, n - 1}) {
        matrix(i, j) = i == j ? 1.0 : -0.8;
      }
    }
    TiledMatrix stored(small_tiles(8, Fidelity::behavioural), n);
    const auto outcome = stored->program(matrix, {n, 3, false});
    BOOST_TEST((outcome.verdict == MatrixVerdict::ok));
    BOOST_TEST((outcome.status == ProgrammingStatus::unstable));
    BOOST_TEST(stored->size() == 0);
    BOOST_TEST(test::duration_of(outcome.steps) > 0.0);
    BOOST_CHECK_THROW(stored->solve(MatrixXd::Ones(n, 1), {1e-6, 0, false}), std::logic_error);
  }
}

BOOST_AUTO_TEST_CASE(a_singular_matrix_is_never_solved_silently) {
  for (const int n : {8, 20}) {
    const MatrixXd half = test::random_matrix(n, n / 2, 9);
    const MatrixXd matrix = half * half.transpose();
    TiledMatrix stored(small_tiles(8, Fidelity::behavioural), n);
    if (stored->program(matrix, {n, 2, false}).status != ProgrammingStatus::ok) {
      continue;
    }
    const MatrixXd rhs = test::random_matrix(n, 2, 10);
    const auto result = stored->solve(rhs, {1e-6, 0, false});
    BOOST_TEST((result.status != SolveStatus::ok));
    BOOST_TEST(result.converged == 0u);
    for (int column = 0; column < 2; ++column) {
      BOOST_TEST(std::abs(result.relative_residual[column] -
                          test::residual_of(matrix, rhs.col(column), result.solution.col(column))) <
                 1e-12);
    }
  }
}

BOOST_AUTO_TEST_CASE(entries_over_many_decades_end_in_the_tolerance_or_in_a_failure) {
  const int n = 20;
  MatrixXd matrix = test::covariance_matrix(n, 0.3, 11);
  Eigen::VectorXd scale(n);
  for (int i = 0; i < n; ++i) {
    scale[i] = std::pow(10.0, (i % 7) - 3);
  }
  matrix = scale.asDiagonal() * matrix * scale.asDiagonal();
  matrix = 0.5 * (matrix + matrix.transpose()).eval();
  TiledMatrix stored(small_tiles(8, Fidelity::behavioural), n);
  BOOST_TEST((stored->program(matrix, {n, 3, false}).status == ProgrammingStatus::ok));
  const MatrixXd rhs = test::random_matrix(n, 4, 12);
  const auto result = stored->solve(rhs, {1e-6, 0, false});
  const double reached = test::residual_of(matrix, rhs, result.solution);
  BOOST_TEST(((result.status == SolveStatus::ok) == (reached <= 1e-6)));
  BOOST_TEST(std::abs(result.relative_residual.maxCoeff() - reached) < 1e-12);
}

BOOST_AUTO_TEST_CASE(what_was_reached_is_told_when_the_tolerance_is_not) {
  const int n = 20;
  const MatrixXd matrix = test::covariance_matrix(n, 0.3, 13);
  TiledMatrix stored(small_tiles(8, Fidelity::behavioural), n);
  stored->program(matrix, {n, 3, false});
  const MatrixXd rhs = test::random_matrix(n, 2, 14);
  const auto hopeless = stored->solve(rhs, {1e-18, 0, false});
  BOOST_TEST((hopeless.status == SolveStatus::not_converged));
  BOOST_TEST(hopeless.converged == 0u);
  BOOST_TEST(test::residual_of(matrix, rhs, hopeless.solution) < 1e-12);
  const auto cut_short = stored->solve(rhs, {1e-9, 2, false});
  BOOST_TEST((cut_short.status == SolveStatus::not_converged));
  BOOST_TEST(cut_short.largest_iterations() == 2u);
  BOOST_TEST(std::abs(cut_short.relative_residual.maxCoeff() -
                      test::residual_of(matrix, rhs, cut_short.solution)) < 1e-12);
}

BOOST_AUTO_TEST_CASE(a_worse_seed_diverges_by_itself_and_converges_with_search_directions) {
  // Condition 1e4: read noise alone is more than the smallest eigenvalues.
  const int n = 24;
  const MatrixXd matrix = ill_conditioned(n);
  const MatrixXd rhs = test::random_matrix(n, 2, 25);
  auto parameters = small_tiles(8, Fidelity::behavioural);
  parameters.refinement.iteration_limit = 200;
  const auto solve = [&](int directions, double damping) {
    parameters.refinement.krylov_directions = directions;
    TiledMatrix stored(parameters, n);
    solver::ProgramRequest request{n, 3, false};
    request.seed_damping = damping;
    BOOST_TEST((stored->program(matrix, request).status == ProgrammingStatus::ok));
    return stored->solve(rhs, {1e-6, 0, false});
  };
  const auto plain = solve(0, 0.05);
  BOOST_TEST((plain.status == SolveStatus::not_converged));
  const auto directed = solve(24, 0.05);
  BOOST_TEST((directed.status == SolveStatus::ok));
  BOOST_TEST(test::residual_of(matrix, rhs, directed.solution) <= 1e-6);
}

BOOST_AUTO_TEST_CASE(a_matrix_whose_seed_would_diverge_is_programmed_again_with_more_damping) {
  const int n = 16;
  const MatrixXd matrix = ill_conditioned(n);
  const MatrixXd rhs = test::random_matrix(n, 2, 26);
  auto parameters = small_tiles(16, Fidelity::behavioural);
  const auto writes = [](const solver::ProgramOutcome& outcome) {
    return std::count_if(outcome.steps.begin(), outcome.steps.end(), [](const auto& step) {
      return !step.tiles.empty() && step.tiles.front().written.has_value();
    });
  };
  parameters.refinement.largest_seed_damping = 0.0;
  TiledMatrix once(parameters, n);
  const auto first = once->program(matrix, {n, 3, false, 0.001});
  BOOST_TEST(first.contraction > 1.0);
  BOOST_TEST(writes(first) == 1);
  parameters.refinement.largest_seed_damping = 0.35;
  TiledMatrix again(parameters, n);
  const auto damped = again->program(matrix, {n, 3, false, 0.001});
  BOOST_TEST(writes(damped) >= 2);
  BOOST_TEST(damped.contraction < first.contraction);
  const auto result = again->solve(rhs, {1e-6, 100, false});
  BOOST_TEST((result.status == SolveStatus::ok));
  BOOST_TEST(test::residual_of(matrix, rhs, result.solution) <= 1e-6);
}

BOOST_AUTO_TEST_CASE(fixed_point_results_have_the_bits_and_keep_the_promise) {
  auto parameters = small_tiles(8, Fidelity::behavioural);
  parameters.refinement.result_bits = 24;
  const int n = 20;
  const MatrixXd matrix = test::covariance_matrix(n, 0.3, 15);
  TiledMatrix stored(parameters, n);
  stored->program(matrix, {n, 3, false});
  const MatrixXd rhs = test::random_matrix(n, 3, 16);
  const auto result = stored->solve(rhs, {1e-5, 0, false});
  BOOST_TEST((result.status == SolveStatus::ok));
  BOOST_TEST(test::residual_of(matrix, rhs, result.solution) <= 1e-5);
  for (int column = 0; column < 3; ++column) {
    const double peak = result.solution.col(column).cwiseAbs().maxCoeff();
    const double full_scale = std::exp2(std::ceil(std::log2(peak)));
    for (const double value : result.solution.col(column)) {
      const double code = value / full_scale * 8388608.0;  // 2^23: 24 bits with the sign
      BOOST_TEST(code == std::nearbyint(code));
    }
  }
  // Rounding to 24 bits alone is worse than this.
  BOOST_TEST((stored->solve(rhs, {1e-12, 0, false}).status == SolveStatus::not_converged));
}

BOOST_AUTO_TEST_CASE(the_contraction_is_that_of_the_conductances) {
  const int n = 10;
  const MatrixXd matrix = test::covariance_matrix(n, 0.4, 17);
  auto parameters = small_tiles(16, Fidelity::ideal);
  parameters.tile.adc.bits = 14;
  parameters.tile.dac.bits = 14;
  parameters.refinement.seed_damping = 0.0;
  TiledMatrix stored(parameters, n);
  const auto outcome = stored->program(matrix, {n, 1, false});
  BOOST_TEST((outcome.status == ProgrammingStatus::ok));
  // Dense: what the loop holds, by its conductances.
  const MatrixXd held = (stored.tile(0).cells().array(0, 0).conductance_s().topLeftCorner(n, n) -
                         stored.tile(0).cells().array(0, 1).conductance_s().topLeftCorner(n, n)) /
                        stored.tile(0).cells().span_s();
  const Eigen::VectorXd scale = matrix.diagonal().cwiseSqrt().cwiseInverse();
  const MatrixXd seed = scale.asDiagonal() * held.inverse() * scale.asDiagonal();
  const MatrixXd error = MatrixXd::Identity(n, n) - matrix * seed;
  const double expected = Eigen::EigenSolver<MatrixXd>(error).eigenvalues().cwiseAbs().maxCoeff();
  BOOST_TEST(std::abs(outcome.contraction - expected) < 0.03 * expected);
  const auto again = stored->calibrate();
  BOOST_TEST(std::abs(again.contraction - expected) < 0.03 * expected);
  BOOST_TEST(again.settling_time_s == stored->settling_time_s());
}

BOOST_AUTO_TEST_CASE(more_slices_on_the_same_tiles_contract_more_and_leave_finished_cells_alone) {
  const int n = 8;
  double two = 0.0;
  double three = 0.0;
  // Of several matrices: the noise of the shots is in each estimate.
  for (std::uint64_t seed = 18; seed < 26; ++seed) {
    const MatrixXd matrix = test::covariance_matrix(n, 0.1, seed);
    TiledMatrix stored(small_tiles(8, Fidelity::behavioural), n);
    two += stored->program(matrix, {n, 2, false}).contraction;
    const std::uint64_t before = stored.tile(0).cells().array(0, 0).total_writes();
    three += stored->program(matrix, {n, 3, false}).contraction;
    BOOST_TEST(stored.tile(0).cells().array(0, 0).total_writes() == before);
  }
  BOOST_TEST(three < two);
}

BOOST_AUTO_TEST_CASE(the_exact_matrix_is_exact_and_free) {
  auto stored = solver::make_exact_matrix();
  const int n = 9;
  for (const bool general : {false, true}) {
    const MatrixXd matrix =
        general ? test::random_matrix(n, n, 19) : test::covariance_matrix(n, 0.1, 19);
    const auto outcome = stored->program(matrix, {n, 2, general});
    BOOST_TEST((outcome.status == ProgrammingStatus::ok));
    BOOST_TEST(outcome.steps.empty());
    const MatrixXd rhs = test::random_matrix(n, 2, 20);
    const auto result = stored->solve(rhs, {1e-9, 0, false});
    BOOST_TEST((result.status == SolveStatus::ok));
    BOOST_TEST(result.steps.empty());
    BOOST_TEST(result.converged == 2u);
    BOOST_TEST((rhs - matrix * result.solution).norm() < 1e-9 * rhs.norm());
    BOOST_TEST((stored->multiply(rhs).value - matrix * rhs).norm() == 0.0);
  }
  MatrixXd indefinite = MatrixXd::Constant(3, 3, -0.8);
  indefinite.diagonal().setOnes();
  BOOST_TEST((stored->program(indefinite, {3, 2, false}).status == ProgrammingStatus::unstable));
  BOOST_TEST((stored->program(indefinite, {3, 2, true}).status == ProgrammingStatus::ok));
  BOOST_TEST(
      (stored->program(MatrixXd::Ones(3, 3), {3, 2, true}).status == ProgrammingStatus::unstable));
}

BOOST_AUTO_TEST_CASE(products_and_read_back_are_those_of_the_matrix) {
  for (const int n : {7, 20}) {
    auto parameters = small_tiles(8, Fidelity::ideal);
    parameters.tile.mvm_mode = tile::MvmMode::lumped;
    parameters.tile.adc.bits = parameters.tile.dac.bits = 12;
    TiledMatrix stored(parameters, n);
    const MatrixXd matrix = test::covariance_matrix(n, 0.3, 21);
    stored->program(matrix, {n, 4, false});
    const MatrixXd vectors = test::random_matrix(n, 3, 22);
    const auto product = stored->multiply(vectors);
    BOOST_TEST((product.finite && product.supported));
    BOOST_TEST((product.value - matrix * vectors).norm() < 0.02 * (matrix * vectors).norm());
    BOOST_TEST(test::duration_of(product.steps) > 0.0);
    const auto read = stored->read_back();
    BOOST_TEST(read.supported);
    BOOST_TEST((read.value - matrix).norm() < 2e-3 * matrix.norm());
    MatrixXd bad = vectors;
    bad(0, 0) = std::numeric_limits<double>::infinity();
    BOOST_TEST(!stored->multiply(bad).finite);
    BOOST_TEST((stored->solve(bad, {1e-6, 0, false}).status == SolveStatus::not_finite));
  }
  TiledMatrix general(small_tiles(8, Fidelity::ideal), 6);
  general->program(test::general_matrix(6, 23), {6, 3, true});
  BOOST_TEST(!general->multiply(MatrixXd::Ones(6, 1)).supported);
  BOOST_TEST((general->read_back().value - test::general_matrix(6, 23)).norm() <
             0.01 * test::general_matrix(6, 23).norm());
}

BOOST_AUTO_TEST_SUITE_END()
