#include <invar/tile_model/tile_model.h>

#include <Eigen/LU>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "support/spd_matrix.h"
#include "tile/tile_host.h"

BOOST_AUTO_TEST_SUITE(analog_tile)

using namespace invar;
using sc_core::sc_time;
using sc_core::sc_time_stamp;
using test::run_tile;
using test::TileHost;

namespace {

sc_time ns(double value) {
  return sc_time(value, sc_core::SC_NS);
}

/// Far from symmetric, so that a product and its transpose differ; 0.4 / 0.8 decays fast.
Eigen::MatrixXd bidiagonal(int n) {
  Eigen::MatrixXd matrix = 0.8 * Eigen::MatrixXd::Identity(n, n);
  matrix.diagonal(1).setConstant(0.4);
  return matrix;
}

/// Exact codes of an 8-bit DAC, magnitudes below 0.5.
Eigen::VectorXd dac_vector(int n, std::uint64_t seed) {
  test::SimpleRandom random(seed);
  Eigen::VectorXd vector(n);
  for (double& value : vector) {
    value = std::nearbyint(random.next() * 60.0) / 127.0;
  }
  return vector;
}

/// Settling of an ideal 1 x 1 tile that holds 1, by hand: op-amp and inverter are two poles.
/// All in units of 2 pi GBWP: dv/dt = -(35 v + 0.5 (v - p')) / 70 ... with load 35 + 0.5 + 34.5 uS
/// gives [[1/2, 1/140], [1/2, 1/2]], whose slow eigenvalue is 1/2 - sqrt(1/280).
double settling_by_hand_s(const tile::TileParameters& tile) {
  const double slow = 0.5 - std::sqrt(1.0 / 280.0);
  const double pi = std::acos(-1.0);
  return (tile.adc.bits + 1) * std::log(2.0) / (2.0 * pi * tile.amplifier.gain_bandwidth_hz * slow);
}

tile::AnalogTileParameters one_by_one() {
  auto parameters = TileHost::ideal_parameters(1);
  parameters.tile.slices = parameters.tile.seed_slices = 1;
  return parameters;
}

/// Checks that `irq` rises and BUSY falls at `at` and not a picosecond earlier or later.
void check_rise(TileHost& host, const sc_time& at) {
  const sc_time picosecond(1, sc_core::SC_PS);
  host.decoupled = true;  // reads take no simulated time
  wait(at - sc_time_stamp() - picosecond);
  BOOST_CHECK(!host.irq.read());
  BOOST_CHECK_EQUAL(host.read(INVAR_TILE_REG_STATUS) & INVAR_TILE_STATUS_BUSY, 1u);
  wait(picosecond);
  for (int delta = 0; delta < 5; ++delta) {
    wait(sc_core::SC_ZERO_TIME);
  }
  BOOST_CHECK(host.irq.read());
  BOOST_CHECK_EQUAL(host.read(INVAR_TILE_REG_STATUS) & INVAR_TILE_STATUS_BUSY, 0u);
  host.decoupled = false;
  host.synchronise();
}

}  // namespace

