#include <invar/solver/jacobi_scaling.h>
#include <invar/solver/timing_cost.h>
#include <invar/tile/tile_programming.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <memory>
#include <numeric>
#include <vector>

#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(timing_matrix)

using namespace invar;

namespace {

/// A factor programmed and solved at behavioural fidelity on a fresh tile: what it took.
struct Measured {
  programming::ProgrammingResult written;
  solver::SolveResult solved;
  double settling_time_s = 0.0;
  double mean_conductance_s = 0.0;
  double solve_time_s = 0.0;
  double scale_time_s = 0.0;
  int k = 0;

  Measured(int n, const solver::StoredMatrixParameters& parameters) : k(3 * n) {
    const int slices = parameters.tile.seed_slices;
    const Eigen::MatrixXd matrix = test::covariance_matrix(n, 1.0, 5);
    const solver::JacobiScaling scaling(matrix);
    tile::TileModel tile(parameters.tile, 1, 0);
    written = tile::write_matrix(tile, scaling.normalised, slices, slices, parameters.programming);
    BOOST_REQUIRE((written.status == programming::ProgrammingStatus::ok));
    test::SimpleRandom random(7);
    Eigen::MatrixXd rhs(n, k);
    for (double& value : rhs.reshaped()) {
      value = random.next();
    }
    solved =
        solver::refine(tile, matrix, scaling.scale, rhs, 1e-3, 0, false, parameters.refinement);
    BOOST_REQUIRE((solved.status == solver::SolveStatus::ok));
    settling_time_s = tile.settling_time_s();
    for (int slice = 0; slice < slices; ++slice) {
      for (const int sign : {0, 1}) {
        mean_conductance_s +=
            tile.array(slice, sign).conductance_s().topLeftCorner(n, n).mean() / (2 * slices);
      }
    }
    solve_time_s = solved.duration_s();
    scale_time_s = (2.0 * n * n + 10.0 * n) / parameters.lane_rate_hz;
  }

  solver::TimingEstimate estimate() const {
    solver::TimingSample sample;
    sample.n = static_cast<int>(solved.solution.rows());
    sample.iterations = static_cast<double>(solved.total_iterations()) / k;
    sample.settling_time_s = settling_time_s;
    sample.mean_conductance_s = mean_conductance_s;
    sample.array_share = solved.energy.array_j / solved.energy.amplifier_j;
    sample.retry_share =
        static_cast<double>(solved.retries) / static_cast<double>(solved.total_iterations());
    sample.written_share = 1.0;
    sample.set_share = 1.0;  // a fresh tile stands at its lowest level
    return {{sample}, "sampled"};
  }
};

double duration(const std::vector<solver::WorkStep>& steps) {
  return std::accumulate(steps.begin(), steps.end(), 0.0,
                         [](double sum, const auto& step) { return sum + step.duration_s; });
}

programming::ProgrammingResult written(const std::vector<solver::WorkStep>& steps) {
  return steps.at(1).tiles.at(0).written.value();
}

bool near(double value, double expected, double tolerance) {
  return std::abs(value - expected) <= tolerance * expected;
}

}  // namespace

