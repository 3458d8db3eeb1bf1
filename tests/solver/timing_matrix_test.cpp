// What a matrix without numbers takes: with the counts of one that has numbers, the same.
#include <invar/solver/block_builder.h>
#include <invar/solver/expected_writing.h>
#include <invar/solver/timing_matrix.h>
#include <invar/solver/timing_plan.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numeric>
#include <vector>

#include "solver/stored_matrix_fixture.h"
#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(timing_matrix)

using namespace invar;

namespace {

constexpr int k_rounds = 3;

/// Simulated time as the sequencer lets it pass, step by step, in whole picoseconds.
std::int64_t picoseconds(const std::vector<solver::WorkStep>& steps) {
  return std::accumulate(steps.begin(), steps.end(), std::int64_t{0},
                         [](std::int64_t sum, const solver::WorkStep& step) {
                           return sum + std::llround(step.duration_s * 1e12);
                         });
}

std::uint64_t operations(const std::vector<solver::WorkStep>& steps) {
  return std::accumulate(steps.begin(), steps.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const solver::WorkStep& step) {
                           return sum + step.multiply_accumulates;
                         });
}

/// What all tiles spend on shots and on writing, in whole attojoules, part by part; what they and
/// the lanes do.
struct Totals {
  std::vector<std::int64_t> energies_aj;
  std::vector<std::uint64_t> counts;

  explicit Totals(const std::vector<solver::WorkStep>& steps) {
    tile::AnalogEnergy shots;
    tile::AnalogCounts shot_counts;
    programming::ProgrammingResult written;
    std::uint64_t operations = 0, fetched = 0, inv_shots = 0, reads = 0;
    double read_energy_j = 0.0;
    for (const solver::WorkStep& step : steps) {
      operations += step.multiply_accumulates;
      fetched += step.fetched_elements;
      inv_shots += step.inv_shots;
      for (const solver::TileActivity& activity : step.tiles) {
        shots += activity.energy;
        shot_counts += activity.counts;
        written = activity.written.value_or(written);
        reads += activity.read ? activity.read->reads : 0;
        read_energy_j += activity.read ? activity.read->adc_energy_j : 0.0;
      }
    }
    for (const double energy_j :
         {shots.dac_j, shots.amplifier_j, shots.sample_hold_j, shots.adc_j, written.pulse_energy_j,
          written.verify_energy_j, written.judging_energy_j, written.driver_energy_j,
          written.remainder_energy_j, read_energy_j}) {
      energies_aj.push_back(std::llround(energy_j * 1e18));
    }
    counts = {operations,
              fetched,
              inv_shots,
              shot_counts.shots,
              shot_counts.dac_conversions,
              shot_counts.adc_conversions,
              written.cells,
              written.verify_reads,
              written.row_pulses(),
              reads,
              written.row_verifies};
  }
};

/// A matrix that is programmed and solved with on tiles, and one that only knows how often what
/// happened there.
struct Both {
  solver::StoredMatrixParameters parameters;
  solver::ProgramRequest request;
  std::vector<solver::WorkStep> programmed, solved, product, read;
  solver::SolveResult result;
  solver::TimingSample sample;
  programming::ProgrammingResult written;  ///< of the first tile
  int columns;

  Both(const solver::StoredMatrixParameters& given, const solver::ProgramRequest& asked,
       const Eigen::MatrixXd& matrix, int k)
      : parameters(given), request(asked), columns(k) {
    test::TiledMatrix tiled(parameters, solver::rows_held(request), request.replicas);
    const auto outcome = tiled->program(matrix, request);
    BOOST_REQUIRE((outcome.status == programming::ProgrammingStatus::ok));
    programmed = outcome.steps;
    written = programmed.at(1 + (request.eliminates_last ? 1 : 0) + (request.adds_damping ? 1 : 0))
                  .tiles.at(0)
                  .written.value();
    // A tolerance that nobody reaches: all right-hand sides take all rounds.
    result = tiled->solve(test::random_matrix(request.n, columns, 7), {1e-15, k_rounds, false});
    solved = result.steps;
    if (!request.general) {
      product = tiled->multiply(test::random_matrix(request.n, columns, 8)).steps;
    }
    read = tiled->read_back().steps;
    sample.n = request.n;
    sample.iterations = k_rounds;
    sample.settling_time_s = tiled->settling_time_s();
    const int shots_each = static_cast<int>((result.counts.shots - result.retries) /
                                            static_cast<std::uint64_t>(columns * k_rounds));
    sample.retry_share = static_cast<double>(result.retries) / (shots_each * columns * k_rounds);
  }

