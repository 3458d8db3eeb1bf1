#include <boost/test/unit_test.hpp>
#include <cstring>

#include "accelerator/accelerator_fixture.h"

using namespace invar;
using test::AcceleratorFixture;
using test::run_script;

namespace {

/// One way to access the target socket and what has to come back.
struct AccessCase {
  const char* what;
  tlm::tlm_command command;
  std::uint64_t address;
  unsigned int length;
  unsigned int streaming_width;
  bool byte_enables;
  tlm::tlm_response_status expected;
};

constexpr tlm::tlm_command k_read = tlm::TLM_READ_COMMAND;
constexpr tlm::tlm_command k_write = tlm::TLM_WRITE_COMMAND;
constexpr tlm::tlm_command k_ignore = tlm::TLM_IGNORE_COMMAND;

const AccessCase k_cases[] = {
    {"aligned word", k_read, 0x0, 4, 4, false, tlm::TLM_OK_RESPONSE},
    {"aligned double word", k_read, 0x8, 8, 8, false, tlm::TLM_OK_RESPONSE},
    {"sloppy streaming width of 0", k_read, 0x0, 4, 0, false, tlm::TLM_OK_RESPONSE},
    {"last word of the window", k_read, 0xFFC, 4, 4, false, tlm::TLM_OK_RESPONSE},
    {"zero length", k_read, 0x0, 0, 0, false, tlm::TLM_OK_RESPONSE},
    {"ignore command", k_ignore, 0x0, 4, 4, false, tlm::TLM_OK_RESPONSE},
    {"a byte", k_write, 0x18, 1, 1, false, tlm::TLM_BURST_ERROR_RESPONSE},
    {"half a word", k_write, 0x18, 2, 2, false, tlm::TLM_BURST_ERROR_RESPONSE},
    {"unaligned word", k_write, 0x19, 4, 4, false, tlm::TLM_BURST_ERROR_RESPONSE},
    {"double word at 4", k_write, 0x14, 8, 8, false, tlm::TLM_BURST_ERROR_RESPONSE},
    {"burst", k_write, 0x10, 16, 16, false, tlm::TLM_BURST_ERROR_RESPONSE},
    {"streaming", k_write, 0x18, 8, 4, false, tlm::TLM_BURST_ERROR_RESPONSE},
    {"byte enables", k_write, 0x18, 4, 4, true, tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE},
    {"behind the window", k_write, 0x1000, 4, 4, false, tlm::TLM_ADDRESS_ERROR_RESPONSE},
    {"across the end", k_read, 0xFFC, 8, 8, false, tlm::TLM_ADDRESS_ERROR_RESPONSE},
    {"far away", k_read, ~0ull - 3, 4, 4, false, tlm::TLM_ADDRESS_ERROR_RESPONSE},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(accelerator_registers)

BOOST_AUTO_TEST_CASE(every_kind_of_access_gets_its_response_and_failed_ones_have_no_effect) {
  run_script(AcceleratorFixture::small_parameters(), [&](AcceleratorFixture& host) {
    for (const AccessCase& access : k_cases) {
      BOOST_TEST_CONTEXT(access.what) {
        unsigned char data[16];
        unsigned char enables[16];
        std::memset(data, 0xFF, sizeof data);
        std::memset(enables, 0xFF, sizeof enables);
        tlm::tlm_generic_payload payload;
        payload.set_command(access.command);
        payload.set_address(access.address);
        payload.set_data_ptr(data);
        payload.set_data_length(access.length);
        payload.set_streaming_width(access.streaming_width);
        if (access.byte_enables) {
          payload.set_byte_enable_ptr(enables);
          payload.set_byte_enable_length(4);
        }
        sc_core::sc_time delay(7, sc_core::SC_NS);
        const sc_core::sc_time before = sc_core::sc_time_stamp();
        host.registers->b_transport(payload, delay);
        BOOST_CHECK_EQUAL(payload.get_response_string(), [&] {
          tlm::tlm_generic_payload expected;
          expected.set_response_status(access.expected);
          return expected.get_response_string();
        }());
        BOOST_CHECK(delay >= sc_core::sc_time(7, sc_core::SC_NS));
        BOOST_CHECK(sc_core::sc_time_stamp() == before);
        BOOST_CHECK(payload.get_command() == access.command);
        BOOST_CHECK_EQUAL(payload.get_address(), access.address);
        BOOST_CHECK_EQUAL(payload.get_data_length(), access.length);
        BOOST_CHECK_EQUAL(payload.get_streaming_width(), access.streaming_width);
        BOOST_CHECK(payload.get_data_ptr() == data);
        BOOST_CHECK(!payload.is_dmi_allowed());
        if (access.command == k_write) {
          BOOST_CHECK_EQUAL(host.read(INVAR_REG_IRQ_ENABLE), 0u);
          BOOST_CHECK_EQUAL(host.read(INVAR_REG_CONTROL), 0u);
        }
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(debug_reads_have_no_side_effects_and_debug_writes_are_refused) {
  run_script(AcceleratorFixture::small_parameters(), [&](AcceleratorFixture& host) {
    std::uint32_t value = 0;
    tlm::tlm_generic_payload payload;
    payload.set_command(k_read);
    payload.set_address(INVAR_REG_ID);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
    payload.set_data_length(4);
    payload.set_streaming_width(4);
    BOOST_CHECK_EQUAL(host.registers->transport_dbg(payload), 4u);
    BOOST_CHECK_EQUAL(value, 0x52564E49u);
    payload.set_command(k_write);
    payload.set_address(INVAR_REG_IRQ_ENABLE);
    BOOST_CHECK_EQUAL(host.registers->transport_dbg(payload), 0u);
    BOOST_CHECK_EQUAL(host.read(INVAR_REG_IRQ_ENABLE), 0u);
    payload.set_address(0x4000);
    payload.set_command(k_read);
    BOOST_CHECK_EQUAL(host.registers->transport_dbg(payload), 0u);
    tlm::tlm_dmi dmi;
    payload.set_address(0);
    BOOST_CHECK(!host.registers->get_direct_mem_ptr(payload, dmi));
  });
}

BOOST_AUTO_TEST_CASE(reset_values_and_capability_follow_the_register_table) {
  run_script(AcceleratorFixture::small_parameters(), [&](AcceleratorFixture& host) {
    BOOST_CHECK_EQUAL(host.read(INVAR_REG_CAPABILITY), 2u | 32u << 8 | 8u << 24);
#define CHECK_RESET(name, offset, reset, access, effect)                                    \
  if (INVAR_REG_##name != INVAR_REG_CAPABILITY && INVAR_REG_##name != INVAR_REG_TICKS_LO) { \
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

BOOST_AUTO_TEST_SUITE_END()