BOOST_AUTO_TEST_CASE(programming_and_solving_take_what_the_behavioural_tile_takes) {
  for (const int n : {32, 64}) {
    for (const auto order :
         {programming::WriteOrder::row_parallel, programming::WriteOrder::cell_by_cell}) {
      solver::StoredMatrixParameters parameters;
      parameters.tile.rows = 64;
      parameters.programming.order = order;
      const Measured measured(n, parameters);
      const auto matrix = solver::make_timing_matrix(parameters, measured.estimate());
      const auto outcome = matrix->program({}, {n, 2, false});
      BOOST_TEST(
          near(duration(outcome.steps), measured.written.duration_s + measured.scale_time_s, 0.1));
      BOOST_TEST(near(written(outcome.steps).energy_j(), measured.written.energy_j(), 0.2));
      BOOST_TEST(near(static_cast<double>(written(outcome.steps).verify_reads),
                      static_cast<double>(measured.written.verify_reads), 0.05));
      BOOST_TEST(matrix->size() == n);

      const auto solved = matrix->solve(Eigen::MatrixXd::Zero(n, measured.k), {1e-3, 0, false});
      BOOST_TEST(near(duration(solved.steps), measured.solve_time_s, 0.1));
      BOOST_TEST(near(solved.energy.total_j(), measured.solved.energy.total_j(), 0.2));
      BOOST_TEST(near(static_cast<double>(solved.counts.shots),
                      static_cast<double>(measured.solved.counts.shots), 0.02));
      BOOST_TEST(solved.total_iterations() == measured.solved.total_iterations());
      BOOST_TEST(near(static_cast<double>(solved.total_multiply_accumulates()),
                      static_cast<double>(measured.solved.total_multiply_accumulates()), 0.02));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_largest_pulse_count_of_a_row_is_that_of_drawing_it) {
  device::RramParameters device;
  device.mean_pulses = 3.0;
  const int cells = 40;
  const int trials = 20000;
  test::SimpleRandom random(3);
  double sum = 0.0;
  for (int trial = 0; trial < trials; ++trial) {
    int largest = 0;
    for (int cell = 0; cell < cells; ++cell) {
      // Poisson by products of uniforms (Knuth).
      int extra = -1;
      for (double product = 1.0; product > std::exp(-2.0); ++extra) {
        product *= 0.5 * (1.0 + random.next());
      }
      largest = std::max(largest, 1 + extra);
    }
    sum += largest;
  }
  BOOST_TEST(near(solver::expected_largest_pulses(cells, device), sum / trials, 0.01));
  BOOST_TEST(near(solver::expected_pulses(device), 3.0, 1e-6));
}

BOOST_AUTO_TEST_CASE(a_nested_block_inverse_takes_the_shots_of_its_recursion) {
  const auto plan = [](int n, solver::BlockSplit split) {
    return solver::block_plan(n, 128, split, solver::BlockProductPath::analog);
  };
  for (const auto split : {solver::BlockSplit::first, solver::BlockSplit::halves}) {
    // An application of two leaves: INV 0, product, INV 1, product, INV 0.
    const solver::BlockPlan two = plan(256, split);
    BOOST_TEST(two.inv_shots == 3.0);
    BOOST_TEST(two.mvm_shots == 2.0);
    BOOST_TEST(two.busiest_inv_shots == 2.0);
    BOOST_TEST(two.inv_depth == 3.0);
    BOOST_TEST(two.mvm_depth == 2.0);
    BOOST_TEST(two.schur.inv_shots == 128.0);  // A1^-1 A2: one solve for each column of A2
    BOOST_TEST(two.schur.product_operations == 128.0 * 128.0 * 129.0);
  }
  // Four leaves in halves: two of those for A1, one for S; the root's blocks beside the diagonal
  // are 2 x 2 tiles each.
  const solver::BlockPlan halves = plan(512, solver::BlockSplit::halves);
  BOOST_TEST(halves.tiles == 16);
  BOOST_TEST(halves.inv_shots == 9.0);
  BOOST_TEST(halves.mvm_shots == 2.0 * 2.0 + 2.0 + 2.0 * 4.0);
  BOOST_TEST(halves.busiest_inv_shots == 4.0);
  BOOST_TEST(halves.busiest_mvm_shots == 2.0);
  BOOST_TEST(halves.inv_depth == 9.0);
  BOOST_TEST(halves.mvm_depth == 2.0 * 2.0 + 2.0 + 2.0);
  BOOST_TEST(halves.schur.inv_shots == 256.0 * 3.0 + 2.0 * 128.0);
  // One leaf after another: all but the last twice, each block beside the diagonal once.
  const solver::BlockPlan first = plan(512, solver::BlockSplit::first);
  BOOST_TEST(first.inv_shots == 7.0);
  BOOST_TEST(first.mvm_shots == 12.0);
  BOOST_TEST(first.busiest_inv_shots == 2.0);
  BOOST_TEST(first.busiest_mvm_shots == 1.0);
  BOOST_TEST(first.mvm_depth == 6.0);
  BOOST_TEST(first.schur.inv_shots == 384.0 + 256.0 + 128.0);
  // Products on the lanes: tiles for the leaves only.
  const solver::BlockPlan lanes =
      solver::block_plan(512, 128, solver::BlockSplit::first, solver::BlockProductPath::digital);
  BOOST_TEST(lanes.tiles == 4);
  BOOST_TEST(lanes.mvm_shots == 0.0);
  BOOST_TEST(lanes.lane_products == 12.0 * 128.0 * 128.0);
}

BOOST_AUTO_TEST_CASE(several_tiles_take_what_the_behavioural_block_inverse_takes) {
  for (const auto split : {solver::BlockSplit::first, solver::BlockSplit::halves}) {
    constexpr int k_n = 64, k_columns = 100;
    solver::StoredMatrixParameters parameters;
    parameters.tile.rows = 16;
    parameters.refinement.block_split = split;
    std::vector<std::unique_ptr<tile::TileModel>> models;
    std::vector<tile::TileModel*> tiles;
    for (int i = 0; i < solver::tiles_for(k_n, parameters); ++i) {
      models.push_back(std::make_unique<tile::TileModel>(parameters.tile, 3, i));
      tiles.push_back(models.back().get());
    }
    const auto analog = solver::make_analog_matrix(parameters, tiles);
    const Eigen::MatrixXd matrix = test::covariance_matrix(k_n, 1.0, 5);
    const auto programmed = analog->program(matrix, {k_n, 2, false});
    BOOST_REQUIRE((programmed.status == programming::ProgrammingStatus::ok));
    test::SimpleRandom random(7);
    Eigen::MatrixXd rhs(k_n, k_columns);
    for (double& value : rhs.reshaped()) {
      value = random.next();
    }
    const auto solved = analog->solve(rhs, {1e-3, 0, false});
    BOOST_REQUIRE((solved.status == solver::SolveStatus::ok));

    solver::TimingSample sample;
    sample.n = k_n;
    sample.iterations = static_cast<double>(solved.total_iterations()) / k_columns;
    sample.settling_time_s = analog->settling_time_s();
    sample.retry_share = static_cast<double>(solved.retries) /
                         static_cast<double>(solved.counts.shots - solved.retries);
    sample.set_share = 1.0;
    const auto timed = solver::make_timing_matrix(parameters, {{sample}, "sampled"});
    const auto expected_program = timed->program({}, {k_n, 2, false});
    const auto expected_solve =
        timed->solve(Eigen::MatrixXd::Zero(k_n, k_columns), {1e-3, 0, false});
    BOOST_TEST(near(duration(expected_program.steps), duration(programmed.steps), 0.25));
    BOOST_TEST(near(duration(expected_solve.steps), solved.duration_s(), 0.25));
    BOOST_TEST(near(static_cast<double>(expected_solve.counts.shots),
                    static_cast<double>(solved.counts.shots), 0.1));
    BOOST_TEST(near(static_cast<double>(expected_solve.total_multiply_accumulates()),
                    static_cast<double>(solved.total_multiply_accumulates()), 0.1));
  }
}

BOOST_AUTO_TEST_CASE(activities_name_all_tiles_of_a_large_matrix_once) {
  solver::StoredMatrixParameters parameters;
  parameters.refinement.block_product = solver::BlockProductPath::analog;
  const auto matrix = solver::make_timing_matrix(parameters, {});
  const auto outcome = matrix->program({}, {4609, 2, false});
  for (const solver::WorkStep& step : outcome.steps) {
    BOOST_TEST(step.tiles.size() <= 2u);
  }
  int tiles = 0;
  for (const solver::TileActivity& activity : outcome.steps.at(1).tiles) {
    BOOST_TEST(activity.tile == tiles);
    tiles += activity.tiles;
  }
  BOOST_TEST(tiles == 37 * 37);
  const auto solved = matrix->solve(Eigen::MatrixXd(0, 512), {1e-3, 0, true});
  BOOST_TEST(solved.converged == 512u);
  BOOST_TEST(solved.total_iterations() == 6u * 512u);
  // The pace is that of the busiest tile: more right-hand sides, no more latency.
  const double twice = duration(matrix->solve(Eigen::MatrixXd(0, 1024), {1e-3, 0, true}).steps);
  BOOST_TEST(twice > 1.5 * duration(solved.steps));
  BOOST_TEST(twice < 2.0 * duration(solved.steps));
  BOOST_TEST(matrix->least_solve_time_s(512) <= duration(solved.steps));
}

BOOST_AUTO_TEST_CASE(a_matrix_stored_twice_takes_twice_the_time_and_the_cells) {
  solver::StoredMatrixParameters parameters;
  solver::TimingSample sample;
  const auto steps_of = [&](double writings) {
    sample.writings = writings;
    return solver::make_timing_matrix(parameters, {{sample}, "sampled"})
        ->program({}, {300, 2, false})
        .steps;
  };
  const auto once = steps_of(1.0);
  const auto twice = steps_of(2.0);
  BOOST_TEST(duration(twice) == 2.0 * duration(once), boost::test_tools::tolerance(1e-12));
  const auto& written = *once.at(1).tiles.front().written;
  const auto& rewritten = *twice.at(1).tiles.front().written;
  BOOST_TEST(written.written_cells > 0u);
  BOOST_TEST(written.written_cells <= written.cells);
  BOOST_TEST(rewritten.written_cells == 2 * written.written_cells);
  BOOST_TEST(rewritten.duration_s == 2.0 * written.duration_s, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(rewritten.energy_j() == 2.0 * written.energy_j(), boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(the_sample_of_the_nearest_size_stands_for_a_matrix) {
  solver::TimingEstimate estimate;
  estimate.samples.resize(2);
  estimate.samples[0].n = 64;
  estimate.samples[1].n = 256;
  BOOST_TEST(estimate.at(10).n == 64);
  BOOST_TEST(estimate.at(120).n == 64);
  BOOST_TEST(estimate.at(140).n == 256);
  BOOST_TEST(estimate.at(4609).n == 256);
  estimate.samples[0].iterations = 0.5;
  BOOST_CHECK_THROW(estimate.check(), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