BOOST_AUTO_TEST_CASE(invert_and_multiply_agree_with_dense_algebra_to_converter_accuracy) {
  const auto parameters = TileHost::ideal_parameters();
  run_tile(parameters, [&](TileHost& host) {
    const int n = 12;
    const Eigen::MatrixXd matrix = bidiagonal(n);
    const Eigen::VectorXd input = dac_vector(n, 3);
    BOOST_CHECK_EQUAL(host.program(matrix), INVAR_TILE_OK);
    BOOST_CHECK_EQUAL(host.read(INVAR_TILE_REG_STATUS),
                      INVAR_TILE_STATUS_STORED | INVAR_TILE_STATUS_STABLE);
    BOOST_CHECK_EQUAL(host.apply(INVAR_TILE_INVERT, input), INVAR_TILE_OK);
    const Eigen::VectorXd exact = matrix.partialPivLu().solve(input);
    // Half a step of the last of four 3-bit slices in every element, half a step of the ADC.
    const double element_error = 0.5 / (7.0 * 512.0);
    const double inverse_norm = matrix.inverse().cwiseAbs().rowwise().sum().maxCoeff();
    const double adc_step =
        parameters.tile.adc.full_scale_v / 127.0 / parameters.tile.dac.full_scale_v;
    const double bound =
        1.05 * (inverse_norm * n * element_error * exact.cwiseAbs().maxCoeff()) + 0.51 * adc_step;
    BOOST_CHECK_LT(bound, 0.05 * exact.cwiseAbs().maxCoeff());
    BOOST_CHECK_LE((host.output(n) - exact).cwiseAbs().maxCoeff(), bound);

    BOOST_CHECK_EQUAL(host.apply(INVAR_TILE_MULTIPLY, input), INVAR_TILE_OK);
    // An ADC step of a partial sum: a quarter of 12 full-scale cells over 127 codes.
    const double product_step = 0.25 * n / 127.0;
    BOOST_CHECK_LE((host.output(n) - matrix.transpose() * input).cwiseAbs().maxCoeff(),
                   3.0 * product_step);
    BOOST_CHECK_GT((host.output(n) - matrix * input).cwiseAbs().maxCoeff(), 5.0 * product_step);
  });
}

BOOST_AUTO_TEST_CASE(a_behavioural_tile_is_off_by_its_cells_and_not_by_more) {
  tile::AnalogTileParameters parameters;
  parameters.tile.rows = 16;
  run_tile(parameters, [&](TileHost& host) {
    const Eigen::VectorXd input = dac_vector(16, 4);
    BOOST_CHECK_EQUAL(host.program(bidiagonal(16)), INVAR_TILE_OK);
    BOOST_CHECK_EQUAL(host.apply(INVAR_TILE_INVERT, input), INVAR_TILE_OK);
    const Eigen::VectorXd exact = bidiagonal(16).partialPivLu().solve(input);
    const double error = (host.output(16) - exact).norm() / exact.norm();
    // About 2 uS of 34.5 uS in every cell, 16 cells a row, twice the inverse's gain.
    BOOST_CHECK_LT(error, 0.25);
    BOOST_CHECK_GT(error, 0.001);
  });
}

BOOST_AUTO_TEST_CASE(an_inversion_takes_conversion_settling_and_sampling_to_the_picosecond) {
  const auto parameters = one_by_one();
  run_tile(parameters, [&](TileHost& host) {
    BOOST_CHECK_EQUAL(host.program(Eigen::MatrixXd::Ones(1, 1)), INVAR_TILE_OK);
    const double settling_s = settling_by_hand_s(parameters.tile);
    BOOST_CHECK_CLOSE(host.read_float(INVAR_TILE_REG_SETTLING_TIME), settling_s, 1e-4);
    host.put_input(Eigen::VectorXd::Ones(1));
    const ledger::Attojoules before = host.tile.ledger().total_energy_aj();
    const sc_time start = sc_time_stamp();
    host.write(INVAR_TILE_REG_COMMAND, INVAR_TILE_INVERT);
    const double shot_s = 10e-9 + settling_s + 5e-9 + 10e-9;
    check_rise(host, start + sc_time(shot_s, sc_core::SC_SEC));
    BOOST_CHECK_CLOSE(host.output(1)[0], 1.0, 1.0);

    // By hand: 8 bits of DAC, a conversion, two op-amps, and the power of the three conductances.
    const double analog_s = settling_s + 5e-9;
    const double energy_j = 8 * 0.2e-12 + 2.6e-12 + 9.7e-9 * 10e-9 +
                            2 * parameters.tile.amplifier.power_w() * analog_s +
                            0.25 * 0.25 * (35e-6 + 0.5e-6 + 34.5e-6) * analog_s;
    const double charged_aj = static_cast<double>(host.tile.ledger().total_energy_aj() - before);
    BOOST_CHECK_CLOSE(charged_aj, energy_j * 1e18, 0.5);
  });
}

