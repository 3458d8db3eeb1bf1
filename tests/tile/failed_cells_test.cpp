// Stuck cells against a dense reference made of the cells themselves.
#include <invar/solver/jacobi_scaling.h>
#include <invar/tile_model/tile_programming.h>

#include <Eigen/LU>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(failed_cells_tests)

using namespace invar;
using programming::ProgrammingParameters;
using programming::ProgrammingStatus;
using tile::TileModel;
using tile::TileParameters;

namespace {

constexpr int k_rows = 32;
constexpr int k_slices = 2;
constexpr int k_tiles = 20;

TileParameters tile_with(double stuck_fraction) {
  TileParameters parameters;
  parameters.rows = k_rows;
  parameters.device.stuck_fraction = stuck_fraction;
  return parameters;
}

/// Cells without programming error or noise but the stuck ones.
TileParameters exact_tile_with(double stuck_fraction) {
  TileParameters parameters = tile_with(stuck_fraction);
  parameters.device.programming_error = device::ProgrammingErrorModel::none;
  parameters.device.read_noise = 0.0;
  return parameters;
}

ProgrammingParameters mapping(bool map_around) {
  ProgrammingParameters parameters;
  parameters.map_around = map_around;
  return parameters;
}

Eigen::MatrixXd unit_matrix(int n, std::uint64_t seed) {
  return solver::JacobiScaling(test::covariance_matrix(n, 0.3, seed)).normalised;
}

/// The matrix that the cells hold, summed cell by cell.
Eigen::MatrixXd held_matrix(TileModel& tile, int n) {
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(n, n);
  for (int slice = 0; slice < k_slices; ++slice) {
    const Eigen::MatrixXd& plus = tile.cells().array(slice, 0).conductance_s();
    const Eigen::MatrixXd& minus = tile.cells().array(slice, 1).conductance_s();
    for (int column = 0; column < n; ++column) {
      for (int row = 0; row < n; ++row) {
        const int i = tile.cells().lines()[row];
        const int j = tile.cells().lines()[column];
        sum(row, column) += std::pow(8.0, -slice) * (plus(i, j) - minus(i, j)) / 34.5e-6;
      }
    }
  }
  return sum;
}

struct Outcome {
  double error = 0.0;  ///< of the matrix, relative, mean
  int accepted = 0;
  std::uint64_t rewrites = 0;
};

Outcome outcome_of(int n, double stuck_fraction, bool map_around) {
  Outcome outcome;
  for (int seed = 0; seed < k_tiles; ++seed) {
    TileModel tile(tile_with(stuck_fraction), 100 + seed, 0);
    const Eigen::MatrixXd matrix = unit_matrix(n, seed);
    const auto result = tile::write_matrix(tile, matrix, k_slices, k_slices, mapping(map_around));
    outcome.accepted += result.status == ProgrammingStatus::ok ? 1 : 0;
    outcome.rewrites += result.rewrites;
    outcome.error += (held_matrix(tile, n) - matrix).norm() / matrix.norm() / k_tiles;
  }
  return outcome;
}

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_changes_where_no_cell_fails) {
  for (const int n : {24, k_rows}) {
    TileModel with(tile_with(0.0), 3, 0);
    TileModel without(tile_with(0.0), 3, 0);
    for (const std::uint64_t seed : {1, 2}) {
      const Eigen::MatrixXd matrix = unit_matrix(n, seed);
      const auto a = tile::write_matrix(with, matrix, k_slices, k_slices, mapping(true));
      const auto b = tile::write_matrix(without, matrix, k_slices, k_slices, mapping(false));
      BOOST_TEST(a.duration_s == b.duration_s);
      BOOST_TEST(a.energy_j() == b.energy_j());
      BOOST_TEST(a.set_pulses + a.reset_pulses == b.set_pulses + b.reset_pulses);
      BOOST_TEST(a.partnered_cells + a.rewrites == 0u);
      for (int slice = 0; slice < k_slices; ++slice) {
        for (int sign = 0; sign < 2; ++sign) {
          BOOST_CHECK(with.cells().array(slice, sign).conductance_s() ==
                      without.cells().array(slice, sign).conductance_s());
        }
      }
      const Eigen::MatrixXd input = Eigen::MatrixXd::Constant(n, 3, 0.25);
      BOOST_CHECK(with.invert(input, {0, 0, 0}).output == without.invert(input, {0, 0, 0}).output);
    }
  }
}

