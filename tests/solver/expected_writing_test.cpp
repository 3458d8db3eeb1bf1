// What writing is expected to take, beside writing that draws its pulses.
#include <invar/solver/expected_writing.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "solver/stored_matrix_fixture.h"
#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(expected_writing)

using namespace invar;

namespace {

bool near(double value, double expected, double tolerance) {
  return std::abs(value - expected) <= tolerance * expected;
}

}  // namespace

BOOST_AUTO_TEST_CASE(expected_counts_of_a_writing_are_those_of_writing_on_the_mean) {
  for (const int n : {32, 64}) {
    for (const auto order :
         {programming::WriteOrder::row_parallel, programming::WriteOrder::cell_by_cell}) {
      solver::StoredMatrixParameters parameters;
      parameters.tile.rows = 64;
      parameters.programming.order = order;
      test::TiledMatrix tiled(parameters, n);
      const auto outcome = tiled->program(test::covariance_matrix(n, 1.0, 5), {n, 2, false});
      const auto& written = outcome.steps.at(1).tiles.at(0).written.value();
      solver::TimingSample sample;
      sample.set_share = 1.0;  // a fresh tile stands at its lowest level
      sample.mean_conductance_s = 0.0;
      for (const int slice : {0, 1}) {
        for (const int sign : {0, 1}) {
          sample.mean_conductance_s +=
              tiled.tile(0).cells().array(slice, sign).conductance_s().topLeftCorner(n, n).mean() /
              4.0;
        }
      }
      const auto expected = solver::expected_writing(parameters, sample, n, 2);
      BOOST_TEST(near(expected.duration_s, written.duration_s, 0.02));
      BOOST_TEST(near(static_cast<double>(expected.verify_reads),
                      static_cast<double>(written.verify_reads), 0.02));
      BOOST_TEST(near(static_cast<double>(expected.row_pulses()),
                      static_cast<double>(written.row_pulses()), 0.02));
      BOOST_TEST(near(expected.energy_j(), written.energy_j(), 0.2));
      BOOST_TEST(expected.cells == written.cells);
      BOOST_TEST(expected.remainder_updates == written.remainder_updates);
    }
  }
}

BOOST_AUTO_TEST_CASE(so_they_are_with_comparators_drivers_for_each_array_and_one_array) {
  const int n = 64;
  solver::StoredMatrixParameters comparing, parallel, single;
  comparing.programming.verify = programming::VerifyMethod::comparator;
  parallel.programming.parallel_arrays = true;
  single.tile.minus_array = tile::MinusArray::as_needed;
  for (solver::StoredMatrixParameters* parameters : {&comparing, &parallel, &single}) {
    parameters->tile.rows = n;
    const bool one_array = parameters == &single;
    const int slices = one_array ? 1 : 2;
    test::TiledMatrix tiled(*parameters, n);
    const auto outcome =
        tiled->program(test::covariance_matrix(n, 2.0, 5).cwiseAbs(), {n, slices, false});
    const auto& written = outcome.steps.at(1).tiles.at(0).written.value();
    solver::TimingSample sample;
    sample.set_share = 1.0;
    sample.minus_share = one_array ? 0.0 : 1.0;
    const auto expected = solver::expected_writing(*parameters, sample, n, slices);
    const auto close = [](std::uint64_t one, std::uint64_t other) {
      return near(static_cast<double>(one), static_cast<double>(other), 0.03);
    };
    BOOST_TEST(near(expected.duration_s, written.duration_s, 0.03));
    BOOST_TEST(near(expected.judging_energy_j, written.judging_energy_j, 0.03));
    BOOST_TEST(near(expected.driver_energy_j, written.driver_energy_j, 0.03));
    BOOST_TEST(close(expected.cells, written.cells));  // but for the cells of the reference column
    BOOST_TEST(close(expected.row_conversions, written.row_conversions));
    BOOST_TEST(close(expected.measurement_reads, written.measurement_reads));
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

BOOST_AUTO_TEST_SUITE_END()
