// Matrices without negative values on one array with a reference column.
#include <invar/solver/jacobi_scaling.h>
#include <invar/tile_model/shot_cost.h>
#include <invar/tile_model/tile_model.h>
#include <invar/tile_model/tile_programming.h>

#include <Eigen/LU>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <stdexcept>
#include <string>

#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(minus_array)

using namespace invar;
using tile::Fidelity;
using tile::MinusArray;
using tile::TileModel;
using tile::TileParameters;

namespace {

TileParameters quiet_tile(Fidelity fidelity) {
  TileParameters parameters;
  parameters.rows = 16;
  parameters.fidelity = fidelity;
  parameters.wires = {0.0, 0.0};
  parameters.adc.bits = parameters.dac.bits = 16;
  parameters.device.programming_error = device::ProgrammingErrorModel::none;
  parameters.device.read_noise = 0.0;
  parameters.amplifier.offset_sigma_v = 0.0;
  parameters.minus_array = MinusArray::as_needed;
  return parameters;
}

/// Levels of an eighth and up, none negative.
Eigen::MatrixXd non_negative(int n) {
  Eigen::MatrixXd matrix(n, n);
  for (int row = 0; row < n; ++row) {
    for (int column = 0; column < n; ++column) {
      matrix(row, column) = row == column ? 1.0 : std::abs(row - column) == 1 ? 3.0 / 7.0 : 0.0;
    }
  }
  return matrix;
}

Eigen::MatrixXd some_input(int n, int shots) {
  test::SimpleRandom random(11);
  Eigen::MatrixXd input(n, shots);
  for (double& value : input.reshaped()) {
    value = 0.1 * random.next();
  }
  return input;
}

tile::AnalogBatch shots_of(TileModel& model, const Eigen::MatrixXd& input) {
  return model.invert(input, std::vector<int>(static_cast<std::size_t>(input.cols()), 0));
}

double distance(const Eigen::MatrixXd& value, const Eigen::MatrixXd& reference) {
  return (value - reference).norm() / reference.norm();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_matrix_without_negative_values_is_inverted_on_one_array) {
  const int n = 12;
  const Eigen::MatrixXd input = some_input(n, 4);
  for (const Fidelity fidelity : {Fidelity::ideal, Fidelity::behavioural, Fidelity::circuit}) {
    TileModel model(quiet_tile(fidelity), 1, 0);
    const auto written = tile::write_matrix(model, non_negative(n), 1, 1, {});
    BOOST_TEST(!model.cells().has_minus(0));
    BOOST_TEST(model.cells().count(1).references == 1.0);
    // The plus array and the reference column.
    BOOST_TEST(written.cells == static_cast<std::uint64_t>(n * n + n));
    BOOST_TEST((model.measured_matrix() - non_negative(n)).cwiseAbs().maxCoeff() < 1e-12);
    const Eigen::MatrixXd exact = non_negative(n).partialPivLu().solve(input);
    // The finite gain of the op-amps: load / (gain smallest eigenvalue).
    BOOST_TEST(distance(shots_of(model, input).output, exact) < 5e-3);
  }
}

BOOST_AUTO_TEST_CASE(a_row_is_loaded_by_its_cells_one_reference_cell_and_the_input) {
  const TileParameters parameters = quiet_tile(Fidelity::behavioural);
  TileModel model(parameters, 1, 0);
  tile::write_matrix(model, Eigen::MatrixXd::Ones(1, 1), 1, 1, {});
  // v = -g_in u / (G - G_rest + load / gain), load = G + G_ref + g_in.
  const double load_s = 35e-6 + 35e-6 + 34.5e-6;
  const double expected = 0.5 * 34.5e-6 / (34.5e-6 + load_s / parameters.amplifier.gain);
  const auto batch = shots_of(model, 0.5 * Eigen::MatrixXd::Ones(1, 1));
  BOOST_TEST(batch.output(0, 0) == expected, boost::test_tools::tolerance(1e-4));
  // One op-amp and the amplifier of the reference column; power of cell, reference cell and input.
  const double analog_s = model.settling_time_s() + parameters.adc.sample_time_s;
  BOOST_TEST(batch.energy.amplifier_j == 2.0 * parameters.amplifier.power_w() * analog_s,
             boost::test_tools::tolerance(1e-9));
  const double output_v = 0.125;
  const double reference_v = output_v * 0.5 / 35.0;
  const double power_w =
      output_v * output_v * 35e-6 + reference_v * reference_v * 35e-6 + 0.125 * 0.125 * 34.5e-6;
  BOOST_TEST(batch.energy.array_j == power_w * analog_s, boost::test_tools::tolerance(1e-3));
}

BOOST_AUTO_TEST_CASE(negative_values_bring_the_minus_array_back) {
  Eigen::MatrixXd matrix = non_negative(8);
  matrix(2, 5) = -0.06;  // rounds to 0
  TileModel model(quiet_tile(Fidelity::behavioural), 1, 0);
  tile::write_matrix(model, matrix, 1, 1, {});
  BOOST_TEST(!model.cells().has_minus(0));
  matrix(2, 5) = -0.08;
  tile::write_matrix(model, matrix, 1, 1, {});
  BOOST_TEST(model.cells().has_minus(0));
  BOOST_TEST(model.measured_matrix()(2, 5) == -1.0 / 7.0, boost::test_tools::tolerance(1e-9));
  tile::write_matrix(model, non_negative(8), 1, 1, {});
  BOOST_TEST(!model.cells().has_minus(0));
}

BOOST_AUTO_TEST_CASE(a_second_slice_with_remainders_of_both_signs_has_both_arrays) {
  TileParameters parameters = quiet_tile(Fidelity::behavioural);
  parameters.device.programming_error = device::ProgrammingErrorModel::neurram_1s;
  TileModel model(parameters, 1, 0);
  tile::write_matrix(model, non_negative(12), 2, 2, {});
  BOOST_TEST(!model.cells().has_minus(0));
  BOOST_TEST(model.cells().has_minus(1));
  // 12 op-amps, buffers for either sign of the second slice, the reference column's amplifier.
  BOOST_TEST(tile::inv_amplifiers(12, model.cells().count(2)) == 37.0);
  BOOST_TEST(distance(model.measured_matrix(), non_negative(12)) < 0.05);
  const Eigen::MatrixXd input = some_input(12, 3);
  BOOST_TEST(distance(shots_of(model, input).output, non_negative(12).partialPivLu().solve(input)) <
             0.2);
}

BOOST_AUTO_TEST_CASE(behavioural_and_circuit_agree_without_wires) {
  const int n = 12;
  const Eigen::MatrixXd input = some_input(n, 4);
  TileParameters parameters = quiet_tile(Fidelity::behavioural);
  parameters.amplifier.output_stages = circuit::OutputStages::always;
  parameters.device.programming_error = device::ProgrammingErrorModel::cmo_hfox;
  TileModel behavioural(parameters, 1, 0);
  tile::write_matrix(behavioural, non_negative(n), 1, 1, {});
  parameters.fidelity = Fidelity::circuit;
  TileModel circuit(parameters, 1, 0);
  tile::write_matrix(circuit, non_negative(n), 1, 1, {});
  const auto lumped = shots_of(behavioural, input);
  const auto solved = shots_of(circuit, input);
  BOOST_TEST(distance(solved.output, lumped.output) < 1e-4);
  BOOST_TEST(solved.shot_time_s == lumped.shot_time_s, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(solved.energy.array_j == lumped.energy.array_j, boost::test_tools::tolerance(5e-3));
  BOOST_TEST(solved.energy.amplifier_j == lumped.energy.amplifier_j,
             boost::test_tools::tolerance(5e-3));
}

BOOST_AUTO_TEST_CASE(read_noise_of_the_reference_column_goes_with_the_sum_of_the_outputs) {
  // Cells without noise of their own: rest is all that the array holds but for one diagonal.
  TileParameters parameters = quiet_tile(Fidelity::behavioural);
  parameters.device.read_noise = 0.02;
  parameters.reference_conductance_s = 0.5e-6;  // driven by the whole sum
  const int n = 16;
  constexpr int k_shots = 4000;
  TileModel model(parameters, 4, 0);
  tile::write_matrix(model, Eigen::MatrixXd::Identity(n, n), 1, 1, {});
  const Eigen::MatrixXd input = Eigen::MatrixXd::Constant(n, k_shots, 0.2);
  const Eigen::MatrixXd output = shots_of(model, input).output;
  const Eigen::VectorXd mean = output.rowwise().mean();
  const double variance = (output.colwise() - mean).cwiseAbs2().mean();
  // Of a row's current: its cell of 35 uS, 15 at rest, and the reference cell at 16 times the
  // voltage; through a loop that is 34.5 uS times the identity.
  const double squares = 35.0 * 35.0 + 15 * 0.25 + 16 * 16 * 0.25;
  const double expected = 0.2 * 0.02 * std::sqrt(squares) / 34.5;
  BOOST_TEST(std::sqrt(variance) == expected, boost::test_tools::tolerance(0.02));
}

BOOST_AUTO_TEST_CASE(outputs_whose_sum_the_reference_column_cannot_follow_are_flagged) {
  TileParameters parameters = quiet_tile(Fidelity::behavioural);
  parameters.reference_conductance_s = 0.5e-6;  // at most .9 V in all
  const int n = 16;
  TileModel model(parameters, 1, 0);
  tile::write_matrix(model, Eigen::MatrixXd::Identity(n, n), 1, 1, {});
  Eigen::MatrixXd input = Eigen::MatrixXd::Constant(n, 2, 0.2);  // 16 x .05 V
  input.col(1).setConstant(0.25);
  const auto batch = shots_of(model, input);
  BOOST_TEST(batch.clipped[0] == 0);
  BOOST_TEST(batch.clipped[1] == 1);
}

BOOST_AUTO_TEST_CASE(a_product_takes_the_reference_column_off) {
  const int n = 12;
  for (const Fidelity fidelity : {Fidelity::behavioural, Fidelity::circuit}) {
    for (const auto mode : {tile::MvmMode::lumped, tile::MvmMode::bit_serial}) {
      TileParameters parameters = quiet_tile(fidelity);
      parameters.mvm_mode = mode;
      TileModel model(parameters, 1, 0);
      tile::write_matrix(model, non_negative(n), 1, 1, {});
      const Eigen::MatrixXd input = some_input(n, 3);
      const auto batch = model.multiply(input);
      BOOST_TEST(distance(batch.output, non_negative(n).transpose() * input) < 2e-3);
      // Twelve columns and the reference column, each piece of the input.
      const auto steps = tile::mvm_steps(parameters, n);
      BOOST_TEST(batch.counts.adc_conversions ==
                 static_cast<std::uint64_t>(3 * steps.count() * (n + 1)));
    }
  }
}

BOOST_AUTO_TEST_CASE(cells_at_deep_off_take_their_load_from_the_rows) {
  TileParameters parameters = quiet_tile(Fidelity::behavioural);
  parameters.device.deep_off_conductance_s = 0.01e-6;
  parameters.amplifier.inverter_bandwidth_ratio = 100.0;  // far from the loop's pole
  parameters.reference_conductance_s = 1e-6;
  const int n = 16;
  TileModel model(parameters, 1, 0);
  tile::write_matrix(model, Eigen::MatrixXd::Identity(n, n), 1, 1, {});
  // Settling of a diagonal loop: load / loop = (35 + 15 x .01 + 1 + 34.99) / 34.99.
  const double pole_hz = parameters.amplifier.gain_bandwidth_hz * 34.99 / 71.14;
  const double expected_s = 17 * std::log(2.0) / (2.0 * 3.14159265358979 * pole_hz);
  BOOST_TEST(model.settling_time_s() == expected_s, boost::test_tools::tolerance(0.02));
}

BOOST_AUTO_TEST_CASE(what_a_reference_column_cannot_do_is_refused_by_name) {
  const auto refusal = [](const TileParameters& parameters) {
    try {
      parameters.check();
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  TileParameters parameters = quiet_tile(Fidelity::circuit);
  BOOST_TEST(refusal(parameters) == "accepted");
  parameters.reference_conductance_s = 40e-6;
  BOOST_TEST(refusal(parameters).find("tile.reference_conductance_s") == 0u);
  parameters.reference_conductance_s = 35e-6;
  parameters.read_noise_model = tile::ReadNoiseModel::per_cell;
  BOOST_TEST(refusal(parameters).find("tile.read_noise_model") == 0u);
  parameters.read_noise_model = tile::ReadNoiseModel::lumped;
  parameters.nonlinearity_per_v = 1.0;
  BOOST_TEST(refusal(parameters).find("tile.nonlinearity_per_v") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