BOOST_AUTO_TEST_CASE(programming_takes_its_pulses_and_a_second_time_only_its_reads) {
  run_tile(TileHost::ideal_parameters(), [](TileHost& host) {
    host.write(INVAR_TILE_REG_IRQ_ENABLE, INVAR_TILE_IRQ_DONE);
    host.write(INVAR_TILE_REG_SLICES, 2);
    host.write(INVAR_TILE_REG_SEED_SLICES, 1);
    host.put_matrix(bidiagonal(5));
    sc_time start = sc_time_stamp();
    host.write(INVAR_TILE_REG_COMMAND, INVAR_TILE_PROGRAM);
    // A read of a row: 100 ns, then ten conversions of both signs' columns of 10 ns each.
    // 5 rows of 2 slices: one pulse of 100 ns and one read each, and the first slice is measured
    // with four reads more.
    const int read_ns = 100 + 2 * 5 * 10;
    check_rise(host, start + ns(5 * (2 * 100 + (2 + 4) * read_ns)));
    BOOST_CHECK_EQUAL(host.tile.model().cells().total_writes(), 2u * 2u * 25u);
    host.write(INVAR_TILE_REG_IRQ_STATUS, INVAR_TILE_IRQ_DONE);
    start = sc_time_stamp();
    host.write(INVAR_TILE_REG_COMMAND, INVAR_TILE_PROGRAM);
    check_rise(host, start + ns(2 * 5 * read_ns));
    BOOST_CHECK_EQUAL(host.tile.model().cells().total_writes(), 2u * 2u * 25u);
  });
}

BOOST_AUTO_TEST_CASE(loading_a_matrix_takes_a_latency_for_each_beat) {
  auto parameters = TileHost::ideal_parameters();
  parameters.register_latency_s = 3e-9;
  run_tile(parameters, [](TileHost& host) {
    const sc_time start = sc_time_stamp();
    host.put_matrix(bidiagonal(16));
    BOOST_CHECK(sc_time_stamp() - start == ns(3 * (16 * 16 + 1)));
  });
}

BOOST_AUTO_TEST_CASE(each_way_to_fail_has_its_status_and_the_tile_goes_on) {
  run_tile(TileHost::ideal_parameters(), [](TileHost& host) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const Eigen::VectorXd input = dac_vector(8, 5);
    BOOST_CHECK_EQUAL(host.apply(INVAR_TILE_INVERT, input), INVAR_TILE_NO_MATRIX);
    BOOST_CHECK_EQUAL(host.apply(INVAR_TILE_MULTIPLY, input), INVAR_TILE_NO_MATRIX);
    BOOST_CHECK_EQUAL(host.run_command(0), INVAR_TILE_BAD_COMMAND);
    BOOST_CHECK_EQUAL(host.run_command(0xFFFFFFFF), INVAR_TILE_BAD_COMMAND);

    const auto program_with = [&](std::uint32_t reg, std::uint32_t value) {
      host.put_matrix(bidiagonal(8));
      host.write(reg, value);
      const std::uint32_t result = host.run_command(INVAR_TILE_PROGRAM);
      host.write(INVAR_TILE_REG_SLICES, 0);
      host.write(INVAR_TILE_REG_SEED_SLICES, 0);
      return result;
    };
    for (const std::uint32_t size : {0u, 17u, 0x80000000u, 0xFFFFFFFFu}) {
      BOOST_CHECK_EQUAL(program_with(INVAR_TILE_REG_SIZE, size), INVAR_TILE_BAD_COMMAND);
    }
    BOOST_CHECK_EQUAL(program_with(INVAR_TILE_REG_SLICES, 5), INVAR_TILE_BAD_COMMAND);
    BOOST_CHECK_EQUAL(program_with(INVAR_TILE_REG_SEED_SLICES, 5), INVAR_TILE_BAD_COMMAND);
    const double infinity = std::numeric_limits<double>::infinity();
    for (const double bad : {static_cast<double>(nan), 1.001, -infinity}) {
      Eigen::MatrixXd matrix = bidiagonal(8);
      matrix(7, 7) = bad;
      BOOST_CHECK_EQUAL(host.program(matrix), INVAR_TILE_BAD_VALUE);
    }
    BOOST_CHECK_EQUAL(host.tile.model().cells().total_writes(), 0u);

    BOOST_CHECK_EQUAL(host.program(bidiagonal(8)), INVAR_TILE_OK);
    Eigen::VectorXd bad_input = input;
    bad_input[7] = nan;
    BOOST_CHECK_EQUAL(host.apply(INVAR_TILE_INVERT, bad_input), INVAR_TILE_BAD_VALUE);
    BOOST_CHECK_EQUAL(host.apply(INVAR_TILE_MULTIPLY, bad_input), INVAR_TILE_BAD_VALUE);
    host.write(INVAR_TILE_REG_RANGE, 16);
    BOOST_CHECK_EQUAL(host.apply(INVAR_TILE_INVERT, input), INVAR_TILE_BAD_COMMAND);
    host.write(INVAR_TILE_REG_RANGE, 0);
    BOOST_CHECK_EQUAL(host.apply(INVAR_TILE_INVERT, input), INVAR_TILE_OK);
    BOOST_CHECK_SMALL((host.output(8) - bidiagonal(8).partialPivLu().solve(input)).norm(), 0.05);
  });
}

