// Single shots, their probes and checks, deflation and diagonal blocks, beside dense solves.
#include <invar/device/keyed_random.h>
#include <invar/solver/deflation.h>
#include <invar/solver/single_shot.h>
#include <invar/solver/stored_matrix.h>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "solver/stored_matrix_fixture.h"
#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(single_shots)

using namespace invar;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using programming::ProgrammingStatus;
using solver::BlockArrangement;
using solver::Service;
using solver::ServiceSet;
using solver::SolveStatus;
using test::small_tiles;
using test::TiledMatrix;
using tile::Fidelity;

namespace {

/// Symmetric positive definite, unit diagonal or nearly so, with the eigenvalues given.
MatrixXd with_spectrum(const VectorXd& values, std::uint64_t seed) {
  const auto n = static_cast<int>(values.size());
  const MatrixXd basis =
      Eigen::HouseholderQR<MatrixXd>(test::random_matrix(n, n, seed)).householderQ();
  const MatrixXd matrix = basis * values.asDiagonal() * basis.transpose();
  return 0.5 * (matrix + matrix.transpose());
}

/// One large eigenvalue, as the mean of non-negative features makes, and a bulk of 1 to 3.
MatrixXd dominated(int n, double largest, std::uint64_t seed) {
  VectorXd values = VectorXd::LinSpaced(n, 1.0, 3.0);
  values[n - 1] = largest;
  return with_spectrum(values, seed);
}

solver::ProgramRequest single_shots_of(int n, int rank = 0,
                                       BlockArrangement arrangement = BlockArrangement::nested) {
  solver::ProgramRequest request{n, 8};
  request.services = ServiceSet(INVAR_SERVES(INVAR_SERVICE_SINGLE_SHOT));
  request.rank = rank;
  request.arrangement = arrangement;
  return request;
}

solver::SolveRequest asking_for(Service service, double tolerance = 0.0) {
  solver::SolveRequest request;
  request.tolerance = tolerance;
  request.service = service;
  return request;
}

/// Tiles whose converters and cells add next to nothing.
solver::StoredMatrixParameters precise_tiles(int rows) {
  solver::StoredMatrixParameters parameters = small_tiles(rows, Fidelity::ideal);
  parameters.tile.dac.bits = parameters.tile.adc.bits = 16;
  return parameters;
}

double smallest_eigenvalue(const MatrixXd& matrix) {
  return Eigen::SelfAdjointEigenSolver<MatrixXd>(matrix, Eigen::EigenvaluesOnly).eigenvalues()[0];
}

double largest_eigenvalue(const MatrixXd& matrix) {
  return Eigen::SelfAdjointEigenSolver<MatrixXd>(matrix, Eigen::EigenvaluesOnly)
      .eigenvalues()
      .tail(1)[0];
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_deflation_leaves_is_positive_definite_for_any_subspace) {
  for (const int n : {2, 9, 40}) {
    const MatrixXd matrix = dominated(n, 200.0, 3);
    for (int rank = 1; rank <= std::min(n - 1, 4); ++rank) {
      // Nothing is known of the eigenvectors here.
      const MatrixXd start =
          Eigen::HouseholderQR<MatrixXd>(test::random_matrix(n, rank + 1, 11)).householderQ() *
          MatrixXd::Identity(n, rank + 1);
      const solver::Deflation deflation = solver::deflate(matrix, rank, start, 0);
      BOOST_TEST(smallest_eigenvalue(matrix - deflation.u * deflation.u.transpose()) > 0.0);
    }
  }
}

BOOST_AUTO_TEST_CASE(deflation_takes_the_largest_eigenvalues_and_begins_where_the_last_one_ended) {
  VectorXd values = VectorXd::LinSpaced(30, 1.0, 2.0);
  values.tail(3) << 10.0, 40.0, 160.0;
  const MatrixXd matrix = with_spectrum(values, 5);
  const solver::Deflation cold = solver::deflate(matrix, 3, {}, 8);
  BOOST_TEST(largest_eigenvalue(matrix - cold.u * cold.u.transpose()) < 2.2);
  const solver::Deflation none = solver::deflate(matrix, 3, {}, 0);
  const solver::Deflation warm = solver::deflate(matrix, 3, cold.subspace, 0);
  BOOST_TEST(largest_eigenvalue(matrix - none.u * none.u.transpose()) > 2.5);
  BOOST_TEST(largest_eigenvalue(matrix - warm.u * warm.u.transpose()) < 2.2);
  BOOST_TEST(warm.work.operations < cold.work.operations);
}

BOOST_AUTO_TEST_CASE(a_shot_of_a_precise_tile_is_the_solution) {
  const int n = 24;
  const MatrixXd matrix = test::covariance_matrix(n, 0.5, 4);
  const MatrixXd rhs = test::random_matrix(n, 5, 6);
  const MatrixXd reference = matrix.llt().solve(rhs);
  for (const int rows : {24, 8}) {
    for (const int rank : {0, 3}) {
      TiledMatrix stored(precise_tiles(rows), n);
      const auto outcome = stored->program(matrix, single_shots_of(n, rank));
      BOOST_TEST((outcome.status == ProgrammingStatus::ok));
      BOOST_TEST(outcome.contraction == 0.0);
      const auto result = stored->solve(rhs, asking_for(Service::single_shot));
      BOOST_TEST((result.status == SolveStatus::ok));
      BOOST_TEST(result.converged == 5u);
      BOOST_TEST(result.steps.size() == 1u);
      BOOST_TEST((result.solution - reference).norm() < 5e-3 * reference.norm(),
                 "rows " << rows << " rank " << rank);
    }
  }
}

BOOST_AUTO_TEST_CASE(probes_tell_the_residual_of_a_shot) {
  const int n = 32;
  const MatrixXd matrix = test::covariance_matrix(n, 0.3, 7);
  solver::StoredMatrixParameters parameters = small_tiles(32, Fidelity::behavioural);
  parameters.refinement.probes = 64;
  TiledMatrix stored(parameters, n);
  const auto outcome = stored->program(matrix, single_shots_of(n));
  const VectorXd scale = matrix.diagonal().cwiseSqrt();
  device::KeyedRandom random(99, 0);
  MatrixXd rhs(n, 64);
  for (int i = 0; i < 64; ++i) {
    random.normals(device::RandomStream::probe, static_cast<std::uint32_t>(i), 0, n,
                   rhs.col(i).data());
  }
  rhs = scale.asDiagonal() * rhs;
  const auto result = stored->solve(rhs, asking_for(Service::single_shot));
  const MatrixXd residual = scale.cwiseInverse().asDiagonal() * (rhs - matrix * result.solution);
  const MatrixXd scaled = scale.cwiseInverse().asDiagonal() * rhs;
  const double quality = std::sqrt(
      residual.colwise().squaredNorm().cwiseQuotient(scaled.colwise().squaredNorm()).mean());
  BOOST_TEST(outcome.quality == quality, boost::test_tools::tolerance(0.25));
  BOOST_TEST(outcome.quality > 0.0);
}

BOOST_AUTO_TEST_CASE(deflation_makes_shots_better_and_quicker) {
  const int n = 64;
  const MatrixXd matrix = dominated(n, 120.0, 9);
  const MatrixXd rhs = test::random_matrix(n, 8, 10);
  solver::StoredMatrixParameters parameters = small_tiles(64, Fidelity::behavioural);
  double settling_s[2], quality[2];
  for (const int rank : {0, 1}) {
    TiledMatrix stored(parameters, n);
    solver::ProgramRequest request = single_shots_of(n, rank);
    request.seed_slices = 2;
    const auto outcome = stored->program(matrix, request);
    settling_s[rank] = outcome.settling_time_s;
    quality[rank] = outcome.quality;
  }
  BOOST_TEST(settling_s[1] < 0.5 * settling_s[0]);
  BOOST_TEST(quality[1] < quality[0]);
}

BOOST_AUTO_TEST_CASE(diagonal_blocks_are_written_and_shot_at_once_and_invert_what_they_hold) {
  const int n = 24;
  const MatrixXd matrix = test::covariance_matrix(n, 0.5, 4);
  MatrixXd blocks = MatrixXd::Zero(n, n);
  for (int row = 0; row < n; row += 8) {
    blocks.block(row, row, 8, 8) = matrix.block(row, row, 8, 8);
  }
  const MatrixXd rhs = test::random_matrix(n, 4, 6);
  const MatrixXd reference = blocks.llt().solve(rhs);
  TiledMatrix stored(precise_tiles(8), n);
  const auto outcome = stored->program(matrix, single_shots_of(n, 0, BlockArrangement::diagonal));
  BOOST_TEST((outcome.status == ProgrammingStatus::ok));
  const auto result = stored->solve(rhs, asking_for(Service::single_shot));
  BOOST_TEST((result.solution - reference).norm() < 5e-3 * reference.norm());
  const solver::WorkStep& step = result.steps.front();
  BOOST_TEST(step.tiles.size() == 3u);
  double busy_s = 0.0;
  for (const solver::TileActivity& activity : step.tiles) {
    BOOST_TEST(activity.busy_s <= step.duration_s);
    busy_s += activity.busy_s;
  }
  BOOST_TEST(step.duration_s < 0.6 * busy_s);
  BOOST_TEST(!stored->multiply(rhs).supported);
}

BOOST_AUTO_TEST_CASE(refinement_converges_from_deflated_seeds_and_from_diagonal_blocks) {
  const int n = 40;
  const MatrixXd matrix = dominated(n, 60.0, 13);
  const MatrixXd rhs = test::random_matrix(n, 3, 14);
  for (const auto arrangement : {BlockArrangement::nested, BlockArrangement::diagonal}) {
    for (const int rank : {0, 2}) {
      TiledMatrix stored(small_tiles(20, Fidelity::behavioural), n);
      solver::ProgramRequest request = single_shots_of(n, rank, arrangement);
      request.seed_slices = 2;
      request.services = ServiceSet(0);
      BOOST_TEST((stored->program(matrix, request).status == ProgrammingStatus::ok));
      const auto result = stored->solve(rhs, asking_for(Service::refined, 1e-9));
      BOOST_TEST((result.status == SolveStatus::ok));
      BOOST_TEST(test::residual_of(matrix, rhs, result.solution) <= 1e-9);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_shot_that_clips_is_repeated_at_a_quarter_and_flagged_when_it_clips_again) {
  const int n = 16;
  VectorXd values = VectorXd::Constant(n, 1.0);
  for (const auto& [smallest, repeats, flagged] :
       {std::tuple{1.0, 0u, 0u}, {0.12, 1u, 0u}, {0.01, 1u, 1u}}) {
    values[0] = smallest;
    const MatrixXd matrix = with_spectrum(values, 21);
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(matrix);
    solver::StoredMatrixParameters parameters = precise_tiles(n);
    // What probes saw of it: next to nothing.
    parameters.refinement.probes = 1;
    TiledMatrix stored(parameters, n);
    stored->program(matrix, single_shots_of(n));
    const MatrixXd rhs = solver.eigenvectors().col(0);
    const auto result = stored->solve(rhs, asking_for(Service::single_shot));
    BOOST_TEST(result.clipped_columns == flagged, "smallest eigenvalue " << smallest);
    if (flagged != 0) {
      BOOST_TEST((result.status == SolveStatus::saturated));
      BOOST_TEST(result.solution.norm() == 0.0);
      BOOST_TEST(result.converged == 0u);
    } else {
      BOOST_TEST((result.solution - rhs / smallest).norm() < 2e-2 / smallest);
      BOOST_TEST(result.counts.shots == 1u + result.retries);
    }
    BOOST_TEST(result.retries <= repeats);
  }
}

BOOST_AUTO_TEST_CASE(right_hand_sides_of_zeros_and_of_no_numbers_leave_the_others_alone) {
  const int n = 8;
  const MatrixXd matrix = test::covariance_matrix(n, 0.5, 4);
  MatrixXd rhs = test::random_matrix(n, 3, 6);
  rhs.col(0).setZero();
  rhs(2, 1) = std::numeric_limits<double>::quiet_NaN();
  for (const Service service : {Service::single_shot, Service::checked}) {
    TiledMatrix stored(small_tiles(8, Fidelity::behavioural), n);
    solver::ProgramRequest request = single_shots_of(n);
    request.services = ServiceSet(INVAR_SERVES(static_cast<std::uint32_t>(service)));
    request.seed_slices = 2;
    stored->program(matrix, request);
    const auto result = stored->solve(rhs, asking_for(service));
    BOOST_TEST((result.status == SolveStatus::not_finite));
    BOOST_TEST(result.solution.col(0).norm() == 0.0);
    BOOST_TEST(result.solution.col(1).norm() == 0.0);
    const VectorXd reference = matrix.llt().solve(rhs.col(2));
    BOOST_TEST((result.solution.col(2) - reference).norm() < 0.5 * reference.norm());
    BOOST_TEST(result.converged == 2u);
  }
}

BOOST_AUTO_TEST_CASE(groups_that_fail_their_check_are_refined) {
  const int n = 32;
  const MatrixXd matrix = test::covariance_matrix(n, 0.2, 7);
  const MatrixXd rhs = test::random_matrix(n, 20, 8);
  solver::StoredMatrixParameters parameters = small_tiles(32, Fidelity::behavioural);
  TiledMatrix stored(parameters, n);
  solver::ProgramRequest request = single_shots_of(n);
  request.services = ServiceSet(INVAR_SERVES(INVAR_SERVICE_CHECKED));
  request.seed_slices = 2;
  BOOST_TEST(stored->program(matrix, request).contraction > 0.0);
  const auto strict = stored->solve(rhs, asking_for(Service::checked, 1e-6));
  BOOST_TEST(strict.refined_columns == 20u);
  BOOST_TEST(strict.converged == 20u);
  BOOST_TEST(test::residual_of(matrix, rhs, strict.solution) <= 1e-6);
  const auto lenient = stored->solve(rhs, asking_for(Service::checked, 1.0));
  BOOST_TEST(lenient.refined_columns == 0u);
  BOOST_TEST(lenient.largest_residual() > 0.0);
  BOOST_TEST(lenient.largest_residual() < 1.0);
  BOOST_TEST(lenient.steps.size() == 2u);
  // What decides what is refined is no verification.
  BOOST_TEST(!lenient.steps[1].verification);
}

BOOST_AUTO_TEST_CASE(samples_compare_shots_with_what_was_asked_and_with_what_is_stored) {
  const int n = 32;
  const MatrixXd matrix = test::covariance_matrix(n, 0.3, 7);
  const MatrixXd rhs = test::random_matrix(n, 4, 8);
  solver::StoredMatrixParameters parameters = small_tiles(32, Fidelity::behavioural);
  parameters.tile.dac.bits = parameters.tile.adc.bits = 12;
  parameters.tile.device.read_noise = 0.0;
  parameters.tile.amplifier.offset_sigma_v = 0.0;
  TiledMatrix stored(parameters, n);
  solver::ProgramRequest request = single_shots_of(n, 2);
  request.seed_slices = 2;
  stored->program(matrix, request);
  const auto result = stored->solve(rhs, asking_for(Service::single_shot));
  stored->solve(rhs, asking_for(Service::single_shot));
  const solver::ShotSamples& samples = stored->shot_samples();
  BOOST_TEST(samples.columns == 1u);
  const VectorXd reference = matrix.llt().solve(rhs.col(0));
  BOOST_TEST(samples.error_sum == (result.solution.col(0) - reference).norm() / reference.norm(),
             boost::test_tools::tolerance(1e-9));
  // Cells are not what was asked for; without noise, what they hold is what is solved.
  BOOST_TEST(samples.stored_error_sum < 0.3 * samples.error_sum);
}

BOOST_AUTO_TEST_CASE(services_that_a_matrix_was_not_stored_for_are_refused) {
  const int n = 8;
  TiledMatrix stored(small_tiles(8, Fidelity::behavioural), n);
  stored->program(test::covariance_matrix(n, 0.5, 4), {n, 2});
  BOOST_TEST(stored->gives(Service::refined));
  BOOST_TEST(!stored->gives(Service::single_shot));
  BOOST_CHECK_THROW(stored->solve(MatrixXd::Ones(n, 1), asking_for(Service::single_shot)),
                    std::logic_error);
  BOOST_CHECK_THROW(stored->program(MatrixXd::Identity(n, n), single_shots_of(n, n)),
                    std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
