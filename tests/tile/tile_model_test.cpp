#include <invar/solver/jacobi_scaling.h>
#include <invar/tile_model/tile_model.h>
#include <invar/tile_model/tile_programming.h>

#include <Eigen/LU>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(tile_tests)

using namespace invar;
using tile::Fidelity;
using tile::TileModel;
using tile::TileParameters;

namespace {

TileParameters small_tile(Fidelity fidelity) {
  TileParameters parameters;
  parameters.rows = 32;
  parameters.fidelity = fidelity;
  return parameters;
}

Eigen::MatrixXd unit_matrix(int n, double damping, std::uint64_t seed) {
  return solver::JacobiScaling(test::covariance_matrix(n, damping, seed)).normalised;
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_ideal_tile_inverts_its_quantised_matrix_to_half_an_adc_step) {
  TileParameters parameters = small_tile(Fidelity::ideal);
  TileModel model(parameters, 1, 0);
  const int n = 16;
  const Eigen::MatrixXd matrix = unit_matrix(n, 0.5, 3);
  tile::write_matrix(model, matrix, 2, 2, {});
  // Two 3-bit slices, each with 7 steps, the second an eighth of the first: error below 1/112.
  const Eigen::MatrixXd held = model.measured_matrix();
  BOOST_TEST((held - matrix).cwiseAbs().maxCoeff() <= 1.0 / 112.0 + 1e-12);

  Eigen::MatrixXd input(n, 1);
  test::SimpleRandom random(4);
  for (double& value : input.reshaped()) {
    value = std::nearbyint(random.next() * 30.0) / 127.0;  // exact DAC codes
  }
  const tile::AnalogBatch batch = model.invert(input, {0});
  const Eigen::VectorXd expected = held.partialPivLu().solve(input);
  const double step = parameters.adc.full_scale_v / 127.0 / parameters.dac.full_scale_v;
  BOOST_TEST(batch.clipped[0] == 0);
  BOOST_TEST((batch.output - expected).cwiseAbs().maxCoeff() <= 0.5 * step * (1.0 + 1e-4));
}

BOOST_AUTO_TEST_CASE(read_noise_of_a_shot_has_the_spread_that_perturbed_cells_give) {
  TileParameters parameters = small_tile(Fidelity::behavioural);
  parameters.amplifier.offset_sigma_v = 0.0;
  parameters.adc.bits = 16;
  parameters.dac.bits = 16;
  TileModel model(parameters, 5, 0);
  const int n = 12;
  tile::write_matrix(model, unit_matrix(n, 0.5, 6), 2, 2, {});
  constexpr int k_shots = 4000;
  const Eigen::MatrixXd input = Eigen::VectorXd::Constant(n, 0.5).replicate(1, k_shots);
  const tile::AnalogBatch batch = model.invert(input, std::vector<int>(k_shots, 0));
  const Eigen::VectorXd mean = batch.output.rowwise().mean();
  const Eigen::VectorXd measured_sd =
      ((batch.output.colwise() - mean).cwiseAbs2().rowwise().mean()).cwiseSqrt();

  // Independent: every cell of every array perturbed by itself, the network solved each time.
  test::SimpleRandom random(9);
  const auto normal = [&] {
    double sum = 0.0;
    for (int i = 0; i < 12; ++i) {
      sum += random.next();
    }
    return sum / 2.0;  // 12 uniforms in [-1, 1): variance 4, so half of it is standard normal
  };
  Eigen::MatrixXd samples(n, 2000);
  for (Eigen::Index sample = 0; sample < samples.cols(); ++sample) {
    Eigen::MatrixXd loop = Eigen::MatrixXd::Zero(n, n);
    Eigen::VectorXd load = Eigen::VectorXd::Constant(n, model.cells().span_s());
    for (int slice = 0; slice < 2; ++slice) {
      for (int sign = 0; sign < 2; ++sign) {
        const Eigen::MatrixXd conductance =
            model.cells().array(slice, sign).conductance_s().topLeftCorner(n, n);
        load += conductance.rowwise().sum();
        for (int i = 0; i < n * n; ++i) {
          loop(i) += (sign == 0 ? 1.0 : -1.0) * model.cells().slice_weight(slice) * conductance(i) *
                     (1.0 + parameters.device.read_noise * normal());
        }
      }
    }
    loop.diagonal() += load / parameters.amplifier.gain;
    samples.col(sample) =
        loop.partialPivLu().solve(Eigen::VectorXd::Constant(n, 0.5 * model.cells().span_s()));
  }
  const Eigen::VectorXd sample_mean = samples.rowwise().mean();
  const Eigen::VectorXd sample_sd =
      ((samples.colwise() - sample_mean).cwiseAbs2().rowwise().mean()).cwiseSqrt();
  for (int row = 0; row < n; ++row) {
    BOOST_TEST(std::abs(measured_sd[row] / sample_sd[row] - 1.0) < 0.12);
    BOOST_TEST(std::abs(mean[row] - sample_mean[row]) < 0.15 * sample_sd[row] + 1e-3);
  }
}

BOOST_AUTO_TEST_CASE(outputs_beyond_the_adc_are_flagged_and_fit_at_a_higher_range) {
  TileModel model(small_tile(Fidelity::behavioural), 1, 0);
  const int n = 8;
  Eigen::MatrixXd matrix = 0.1 * Eigen::MatrixXd::Identity(n, n);
  tile::write_matrix(model, matrix, 2, 2, {});
  const Eigen::MatrixXd input = Eigen::MatrixXd::Ones(n, 2);
  const tile::AnalogBatch batch = model.invert(input, {0, 4});
  BOOST_TEST(batch.clipped[0] == 1);
  BOOST_TEST(batch.counts.adc_clips > 0u);
  BOOST_TEST(batch.clipped[1] == 0);
  const Eigen::VectorXd expected = model.measured_matrix().partialPivLu().solve(input.col(1));
  BOOST_TEST((batch.output.col(1) - expected).norm() < 0.05 * expected.norm());
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_bits_and_another_seed_does_not) {
  const Eigen::MatrixXd matrix = unit_matrix(16, 0.3, 2);
  const Eigen::MatrixXd input = Eigen::MatrixXd::Constant(16, 3, 0.25);
  const auto output = [&](std::uint64_t seed, std::uint32_t number) {
    TileModel model(small_tile(Fidelity::behavioural), seed, number);
    tile::write_matrix(model, matrix, 2, 2, {});
    return model.invert(input, {0, 0, 0}).output;
  };
  BOOST_TEST((output(1, 0).array() == output(1, 0).array()).all());
  BOOST_TEST(!(output(1, 0).array() == output(2, 0).array()).all());
  BOOST_TEST(!(output(1, 0).array() == output(1, 1).array()).all());
}

BOOST_AUTO_TEST_CASE(more_damping_settles_faster) {
  double previous = 1.0;
  for (const double damping : {0.01, 0.1, 1.0}) {
    TileModel model(small_tile(Fidelity::behavioural), 1, 0);
    tile::write_matrix(model, unit_matrix(24, damping, 7), 3, 3, {});
    BOOST_TEST(model.stable());
    BOOST_TEST(model.settling_time_s() < previous);
    previous = model.settling_time_s();
  }
}

BOOST_AUTO_TEST_CASE(shot_energy_is_the_sum_of_its_parts_by_hand) {
  TileParameters parameters = small_tile(Fidelity::ideal);
  parameters.rows = 1;
  parameters.slices = 1;
  parameters.seed_slices = 1;
  TileModel model(parameters, 1, 0);
  tile::write_matrix(model, Eigen::MatrixXd::Ones(1, 1), 1, 1, {});
  const tile::AnalogBatch batch = model.invert(Eigen::MatrixXd::Ones(1, 1), {0});
  const double analog_s = model.settling_time_s() + parameters.adc.sample_time_s;
  const double plus_s = parameters.device.maximum_conductance_s;
  const double minus_s = parameters.device.minimum_conductance_s;
  const double span_s = plus_s - minus_s;
  const double volts = parameters.dac.full_scale_v;
  BOOST_TEST(batch.energy.dac_j == 8 * parameters.dac.energy_per_bit_j);
  BOOST_TEST(batch.energy.adc_j == parameters.adc.energy_j);
  // Gain 1 from input to output: the plus cell, the minus cell and the input conductance.
  BOOST_TEST(batch.energy.array_j == analog_s * volts * volts * (plus_s + minus_s + span_s),
             boost::test_tools::tolerance(1e-6));
  BOOST_TEST(batch.energy.amplifier_j == 2 * parameters.amplifier.power_w() * analog_s,
             boost::test_tools::tolerance(1e-12));
  BOOST_TEST(batch.shot_time_s ==
                 parameters.dac.conversion_time_s + analog_s + parameters.adc.conversion_time_s,
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_SUITE_END()
