// The tile at circuit fidelity: the network of cells and wires solved.
#include <invar/solver/jacobi_scaling.h>
#include <invar/tile_model/shot_cost.h>
#include <invar/tile_model/tile_model.h>
#include <invar/tile_model/tile_programming.h>

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(tile_circuit_tests)

using namespace invar;
using tile::Fidelity;
using tile::TileModel;
using tile::TileParameters;

namespace {

/// Fine converters, so that only the network shows; no spread of offsets or reads.
TileParameters quiet_tile(Fidelity fidelity, double wire_ohm) {
  TileParameters parameters;
  parameters.rows = 32;
  parameters.fidelity = fidelity;
  parameters.wires = {wire_ohm, wire_ohm};
  parameters.adc.bits = 16;
  parameters.dac.bits = 16;
  parameters.device.read_noise = 0.0;
  parameters.amplifier.offset_sigma_v = 0.0;
  return parameters;
}

Eigen::MatrixXd unit_matrix(int n, std::uint64_t seed) {
  return solver::JacobiScaling(test::covariance_matrix(n, 0.5, seed)).normalised;
}

Eigen::MatrixXd some_input(int n, int shots) {
  test::SimpleRandom random(11);
  Eigen::MatrixXd input(n, shots);
  for (double& value : input.reshaped()) {
    value = 0.3 * random.next();
  }
  return input;
}

tile::AnalogBatch shots_of(const TileParameters& parameters, int n, const Eigen::MatrixXd& input) {
  TileModel model(parameters, 3, 0);
  tile::write_matrix(model, unit_matrix(n, 5), 2, 2, {});
  BOOST_TEST_REQUIRE(model.stable());
  return model.invert(input, std::vector<int>(static_cast<std::size_t>(input.cols()), 0));
}

double distance(const Eigen::MatrixXd& value, const Eigen::MatrixXd& reference) {
  return (value - reference).norm() / reference.norm();
}

}  // namespace

BOOST_AUTO_TEST_CASE(without_wires_it_is_the_behavioural_tile) {
  const int n = 24;
  const Eigen::MatrixXd input = some_input(n, 5);
  const auto behavioural = shots_of(quiet_tile(Fidelity::behavioural, 0.0), n, input);
  const auto circuit = shots_of(quiet_tile(Fidelity::circuit, 0.0), n, input);
  BOOST_TEST(distance(circuit.output, behavioural.output) < 1e-4);  // one step of 16 bits
  BOOST_TEST(circuit.shot_time_s == behavioural.shot_time_s, boost::test_tools::tolerance(1e-6));
  // Behavioural energy leaves out the voltage that the op-amps sense, 1e-4 of the outputs.
  BOOST_TEST(circuit.energy.array_j == behavioural.energy.array_j,
             boost::test_tools::tolerance(2e-3));
}

BOOST_AUTO_TEST_CASE(wires_bring_an_error_that_grows_with_their_resistance) {
  const int n = 24;
  const Eigen::MatrixXd input = some_input(n, 5);
  const auto ideal = shots_of(quiet_tile(Fidelity::circuit, 0.0), n, input);
  double previous = 0.0;
  for (const double ohm : {0.1, 1.0, 5.0}) {
    const auto wired = shots_of(quiet_tile(Fidelity::circuit, ohm), n, input);
    const double error = distance(wired.output, ideal.output);
    BOOST_TEST_MESSAGE(ohm << " ohm: " << error);
    BOOST_TEST(error > 3.0 * previous);
    previous = error;
  }
  BOOST_TEST(previous < 1.0);
}

BOOST_AUTO_TEST_CASE(array_power_without_wires_is_the_sum_over_its_cells) {
  const int n = 8;
  TileParameters parameters = quiet_tile(Fidelity::circuit, 0.0);
  TileModel model(parameters, 3, 0);
  tile::write_matrix(model, unit_matrix(n, 5), 2, 2, {});
  Eigen::MatrixXd input = some_input(n, 1);
  for (double& value : input.reshaped()) {
    value = std::nearbyint(value * 32767.0) / 32767.0;
  }
  const tile::AnalogBatch batch = model.invert(input, {0});
  const Eigen::VectorXd output = -batch.output.col(0) * parameters.dac.full_scale_v;
  const Eigen::VectorXd sensed = -output / parameters.amplifier.gain;
  double cells_w = 0.0;
  double drawn_w = 0.0;
  for (int slice = 0; slice < 2; ++slice) {
    for (int sign = 0; sign < 2; ++sign) {
      const Eigen::MatrixXd conductance = model.cells().array(slice, sign).conductance_s();
      for (int j = 0; j < n; ++j) {
        const double driver_v =
            (sign == 0 ? 1.0 : -1.0) * model.cells().slice_weight(slice) * output[j];
        double current_a = 0.0;
        for (int k = 0; k < n; ++k) {
          const double across_v = driver_v - sensed[k];
          cells_w += conductance(k, j) * across_v * across_v;
          current_a += conductance(k, j) * across_v;
        }
        drawn_w += parameters.amplifier.saturation_v * std::abs(current_a) - driver_v * current_a;
      }
    }
  }
  for (int k = 0; k < n; ++k) {
    const double across_v = input(k, 0) * parameters.dac.full_scale_v - sensed[k];
    cells_w += model.cells().span_s() * across_v * across_v;
  }
  const double analog_s = model.settling_time_s() + parameters.adc.sample_time_s;
  BOOST_TEST(batch.energy.array_j == analog_s * cells_w, boost::test_tools::tolerance(1e-3));
  const double amplifiers_w =
      tile::inv_amplifiers(model.size(), tile::ArrayCount::pairs(parameters.seed_slices)) *
      parameters.amplifier.power_w();
  BOOST_TEST(batch.energy.amplifier_j == analog_s * (amplifiers_w + drawn_w),
             boost::test_tools::tolerance(1e-3));
}

