#include <boost/test/unit_test.hpp>
#include <cmath>
#include <vector>

#include "device/rram_arrays.h"

BOOST_AUTO_TEST_SUITE(rram_array)

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

BOOST_AUTO_TEST_CASE(a_new_array_stands_at_the_minimum) {
  const RramArray array = array_of(exact_cells());
  BOOST_TEST(array.conductance_s().minCoeff() == 0.5e-6);
  BOOST_TEST(array.conductance_s().maxCoeff() == 0.5e-6);
  BOOST_TEST(array.total_writes() == 0u);
  BOOST_TEST(array.maximum_writes() == 0u);
}

BOOST_AUTO_TEST_CASE(levels_are_spread_evenly_over_the_range) {
  RramArray array = array_of(exact_cells(), 1, 8);
  for (int level = 0; level < 8; ++level) {
    array.write(0, level, at(level));
    const double expected = 0.5e-6 + (35e-6 - 0.5e-6) * level / 7.0;
    BOOST_TEST(array.conductance_s()(0, level) == expected, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(array.measured_conductance_s()(0, level) == expected,
               boost::test_tools::tolerance(1e-12));
  }
}

BOOST_AUTO_TEST_CASE(a_target_outside_the_range_is_refused) {
  RramArray array = array_of(exact_cells(), 1, 4);
  BOOST_CHECK_THROW(array.write(0, 0, at(-1)), std::invalid_argument);
  BOOST_CHECK_THROW(array.write(0, 0, at(8)), std::invalid_argument);
  BOOST_TEST(array.total_writes() == 0u);
}

BOOST_AUTO_TEST_CASE(a_continuous_target_is_reached_as_it_is) {
  RramParameters parameters = exact_cells();
  parameters.targets = CellTargets::continuous;
  parameters.acceptance_window = 0.02;
  RramArray array = array_of(parameters, 1, 4);
  const CellWrite written = array.write(0, 0, 12.34e-6);
  BOOST_TEST(written.set_pulses > 0);
  BOOST_TEST(!written.failed);
  BOOST_TEST(array.conductance_s()(0, 0) == 12.34e-6, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(a_cell_inside_the_window_of_its_new_target_gets_no_pulse) {
  RramParameters parameters = exact_cells();
  parameters.targets = CellTargets::continuous;
  parameters.acceptance_window = 0.02;  // 0.69 uS of 34.5
  RramArray array = array_of(parameters, 1, 4);
  array.write(0, 0, 10e-6);
  for (const double inside_s : {10.68e-6, 9.32e-6}) {
    const CellWrite again = array.write(0, 0, inside_s);
    BOOST_TEST(again.set_pulses + again.reset_pulses == 0);
    BOOST_TEST(again.verify_reads == 1);
    BOOST_TEST(array.conductance_s()(0, 0) == 10e-6);
  }
  BOOST_TEST(array.total_writes() == 1u);
  BOOST_TEST(array.write(0, 0, 10.7e-6).set_pulses > 0);
  BOOST_TEST(array.conductance_s()(0, 0) == 10.7e-6, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(array.write(0, 0, 10.0e-6).reset_pulses > 0);
}

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

BOOST_AUTO_TEST_CASE(conductances_stay_physical_whatever_the_error) {
  RramParameters parameters;
  parameters.programming_error_scale = 20.0;
  RramArray array = array_of(parameters);
  for (const int level : {0, 3, 7}) {
    write_all(array, level);
    BOOST_TEST(array.conductance_s().minCoeff() >= 0.0);
    BOOST_TEST(array.conductance_s().maxCoeff() <= 1.2 * 35e-6 * (1.0 + 1e-12));
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

BOOST_AUTO_TEST_CASE(pulses_set_a_cell_upwards_and_reset_it_downwards) {
  RramArray array = array_of(exact_cells(), 1, 2);
  const CellWrite up = array.write(0, 0, at(6));
  BOOST_TEST(up.set_pulses > 0);
  BOOST_TEST(up.reset_pulses == 0);
  const CellWrite down = array.write(0, 0, at(1));
  BOOST_TEST(down.set_pulses == 0);
  BOOST_TEST(down.reset_pulses > 0);
}

BOOST_AUTO_TEST_CASE(energy_is_voltage_squared_times_mean_conductance_times_time) {
  RramParameters parameters = exact_cells();
  parameters.set_voltage_v = 2.0;
  parameters.reset_voltage_v = 1.5;
  parameters.verify_voltage_v = 0.4;
  parameters.set_width_s = 50e-9;
  parameters.reset_width_s = 80e-9;
  parameters.verify_width_s = 20e-9;
  RramArray array = array_of(parameters, 1, 2);
  const double mean_s = 0.5 * (0.5e-6 + 35e-6);
  const CellWrite up = array.write(0, 0, at(7));
  BOOST_TEST(up.pulse_energy_j == up.set_pulses * 4.0 * mean_s * 50e-9,
             boost::test_tools::tolerance(1e-12));
  BOOST_TEST(up.verify_energy_j == up.set_pulses * 0.16 * mean_s * 20e-9,
             boost::test_tools::tolerance(1e-12));
  const CellWrite down = array.write(0, 0, at(0));
  BOOST_TEST(down.pulse_energy_j == down.reset_pulses * 2.25 * mean_s * 80e-9,
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(a_measurement_costs_its_reads_once) {
  RramParameters parameters = exact_cells();
  parameters.measurement_reads = 6;
  RramArray array = array_of(parameters, 1, 2);
  const double read_j = 0.25 * 100e-9;
  const CellWrite written = array.write(0, 0, at(7), true);
  BOOST_TEST(written.measurement_reads == 6);
  BOOST_TEST(written.verify_energy_j ==
                 read_j * (written.verify_reads * 0.5 * (0.5e-6 + 35e-6) + 6 * 35e-6),
             boost::test_tools::tolerance(1e-12));
  BOOST_TEST(array.write(0, 0, at(7), true).measurement_reads == 0);
  // Known by its last verify only until somebody asks for more.
  BOOST_TEST(array.write(0, 0, at(2)).measurement_reads == 0);
  const CellWrite asked = array.write(0, 0, at(2), true);
  BOOST_TEST(asked.set_pulses + asked.reset_pulses == 0);
  BOOST_TEST(asked.measurement_reads == 6);
  BOOST_TEST(asked.verify_energy_j == 7 * read_j * (0.5e-6 + 34.5e-6 * 2 / 7),
             boost::test_tools::tolerance(1e-12));
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

BOOST_AUTO_TEST_CASE(a_cell_that_stands_at_its_level_is_verified_and_left_alone) {
  RramArray array = array_of(RramParameters(), 3, 4);
  array.write(1, 1, at(5));
  const double before = array.conductance_s()(1, 1);
  const CellWrite again = array.write(1, 1, at(5));
  BOOST_TEST(again.set_pulses + again.reset_pulses == 0);
  BOOST_TEST(again.verify_reads == 1);
  BOOST_TEST(again.pulse_energy_j == 0.0);
  BOOST_TEST(again.verify_energy_j == 0.25 * before * 100e-9, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(array.conductance_s()(1, 1) == before);
  BOOST_TEST(array.total_writes() == 1u);
}

BOOST_AUTO_TEST_CASE(rewriting_a_cell_draws_a_new_error) {
  RramArray array = array_of(RramParameters(), 3, 4);
  array.write(1, 1, at(5));
  const double first = array.conductance_s()(1, 1);
  array.write(1, 1, at(2));
  array.write(1, 1, at(5));
  BOOST_TEST(array.conductance_s()(1, 1) != first);
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

BOOST_AUTO_TEST_CASE(a_stuck_cell_keeps_its_value_takes_every_pulse_and_fails) {
  RramParameters parameters = exact_cells();
  parameters.stuck_fraction = 1.0;
  RramArray array = array_of(parameters, 13, 10);
  for (int row = 0; row < 10; ++row) {
    for (int column = 0; column < 10; ++column) {
      const double value = array.conductance_s()(row, column);
      const bool high = value == parameters.maximum_conductance_s;
      const CellWrite middle = array.write(row, column, at(4));
      BOOST_TEST(middle.failed);
      BOOST_TEST(middle.set_pulses + middle.reset_pulses == parameters.maximum_pulses);
      // Its own level is the one it can show.
      BOOST_TEST(!array.write(row, column, at(high ? 7 : 0)).failed);
      BOOST_TEST(array.write(row, column, at(high ? 0 : 7)).failed);
      BOOST_TEST(array.conductance_s()(row, column) == value);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_stuck_cell_fails_again_when_it_is_written_again) {
  RramParameters parameters = exact_cells();
  parameters.stuck_fraction = 1.0;
  RramArray array = array_of(parameters, 14, 1);
  BOOST_TEST(array.write(0, 0, at(4)).failed);
  BOOST_TEST(array.write(0, 0, at(4)).failed);
}

BOOST_AUTO_TEST_CASE(writes_are_counted_per_cell_and_in_total) {
  RramArray array = array_of(exact_cells(), 1, 3);
  for (int i = 0; i < 6; ++i) {
    array.write(0, 0, at(i % 2 == 0 ? 7 : 0));
  }
  array.write(2, 1, at(3));
  BOOST_TEST(array.maximum_writes() == 6u);
  BOOST_TEST(array.total_writes() == 7u);
}

BOOST_AUTO_TEST_CASE(an_array_is_worn_out_when_its_most_written_cell_is) {
  RramParameters parameters = exact_cells();
  parameters.endurance_writes = 3.0;
  RramArray array = array_of(parameters, 1, 2);
  array.write(0, 0, at(7));
  array.write(0, 0, at(0));
  array.write(1, 1, at(3));
  BOOST_TEST(!array.worn_out());
  array.write(0, 0, at(7));
  BOOST_TEST(array.worn_out());
}

BOOST_AUTO_TEST_CASE(results_do_not_depend_on_the_order_in_which_cells_are_written) {
  RramArray rows_first = array_of(RramParameters(), 8, 12);
  RramArray backwards = array_of(RramParameters(), 8, 12);
  write_all(rows_first, 4);
  for (int column = 12; column-- > 0;) {
    for (int row = 12; row-- > 0;) {
      backwards.write(row, column, at(4));
    }
  }
  BOOST_CHECK(rows_first.conductance_s() == backwards.conductance_s());
  BOOST_CHECK(rows_first.measured_conductance_s() == backwards.measured_conductance_s());
}

BOOST_AUTO_TEST_CASE(a_column_at_once_goes_as_cell_by_cell) {
  RramParameters parameters;
  parameters.stuck_fraction = 0.05;
  RramArray together = array_of(parameters, 21);
  RramArray alone = array_of(parameters, 21);
  std::vector<int> rows;
  for (int row = k_side - 1; row >= 0; row -= row % 3 == 0 ? 2 : 1) {
    rows.push_back(row);
  }
  const int count = static_cast<int>(rows.size());
  std::vector<CellWrite> writes(count);
  // Some cells stand at their level from the pass before, some are not known well enough.
  for (int pass = 0; pass < 4; ++pass) {
    const bool measure = pass % 2 == 1;
    std::vector<double> targets_s(count);
    for (int k = 0; k < count; ++k) {
      targets_s[k] = at((3 * k + (k % 2) * pass) % 8);
    }
    together.write_column(rows.data(), count, 5, targets_s.data(), measure, writes.data());
    for (int k = 0; k < count; ++k) {
      const CellWrite write = alone.write(rows[k], 5, targets_s[k], measure);
      BOOST_CHECK_EQUAL(writes[k].set_pulses, write.set_pulses);
      BOOST_CHECK_EQUAL(writes[k].reset_pulses, write.reset_pulses);
      BOOST_CHECK_EQUAL(writes[k].verify_reads, write.verify_reads);
      BOOST_CHECK_EQUAL(writes[k].measurement_reads, write.measurement_reads);
      BOOST_CHECK_EQUAL(writes[k].failed, write.failed);
      BOOST_CHECK_EQUAL(writes[k].pulse_energy_j, write.pulse_energy_j);
      BOOST_CHECK_EQUAL(writes[k].verify_energy_j, write.verify_energy_j);
    }
    BOOST_CHECK(together.conductance_s() == alone.conductance_s());
    BOOST_CHECK(together.measured_conductance_s() == alone.measured_conductance_s());
  }
  BOOST_TEST(together.total_writes() == alone.total_writes());
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

BOOST_AUTO_TEST_CASE(bad_parameters_are_refused_when_the_array_is_built) {
  RramParameters parameters;
  parameters.levels = 1;
  BOOST_CHECK_THROW(array_of(parameters, 1, 2), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
