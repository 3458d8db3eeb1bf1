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
#define CHECK_RESET(name, offset, reset, access, effect)                                    \
  if (INVAR_REG_##name != INVAR_REG_CAPABILITY && INVAR_REG_##name != INVAR_REG_TICKS_LO && \
      INVAR_REG_##name != INVAR_REG_TILES) {                                                \
    BOOST_CHECK_MESSAGE(host.read(INVAR_REG_##name) == reset, #name);                       \
  }
    INVAR_ACCELERATOR_REGISTERS(CHECK_RESET)
#undef CHECK_RESET
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
