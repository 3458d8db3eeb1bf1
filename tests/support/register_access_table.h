#ifndef INVAR_TESTS_SUPPORT_REGISTER_ACCESS_TABLE_H
#define INVAR_TESTS_SUPPORT_REGISTER_ACCESS_TABLE_H

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <string>
#include <vector>

#include "support/register_host.h"

namespace invar::test {

/// One way to access the registers of a module and what has to come back.
struct AccessCase {
  const char* what;
  tlm::tlm_command command;
  std::uint64_t address;  ///< from the probe register for writes, from the window for the rest
  unsigned int length;
  unsigned int streaming_width;
  bool byte_enables;
  tlm::tlm_response_status expected;
};

constexpr std::uint64_t k_register_window = 0x1000;

inline const std::vector<AccessCase>& access_cases() {
  constexpr tlm::tlm_command k_read = tlm::TLM_READ_COMMAND;
  constexpr tlm::tlm_command k_write = tlm::TLM_WRITE_COMMAND;
  constexpr tlm::tlm_command k_ignore = tlm::TLM_IGNORE_COMMAND;
  constexpr std::uint64_t k_back = ~std::uint64_t{0};  // k_back is -1: k_back - 3 is -4
  static const std::vector<AccessCase> cases = {
      {"aligned word", k_read, 0x0, 4, 4, false, tlm::TLM_OK_RESPONSE},
      {"aligned double word", k_read, 0x8, 8, 8, false, tlm::TLM_OK_RESPONSE},
      {"sloppy streaming width of 0", k_read, 0x0, 4, 0, false, tlm::TLM_OK_RESPONSE},
      {"last word of the window", k_read, 0xFFC, 4, 4, false, tlm::TLM_OK_RESPONSE},
      {"zero length", k_read, 0x0, 0, 0, false, tlm::TLM_OK_RESPONSE},
      {"ignore command", k_ignore, 0x0, 4, 4, false, tlm::TLM_OK_RESPONSE},
      {"zero length", k_write, 0x0, 0, 0, false, tlm::TLM_OK_RESPONSE},
      {"a byte", k_write, 0x0, 1, 1, false, tlm::TLM_BURST_ERROR_RESPONSE},
      {"half a word", k_write, 0x0, 2, 2, false, tlm::TLM_BURST_ERROR_RESPONSE},
      {"unaligned word", k_write, 0x1, 4, 4, false, tlm::TLM_BURST_ERROR_RESPONSE},
      {"double word at 4", k_write, k_back - 3, 8, 8, false, tlm::TLM_BURST_ERROR_RESPONSE},
      {"burst", k_write, k_back - 7, 16, 16, false, tlm::TLM_BURST_ERROR_RESPONSE},
      {"streaming", k_write, 0x0, 8, 4, false, tlm::TLM_BURST_ERROR_RESPONSE},
      {"byte enables", k_write, 0x0, 4, 4, true, tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE},
      {"behind the window", k_read, 0x1000, 4, 4, false, tlm::TLM_ADDRESS_ERROR_RESPONSE},
      {"across the end", k_read, 0xFFC, 8, 8, false, tlm::TLM_ADDRESS_ERROR_RESPONSE},
      {"far away", k_read, k_back - 3, 4, 4, false, tlm::TLM_ADDRESS_ERROR_RESPONSE},
      {"far away", k_write, k_back - 255, 4, 4, false, tlm::TLM_ADDRESS_ERROR_RESPONSE},
  };
  return cases;
}

inline std::string response_name(tlm::tlm_response_status status) {
  tlm::tlm_generic_payload payload;
  payload.set_response_status(status);
  return payload.get_response_string();
}

/// All registers of the window, by debug reads.
inline std::vector<std::uint32_t> snapshot(RegisterHost& host) {
  std::vector<std::uint32_t> words;
  for (std::uint64_t offset = 0; offset < k_register_window; offset += 4) {
    words.push_back(host.peek(offset));
  }
  return words;
}

/// Every kind of access gets its response, leaves the payload as it was, takes no simulated time
/// and, where it fails, has no effect on any register.
/// \param probe offset of a read-write register at a multiple of 8, which failing writes aim at
inline void check_register_accesses(RegisterHost& host, std::uint64_t probe) {
  for (const AccessCase& access : access_cases()) {
    BOOST_TEST_CONTEXT(access.what) {
      const bool writes = access.command == tlm::TLM_WRITE_COMMAND;
      const std::uint64_t address = access.address + (writes ? probe : 0);
      unsigned char data[16];
      unsigned char enables[16];
      std::memset(data, 0xFF, sizeof data);
      std::memset(enables, 0xFF, sizeof enables);
      tlm::tlm_generic_payload payload;
      payload.set_command(access.command);
      payload.set_address(address);
      payload.set_data_ptr(data);
      payload.set_data_length(access.length);
      payload.set_streaming_width(access.streaming_width);
      if (access.byte_enables) {
        payload.set_byte_enable_ptr(enables);
        payload.set_byte_enable_length(4);
      }
      const std::vector<std::uint32_t> registers = snapshot(host);
      sc_core::sc_time delay(7, sc_core::SC_NS);
      const sc_core::sc_time before = sc_core::sc_time_stamp();
      host.registers->b_transport(payload, delay);
      BOOST_CHECK_EQUAL(payload.get_response_string(), response_name(access.expected));
      BOOST_CHECK(delay >= sc_core::sc_time(7, sc_core::SC_NS));
      BOOST_CHECK(sc_core::sc_time_stamp() == before);
      BOOST_CHECK(payload.get_command() == access.command);
      BOOST_CHECK_EQUAL(payload.get_address(), address);
      BOOST_CHECK_EQUAL(payload.get_data_length(), access.length);
      BOOST_CHECK_EQUAL(payload.get_streaming_width(), access.streaming_width);
      BOOST_CHECK(payload.get_data_ptr() == data);
      BOOST_CHECK(!payload.is_dmi_allowed());
      BOOST_CHECK(snapshot(host) == registers);
    }
  }
}

/// Debug reads work without side effects, debug writes are refused, and there is no DMI.
/// \param probe offset of a read-write register
inline void check_debug_accesses(RegisterHost& host, std::uint32_t id, std::uint64_t probe) {
  const std::vector<std::uint32_t> registers = snapshot(host);
  BOOST_CHECK_EQUAL(registers.front(), id);
  std::uint32_t value = 0xFFFFFFFF;
  tlm::tlm_generic_payload payload;
  payload.set_command(tlm::TLM_WRITE_COMMAND);
  payload.set_address(probe);
  payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
  payload.set_data_length(4);
  payload.set_streaming_width(4);
  BOOST_CHECK_EQUAL(host.registers->transport_dbg(payload), 0u);
  payload.set_command(tlm::TLM_READ_COMMAND);
  payload.set_address(4 * k_register_window);
  BOOST_CHECK_EQUAL(host.registers->transport_dbg(payload), 0u);
  payload.set_address(0);
  BOOST_CHECK_EQUAL(host.registers->transport_dbg(payload), 4u);
  BOOST_CHECK_EQUAL(value, id);
  BOOST_CHECK(snapshot(host) == registers);
  tlm::tlm_dmi dmi;
  BOOST_CHECK(!host.registers->get_direct_mem_ptr(payload, dmi));
}

}  // namespace invar::test

#endif
