#include <invar/solver/jacobi_scaling.h>
#include <invar/solver/refinement.h>
#include <invar/tile_model/tile_programming.h>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(solver_tests)

using namespace invar;
using solver::MatrixVerdict;
using solver::RefinementParameters;
using solver::SolveStatus;

namespace {

/// A seed with a known relative error: M^-1 of a perturbed matrix, exact otherwise.
class PerturbedSeed : public tile::AnalogMatrix {
 public:
  PerturbedSeed(const Eigen::MatrixXd& normalised, double perturbation) : normalised_(normalised) {
    Eigen::MatrixXd held = normalised;
    held.diagonal().array() *= 1.0 + perturbation;
    factor_.compute(held);
  }
  int size() const override { return static_cast<int>(normalised_.rows()); }
  tile::AnalogBatch invert(const Eigen::MatrixXd& input, const std::vector<int>& range) override {
    tile::AnalogBatch batch;
    batch.output = factor_.solve(input);
    batch.clipped.assign(input.cols(), 0);
    batch.peak.assign(input.cols(), 0.5F);
    batch.counts.shots = input.cols();
    for (std::size_t i = 0; i < range.size(); ++i) {
      batch.clipped[i] = range[i] < smallest_range_ ? 1 : 0;
    }
    return batch;
  }
  tile::AnalogBatch multiply(const Eigen::MatrixXd& input) override {
    tile::AnalogBatch batch;
    batch.output = 1.001 * normalised_ * input;  // a wrong residual path
    batch.clipped.assign(input.cols(), 0);
    batch.counts.shots = input.cols();
    return batch;
  }
  double settling_time_s() const override { return 1e-6; }
  bool stable() const override { return true; }

  int smallest_range_ = 0;

 private:
  Eigen::MatrixXd normalised_;
  Eigen::PartialPivLU<Eigen::MatrixXd> factor_;
};

double largest_residual(const Eigen::MatrixXd& matrix, const Eigen::MatrixXd& rhs,
                        const Eigen::MatrixXd& solution) {
  return ((rhs - matrix * solution).colwise().norm().array() / rhs.colwise().norm().array())
      .maxCoeff();
}

}  // namespace

BOOST_AUTO_TEST_CASE(refinement_converges_at_the_rate_of_the_seed_and_keeps_its_promise) {
  const Eigen::MatrixXd matrix = test::covariance_matrix(20, 0.1, 1);
  const solver::JacobiScaling scaling(matrix);
  PerturbedSeed seed(scaling.normalised, 0.02);
  const Eigen::MatrixXd rhs = Eigen::MatrixXd::Identity(20, 20);
  for (const double tolerance : {1e-3, 1e-6, 1e-12}) {
    const auto result = solver::refine(seed, matrix, scaling.scale, rhs, tolerance, 0, false, {});
    BOOST_TEST((result.status == SolveStatus::ok));
    BOOST_TEST(result.converged == 20u);
    BOOST_TEST(largest_residual(matrix, rhs, result.solution) <= tolerance);
    BOOST_TEST(std::abs(largest_residual(matrix, rhs, result.solution) -
                        result.relative_residual.maxCoeff()) < 1e-3 * tolerance + 1e-15);
  }
}

BOOST_AUTO_TEST_CASE(the_rounded_solution_is_what_single_precision_promises) {
  const Eigen::MatrixXd matrix = test::covariance_matrix(16, 0.1, 2);
  const solver::JacobiScaling scaling(matrix);
  PerturbedSeed seed(scaling.normalised, 0.02);
  const Eigen::MatrixXd rhs = Eigen::MatrixXd::Ones(16, 1);
  const auto result = solver::refine(seed, matrix, scaling.scale, rhs, 1e-5, 0, true, {});
  BOOST_TEST(
      (result.solution.cast<float>().cast<double>().array() == result.solution.array()).all());
  BOOST_TEST(largest_residual(matrix, rhs, result.solution) <= 1e-5);
  const auto hopeless = solver::refine(seed, matrix, scaling.scale, rhs, 1e-12, 0, true, {});
  BOOST_TEST((hopeless.status == SolveStatus::not_converged));
  BOOST_TEST(hopeless.relative_residual[0] > 1e-12);
}

