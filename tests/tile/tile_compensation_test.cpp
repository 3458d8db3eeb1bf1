#include <invar/circuit/wired_loop.h>
#include <invar/solver/jacobi_scaling.h>
#include <invar/solver/refinement.h>
#include <invar/tile_model/tile_model.h>
#include <invar/tile_model/tile_programming.h>

#include <Eigen/LU>
#include <boost/test/unit_test.hpp>

#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(tile_compensation_tests)

using namespace invar;
using Eigen::MatrixXd;
using programming::ProgrammingParameters;
using programming::WireCompensation;
using tile::Fidelity;
using tile::TileModel;
using tile::TileParameters;

namespace {

constexpr int k_size = 32;

/// Cells that land where they are aimed, and wires that lose as much as those of a wide array.
TileParameters wired_tile() {
  TileParameters parameters;
  parameters.rows = k_size;
  parameters.fidelity = Fidelity::circuit;
  parameters.wires = {40.0, 40.0};
  parameters.adc.bits = 12;
  parameters.dac.bits = 12;
  parameters.device.programming_error = device::ProgrammingErrorModel::none;
  parameters.device.read_noise = 0.0;
  return parameters;
}

MatrixXd wanted_matrix() {
  return solver::JacobiScaling(test::covariance_matrix(k_size, 0.2, 4, true))
      .normalised.cwiseMin(1.0);
}

ProgrammingParameters controller(WireCompensation compensation) {
  ProgrammingParameters parameters;
  parameters.wire_compensation = compensation;
  return parameters;
}

/// What the op-amps see of a tile's cells, by the network of each of its arrays.
MatrixXd solved_loop(TileModel& model, int slices) {
  circuit::LoopLayout layout;
  layout.wires = model.parameters().wires;
  for (int slice = 0; slice < slices; ++slice) {
    for (int sign = 0; sign < 2; ++sign) {
      layout.arrays.push_back({model.cells().array(slice, sign).conductance_s(),
                               model.cells().slice_weight(slice), sign == 1,
                               circuit::RowEnd::left});
    }
  }
  circuit::WiredLoop::Options options;
  options.power = true;
  return circuit::WiredLoop(layout, options).network().loop_s / model.cells().span_s();
}

double distance(const MatrixXd& a, const MatrixXd& b) {
  return (a - b).norm() / b.norm();
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_loop_sees_the_wanted_matrix_with_scaled_rows) {
  const MatrixXd wanted = wanted_matrix();
  TileModel plain(wired_tile(), 1, 0);
  tile::write_matrix(plain, wanted, 3, 3, controller(WireCompensation::none));
  TileModel model(wired_tile(), 1, 0);
  tile::write_matrix(model, wanted, 3, 3, controller(WireCompensation::network));

  const Eigen::VectorXd undo = model.inv_row_scale().cwiseInverse();
  const MatrixXd seen = undo.asDiagonal() * solved_loop(model, 3) * undo.asDiagonal();
  const double left = distance(seen, wanted);
  BOOST_TEST_MESSAGE(distance(solved_loop(plain, 3), wanted) << " to " << left);
  BOOST_TEST(distance(solved_loop(plain, 3), wanted) > 0.2);
  BOOST_TEST(left < 0.01);
}

BOOST_AUTO_TEST_CASE(compensation_is_not_taken_for_an_error_of_the_cells) {
  const MatrixXd wanted = wanted_matrix();
  for (const auto mode : {WireCompensation::bias, WireCompensation::network}) {
    TileModel model(wired_tile(), 1, 0);
    tile::write_matrix(model, wanted, 3, 3, controller(mode));
    BOOST_TEST(distance(model.measured_matrix(), wanted) < 0.01, static_cast<int>(mode));
    BOOST_TEST(distance(tile::read_matrix(model).value, wanted) < 0.01, static_cast<int>(mode));
    // Although the cells hold something else.
    MatrixXd cells = MatrixXd::Zero(k_size, k_size);
    for (int slice = 0; slice < 3; ++slice) {
      cells += model.cells().slice_weight(slice) *
               (model.cells().array(slice, 0).conductance_s() -
                model.cells().array(slice, 1).conductance_s()) /
               model.cells().span_s();
    }
    BOOST_TEST(distance(cells, wanted) > 0.02, static_cast<int>(mode));
  }
}

BOOST_AUTO_TEST_CASE(cells_stay_in_their_range_and_come_out_the_same_every_time) {
  const MatrixXd wanted = wanted_matrix();
  TileModel first(wired_tile(), 7, 0);
  TileModel second(wired_tile(), 7, 0);
  tile::write_matrix(first, wanted, 2, 2, controller(WireCompensation::network));
  tile::write_matrix(second, wanted, 2, 2, controller(WireCompensation::network));
  const circuit::CellRange range = first.cells().range();
  for (int slice = 0; slice < 2; ++slice) {
    for (int sign = 0; sign < 2; ++sign) {
      const MatrixXd& cells = first.cells().array(slice, sign).conductance_s();
      BOOST_TEST(
          (cells.array() == second.cells().array(slice, sign).conductance_s().array()).all());
      BOOST_TEST(cells.minCoeff() >= range.minimum_s * (1.0 - 1e-12));
      BOOST_TEST(cells.maxCoeff() <= range.maximum_s * (1.0 + 1e-12));
    }
  }
}

BOOST_AUTO_TEST_CASE(first_shots_and_the_reported_error_tell_of_the_compensation) {
  const MatrixXd wanted = wanted_matrix();
  const MatrixXd rhs = MatrixXd::Identity(k_size, 8);
  const auto solve = [&](WireCompensation mode, tile::WireError& error) {
    TileModel model(wired_tile(), 1, 0);
    tile::write_matrix(model, wanted, 3, 3, controller(mode));
    error = model.wire_error();
    return solver::refine(model, wanted, model.inv_row_scale(), rhs, 1e-6, 200, false, {});
  };
  tile::WireError plain_error, error;
  const auto plain = solve(WireCompensation::none, plain_error);
  const auto compensated = solve(WireCompensation::network, error);
  BOOST_TEST((compensated.status == solver::SolveStatus::ok));
  BOOST_TEST(distance(wanted * compensated.solution, rhs) < 2e-6);
  BOOST_TEST(compensated.seed_effective_bits > plain.seed_effective_bits + 1.0);
  BOOST_TEST(compensated.total_iterations() < plain.total_iterations());
  BOOST_TEST(plain_error.inv_after == plain_error.inv_before);
  BOOST_TEST(plain_error.matrix_after == plain_error.matrix_before);
  BOOST_TEST(error.inv_after < 0.05 * error.inv_before);
  BOOST_TEST(error.matrix_after < 0.05 * error.matrix_before);
}

BOOST_AUTO_TEST_CASE(the_controllers_arithmetic_takes_time_and_energy) {
  const MatrixXd wanted = MatrixXd::Identity(k_size, k_size);
  ProgrammingParameters parameters = controller(WireCompensation::network);
  parameters.compensation_passes = 2;
  parameters.compensation_sweeps = 3;
  TileModel model(wired_tile(), 1, 0);
  const auto written = tile::write_matrix(model, wanted, 2, 2, parameters);
  // Each cell of an estimate: two ladders of 13, one product, three sweeps of 16, the estimate's 2;
  // two passes of two estimates and 16 in both slices, two estimates to measure the first one.
  const std::uint64_t estimate = 2 * 13 + 1 + 3 * 16 + 2;
  const std::uint64_t cells = k_size * k_size;
  BOOST_TEST(written.compensation_operations == cells * (4 * (2 * estimate + 16) + 2 * estimate));
  const double operations = static_cast<double>(written.compensation_operations);
  BOOST_TEST(written.compensation_energy_j == 4.6e-12 * operations,
             boost::test_tools::tolerance(1e-12));

  parameters.compensation_rate_hz = 1e9;
  parameters.compensation_energy_j = 0.0;
  TileModel slow(wired_tile(), 1, 0);
  const auto slower = tile::write_matrix(slow, wanted, 2, 2, parameters);
  BOOST_TEST(slower.duration_s - written.duration_s == operations * (1.0 / 1e9 - 1.0 / 64e9),
             boost::test_tools::tolerance(1e-9));
  BOOST_TEST(written.energy_j() - slower.energy_j() == written.compensation_energy_j,
             boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(without_wires_nothing_is_compensated_or_charged) {
  const MatrixXd wanted = wanted_matrix();
  TileParameters behavioural = wired_tile();
  behavioural.fidelity = Fidelity::behavioural;
  TileParameters ideal_wires = wired_tile();
  ideal_wires.wires = {};
  TileModel plain(behavioural, 1, 0);
  tile::write_matrix(plain, wanted, 2, 2, {});
  for (const TileParameters& parameters : {behavioural, ideal_wires}) {
    for (const auto mode : {WireCompensation::bias, WireCompensation::network}) {
      TileModel model(parameters, 1, 0);
      const auto written = tile::write_matrix(model, wanted, 2, 2, controller(mode));
      for (int slice = 0; slice < 2; ++slice) {
        BOOST_TEST((model.cells().array(slice, 0).conductance_s().array() ==
                    plain.cells().array(slice, 0).conductance_s().array())
                       .all());
      }
      BOOST_TEST((model.inv_row_scale().array() == 1.0).all());
      BOOST_TEST((written.compensation_operations == 0) ==
                 (parameters.fidelity == Fidelity::behavioural));
    }
  }
}

BOOST_AUTO_TEST_CASE(slices_beside_the_loop_cannot_be_compensated) {
  TileModel model(wired_tile(), 1, 0);
  BOOST_CHECK_THROW(
      tile::write_matrix(model, wanted_matrix(), 2, 4, controller(WireCompensation::network)),
      std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
