#include <invar/solver/jacobi_scaling.h>
#include <invar/tile_model/tile_model.h>
#include <invar/tile_model/tile_programming.h>

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(tile_mvm)

using namespace invar;
using tile::MvmMode;
using tile::TileModel;
using tile::TileParameters;

namespace {

TileParameters mvm_tile(MvmMode mode) {
  TileParameters parameters;
  parameters.rows = 24;
  parameters.slices = 4;
  parameters.mvm_mode = mode;
  parameters.mvm_row_group = 8;
  parameters.adc.bits = 10;
  return parameters;
}

/// Moments of the deviation of `shots` products of one vector from the exact product.
struct Deviation {
  Eigen::VectorXd mean;
  Eigen::VectorXd sd;
};

Deviation deviation(MvmMode mode, const Eigen::MatrixXd& matrix, const Eigen::VectorXd& input,
                    int shots) {
  TileModel model(mvm_tile(mode), 3, 0);
  tile::write_matrix(model, matrix, 2, 4, {});
  const tile::AnalogBatch batch = model.multiply(input.replicate(1, shots));
  const Eigen::MatrixXd error = batch.output.colwise() - matrix * input;
  Deviation result;
  result.mean = error.rowwise().mean();
  result.sd = (error.colwise() - result.mean).cwiseAbs2().rowwise().mean().cwiseSqrt();
  return result;
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_ideal_bit_serial_product_with_a_fine_adc_is_the_product) {
  TileParameters parameters = mvm_tile(MvmMode::bit_serial);
  parameters.fidelity = tile::Fidelity::ideal;
  parameters.adc.bits = 20;
  parameters.mvm_adc_range = 1.0;
  TileModel model(parameters, 1, 0);
  const int n = 20;
  const Eigen::MatrixXd matrix =
      solver::JacobiScaling(test::covariance_matrix(n, 0.2, 1)).normalised;
  tile::write_matrix(model, matrix, 2, 4, {});
  Eigen::MatrixXd input(n, 2);
  test::SimpleRandom random(2);
  for (double& value : input.reshaped()) {
    value = random.next();
  }
  const Eigen::MatrixXd output = model.multiply(input).output;
  const Eigen::MatrixXd expected = model.measured_matrix() * input;
  // 16 input bits, 20 ADC bits on 3 groups x 3 pieces x 4 slices.
  BOOST_TEST((output - expected).cwiseAbs().maxCoeff() < 2e-3);
}

BOOST_AUTO_TEST_CASE(the_lumped_product_has_the_distribution_of_the_bit_serial_one) {
  const int n = 24;
  const Eigen::MatrixXd matrix =
      solver::JacobiScaling(test::covariance_matrix(n, 0.2, 4)).normalised;
  Eigen::VectorXd input(n);
  test::SimpleRandom random(5);
  for (double& value : input) {
    value = random.next();
  }
  const Deviation lumped = deviation(MvmMode::lumped, matrix, input, 1500);
  const Deviation serial = deviation(MvmMode::bit_serial, matrix, input, 1500);
  // Rounding of one fixed input is a fixed error in the serial mode and noise in the lumped one:
  // compare the whole mean square deviation over the outputs.
  const double lumped_square = (lumped.sd.cwiseAbs2() + lumped.mean.cwiseAbs2()).mean();
  const double serial_square = (serial.sd.cwiseAbs2() + serial.mean.cwiseAbs2()).mean();
  BOOST_TEST_MESSAGE("rms deviation: lumped " << std::sqrt(lumped_square) << ", bit-serial "
                                              << std::sqrt(serial_square));
  BOOST_TEST(std::abs(std::sqrt(lumped_square / serial_square) - 1.0) < 0.2);
}

BOOST_AUTO_TEST_SUITE_END()