BOOST_AUTO_TEST_CASE(noise_of_every_cell_spreads_shots_as_the_lumped_noise_does) {
  TileParameters parameters = quiet_tile(Fidelity::circuit, 1.73);
  parameters.device.read_noise = 0.01;
  const int n = 8;
  constexpr int k_shots = 1500;
  const Eigen::MatrixXd input = Eigen::VectorXd::Constant(n, 0.3).replicate(1, k_shots);
  const auto spread = [&](tile::ReadNoiseModel noise) -> Eigen::VectorXd {
    parameters.read_noise_model = noise;
    const Eigen::MatrixXd output = shots_of(parameters, n, input).output;
    const Eigen::VectorXd mean = output.rowwise().mean();
    return (output.colwise() - mean).rowwise().norm() / std::sqrt(1.0 * k_shots);
  };
  const Eigen::VectorXd lumped = spread(tile::ReadNoiseModel::lumped);
  const Eigen::VectorXd per_cell = spread(tile::ReadNoiseModel::per_cell);
  for (int row = 0; row < n; ++row) {
    BOOST_TEST(std::abs(per_cell[row] / lumped[row] - 1.0) < 0.15);
  }
}

BOOST_AUTO_TEST_CASE(nonlinear_cells_bend_large_outputs_more_than_small_ones) {
  const int n = 8;
  TileParameters parameters = quiet_tile(Fidelity::circuit, 1.0);
  const Eigen::MatrixXd small = 0.05 * some_input(n, 1);
  const Eigen::MatrixXd large = 2.0 * some_input(n, 1);
  const auto ohmic_small = shots_of(parameters, n, small);
  const auto ohmic_large = shots_of(parameters, n, large);
  parameters.nonlinearity_per_v = 2.0;
  const double at_small = distance(shots_of(parameters, n, small).output, ohmic_small.output);
  const double at_large = distance(shots_of(parameters, n, large).output, ohmic_large.output);
  BOOST_TEST(at_large > 20.0 * at_small);
  BOOST_TEST(at_large < 0.5);
}

BOOST_AUTO_TEST_CASE(amplifiers_that_differ_settle_at_another_time) {
  const int n = 16;
  const Eigen::MatrixXd input = some_input(n, 2);
  TileParameters parameters = quiet_tile(Fidelity::circuit, 1.0);
  const auto equal = shots_of(parameters, n, input);
  parameters.amplifier.bandwidth_sigma = 0.2;
  parameters.amplifier.gain_sigma = 0.2;
  parameters.amplifier.inverter_offset_sigma_v = 1e-3;
  const auto spread = shots_of(parameters, n, input);
  BOOST_TEST(spread.shot_time_s != equal.shot_time_s);
  const double moved = distance(spread.output, equal.output);
  BOOST_TEST(moved > 1e-4);
  BOOST_TEST(moved < 0.2);
}

BOOST_AUTO_TEST_CASE(a_product_with_wires_falls_short_of_the_one_without) {
  const int n = 24;
  const Eigen::MatrixXd matrix = unit_matrix(n, 5).cwiseAbs();
  const Eigen::MatrixXd input = Eigen::MatrixXd::Constant(n, 1, 0.5);
  const auto product = [&](double ohm) {
    TileModel model(quiet_tile(Fidelity::circuit, ohm), 3, 0);
    tile::write_matrix(model, matrix, 1, 1, {});
    return model.multiply(input);
  };
  const tile::AnalogBatch ideal = product(0.0);
  const tile::AnalogBatch wired = product(5.0);
  BOOST_TEST(wired.output.sum() < 0.999 * ideal.output.sum());
  BOOST_TEST(wired.output.sum() > 0.8 * ideal.output.sum());
  BOOST_TEST(wired.energy.array_j < ideal.energy.array_j);
}

BOOST_AUTO_TEST_SUITE_END()