BOOST_AUTO_TEST_CASE(partners_make_good_what_their_range_holds) {
  // One slice of exact cells: a value is held to half a level unless both cells together cannot.
  const int n = k_rows;
  TileModel tile(exact_tile_with(0.1), 5, 0);
  test::SimpleRandom random(6);
  Eigen::MatrixXd matrix(n, n);
  for (double& value : matrix.reshaped()) {
    value = random.next();
  }
  const auto result = tile::write_matrix(tile, matrix, 1, 1, mapping(true));
  int partnered = 0;
  int failed = 0;
  for (int column = 0; column < n; ++column) {
    for (int row = 0; row < n; ++row) {
      const auto& plus = tile.cells().array(0, 0);
      const auto& minus = tile.cells().array(0, 1);
      const double wanted = matrix(row, column);
      const auto share = [&](const device::RramArray& array) {
        return (array.conductance_s()(row, column) - 0.5e-6) / 34.5e-6;
      };
      const double held = share(plus) - share(minus);
      // What the two can hold: a stuck cell is at 0 or 1, a sound one anywhere between.
      const double highest = (plus.is_stuck(row, column) ? share(plus) : 1.0) -
                             (minus.is_stuck(row, column) ? share(minus) : 0.0);
      const double lowest = (plus.is_stuck(row, column) ? share(plus) : 0.0) -
                            (minus.is_stuck(row, column) ? share(minus) : 1.0);
      const double nearest = std::min(std::max(wanted, lowest), highest);
      BOOST_CHECK_LE(std::abs(held - nearest), 0.5 / 7.0 + 1e-9);
      const auto missed = [](double stuck, double target) {
        return std::abs(stuck - target) > 0.5 / 7.0;
      };
      const double level = std::nearbyint(wanted * 7.0) / 7.0;
      const bool plus_failed =
          plus.is_stuck(row, column) && missed(share(plus), std::max(level, 0.0));
      const bool minus_failed =
          minus.is_stuck(row, column) && missed(share(minus), std::max(-level, 0.0));
      const bool good = std::abs(held - wanted) <= 0.5 / 7.0 + 1e-9;
      partnered += plus_failed != minus_failed && good ? 1 : 0;
      failed += plus_failed && minus_failed ? 2 : (plus_failed || minus_failed) && !good ? 1 : 0;
    }
  }
  BOOST_TEST(partnered > 20);
  BOOST_TEST(failed > 20);
  BOOST_TEST(result.partnered_cells == static_cast<unsigned>(partnered));
  BOOST_TEST(result.failed_cells == static_cast<unsigned>(failed));
}