BOOST_AUTO_TEST_CASE(an_unstable_matrix_can_be_multiplied_but_not_inverted) {
  run_tile(TileHost::ideal_parameters(), [](TileHost& host) {
    const Eigen::VectorXd input = dac_vector(4, 6);
    BOOST_CHECK_EQUAL(host.program(bidiagonal(4)), INVAR_TILE_OK);
    BOOST_CHECK_EQUAL(host.program(-bidiagonal(4)), INVAR_TILE_UNSTABLE);
    BOOST_CHECK_EQUAL(host.read(INVAR_TILE_REG_STATUS), INVAR_TILE_STATUS_STORED);
    BOOST_CHECK_EQUAL(host.read_float(INVAR_TILE_REG_SETTLING_TIME), 0.0F);
    BOOST_CHECK_EQUAL(host.apply(INVAR_TILE_INVERT, input), INVAR_TILE_UNSTABLE);
    BOOST_CHECK_EQUAL(host.apply(INVAR_TILE_MULTIPLY, input), INVAR_TILE_OK);
    BOOST_CHECK_SMALL((host.output(4) + bidiagonal(4).transpose() * input).norm(), 0.05);
  });
}

BOOST_AUTO_TEST_CASE(stuck_cells_and_worn_cells_are_reported_and_the_matrix_is_not_kept) {
  auto stuck = TileHost::ideal_parameters(8);
  stuck.tile.fidelity = tile::Fidelity::behavioural;
  stuck.tile.device.stuck_fraction = 0.2;
  auto worn = TileHost::ideal_parameters(8);
  worn.tile.device.endurance_writes = 2;
  TileHost first("first", stuck, [](TileHost& host) {
    BOOST_CHECK_EQUAL(host.program(bidiagonal(8)), INVAR_TILE_CELL_FAILED);
    BOOST_CHECK_GT(host.read(INVAR_TILE_REG_FAILED_CELLS), 10u);
    BOOST_CHECK_EQUAL(host.read(INVAR_TILE_REG_STATUS), 0u);
    BOOST_CHECK_EQUAL(host.run_command(INVAR_TILE_INVERT), INVAR_TILE_NO_MATRIX);
  });
  TileHost second("second", worn, [](TileHost& host) {
    BOOST_CHECK_EQUAL(host.program(bidiagonal(8)), INVAR_TILE_OK);
    BOOST_CHECK_EQUAL(host.program(0.5 * bidiagonal(8)), INVAR_TILE_WORN_OUT);
    BOOST_CHECK_EQUAL(host.read(INVAR_TILE_REG_STATUS), 0u);
  });
  sc_core::sc_start(sc_time(100, sc_core::SC_MS));
  BOOST_CHECK(first.finished && second.finished);
}

