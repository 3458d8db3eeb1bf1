#include <boost/test/unit_test.hpp>

#include "accelerator/accelerator_fixture.h"
#include "support/register_access_table.h"

BOOST_AUTO_TEST_SUITE(accelerator_registers)

using namespace invar;
using test::AcceleratorFixture;
using test::run_script;

BOOST_AUTO_TEST_CASE(every_kind_of_access_gets_its_response_and_failed_ones_have_no_effect) {
  run_script(AcceleratorFixture::small_parameters(), [&](AcceleratorFixture& host) {
    test::check_register_accesses(host, INVAR_REG_IRQ_ENABLE);
  });
}

BOOST_AUTO_TEST_CASE(debug_reads_have_no_side_effects_and_debug_writes_are_refused) {
  run_script(AcceleratorFixture::small_parameters(), [&](AcceleratorFixture& host) {
    test::check_debug_accesses(host, 0x52564E49u, INVAR_REG_IRQ_ENABLE);
  });
}

BOOST_AUTO_TEST_CASE(reset_values_and_capability_follow_the_register_table) {
  run_script(AcceleratorFixture::small_parameters(), [&](AcceleratorFixture& host) {
    BOOST_CHECK_EQUAL(host.read(INVAR_REG_CAPABILITY), 2u | 32u << 8 | 8u << 24);
    BOOST_CHECK_EQUAL(host.read(INVAR_REG_TILES), 2u);
#define CHECK_RESET(name, offset, reset, access, effect)                                     \
  if (INVAR_REG_##name != INVAR_REG_CAPABILITY && INVAR_REG_##name != INVAR_REG_TICKS_LO &&  \
      INVAR_REG_##name != INVAR_REG_ALIAS_TICKS_LO && INVAR_REG_##name != INVAR_REG_TILES) { \
    BOOST_CHECK_MESSAGE(host.read(INVAR_REG_##name) == reset, #name);                        \
  }
    INVAR_ACCELERATOR_REGISTERS(CHECK_RESET)
#undef CHECK_RESET
  });
}

BOOST_AUTO_TEST_CASE(halves_of_64_bits_lie_side_by_side_and_their_aliases_are_the_same_registers) {
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.sequencer.clock_period_s = 1e-10;
  run_script(parameters, [&](AcceleratorFixture& host) {
    std::uint64_t base = 0x1122334455667780;
    for (const std::uint64_t low : {INVAR_REG_RING_BASE_LO, INVAR_REG_COMPLETION_BASE_LO}) {
      sc_core::sc_time delay;
      BOOST_CHECK_EQUAL(host.access(tlm::TLM_WRITE_COMMAND, low, &base, 8, delay),
                        tlm::TLM_OK_RESPONSE);
      BOOST_CHECK_EQUAL(host.read(low), 0x55667780u);
      BOOST_CHECK_EQUAL(host.read(low + 4), 0x11223344u);
    }
    host.write(INVAR_REG_ALIAS_COMPLETION_BASE_LO, 0x40);
    host.write(INVAR_REG_ALIAS_COMPLETION_BASE_HI, 0x1);
    BOOST_CHECK_EQUAL(host.read(INVAR_REG_COMPLETION_BASE_LO), 0x40u);
    BOOST_CHECK_EQUAL(host.read(INVAR_REG_COMPLETION_BASE_HI), 0x1u);
    BOOST_CHECK_EQUAL(host.read(INVAR_REG_ALIAS_COMPLETION_BASE_LO), 0x40u);
    // 2^32 cycles and a few: the high half is latched through either name.
    wait(sc_core::sc_time(429496740.0, sc_core::SC_NS));
    BOOST_CHECK_EQUAL(host.peek(INVAR_REG_TICKS_HI), 0u);
    BOOST_CHECK_GE(host.read(INVAR_REG_ALIAS_TICKS_LO), 100u);
    BOOST_CHECK_EQUAL(host.read(INVAR_REG_TICKS_HI), 1u);
    BOOST_CHECK_EQUAL(host.read(INVAR_REG_ALIAS_TICKS_HI), 1u);
  });
}

BOOST_AUTO_TEST_CASE(parameters_out_of_range_are_refused_by_name) {
  for (const int rows : {0, 10000}) {
    auto parameters = AcceleratorFixture::small_parameters();
    parameters.tile.rows = rows;
    BOOST_CHECK_EXCEPTION(parameters.check(), std::invalid_argument, [&](const auto& error) {
      return std::string(error.what()) ==
             "tile.rows = " + std::to_string(rows) + ": must be from 1 to 512";
    });
  }
}

BOOST_AUTO_TEST_CASE(wires_are_not_compensated_where_products_need_the_cells_as_they_are) {
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.programming.wire_compensation = programming::WireCompensation::network;
  BOOST_CHECK_NO_THROW(parameters.check());
  parameters.solver.residual = solver::ResidualPath::analog;
  BOOST_CHECK_EXCEPTION(parameters.check(), std::invalid_argument, [](const auto& error) {
    const std::string what = error.what();
    return what.find("programming.wire_compensation") != std::string::npos &&
           what.find("solver.residual") != std::string::npos;
  });
}

BOOST_AUTO_TEST_SUITE_END()
