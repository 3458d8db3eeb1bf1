#include <boost/test/unit_test.hpp>
#include <cmath>

#include "device/rram_arrays.h"

BOOST_AUTO_TEST_SUITE(rram_statistics)

using namespace invar::device;
using namespace invar::test;

namespace {

double sample_sd(const Eigen::MatrixXd& values) {
  const Eigen::ArrayXXd centred = values.array() - values.mean();
  return std::sqrt(centred.square().sum() / static_cast<double>(values.size() - 1));
}

/// 1 + Poisson(mean - 1), cut at `maximum`: its mean, summed by hand.
double cut_pulse_mean(double mean, int maximum) {
  double sum = 0.0;
  double left = 1.0;
  double term = std::exp(-(mean - 1.0));
  for (int pulses = 1; pulses < maximum; ++pulses) {
    sum += pulses * term;
    left -= term;
    term *= (mean - 1.0) / pulses;
  }
  return sum + left * maximum;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_cell_in_deep_off_errs_by_no_more_than_it_conducts) {
  RramParameters parameters;
  parameters.deep_off_conductance_s = 0.02e-6;  // the fit's error there is .3 uS
  RramArray array = array_of(parameters);
  for (int column = 0; column < k_side; ++column) {
    for (int row = 0; row < k_side; ++row) {
      array.write(row, column, 0.02e-6);
    }
  }
  // A standard normal deviate cut off below -1: mean 1.0833 of the target, by its integral.
  BOOST_TEST(array.conductance_s().minCoeff() == 0.0);
  BOOST_TEST(std::abs(array.conductance_s().mean() / 0.02e-6 - 1.0833) < 0.04);
}

BOOST_AUTO_TEST_CASE(programming_error_has_the_published_standard_deviation) {
  // aihwkit's NeuRRAM fit at 1 s in uS over x = G / 40 uS, scaled to this range of 35 uS.
  const RramParameters parameters;
  for (const int level : {2, 4, 6, 7}) {
    RramArray array = array_of(parameters, 100 + level);
    write_all(array, level);
    const double target_us = 0.5 + 34.5 * level / 7.0;
    const double x = target_us / 35.0;
    const double expected_us =
        35.0 / 40.0 *
        (0.348 + 16.03 * x - 43.853 * x * x + 45.393 * x * x * x - 16.815 * x * x * x * x);
    const double cells = k_side * k_side;
    // Five standard errors of a sample's mean and standard deviation.
    BOOST_TEST(std::abs(1e6 * array.conductance_s().mean() - target_us) <
               5.0 * expected_us / std::sqrt(cells));
    BOOST_TEST(std::abs(1e6 * sample_sd(array.conductance_s()) / expected_us - 1.0) <
               5.0 / std::sqrt(2.0 * cells));
  }
}

BOOST_AUTO_TEST_CASE(a_measurement_averages_the_read_noise_of_its_reads) {
  RramParameters parameters;
  parameters.read_noise = 0.04;
  for (const int reads : {1, 16}) {
    parameters.measurement_reads = reads;
    RramArray array = array_of(parameters, reads);
    for (int column = 0; column < k_side; ++column) {
      for (int row = 0; row < k_side; ++row) {
        array.write(row, column, at(5), true);
      }
    }
    const Eigen::MatrixXd relative =
        array.measured_conductance_s().cwiseQuotient(array.conductance_s());
    const double expected = 0.04 / std::sqrt(static_cast<double>(reads));
    const double cells = k_side * k_side;
    BOOST_TEST(std::abs(relative.mean() - 1.0) < 5.0 * expected / std::sqrt(cells));
    BOOST_TEST(std::abs(sample_sd(relative) / expected - 1.0) < 5.0 / std::sqrt(2.0 * cells));
  }
}

BOOST_AUTO_TEST_CASE(pulse_counts_have_their_mean_and_at_least_one_pulse) {
  RramParameters parameters;
  parameters.mean_pulses = 4.0;
  RramArray array = array_of(parameters, 5);
  double sum = 0.0;
  double square = 0.0;
  int fewest = 1000;
  write_all(array, 7, [&](const CellWrite& write) {
    const int pulses = write.set_pulses + write.reset_pulses;
    sum += pulses;
    square += pulses * pulses;
    fewest = std::min(fewest, pulses);
    BOOST_TEST(write.verify_reads == pulses);
  });
  const double cells = k_side * k_side;
  const double mean = sum / cells;
  // Variance of a Poisson of mean 3.
  BOOST_TEST(std::abs(mean - 4.0) < 5.0 * std::sqrt(3.0 / cells));
  BOOST_TEST(square / cells - mean * mean == 3.0, boost::test_tools::tolerance(0.1));
  BOOST_TEST(fewest == 1);
}

BOOST_AUTO_TEST_CASE(no_write_takes_more_than_the_maximum_of_pulses) {
  RramParameters parameters;
  parameters.mean_pulses = 4.0;
  parameters.maximum_pulses = 5;
  RramArray array = array_of(parameters, 6);
  double sum = 0.0;
  int most = 0;
  write_all(array, 7, [&](const CellWrite& write) {
    sum += write.set_pulses;
    most = std::max(most, write.set_pulses);
  });
  BOOST_TEST(most == 5);
  BOOST_TEST(std::abs(sum / (k_side * k_side) - cut_pulse_mean(4.0, 5)) < 0.07);
}

BOOST_AUTO_TEST_CASE(pulse_counts_are_right_where_the_mean_is_large) {
  RramParameters parameters;
  parameters.mean_pulses = 900.0;
  parameters.maximum_pulses = 10000;
  RramArray array = array_of(parameters, 7, 40);
  double sum = 0.0;
  write_all(array, 7, [&](const CellWrite& write) { sum += write.set_pulses; });
  BOOST_TEST(std::abs(sum / 1600.0 - 900.0) < 5.0 * std::sqrt(899.0 / 1600.0));
}

BOOST_AUTO_TEST_CASE(
    a_cell_that_needs_more_pulses_than_allowed_fails_on_its_way_and_is_tried_again) {
  RramParameters parameters = exact_cells();
  parameters.mean_pulses = 4.0;
  parameters.maximum_pulses = 4;
  RramArray array = array_of(parameters, 5);
  int failed = 0;
  for (int column = 0; column < k_side; ++column) {
    for (int row = 0; row < k_side; ++row) {
      const CellWrite write = array.write(row, column, at(7));
      const double reached_s = array.conductance_s()(row, column);
      if (write.failed) {
        ++failed;
        BOOST_CHECK_LT(reached_s, 35e-6);
        BOOST_CHECK_EQUAL(write.set_pulses, 4);
        BOOST_CHECK_GT(array.write(row, column, at(7)).set_pulses, 0);
      } else {
        BOOST_CHECK_CLOSE(reached_s, 35e-6, 1e-9);
      }
    }
  }
  // 1 + Poisson(3) above 4: 1 - e^-3 (1 + 3 + 9/2 + 27/6).
  const double expected = 1.0 - std::exp(-3.0) * 13.0;
  const double cells = k_side * k_side;
  BOOST_TEST(std::abs(failed / cells - expected) <
             5.0 * std::sqrt(expected * (1.0 - expected) / cells));
}

BOOST_AUTO_TEST_CASE(reading_an_array_costs_energy_and_meets_new_noise_each_time) {
  RramArray array = array_of(RramParameters(), 4);
  write_all(array, 6);
  double energy_j = 0.0;
  const Eigen::MatrixXd first = array.read(k_side, energy_j);
  BOOST_TEST(energy_j == 0.25 * 100e-9 * array.conductance_s().sum(),
             boost::test_tools::tolerance(1e-12));
  const Eigen::MatrixXd second = array.read(k_side, energy_j);
  const double cells = k_side * k_side;
  const Eigen::MatrixXd relative = first.cwiseQuotient(array.conductance_s());
  BOOST_TEST(std::abs(sample_sd(relative) / 0.01 - 1.0) < 5.0 / std::sqrt(2.0 * cells));
  const Eigen::MatrixXd change = (first - second).cwiseQuotient(array.conductance_s());
  BOOST_TEST(std::abs(sample_sd(change) / (std::sqrt(2.0) * 0.01) - 1.0) <
             5.0 / std::sqrt(2.0 * cells));
}

BOOST_AUTO_TEST_CASE(stuck_cells_are_as_many_as_asked_half_at_each_end) {
  RramParameters parameters = exact_cells();
  parameters.stuck_fraction = 0.05;
  const RramArray array = array_of(parameters, 12);
  int stuck = 0;
  int high = 0;
  for (int row = 0; row < k_side; ++row) {
    for (int column = 0; column < k_side; ++column) {
      if (array.is_stuck(row, column)) {
        ++stuck;
        high += array.conductance_s()(row, column) == parameters.maximum_conductance_s;
      }
    }
  }
  BOOST_TEST(std::abs(stuck - 500.0) < 5.0 * std::sqrt(10000 * 0.05 * 0.95));
  BOOST_TEST(std::abs(high - 0.5 * stuck) < 5.0 * std::sqrt(0.25 * stuck));
}

BOOST_AUTO_TEST_CASE(arrays_tiles_and_seeds_err_independently) {
  const auto written = [](std::uint64_t seed, std::uint32_t tile, int index) {
    RramArray array(RramParameters(), 20, 20, KeyedRandom(seed, tile), index);
    write_all(array, 4);
    return Eigen::MatrixXd(array.conductance_s());
  };
  const Eigen::MatrixXd base = written(1, 0, 0);
  const auto same_cells = [&](const Eigen::MatrixXd& other) {
    return (base.array() == other.array()).count();
  };
  BOOST_TEST(same_cells(written(1, 0, 0)) == 400);
  BOOST_TEST(same_cells(written(2, 0, 0)) == 0);
  BOOST_TEST(same_cells(written(1, 1, 0)) == 0);
  BOOST_TEST(same_cells(written(1, 0, 1)) == 0);
  BOOST_TEST(same_cells(written(1, 0, 63)) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