BOOST_AUTO_TEST_CASE(partners_are_written_after_their_rows_and_that_takes_time) {
  TileParameters parameters = exact_tile_with(0.0);
  parameters.rows = 1;
  parameters.device.stuck_fraction = 1.0;
  parameters.device.mean_pulses = 1.0;
  parameters.device.maximum_pulses = 8;
  // A pair whose plus cell is stuck high and wants a middle level: its minus cell is stuck as well,
  // so nothing is gained and nothing more is written than both trains and the partner's.
  for (int seed = 0; seed < 20; ++seed) {
    TileModel with(parameters, seed, 0);
    TileModel without(parameters, seed, 0);
    const Eigen::MatrixXd value = Eigen::MatrixXd::Constant(1, 1, 3.0 / 7.0);
    const auto a = tile::write_matrix(with, value, 1, 1, mapping(true));
    const auto b = tile::write_matrix(without, value, 1, 1, mapping(false));
    const bool minus_fails = with.cells().array(0, 1).conductance_s()(0, 0) > 1e-6;
    const bool plus_high = with.cells().array(0, 0).conductance_s()(0, 0) > 1e-6;
    // The plus cell always fails. Is its partner sound by its own target, it is asked for
    // 1 - 3/7 where plus is high, and for less than nothing where it is low.
    const bool asked = !minus_fails && plus_high;
    const double pulses = asked ? 8.0 : 0.0;
    const double pulse_s = parameters.device.set_width_s + parameters.device.verify_width_s +
                           2.0 * parameters.adc.conversion_time_s;
    BOOST_TEST(a.duration_s - b.duration_s == pulses * pulse_s, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(a.set_pulses + a.reset_pulses == b.set_pulses + b.reset_pulses + pulses);
    // The partner is stuck too: the pair is as bad as it was.
    BOOST_TEST(a.failed_cells == b.failed_cells);
  }
}

BOOST_AUTO_TEST_CASE(stuck_cells_cost_a_third_of_the_error_and_more_matrices_are_accepted) {
  for (const double stuck_fraction : {0.005, 0.02}) {
    for (const int n : {28, k_rows}) {
      const Outcome without = outcome_of(n, stuck_fraction, false);
      const Outcome with = outcome_of(n, stuck_fraction, true);
      BOOST_TEST_MESSAGE("stuck " << stuck_fraction << ", n " << n << ": error " << without.error
                                  << " -> " << with.error << ", accepted " << without.accepted
                                  << " -> " << with.accepted << " of " << k_tiles);
      BOOST_TEST(with.error < 0.4 * without.error);
      BOOST_TEST(with.accepted >= without.accepted + (stuck_fraction > 0.01 ? k_tiles / 4 : 1));
      if (n == k_rows) {
        BOOST_TEST(with.rewrites == 0u);  // no lines to spare
      } else {
        BOOST_TEST(with.rewrites > 0u);
        BOOST_TEST(with.accepted >= 0.9 * k_tiles);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(all_that_uses_the_cells_follows_them_to_other_lines) {
  const int n = 24;
  int moved = 0;
  for (int seed = 0; seed < 10; ++seed) {
    TileParameters parameters = exact_tile_with(0.02);
    parameters.amplifier.offset_sigma_v = 0.0;
    parameters.amplifier.gain = 1e9;
    parameters.adc.bits = parameters.dac.bits = 16;
    parameters.mvm_adc_range = 1.0;
    TileModel tile(parameters, 200 + seed, 0);
    const Eigen::MatrixXd matrix = unit_matrix(n, seed);
    tile::write_matrix(tile, matrix, k_slices, k_slices, mapping(true));
    moved += tile.cells().lines() != tile::first_lines(n) ? 1 : 0;
    const Eigen::MatrixXd held = held_matrix(tile, n);
    BOOST_TEST((tile::read_matrix(tile).value - held).cwiseAbs().maxCoeff() < 1e-12);
    BOOST_TEST((tile.measured_matrix() - held).cwiseAbs().maxCoeff() < 1e-12);
    const Eigen::VectorXd input = 0.02 * Eigen::VectorXd::LinSpaced(n, -1.0, 1.0);
    if (tile.stable()) {
      const tile::AnalogBatch shot = tile.invert(input, {0});
      if (shot.clipped[0] == 0) {
        const Eigen::VectorXd expected = held.partialPivLu().solve(input);
        BOOST_TEST((shot.output.col(0) - expected).norm() < 0.01 * expected.norm());
      }
    }
    const Eigen::VectorXd product = held.transpose() * (50.0 * input);
    BOOST_TEST((tile.multiply(50.0 * input).output.col(0) - product).norm() <
               0.01 * product.norm());
  }
  BOOST_TEST(moved >= 3);
}

BOOST_AUTO_TEST_CASE(a_tile_at_circuit_fidelity_leaves_lines_out_without_a_trace_of_wire) {
  const int n = 12;
  TileParameters parameters = exact_tile_with(0.0);
  parameters.rows = 16;
  parameters.fidelity = tile::Fidelity::circuit;
  parameters.device.stuck_fraction = 0.05;
  parameters.amplifier.offset_sigma_v = 0.0;
  parameters.amplifier.gain = 1e9;
  parameters.adc.bits = parameters.dac.bits = 16;
  int moved = 0;
  for (int seed = 0; seed < 8; ++seed) {
    TileModel tile(parameters, 300 + seed, 0);
    tile::write_matrix(tile, unit_matrix(n, seed), k_slices, k_slices, mapping(true));
    if (!tile.stable() || tile.cells().lines() == tile::first_lines(n)) {
      continue;
    }
    ++moved;
    // The same cells on the first lines of a tile of n rows.
    circuit::LoopLayout layout;
    layout.wires = parameters.wires;
    layout.input_conductance_s = tile.cells().span_s();
    for (int slice = 0; slice < k_slices; ++slice) {
      for (int sign = 0; sign < 2; ++sign) {
        Eigen::MatrixXd cells(n, n);
        for (int column = 0; column < n; ++column) {
          for (int row = 0; row < n; ++row) {
            cells(row, column) =
                tile.cells()
                    .array(slice, sign)
                    .conductance_s()(tile.cells().lines()[row], tile.cells().lines()[column]);
          }
        }
        layout.arrays.push_back({cells, std::pow(8.0, -slice), sign == 1, circuit::RowEnd::left});
      }
    }
    const circuit::WiredLoop loop(layout, {});
    const Eigen::VectorXd input = 0.02 * Eigen::VectorXd::LinSpaced(n, -1.0, 1.0);
    const tile::AnalogBatch shot = tile.invert(input, {0});
    if (shot.clipped[0] == 0) {
      const Eigen::VectorXd expected =
          tile.cells().span_s() * loop.network().loop_s.partialPivLu().solve(input);
      BOOST_TEST((shot.output.col(0) - expected).norm() < 5e-3 * expected.norm());
    }
  }
  BOOST_TEST(moved >= 2);
}

BOOST_AUTO_TEST_SUITE_END()