BOOST_AUTO_TEST_CASE(a_clipped_output_is_flagged_and_fits_at_a_higher_range) {
  run_tile(TileHost::ideal_parameters(), [](TileHost& host) {
    const int n = 4;
    BOOST_CHECK_EQUAL(host.program(Eigen::MatrixXd::Identity(n, n) / 7.0), INVAR_TILE_OK);
    const Eigen::VectorXd input = Eigen::VectorXd::Ones(n);
    // The solution is 7; the ADC's full scale stands for 2.
    BOOST_CHECK_EQUAL(host.apply(INVAR_TILE_INVERT, input), INVAR_TILE_OUTPUT_CLIPPED);
    BOOST_CHECK_EQUAL(host.read(INVAR_TILE_REG_CLIPPED), static_cast<unsigned>(n));
    host.write(INVAR_TILE_REG_RANGE, 2);
    BOOST_CHECK_EQUAL(host.apply(INVAR_TILE_INVERT, input), INVAR_TILE_OK);
    BOOST_CHECK_EQUAL(host.read(INVAR_TILE_REG_CLIPPED), 0u);
    // Half a step: 2 x 4 / 127 / 2.
    BOOST_CHECK_LE((host.output(n).array() - 7.0).abs().maxCoeff(), 0.04);
  });
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_bits_and_two_tiles_do_not_disturb_each_other) {
  tile::AnalogTileParameters parameters;
  parameters.tile.rows = 16;
  parameters.seed = 11;
  ledger::Ledger shared;
  std::map<std::string, Eigen::VectorXd> outputs;
  std::map<std::string, sc_time> ends;
  const auto script = [&](TileHost& host) {
    host.write(INVAR_TILE_REG_PHASE, INVAR_PHASE_PROGRAMMING);
    BOOST_CHECK_EQUAL(host.program(bidiagonal(12)), INVAR_TILE_OK);
    host.write(INVAR_TILE_REG_PHASE, INVAR_PHASE_INVERSION);
    BOOST_CHECK_EQUAL(host.apply(INVAR_TILE_INVERT, dac_vector(12, 7)), INVAR_TILE_OK);
    outputs[host.name()] = host.output(12);
    ends[host.name()] = sc_time_stamp();
  };
  TileHost one("one", parameters, script, &shared);
  TileHost same("same", parameters, script, &shared);
  parameters.number = 1;
  TileHost other("other", parameters, script);
  sc_core::sc_start(sc_time(10, sc_core::SC_MS));
  BOOST_CHECK(one.finished && same.finished && other.finished);
  BOOST_CHECK(outputs["one"] == outputs["same"]);
  BOOST_CHECK(outputs["one"] != outputs["other"]);
  // They worked at the same time, none waiting for another.
  BOOST_CHECK(ends["one"] == ends["same"]);

  BOOST_CHECK(&one.tile.ledger() == &shared);
  BOOST_CHECK(&other.tile.ledger() != &shared);
  for (const ledger::Ledger* ledger : {&one.tile.ledger(), &other.tile.ledger()}) {
    ledger::Attojoules components = 0;
    ledger::Attojoules phases = 0;
    sc_time phase_time;
    for (std::size_t i = 0; i < ledger->components().size(); ++i) {
      components += ledger->component_energy_aj(i);
    }
    for (std::uint32_t phase = 0; phase < INVAR_PHASE_COUNT; ++phase) {
      phases += ledger->phase_energy_aj(static_cast<ledger::Phase>(phase));
      phase_time += ledger->phase_time(static_cast<ledger::Phase>(phase));
    }
    BOOST_CHECK_GT(ledger->total_energy_aj(), 0u);
    BOOST_CHECK_EQUAL(components, ledger->total_energy_aj());
    BOOST_CHECK_EQUAL(phases, ledger->total_energy_aj());
    BOOST_CHECK(phase_time == sc_time_stamp());
    BOOST_CHECK_GT(ledger->phase_energy_aj(INVAR_PHASE_PROGRAMMING), 0u);
    BOOST_CHECK_EQUAL(ledger->phase_energy_aj(INVAR_PHASE_HOST), 0u);
  }
  // Two tiles on one ledger: twice the energy of either alone, under different names.
  BOOST_CHECK_EQUAL(shared.components().size(), 2 * other.tile.ledger().components().size());
}

BOOST_AUTO_TEST_SUITE_END()
