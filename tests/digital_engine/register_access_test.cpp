#include "digital_engine/engine_fixture.h"
#include "support/register_access_table.h"

BOOST_AUTO_TEST_SUITE(register_access)

using namespace invar;
using test::EngineFixture;
using test::run_engine;

BOOST_AUTO_TEST_CASE(every_kind_of_access_gets_its_response_and_failed_ones_have_no_effect) {
  run_engine(EngineFixture::small_parameters(), [](EngineFixture& host) {
    test::check_register_accesses(host, INVAR_ENGINE_REG_RING_BASE_LO);
  });
}

BOOST_AUTO_TEST_CASE(debug_reads_have_no_side_effects_and_debug_writes_are_refused) {
  run_engine(EngineFixture::small_parameters(), [](EngineFixture& host) {
    host.start();
    host.submit({EngineFixture::long_job()});
    wait(test::nanoseconds(100));
    test::check_debug_accesses(host, 0x4D47454Eu, INVAR_ENGINE_REG_RING_BASE_LO);
  });
}

BOOST_AUTO_TEST_CASE(reset_values_and_sizes_follow_the_register_table) {
  digital_engine::EngineParameters parameters = EngineFixture::small_parameters();
  parameters.mac_rows = 8;
  parameters.mac_columns = 32;
  parameters.scratchpad_bytes = 0x54321;
  run_engine(parameters, [](EngineFixture& host) {
#define CHECK_RESET(name, offset, reset, access, effect)                                   \
  BOOST_CHECK_MESSAGE(                                                                     \
      host.read(offset) == (INVAR_ENGINE_REG_##name == INVAR_ENGINE_REG_CAPABILITY ? 256u  \
                            : INVAR_ENGINE_REG_##name == INVAR_ENGINE_REG_SCRATCHPAD_BYTES \
                                ? 0x54321u                                                 \
                                : reset),                                                  \
      #name);
    INVAR_ENGINE_REGISTERS(CHECK_RESET)
#undef CHECK_RESET
    BOOST_CHECK_EQUAL(host.read(0x3C), 0u);
  });
}

BOOST_AUTO_TEST_CASE(writes_reach_what_the_register_table_calls_writable) {
  run_engine(EngineFixture::small_parameters(), [](EngineFixture& host) {
    struct Case {
      std::uint32_t offset, written, read;
    };
    const Case cases[] = {
        {INVAR_ENGINE_REG_ID, 0xFFFFFFFF, 0x4D47454E},
        {INVAR_ENGINE_REG_VERSION, 0xFFFFFFFF, 0x20000},
        {INVAR_ENGINE_REG_CAPABILITY, 0, 256},
        {INVAR_ENGINE_REG_SCRATCHPAD_BYTES, 0, 1 << 20},
        {INVAR_ENGINE_REG_STATUS, 0xFFFFFFFF, 0},
        {INVAR_ENGINE_REG_IRQ_STATUS, 0xFFFFFFFF, 0},
        {INVAR_ENGINE_REG_IRQ_ENABLE, 0xFFFFFFFF, 3},
        {INVAR_ENGINE_REG_RING_BASE_LO, 0xFFFFFFFF, 0xFFFFFFFF},
        {INVAR_ENGINE_REG_RING_BASE_HI, 0x12345678, 0x12345678},
        {INVAR_ENGINE_REG_RING_SIZE, 64, 64},
        {INVAR_ENGINE_REG_RING_HEAD, 5, 0},
        {INVAR_ENGINE_REG_ERROR_STATUS, 5, 0},
        {INVAR_ENGINE_REG_ERROR_TAG, 5, 0},
        {INVAR_ENGINE_REG_CONTROL, 0xFFFFFFFD, 1},
    };
    for (const Case& access : cases) {
      host.write(access.offset, access.written);
      BOOST_CHECK_EQUAL(host.read(access.offset), access.read);
    }
    // One access of 8 bytes writes two registers.
    std::uint64_t base = 0x1122334455667780;
    sc_core::sc_time delay;
    host.access(tlm::TLM_WRITE_COMMAND, INVAR_ENGINE_REG_RING_BASE_LO, &base, 8, delay);
    BOOST_CHECK_EQUAL(host.peek(INVAR_ENGINE_REG_RING_BASE_LO), 0x55667780u);
    BOOST_CHECK_EQUAL(host.peek(INVAR_ENGINE_REG_RING_BASE_HI), 0x11223344u);
    BOOST_CHECK(delay == test::nanoseconds(2));
  });
}

BOOST_AUTO_TEST_CASE(parameters_out_of_range_are_refused_by_name) {
  digital_engine::EngineParameters parameters;
  parameters.mac_rows = 0;
  BOOST_CHECK_EXCEPTION(parameters.check(), std::invalid_argument, [](const auto& error) {
    return std::string(error.what()).find("engine.mac_rows = 0") == 0;
  });
  parameters.mac_rows = 16;
  parameters.scratchpad_bytes = 0x100000000;
  BOOST_CHECK_THROW(digital_engine::DigitalEngine<>("engine", parameters), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
