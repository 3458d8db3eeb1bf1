// What a matrix asks of its tiles, and how long that takes.
#include <invar/solver/stored_matrix.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <set>
#include <tuple>

#include "solver/stored_matrix_fixture.h"

BOOST_AUTO_TEST_SUITE(solver_tests)

using namespace invar;
using Eigen::MatrixXd;
using test::small_tiles;
using test::TiledMatrix;
using tile::Fidelity;

namespace {

/// DAC, settling, sampling and the conversions of one INV shot.
double shot_time_s(const tile::TileParameters& parameters, double settling_time_s, int n) {
  // Each ADC converts the outputs of its columns one after the other.
  const int rounds = std::min(n, parameters.adc.columns_per_adc);
  return parameters.dac.conversion_time_s + settling_time_s + parameters.adc.sample_time_s +
         rounds * parameters.adc.conversion_time_s;
}

std::uint64_t operations_of(const std::vector<solver::WorkStep>& steps) {
  std::uint64_t sum = 0;
  for (const solver::WorkStep& step : steps) {
    sum += step.multiply_accumulates;
  }
  return sum;
}

bool writes(const solver::WorkStep& step) {
  return !step.tiles.empty() && step.tiles.front().written.has_value();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_round_on_one_tile_lasts_as_the_pipeline_of_two_does) {
  const int n = 12;
  const int columns = 5;
  auto parameters = small_tiles(16, Fidelity::behavioural);
  parameters.refinement.krylov_directions = 0;
  for (const double rate_hz : {1e8, 2e9, 64e9}) {
    parameters.lane_rate_hz = rate_hz;
    TiledMatrix stored(parameters, n);
    stored->program(test::covariance_matrix(n, 0.5, 1), {n, 3, false});
    const auto result = stored->solve(test::random_matrix(n, columns, 2), {1e-6, 0, false});
    const double shot_s = shot_time_s(parameters.tile, stored->settling_time_s(), n);
    std::uint64_t shots = 0;
    for (const solver::WorkStep& step : result.steps) {
      const double digital_s = static_cast<double>(step.multiply_accumulates) / rate_hz;
      double expected_s = digital_s;
      if (step.inv_shots > 0) {
        const double analog_s = step.inv_shots * shot_s;
        expected_s = std::max(analog_s, digital_s) + std::min(shot_s, digital_s / step.inv_shots);
        BOOST_TEST(step.tiles.size() == 1u);
        BOOST_TEST(std::abs(step.tiles[0].busy_s - analog_s) < 1e-9 * analog_s);
        BOOST_TEST(std::abs(step.tiles[0].conversion_s -
                            step.inv_shots * 8 * parameters.tile.adc.conversion_time_s) < 1e-15);
        BOOST_TEST(step.tiles[0].counts.shots == step.inv_shots);
      }
      BOOST_TEST(std::abs(step.duration_s - expected_s) < 1e-9 * expected_s);
      shots += step.inv_shots;
    }
    BOOST_TEST(shots == result.total_iterations() + result.retries);
    BOOST_TEST(stored->least_solve_time_s(columns) <= result.duration_s());
    BOOST_TEST(stored->least_solve_time_s(columns) > 0.0);
  }
}

BOOST_AUTO_TEST_CASE(an_analog_residual_follows_the_pipeline) {
  const int n = 12;
  auto parameters = small_tiles(16, Fidelity::behavioural);
  parameters.refinement.krylov_directions = 0;
  parameters.refinement.residual = solver::ResidualPath::analog;
  TiledMatrix stored(parameters, n);
  stored->program(test::covariance_matrix(n, 0.5, 1), {n, 3, false});
  const auto result = stored->solve(test::random_matrix(n, 2, 2), {1e-2, 0, false});
  const double shot_s = shot_time_s(parameters.tile, stored->settling_time_s(), n);
  // An input of 15 bits in pieces of 5 (the DAC has 7), one group of rows, all 8 slices converted.
  const auto& adc = parameters.tile.adc;
  const double product_s =
      3 * (parameters.tile.dac.conversion_time_s + parameters.tile.mvm_settling_time_s +
           adc.sample_time_s + 8 * 8 * adc.conversion_time_s);
  const solver::WorkStep& step = result.steps.front();
  const double digital_s = static_cast<double>(step.multiply_accumulates) / parameters.lane_rate_hz;
  const double expected_s = step.inv_shots * shot_s + digital_s / step.inv_shots + 2 * product_s;
  BOOST_TEST(step.fetched_elements == 0u);
  BOOST_TEST(std::abs(step.duration_s - expected_s) < 1e-9 * expected_s);
}

BOOST_AUTO_TEST_CASE(programming_one_tile_is_scaling_then_writing_then_a_look_at_the_seed) {
  const int n = 12;
  auto parameters = small_tiles(16, Fidelity::behavioural);
  TiledMatrix stored(parameters, n);
  const solver::ProgramRequest request{n, 2, false};
  const double least_s = stored->least_program_time_s(request);
  const auto outcome = stored->program(test::covariance_matrix(n, 0.5, 1), request);
  BOOST_TEST(outcome.steps.size() == 3u);
  BOOST_TEST(outcome.steps[0].multiply_accumulates == 2u * n * n + 10u * n);
  BOOST_TEST(outcome.steps[0].fetched_elements == 1u * n * n);
  BOOST_TEST(std::abs(outcome.steps[0].duration_s * 64e9 - (2 * n * n + 10 * n)) < 1e-6);
  BOOST_TEST(writes(outcome.steps[1]));
  const auto& written = *outcome.steps[1].tiles[0].written;
  BOOST_TEST(outcome.steps[1].duration_s == written.duration_s);
  BOOST_TEST(written.conversion_s > 0.0);
  BOOST_TEST(written.conversion_s < written.duration_s);
  BOOST_TEST(outcome.steps[2].inv_shots >= 10u);
  BOOST_TEST(outcome.steps[2].multiply_accumulates >= 10u * n * n);
  BOOST_TEST(least_s > 0.0);
  BOOST_TEST(least_s <= test::duration_of(outcome.steps));
}

BOOST_AUTO_TEST_CASE(schur_complements_are_charged_to_the_programming) {
  const int n = 24;
  auto parameters = small_tiles(8, Fidelity::behavioural);
  parameters.refinement.block_product = solver::BlockProductPath::analog;
  TiledMatrix stored(parameters, n);
  const auto outcome = stored->program(test::covariance_matrix(n, 0.3, 3), {n, 3, false});
  std::set<int> written;
  std::vector<std::vector<int>> waves;
  for (const solver::WorkStep& step : outcome.steps) {
    if (writes(step)) {
      waves.emplace_back();
      for (const solver::TileActivity& activity : step.tiles) {
        waves.back().push_back(activity.tile);
        BOOST_TEST(activity.busy_s <= step.duration_s);
        BOOST_TEST(written.insert(activity.tile).second);
      }
    }
  }
  // Three leaves, one after the other; with the first the four blocks beside it, with the second
  // the two beside that.
  BOOST_TEST(waves.size() == 3u);
  BOOST_TEST(waves[0].size() == 5u);
  BOOST_TEST(waves[1].size() == 3u);
  BOOST_TEST(waves[2].size() == 1u);
  BOOST_TEST(written.size() == 9u);
  // 16 columns with the first leaf and 8 with the second, each at least one shot and residual; then
  // A3 times A1^-1 A2.
  std::uint64_t shots = 0;
  for (const solver::WorkStep& step : outcome.steps) {
    for (const solver::TileActivity& activity : step.tiles) {
      shots += activity.tile < 3 ? activity.counts.shots : 0;
    }
  }
  BOOST_TEST(shots >= 16u + 8u);
  BOOST_TEST(operations_of(outcome.steps) >= 24u * 64u + 16u * 8u * 16u + 8u * 8u * 8u);
}

BOOST_AUTO_TEST_CASE(columns_pipeline_through_the_tiles) {
  const int n = 32;
  auto parameters = small_tiles(8, Fidelity::ideal);
  parameters.lane_rate_hz = 1e15;  // no digital time
  for (const auto& [split, uses, stages] :
       {std::tuple{solver::BlockSplit::first, 2, 7}, {solver::BlockSplit::halves, 4, 9}}) {
    parameters.refinement.block_split = split;
    parameters.refinement.block_product = solver::BlockProductPath::digital;
    TiledMatrix stored(parameters, n);
    // Four equal blocks without coupling settle alike.
    MatrixXd matrix = MatrixXd::Zero(n, n);
    for (int block = 0; block < 4; ++block) {
      matrix.block(8 * block, 8 * block, 8, 8) = test::covariance_matrix(8, 4.0, 4);
    }
    stored->program(matrix, {n, 3, false});
    const double shot_s = shot_time_s(parameters.tile, stored->settling_time_s(), 8);
    for (const int columns : {1, 6}) {
      const auto result = stored->solve(test::random_matrix(n, columns, 5), {1e-6, 0, false});
      const solver::WorkStep& step = result.steps.front();
      // Every leaf twice but the last, one after the other; or A1 (3 shots of two leaves) twice and
      // S once. Another right-hand side whenever the busiest tile has done its shots.
      const double expected_s = (stages + (columns - 1) * uses) * shot_s;
      BOOST_TEST(result.retries == 0u);
      BOOST_TEST(std::abs(step.duration_s - expected_s) < 1e-3 * expected_s);
      BOOST_TEST(step.tiles.size() == 4u);
      BOOST_TEST(stored->least_solve_time_s(columns) <= result.duration_s());
    }
  }
}

BOOST_AUTO_TEST_CASE(energy_and_shots_of_a_solve_are_those_of_its_tiles) {
  const int n = 20;
  auto parameters = small_tiles(8, Fidelity::behavioural);
  parameters.refinement.block_product = solver::BlockProductPath::analog;
  TiledMatrix stored(parameters, n);
  stored->program(test::covariance_matrix(n, 0.3, 6), {n, 3, false});
  const auto result = stored->solve(test::random_matrix(n, 3, 7), {1e-6, 0, false});
  double energy_j = 0.0;
  std::uint64_t shots = 0;
  std::set<int> tiles;
  for (const solver::WorkStep& step : result.steps) {
    for (const solver::TileActivity& activity : step.tiles) {
      energy_j += activity.energy.total_j();
      shots += activity.counts.shots;
      tiles.insert(activity.tile);
      BOOST_TEST(activity.conversion_s <= activity.busy_s);
      BOOST_TEST(activity.busy_s <= step.duration_s * (1.0 + 1e-12));
    }
  }
  BOOST_TEST(tiles.size() == 9u);
  BOOST_TEST(shots == result.counts.shots);
  BOOST_TEST(std::abs(energy_j - result.energy.total_j()) < 1e-9 * energy_j);
  // Per right-hand side and application: the first two leaves twice, the last once; the six blocks
  // once.
  BOOST_TEST(shots == result.total_iterations() * 11 + result.retries);
}

BOOST_AUTO_TEST_CASE(a_tile_for_products_has_no_loop) {
  tile::TileParameters parameters;
  parameters.rows = 8;
  parameters.fidelity = Fidelity::ideal;
  tile::TileModel model(parameters, 1, 0);
  const MatrixXd matrix = test::random_matrix(8, 8, 8);
  const auto written = tile::write_matrix(model, matrix, 0, 3, {});
  BOOST_TEST((written.status == programming::ProgrammingStatus::ok));
  BOOST_TEST(!model.stable());
  BOOST_TEST(model.settling_time_s() == 0.0);
  BOOST_CHECK_THROW(model.invert(MatrixXd::Ones(8, 1), {0}), std::logic_error);
  const MatrixXd vectors = test::random_matrix(8, 2, 9);
  const MatrixXd expected = matrix.transpose() * vectors;
  BOOST_TEST((model.multiply(vectors).output - expected).norm() < 0.03 * expected.norm());
}

BOOST_AUTO_TEST_SUITE_END()