BOOST_AUTO_TEST_CASE(a_wrong_analog_residual_is_found_out_by_the_digital_check) {
  const Eigen::MatrixXd matrix = test::covariance_matrix(16, 0.1, 3);
  const solver::JacobiScaling scaling(matrix);
  PerturbedSeed seed(scaling.normalised, 0.02);
  RefinementParameters parameters;
  parameters.residual = solver::ResidualPath::analog;
  const Eigen::MatrixXd rhs = Eigen::MatrixXd::Ones(16, 1);
  // The products are 0.1 % off, so the loop alone would stop 1e-3 away from the truth.
  const auto result = solver::refine(seed, matrix, scaling.scale, rhs, 1e-5, 0, false, parameters);
  BOOST_TEST(std::abs(result.relative_residual[0] -
                      largest_residual(matrix, rhs, result.solution)) < 1e-12);
  if (result.status == SolveStatus::ok) {
    BOOST_TEST(largest_residual(matrix, rhs, result.solution) <= 1e-5);
  }
}

BOOST_AUTO_TEST_CASE(a_seed_that_diverges_is_reported_and_the_krylov_directions_rescue_it) {
  const Eigen::MatrixXd matrix = test::covariance_matrix(20, 0.1, 4);
  const solver::JacobiScaling scaling(matrix);
  // Holding far too small a diagonal makes I - A M^-1 expand.
  PerturbedSeed seed(scaling.normalised, -0.08);
  const Eigen::MatrixXd rhs = Eigen::MatrixXd::Identity(20, 3);
  RefinementParameters parameters;
  parameters.krylov_directions = 0;
  const auto plain = solver::refine(seed, matrix, scaling.scale, rhs, 1e-6, 0, false, parameters);
  parameters.krylov_directions = 20;
  const auto krylov = solver::refine(seed, matrix, scaling.scale, rhs, 1e-6, 0, false, parameters);
  BOOST_TEST((krylov.status == SolveStatus::ok));
  BOOST_TEST(largest_residual(matrix, rhs, krylov.solution) <= 1e-6);
  BOOST_TEST((plain.status == SolveStatus::not_converged));
  BOOST_TEST(plain.converged == 0u);
}

BOOST_AUTO_TEST_CASE(clipped_shots_are_repeated_at_a_higher_range_and_counted) {
  const Eigen::MatrixXd matrix = test::covariance_matrix(8, 0.5, 5);
  const solver::JacobiScaling scaling(matrix);
  PerturbedSeed seed(scaling.normalised, 0.01);
  seed.smallest_range_ = 3;
  const auto result = solver::refine(seed, matrix, scaling.scale, Eigen::MatrixXd::Identity(8, 2),
                                     1e-6, 0, false, {});
  BOOST_TEST((result.status == SolveStatus::ok));
  BOOST_TEST(result.retries == 6u);
  seed.smallest_range_ = 99;
  const auto saturated = solver::refine(seed, matrix, scaling.scale,
                                        Eigen::MatrixXd::Identity(8, 2), 1e-6, 0, false, {});
  BOOST_TEST((saturated.status == SolveStatus::saturated));
}

BOOST_AUTO_TEST_CASE(all_digital_work_of_a_solve_is_counted) {
  const int n = 8;
  const Eigen::MatrixXd matrix = test::covariance_matrix(n, 0.5, 5);
  const solver::JacobiScaling scaling(matrix);
  PerturbedSeed seed(scaling.normalised, 0.01);
  const Eigen::MatrixXd rhs = Eigen::MatrixXd::Identity(n, 3);
  RefinementParameters parameters;
  parameters.krylov_directions = 0;
  const auto digital = solver::refine(seed, matrix, scaling.scale, rhs, 1e-6, 0, false, parameters);
  // An iteration: n^2 for A dx; S r, peak, DAC scaling, S dx, x + dx, weights, r - A dx, |r|^2 with
  // n each. The check of every right-hand side at the end: n^2 for A x, then b - A x, weights,
  // |r|^2.
  const std::uint64_t iterations = digital.total_iterations();
  BOOST_TEST(digital.total_multiply_accumulates() ==
             iterations * (n * n + 8 * n) + 3u * (n * n + 3 * n));
  BOOST_TEST(digital.total_fetched_elements() == (iterations + 3) * n * n);

  parameters.residual = solver::ResidualPath::analog;
  const auto analog = solver::refine(seed, matrix, scaling.scale, rhs, 1e-2, 0, false, parameters);
  // S^-1 dx, peak, DAC scaling, S^-1 y instead of A dx.
  BOOST_TEST(analog.total_fetched_elements() == 3u * n * n);
  BOOST_TEST(analog.total_multiply_accumulates() ==
             analog.total_iterations() * 12 * n + 3u * (n * n + 3 * n));
}