  solver::TimingPlan plan() const {
    solver::TimingPlan plan(parameters, {{sample}, "sampled"}, request);
    plan.set_leaf_writing(written);
    return plan;
  }
  std::vector<solver::WorkStep> refinement() const {
    return plan().refinement(
        std::vector<std::uint32_t>(static_cast<std::size_t>(columns), k_rounds), false);
  }
};

void check_equal(const std::vector<solver::WorkStep>& timed,
                 const std::vector<solver::WorkStep>& analog) {
  const Totals a(timed), b(analog);
  BOOST_TEST(picoseconds(timed) == picoseconds(analog));
  BOOST_TEST(a.energies_aj == b.energies_aj, boost::test_tools::per_element());
  BOOST_TEST(a.counts == b.counts, boost::test_tools::per_element());
}

double duration(const std::vector<solver::WorkStep>& steps) {
  return std::accumulate(steps.begin(), steps.end(), 0.0,
                         [](double sum, const auto& step) { return sum + step.duration_s; });
}

bool near(double value, double expected, double tolerance) {
  return std::abs(value - expected) <= tolerance * expected;
}

}  // namespace

BOOST_AUTO_TEST_CASE(with_the_counts_of_a_tile_that_computes_time_and_energy_are_its_own) {
  for (const bool general : {false, true}) {
    for (const int directions : {0, 16}) {
      for (const double lane_rate_hz : {1e9, 64e9}) {
        solver::StoredMatrixParameters parameters =
            test::small_tiles(64, tile::Fidelity::behavioural);
        parameters.refinement.krylov_directions = directions;
        parameters.lane_rate_hz = lane_rate_hz;
        const int n = 40;
        const Eigen::MatrixXd matrix =
            general ? test::general_matrix(n, 5) : test::covariance_matrix(n, 3.0, 5);
        const Both both(parameters, {n, 2, general}, matrix, 30);
        BOOST_REQUIRE(both.result.retries == 0u);
        check_equal(both.plan().programming(), both.programmed);
        check_equal(both.refinement(), both.solved);
        check_equal({both.plan().reading()}, both.read);
        if (!general) {
          check_equal({both.plan().product(both.columns)}, both.product);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(so_they_are_with_residuals_on_the_tile_and_cells_written_one_by_one) {
  solver::StoredMatrixParameters parameters = test::small_tiles(64, tile::Fidelity::behavioural);
  parameters.refinement.residual = solver::ResidualPath::analog;
  parameters.programming.order = programming::WriteOrder::cell_by_cell;
  const Both both(parameters, {40, 2, false}, test::covariance_matrix(40, 3.0, 5), 30);
  BOOST_REQUIRE(both.result.retries == 0u);
  check_equal(both.plan().programming(), both.programmed);
  check_equal(both.refinement(), both.solved);
  check_equal({both.plan().product(both.columns)}, both.product);
}

BOOST_AUTO_TEST_CASE(so_they_are_of_a_solve_and_a_product_on_several_tiles) {
  for (const auto split : {solver::BlockSplit::first, solver::BlockSplit::halves}) {
    for (const auto path : {solver::BlockProductPath::analog, solver::BlockProductPath::digital}) {
      solver::StoredMatrixParameters parameters = test::small_tiles(8, tile::Fidelity::ideal);
      parameters.refinement.block_split = split;
      parameters.refinement.block_product = path;
      // Four equal blocks settle alike. What lies beside them is little enough to leave it so, and
      // enough to be written.
      Eigen::MatrixXd matrix = Eigen::MatrixXd::Constant(32, 32, 1e-9);
      for (int block = 0; block < 4; ++block) {
        matrix.block(8 * block, 8 * block, 8, 8) = test::covariance_matrix(8, 4.0, 4);
      }
      const Both both(parameters, {32, 3, false}, matrix, 6);
      BOOST_REQUIRE(both.result.retries == 0u);
      check_equal(both.refinement(), both.solved);
      check_equal({both.plan().product(both.columns)}, both.product);
      check_equal({both.plan().reading()}, both.read);
    }
  }
}

BOOST_AUTO_TEST_CASE(so_they_are_without_the_last_row) {
  const int n = 41;
  solver::ProgramRequest request{n, 2};
  request.eliminates_last = true;
  const Both both(test::small_tiles(64, tile::Fidelity::behavioural), request,
                  test::covariance_matrix(n, 3.0, 5), 30);
  BOOST_REQUIRE(both.result.retries == 0u);
  check_equal(both.plan().programming(), both.programmed);
  check_equal(both.refinement(), both.solved);
  check_equal({both.plan().product(both.columns)}, both.product);
  check_equal({both.plan().reading()}, both.read);
}

BOOST_AUTO_TEST_CASE(so_they_are_with_damping_that_is_added_on_the_way_in) {
  solver::ProgramRequest request{41, 2};
  request.adds_damping = true;
  const Both both(test::small_tiles(64, tile::Fidelity::behavioural), request,
                  test::covariance_matrix(41, 3.0, 5), 30);
  check_equal(both.plan().programming(), both.programmed);
}

BOOST_AUTO_TEST_CASE(so_they_are_of_solves_that_replicas_share) {
  const int n = 40;
  solver::ProgramRequest request{n, 2};
  request.replicas = 3;
  // Cells without errors: all replicas settle alike.
  const Both both(test::small_tiles(64, tile::Fidelity::ideal), request,
                  test::covariance_matrix(n, 3.0, 5), 30);
  BOOST_REQUIRE(both.result.retries == 0u);
  // Pulses are drawn for each replica: what one takes is what all take side by side.
  Both once = both;
  once.request.replicas = 1;
  BOOST_TEST(picoseconds(both.plan().programming()) == picoseconds(once.plan().programming()));
  BOOST_TEST(operations(both.plan().programming()) == 3 * operations(once.plan().programming()));
  BOOST_TEST(operations(both.plan().programming()) == operations(both.programmed));
  check_equal(both.refinement(), both.solved);
  check_equal({both.plan().product(both.columns)}, both.product);
  check_equal({both.plan().reading()}, both.read);
}

BOOST_AUTO_TEST_CASE(repeated_shots_are_spread_evenly_over_the_rounds) {
  // The one expectation in the time of a solve on one tile: a round without repeats does not hide
  // what its last right-hand side takes on the lanes behind them. Nothing else differs.
  solver::StoredMatrixParameters parameters = test::small_tiles(64, tile::Fidelity::behavioural);
  const Both both(parameters, {40, 2, false}, test::covariance_matrix(40, 0.3, 5), 30);
  BOOST_REQUIRE(both.result.retries > 0u);
  const std::vector<solver::WorkStep> timed = both.refinement();
  const Totals expected(timed), drawn(both.solved);
  BOOST_TEST(expected.energies_aj == drawn.energies_aj, boost::test_tools::per_element());
  double last_s = 0.0;
  for (const solver::WorkStep& step : both.solved) {
    last_s +=
        static_cast<double>(step.multiply_accumulates) / parameters.lane_rate_hz / both.columns;
  }
  BOOST_TEST(std::abs(duration(timed) - duration(both.solved)) <= last_s);
}

BOOST_AUTO_TEST_CASE(shots_on_one_array_take_what_those_of_a_tile_with_numbers_take) {
  solver::StoredMatrixParameters parameters = test::small_tiles(64, tile::Fidelity::behavioural);
  parameters.tile.minus_array = tile::MinusArray::as_needed;
  const int n = 40;
  Both both(parameters, {n, 1, false}, test::covariance_matrix(n, 3.0, 5).cwiseAbs(), 12);
  both.sample.minus_share = 0.0;
  BOOST_REQUIRE(both.result.retries == 0u);
  check_equal(both.refinement(), both.solved);
  check_equal({both.plan().reading()}, both.read);
}

BOOST_AUTO_TEST_CASE(a_nested_block_inverse_takes_the_shots_of_its_recursion) {
  const auto plan_of = [](int n, solver::BlockSplit split, solver::BlockProductPath products) {
    solver::StoredMatrixParameters parameters;
    parameters.tile.rows = 128;
    parameters.refinement.block_split = split;
    parameters.refinement.block_product = products;
    return solver::BlockPlan(solver::layout_for(n, parameters), parameters.refinement);
  };
  // INV shots to form all Schur complements with one iteration: A1^-1 A2, column by column.
  const auto schur_shots = [](const solver::BlockPlan& plan) {
    double sum = 0.0;
    for (const solver::BlockPlan::Node& node : plan.nodes()) {
      sum += plan.rows(node.rest) * plan.application(node.first).inv_shots;
    }
    return sum;
  };
  using solver::BlockProductPath;
  using solver::BlockSplit;
  for (const auto split : {BlockSplit::first, BlockSplit::halves}) {
    // An application of two leaves: INV 0, product, INV 1, product, INV 0.
    const solver::BlockPlan plan = plan_of(256, split, BlockProductPath::analog);
    const solver::BlockPass two = plan.application(2);
    BOOST_TEST(two.inv_shots == 3.0);
    BOOST_TEST(two.mvm_shots == 2.0);
    BOOST_TEST(two.busiest_inv == 2.0);
    BOOST_TEST(two.inv_depth == 3.0);
    BOOST_TEST(two.mvm_depth == 2.0);
    // Scaling around five shots, two sums.
    BOOST_TEST(two.lanes.operations == 5.0 * 4.0 * 128.0 + 256.0);
    BOOST_TEST(schur_shots(plan) == 128.0);
    // Besides the leaves' own products: both blocks, and A1^-1 once.
    BOOST_TEST(plan.product().inv_shots == 1.0);
    BOOST_TEST(plan.product().mvm_shots == 2.0);
  }
  // Four leaves in halves: two of those for A1, one for S; the root's blocks beside the diagonal
  // are 2 x 2 tiles each.
  const solver::BlockPlan halves = plan_of(512, BlockSplit::halves, BlockProductPath::analog);
  const solver::BlockPass in_halves = halves.application(4);
  BOOST_TEST(halves.tiles() == 16);
  BOOST_TEST(in_halves.inv_shots == 9.0);
  BOOST_TEST(in_halves.mvm_shots == 2.0 * 2.0 + 2.0 + 2.0 * 4.0);
  BOOST_TEST(in_halves.busiest_inv == 4.0);
  BOOST_TEST(in_halves.busiest_mvm == 2.0);
  BOOST_TEST(in_halves.inv_depth == 9.0);
  BOOST_TEST(in_halves.mvm_depth == 2.0 * 2.0 + 2.0 + 2.0);
  BOOST_TEST(schur_shots(halves) == 256.0 * 3.0 + 2.0 * 128.0);
  // One leaf after another: all but the last twice, each block beside the diagonal once.
  const solver::BlockPlan one_by_one = plan_of(512, BlockSplit::first, BlockProductPath::analog);
  const solver::BlockPass first = one_by_one.application(4);
  BOOST_TEST(first.inv_shots == 7.0);
  BOOST_TEST(first.mvm_shots == 12.0);
  BOOST_TEST(first.busiest_inv == 2.0);
  BOOST_TEST(first.busiest_mvm == 1.0);
  BOOST_TEST(first.mvm_depth == 6.0);
  BOOST_TEST(schur_shots(one_by_one) == 384.0 + 256.0 + 128.0);
  // Products on the lanes: tiles for the leaves only.
  const solver::BlockPlan lanes = plan_of(512, BlockSplit::first, BlockProductPath::digital);
  BOOST_TEST(lanes.tiles() == 4);
  BOOST_TEST(lanes.application(4).mvm_shots == 0.0);
  BOOST_TEST(lanes.application(4).lanes.fetched == 12.0 * 128.0 * 128.0);
}

BOOST_AUTO_TEST_CASE(forming_schur_complements_takes_what_the_behavioural_tiles_take) {
  // Coupled blocks settle each in its own time and their columns take iterations of their own: one
  // sample stands for all.
  for (const auto split : {solver::BlockSplit::first, solver::BlockSplit::halves}) {
    solver::StoredMatrixParameters parameters = test::small_tiles(16, tile::Fidelity::behavioural);
    parameters.refinement.block_split = split;
    Both both(parameters, {64, 2, false}, test::covariance_matrix(64, 1.0, 5), 100);
    both.sample.iterations = 6.0;
    const auto expected = both.plan().programming();
    BOOST_TEST(near(duration(expected), duration(both.programmed), 0.25));
    BOOST_TEST(near(duration(both.refinement()), both.result.duration_s(), 0.25));
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
