// Energy and signals of a matrix on several tiles: each tile its own.
#include <boost/test/unit_test.hpp>
#include <map>
#include <string>

#include "accelerator/accelerator_fixture.h"
#include "support/recorded_signals.h"
#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(several_tiles)

using namespace invar;
using test::AcceleratorFixture;

namespace {

constexpr int k_rows = 8;
constexpr int k_tiles = 3;

accelerator::AcceleratorParameters machine() {
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.tile.rows = k_rows;
  parameters.tiles = 4;
  return parameters;
}

/// PROGRAM of a matrix on three tiles and a SOLVE of three right-hand sides.
/// \return their time, s
double program_and_solve(AcceleratorFixture& host) {
  constexpr int n = k_rows * k_tiles;
  host.start();
  host.put_matrix(0x4000, test::covariance_matrix(n, 0.1, 3));
  const invar_completion stored = host.run_command(AcceleratorFixture::program(0x4000, n));
  BOOST_REQUIRE_EQUAL(stored.status, INVAR_STATUS_OK);
  BOOST_CHECK_EQUAL(stored.tiles, k_tiles);
  host.put_matrix(0x10000, Eigen::MatrixXd::Identity(n, n));
  const auto solve = AcceleratorFixture::solve(stored.handle, n, 3, 0x10000, 0x20000, 1e-9);
  const invar_completion solved = host.run_command(solve);
  BOOST_REQUIRE_EQUAL(solved.status, INVAR_STATUS_OK);
  return static_cast<double>(stored.ticks + solved.ticks) * machine().sequencer.clock_period_s;
}

std::string tile_name(int tile) {
  return "host.accelerator.core.queue.tile_" + std::to_string(tile);
}

/// Energy and count of the one event of a component.
ledger::EventTotal total_of(const ledger::Ledger& ledger, const std::string& component) {
  for (const ledger::ComponentTotal& total : ledger.components()) {
    if (total.name == component) {
      return total.events.at(0);
    }
  }
  BOOST_FAIL("no component " + component);
  return {};
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_lanes_of_all_tiles_work_and_each_is_booked_on_its_own) {
  const auto parameters = machine();
  AcceleratorFixture host("host", parameters, program_and_solve);
  sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_SEC));
  const ledger::Ledger& ledger = host.accelerator.ledger();
  for (const std::string part : {".mac_lanes", ".matrix_buffer"}) {
    const double energy_j = part == ".mac_lanes" ? parameters.sequencer.mac_energy_j
                                                 : parameters.sequencer.buffer_energy_per_byte_j;
    const ledger::EventTotal first = total_of(ledger, tile_name(0) + part);
    BOOST_CHECK_GT(first.count, 1000u);
    for (int tile = 0; tile < k_tiles; ++tile) {
      const ledger::EventTotal own = total_of(ledger, tile_name(tile) + part);
      // The same share of every step, to one operation of it.
      BOOST_CHECK_LE(own.count, first.count);
      BOOST_CHECK_LT(static_cast<double>(first.count - own.count), 0.02 * first.count);
      BOOST_CHECK_CLOSE(own.energy_aj.joules(), static_cast<double>(own.count) * energy_j, 2.0);
    }
    BOOST_CHECK_EQUAL(total_of(ledger, tile_name(k_tiles) + part).count, 0u);
  }
}

BOOST_AUTO_TEST_CASE(tiles_that_can_be_switched_off_pay_for_the_time_of_their_commands) {
  auto parameters = machine();
  parameters.sequencer.tile_static_power_w = 1e-3;
  parameters.sequencer.tile_gated_share = 0.1;
  parameters.sequencer.wake_time_s = 50e-9;
  parameters.sequencer.wake_energy_j = 1e-12;
  double active_s = 0.0;
  AcceleratorFixture host("host", parameters,
                          [&](AcceleratorFixture& own) { active_s = program_and_solve(own); });
  sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_SEC));
  const ledger::Ledger& ledger = host.accelerator.ledger();
  for (int tile = 0; tile < k_tiles; ++tile) {
    const ledger::EventTotal awake = total_of(ledger, tile_name(tile) + ".power_switch");
    BOOST_CHECK_EQUAL(awake.count, 2u);  // PROGRAM and SOLVE
    // But for what the queue takes before and after them.
    BOOST_CHECK_LT(awake.energy_aj.joules(), 0.9e-3 * active_s);
    BOOST_CHECK_GT(awake.energy_aj.joules(), 0.8e-3 * active_s);
  }
  BOOST_CHECK_EQUAL(total_of(ledger, tile_name(k_tiles) + ".power_switch").count, 0u);
}

BOOST_AUTO_TEST_CASE(each_tile_shows_its_own_codes_and_the_residual_while_it_solves) {
  test::RecordedSignals sink;
  AcceleratorFixture host("host", machine(), program_and_solve);
  host.accelerator.trace(sink, 1);
  sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_SEC));
  const std::vector<double> residuals = sink.values(tile_name(0) + ".residual");
  BOOST_CHECK_GT(residuals.size(), 3u);
  std::map<std::vector<double>, int> seen;
  for (int tile = 0; tile < k_tiles; ++tile) {
    BOOST_TEST_CONTEXT("tile " << tile) {
      const std::vector<double> inputs = sink.values(tile_name(tile) + ".dac_code_0");
      const std::vector<double> outputs = sink.values(tile_name(tile) + ".adc_code_0");
      BOOST_CHECK_GT(inputs.size(), 10u);
      BOOST_CHECK_GT(outputs.size(), 10u);
      BOOST_CHECK_EQUAL(++seen[inputs], 1);
      BOOST_CHECK_EQUAL(++seen[outputs], 1);
      BOOST_TEST(sink.values(tile_name(tile) + ".residual") == residuals,
                 boost::test_tools::per_element());
    }
  }
  BOOST_CHECK_EQUAL(sink.values(tile_name(k_tiles) + ".dac_code_0").size(), 1u);
  // In order, and within the work of the tile.
  for (const auto& [name, changes] : sink.changes) {
    for (std::size_t i = 1; i < changes.size(); ++i) {
      BOOST_CHECK_MESSAGE(changes[i - 1].first <= changes[i].first, name);
    }
  }
}

BOOST_AUTO_TEST_CASE(shares_add_up_to_what_is_shared) {
  for (const std::uint32_t of : {1u, 2u, 3u, 7u, 4096u}) {
    for (const std::uint64_t count : {0ull, 1ull, 6ull, 1000000007ull, ~0ull}) {
      std::uint64_t counts = 0;
      ledger::Attojoules energies = 0;
      const ledger::Attojoules energy = 1000003 * ledger::Attojoules(count);
      for (std::uint32_t i = 0; i < of; ++i) {
        counts += ledger::Share{i, of}.part(count);
        energies += ledger::Share{i, of}.part(energy);
      }
      BOOST_CHECK_EQUAL(counts, count);
      BOOST_CHECK(energies == energy);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
