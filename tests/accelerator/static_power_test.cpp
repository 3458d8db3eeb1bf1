// What an accelerator draws whatever it does.
#include <boost/test/unit_test.hpp>
#include <string>

#include "accelerator/accelerator_fixture.h"
#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(static_power)

using namespace invar;
using test::AcceleratorFixture;

namespace {

constexpr int k_n = 16;
constexpr std::uint64_t k_matrix = 0x10000;
constexpr auto k_close = 1e-6;
const std::string k_queue = "host.accelerator.core.queue.";

double energy_j(const ledger::Ledger& ledger, const std::string& component) {
  for (const ledger::ComponentTotal& total : ledger.components()) {
    if (total.name == k_queue + component) {
      return total.events.at(0).energy_aj.joules();
    }
  }
  return 0.0;
}

double inversion_j(const ledger::Ledger& ledger) {
  return ledger.phase_energy_aj(INVAR_PHASE_INVERSION).joules();
}

void wait_s(double time_s) {
  sc_core::wait(sc_core::sc_time(time_s, sc_core::SC_SEC));
}

accelerator::AcceleratorParameters single_shot_machine() {
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.sequencer.services = sequencer::BuiltServices::single_shot;
  parameters.sequencer.buffer_static_power_w = 1e-3;
  parameters.sequencer.buffer_gated_share = 0.1;
  parameters.sequencer.buffer_wake_energy_j = 5e-12;
  return parameters;
}

invar_completion program(AcceleratorFixture& host) {
  host.put_matrix(k_matrix, test::covariance_matrix(k_n, 0.3, 5));
  invar_descriptor descriptor = AcceleratorFixture::program(k_matrix, k_n);
  descriptor.service = INVAR_SERVES(INVAR_SERVICE_SINGLE_SHOT);
  const invar_completion stored = host.run_command(descriptor);
  BOOST_TEST(stored.status == static_cast<unsigned>(INVAR_STATUS_OK));
  return stored;
}

}  // namespace

BOOST_AUTO_TEST_CASE(tiles_draw_power_for_inversions_from_their_first_matrix_on) {
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.tiles = 7;
  parameters.sequencer.tile_static_power_w = 1e-3;
  parameters.sequencer.buffer_static_power_w = 2e-3;
  test::run_script(parameters, [](AcceleratorFixture& host) {
    wait_s(1e-6);
    const ledger::Ledger& ledger = host.accelerator.ledger();
    BOOST_TEST(inversion_j(ledger) == 2e-9, boost::test_tools::tolerance(k_close));
    host.start();
    program(host);
    const double before_j = inversion_j(ledger);
    const double tiles_j = energy_j(ledger, "tiles.static_power");
    wait_s(1e-6);
    BOOST_TEST(inversion_j(ledger) - before_j == 3e-9, boost::test_tools::tolerance(k_close));
    BOOST_TEST(energy_j(ledger, "tiles.static_power") - tiles_j == 1e-9,
               boost::test_tools::tolerance(k_close));
  });
}

BOOST_AUTO_TEST_CASE(a_memory_that_keeps_no_matrix_is_on_while_one_is_programmed) {
  test::run_script(single_shot_machine(), [](AcceleratorFixture& host) {
    const ledger::Ledger& ledger = host.accelerator.ledger();
    wait_s(1e-6);
    BOOST_TEST(energy_j(ledger, "matrix_buffer.static_power") == 0.1e-9,
               boost::test_tools::tolerance(k_close));
    host.start();
    const double started_s = sc_core::sc_time_stamp().to_seconds();
    const invar_completion stored = program(host);
    const double ended_s = sc_core::sc_time_stamp().to_seconds();
    const double programming_s =
        static_cast<double>(stored.ticks) * single_shot_machine().sequencer.clock_period_s;
    // But for the queue's time before and after.
    const double expected_j = 1e-3 * programming_s + 0.1e-3 * (ended_s - programming_s);
    BOOST_TEST(started_s > 1e-6);
    BOOST_TEST(energy_j(ledger, "matrix_buffer.static_power") == expected_j,
               boost::test_tools::tolerance(0.02));
    BOOST_TEST(energy_j(ledger, "matrix_buffer.power_switch") == 5e-12,
               boost::test_tools::tolerance(k_close));
  });
}

BOOST_AUTO_TEST_CASE(a_memory_that_keeps_matrices_is_always_on) {
  auto parameters = single_shot_machine();
  parameters.sequencer.services = sequencer::BuiltServices::all;
  test::run_script(parameters, [](AcceleratorFixture& host) {
    wait_s(1e-6);
    BOOST_TEST(energy_j(host.accelerator.ledger(), "matrix_buffer.static_power") == 1e-9,
               boost::test_tools::tolerance(k_close));
  });
}

BOOST_AUTO_TEST_SUITE_END()
