#include <invar/tile_model/tile_programming.h>

#include <boost/test/unit_test.hpp>
#include <cmath>

BOOST_AUTO_TEST_SUITE(programming_tests)

using namespace invar;
using programming::ProgrammingParameters;
using programming::ProgrammingStatus;
using programming::WriteOrder;
using tile::TileModel;
using tile::TileParameters;

namespace {

TileParameters tile_of(int rows) {
  TileParameters parameters;
  parameters.rows = rows;
  return parameters;
}

Eigen::MatrixXd decaying(int n) {
  Eigen::MatrixXd matrix(n, n);
  for (int row = 0; row < n; ++row) {
    for (int column = 0; column < n; ++column) {
      matrix(row, column) = std::pow(0.5, std::abs(row - column));
    }
  }
  return matrix;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_second_slice_corrects_the_measured_error_of_the_first) {
  const Eigen::MatrixXd matrix = decaying(32);
  double previous = 1.0;
  for (int slices = 1; slices <= 3; ++slices) {
    TileModel tile(tile_of(32), 1, 0);
    tile::write_matrix(tile, matrix, slices, slices, {});
    const double error = (tile.measured_matrix() - matrix).norm() / matrix.norm();
    BOOST_TEST(error < 0.5 * previous);
    previous = error;
  }
}

BOOST_AUTO_TEST_CASE(row_parallel_time_is_that_of_the_slowest_cell_of_each_polarity) {
  TileParameters parameters = tile_of(8);
  parameters.device.mean_pulses = 1.0;  // every write takes exactly one pulse
  TileModel tile(parameters, 1, 0);
  const auto result = tile::write_matrix(tile, Eigen::MatrixXd::Identity(8, 8), 1, 1, {});
  // Cells at level 0 are set too (they start unformed at the minimum: one pulse up), so one set
  // pulse and its verify a row.
  // One converter a row of 8: 16 conversions of 10 ns for both signs.
  const double pulse_s = parameters.device.set_width_s + parameters.device.verify_width_s;
  const double row_s = pulse_s + 2 * 8 * 10e-9;
  BOOST_TEST(result.duration_s == 8 * row_s, boost::test_tools::tolerance(1e-12));
  ProgrammingParameters serial;
  serial.order = WriteOrder::cell_by_cell;
  TileModel other(parameters, 1, 0);
  const auto slow = tile::write_matrix(other, Eigen::MatrixXd::Identity(8, 8), 1, 1, serial);
  BOOST_TEST(slow.duration_s == 2 * 64 * (pulse_s + 10e-9), boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(cells_are_measured_where_another_slice_follows_and_that_takes_time) {
  TileParameters parameters = tile_of(8);
  parameters.device.mean_pulses = 1.0;
  parameters.device.programming_error = device::ProgrammingErrorModel::none;
  parameters.device.measurement_reads = 5;
  TileModel tile(parameters, 1, 0);
  const auto result = tile::write_matrix(tile, Eigen::MatrixXd::Identity(8, 8), 2, 2, {});
  const int arrays = 4;
  BOOST_TEST(result.verify_reads == arrays * 64u + arrays / 2 * 5u * 64u);
  BOOST_TEST(result.remainder_updates == 64u);
  const double read_s = parameters.device.verify_width_s + 2 * 8 * 10e-9;
  // First slice: a set pulse and its verify, then five reads; second slice: the zero remainder is
  // written to cells that have never been written.
  BOOST_TEST(result.duration_s == 8 * (2 * parameters.device.set_width_s + 7 * read_s),
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(writing_the_same_matrix_again_only_verifies) {
  TileParameters parameters = tile_of(16);
  parameters.slices = 1;
  parameters.seed_slices = 1;
  TileModel tile(parameters, 1, 0);
  tile::write_matrix(tile, decaying(16), 1, 1, {});
  const std::uint64_t writes = tile.cells().total_writes();
  const auto again = tile::write_matrix(tile, decaying(16), 1, 1, {});
  BOOST_TEST(again.set_pulses + again.reset_pulses == 0u);
  BOOST_TEST(again.verify_reads == 2u * 16 * 16);
  BOOST_TEST(tile.cells().total_writes() == writes);
}

BOOST_AUTO_TEST_CASE(stuck_cells_are_counted_and_too_many_fail_the_matrix) {
  TileParameters parameters = tile_of(32);
  parameters.device.stuck_fraction = 0.05;
  TileModel tile(parameters, 1, 0);
  ProgrammingParameters without_partners;
  without_partners.map_around = false;
  const auto result = tile::write_matrix(tile, decaying(32), 2, 2, without_partners);
  BOOST_TEST((result.status == ProgrammingStatus::cell_failed));
  const double cells = 4.0 * 32 * 32;
  // Half of them are stuck low, where most targets are.
  BOOST_TEST(result.failed_cells > 0.02 * cells);
  BOOST_TEST(result.failed_cells < 0.05 * cells);
  ProgrammingParameters tolerant;
  tolerant.allowed_failed_fraction = 1.0;
  TileModel other(parameters, 1, 0);
  BOOST_TEST((tile::write_matrix(other, decaying(32), 2, 2, tolerant).status !=
              ProgrammingStatus::cell_failed));
}

BOOST_AUTO_TEST_CASE(a_tile_wears_out_and_says_so) {
  TileParameters parameters = tile_of(4);
  parameters.device.endurance_writes = 3;
  TileModel tile(parameters, 1, 0);
  auto status = ProgrammingStatus::ok;
  int count = 0;
  while (status != ProgrammingStatus::worn_out && count < 100) {
    ++count;
    status =
        tile::write_matrix(
            tile, count % 2 == 0 ? decaying(4) : Eigen::MatrixXd(Eigen::MatrixXd::Identity(4, 4)),
            2, 2, {})
            .status;
  }
  BOOST_TEST(count >= 3);
  BOOST_TEST(count < 100);
}

BOOST_AUTO_TEST_CASE(energy_is_pulses_verifies_conversions_and_drivers) {
  TileParameters parameters = tile_of(1);
  parameters.device.mean_pulses = 1.0;
  parameters.device.programming_error = device::ProgrammingErrorModel::none;
  TileModel tile(parameters, 1, 0);
  const ProgrammingParameters controller;
  const auto result = tile::write_matrix(tile, Eigen::MatrixXd::Ones(1, 1), 1, 1, controller);
  const auto& device = parameters.device;
  const double plus_mean_s = 0.5 * (device.minimum_conductance_s + device.maximum_conductance_s);
  const double mean_sum_s = plus_mean_s + device.minimum_conductance_s;
  const double volts2 = device.set_voltage_v * device.set_voltage_v;
  BOOST_TEST(result.pulse_energy_j == volts2 * mean_sum_s * device.set_width_s,
             boost::test_tools::tolerance(1e-9));
  BOOST_TEST(result.judging_energy_j == 2 * parameters.adc.energy_j,
             boost::test_tools::tolerance(1e-12));
  BOOST_TEST(result.driver_energy_j == 2 * controller.row_driver_energy_j,
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(comparators_judge_all_columns_at_once_and_adcs_only_measure) {
  TileParameters parameters = tile_of(8);
  parameters.device.mean_pulses = 1.0;
  parameters.device.programming_error = device::ProgrammingErrorModel::none;
  parameters.device.measurement_reads = 5;
  ProgrammingParameters controller;
  controller.verify = programming::VerifyMethod::comparator;
  controller.comparison_time_s = 3e-9;
  controller.comparison_energy_j = 0.4e-12;
  TileModel tile(parameters, 1, 0);
  const auto result = tile::write_matrix(tile, Eigen::MatrixXd::Identity(8, 8), 2, 2, controller);
  // A row of the first slice: a pulse, a read and its comparison, five reads of which the ADCs
  // convert eight cells of either sign; of the second: a pulse, a read and its comparison.
  const double pulse_s = parameters.device.set_width_s;
  const double read_s = parameters.device.verify_width_s + 3e-9;
  const double measurement_s = read_s + 2 * 8 * 10e-9;
  BOOST_TEST(result.duration_s == 8 * (2 * pulse_s + 2 * read_s + 5 * measurement_s),
             boost::test_tools::tolerance(1e-12));
  BOOST_TEST(result.conversion_s == 8 * 5 * 2 * 8 * 10e-9, boost::test_tools::tolerance(1e-12));
  const double cells = 4 * 64;
  const double expected_j =
      cells * (0.4e-12 + parameters.dac.energy_j()) + cells / 2 * 5 * parameters.adc.energy_j;
  BOOST_TEST(result.judging_energy_j == expected_j, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(with_drivers_of_their_own_one_sign_is_set_while_the_other_is_reset) {
  TileParameters parameters = tile_of(1);
  parameters.device.mean_pulses = 1.0;
  parameters.device.programming_error = device::ProgrammingErrorModel::none;
  // The sign turns: the plus cell is reset, the minus cell is set.
  const auto turned = [&](bool parallel) {
    ProgrammingParameters controller;
    controller.parallel_arrays = parallel;
    TileModel tile(parameters, 1, 0);
    tile::write_matrix(tile, Eigen::MatrixXd::Ones(1, 1), 1, 1, controller);
    return tile::write_matrix(tile, -Eigen::MatrixXd::Ones(1, 1), 1, 1, controller);
  };
  const double pulse_s = parameters.device.set_width_s;
  const double read_s = parameters.device.verify_width_s;
  BOOST_TEST(turned(false).duration_s == 2 * (pulse_s + read_s + 2 * 10e-9),
             boost::test_tools::tolerance(1e-12));
  BOOST_TEST(turned(true).duration_s == pulse_s + read_s + 2 * 10e-9,
             boost::test_tools::tolerance(1e-12));
  BOOST_TEST(turned(true).driver_energy_j == turned(false).driver_energy_j,
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(continuous_targets_are_held_to_the_matrix_itself) {
  TileParameters parameters = tile_of(16);
  parameters.device.targets = device::CellTargets::continuous;
  parameters.device.acceptance_window = 0.01;
  parameters.device.programming_error = device::ProgrammingErrorModel::none;
  parameters.device.read_noise = 0.0;
  TileModel tile(parameters, 1, 0);
  const Eigen::MatrixXd matrix = 0.93 * decaying(16);
  tile::write_matrix(tile, matrix, 1, 1, {});
  // New cells stand at 0: values inside the window are left there.
  const Eigen::MatrixXd held = (matrix.array() > 0.01).select(matrix, 0.0);
  BOOST_TEST((tile.measured_matrix() - held).cwiseAbs().maxCoeff() < 1e-12);
  // Of a matrix a little different only what leaves the window is written.
  const Eigen::MatrixXd next = matrix * 1.012;
  const auto result = tile::write_matrix(tile, next, 1, 1, {});
  const auto leaving = ((next - held).array() > 0.01).count();
  BOOST_TEST(leaving == 16);  // the diagonal
  BOOST_TEST(result.written_cells == static_cast<std::uint64_t>(leaving));
  BOOST_TEST(result.cells == 2u * 256);
  BOOST_TEST(result.verify_reads >= 2u * 256);
}

BOOST_AUTO_TEST_CASE(a_second_slice_of_continuous_targets_holds_what_the_first_one_missed) {
  TileParameters parameters = tile_of(32);
  parameters.device.targets = device::CellTargets::continuous;
  parameters.device.acceptance_window = 0.02;
  parameters.device.levels = 32;  // the second slice counts a 32nd
  parameters.device.programming_error = device::ProgrammingErrorModel::cmo_hfox;
  parameters.device.read_noise = 0.001;
  const Eigen::MatrixXd matrix = decaying(32);
  double previous = 0.03;  // of the fit: .4 uS at 35 uS; and cells inside the window
  for (const int slices : {1, 2}) {
    TileModel tile(parameters, 1, 0);
    BOOST_TEST(tile.cells().slice_weight(1) == 1.0 / 32.0);
    tile::write_matrix(tile, matrix, slices, slices, {});
    const double error = (tile.measured_matrix() - matrix).norm() / matrix.norm();
    BOOST_TEST(error < previous);
    previous = 0.1 * error;
  }
}

BOOST_AUTO_TEST_SUITE_END()