BOOST_AUTO_TEST_CASE(a_real_tile_solves_a_64_x_64_factor_to_1e_6) {
  const Eigen::MatrixXd matrix = test::covariance_matrix(64, 0.2, 6);
  const solver::JacobiScaling scaling(matrix);
  tile::TileParameters parameters;
  parameters.rows = 64;
  tile::TileModel model(parameters, 1, 0);
  const auto written = tile::write_matrix(model, scaling.normalised, 2, 2, {});
  BOOST_TEST((written.status == programming::ProgrammingStatus::ok));
  const Eigen::MatrixXd rhs = Eigen::MatrixXd::Identity(64, 64);
  const auto result = solver::refine(model, matrix, scaling.scale, rhs, 1e-6, 0, false, {});
  BOOST_TEST((result.status == SolveStatus::ok));
  BOOST_TEST(largest_residual(matrix, rhs, result.solution) <= 1e-6);
  BOOST_TEST(result.seed_effective_bits > 0.0);
  const Eigen::MatrixXd reference = matrix.llt().solve(rhs);
  BOOST_TEST((result.solution - reference).norm() / reference.norm() < 1e-4);
}

BOOST_AUTO_TEST_CASE(zero_right_hand_sides_and_wrong_inputs_are_dealt_with) {
  const Eigen::MatrixXd matrix = test::covariance_matrix(8, 0.5, 7);
  const solver::JacobiScaling scaling(matrix);
  PerturbedSeed seed(scaling.normalised, 0.01);
  const auto zero =
      solver::refine(seed, matrix, scaling.scale, Eigen::MatrixXd::Zero(8, 2), 1e-6, 0, false, {});
  BOOST_TEST((zero.status == SolveStatus::ok));
  BOOST_TEST(zero.solution.norm() == 0.0);
  Eigen::MatrixXd bad = Eigen::MatrixXd::Ones(8, 1);
  bad(3) = std::numeric_limits<double>::quiet_NaN();
  BOOST_TEST((solver::refine(seed, matrix, scaling.scale, bad, 1e-6, 0, false, {}).status ==
              SolveStatus::not_finite));
  BOOST_CHECK_THROW(
      solver::refine(seed, matrix, scaling.scale, Eigen::MatrixXd::Ones(7, 1), 1e-6, 0, false, {}),
      std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(matrices_that_cannot_be_stored_get_their_verdict) {
  Eigen::MatrixXd matrix = test::covariance_matrix(6, 0.5, 8);
  BOOST_TEST((solver::JacobiScaling(matrix).verdict == MatrixVerdict::ok));
  BOOST_TEST((solver::JacobiScaling(matrix).normalised.diagonal().array() - 1.0).abs().maxCoeff() <
             1e-12);
  Eigen::MatrixXd bad = matrix;
  bad(0, 1) += 1e-3;
  BOOST_TEST((solver::JacobiScaling(bad).verdict == MatrixVerdict::not_symmetric));
  bad = matrix;
  bad(2, 2) = 0.0;
  BOOST_TEST((solver::JacobiScaling(bad).verdict == MatrixVerdict::diagonal_not_positive));
  bad = matrix;
  bad(2, 2) = std::numeric_limits<double>::infinity();
  BOOST_TEST((solver::JacobiScaling(bad).verdict == MatrixVerdict::not_finite));
}

BOOST_AUTO_TEST_SUITE_END()
