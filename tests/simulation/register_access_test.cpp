#include <invar/simulation/register_access.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(register_access)

using namespace invar::simulation;

namespace {

constexpr std::uint64_t k_window = 0x20;
constexpr auto k_read = tlm::TLM_READ_COMMAND;
constexpr auto k_write = tlm::TLM_WRITE_COMMAND;
constexpr auto k_ignore = tlm::TLM_IGNORE_COMMAND;
constexpr auto k_ok = tlm::TLM_OK_RESPONSE;
constexpr auto k_address = tlm::TLM_ADDRESS_ERROR_RESPONSE;
constexpr auto k_burst = tlm::TLM_BURST_ERROR_RESPONSE;
constexpr auto k_enable = tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;

struct Case {
  const char* name;
  tlm::tlm_command command;
  std::uint64_t address;
  unsigned int length;
  unsigned int streaming_width;
  bool enables;
  tlm::tlm_response_status response;
  unsigned int registers;  // touched, from the address on
};

const std::vector<Case> k_cases = {
    {"aligned word, read", k_read, 0x04, 4, 4, false, k_ok, 1},
    {"aligned word, write", k_write, 0x04, 4, 4, false, k_ok, 1},
    {"two words, read", k_read, 0x08, 8, 8, false, k_ok, 2},
    {"two words, write", k_write, 0x08, 8, 8, false, k_ok, 2},
    {"last word", k_write, 0x1C, 4, 4, false, k_ok, 1},
    {"streaming width wider than the data", k_write, 0x00, 4, 64, false, k_ok, 1},
    {"streaming width 0 counts as the length", k_write, 0x00, 8, 0, false, k_ok, 2},
    {"zero length", k_write, 0x00, 0, 4, false, k_ok, 0},
    {"zero length outside", k_read, 0x100, 0, 4, false, k_ok, 0},
    {"ignore", k_ignore, 0x00, 4, 4, false, k_ok, 0},
    {"ignore outside", k_ignore, 0x100, 4, 4, false, k_ok, 0},
    {"byte", k_write, 0x04, 1, 1, false, k_burst, 0},
    {"half word", k_read, 0x04, 2, 2, false, k_burst, 0},
    {"three bytes", k_write, 0x04, 3, 3, false, k_burst, 0},
    {"twelve bytes", k_write, 0x00, 12, 12, false, k_burst, 0},
    {"sixteen bytes", k_read, 0x00, 16, 16, false, k_burst, 0},
    {"unaligned word", k_write, 0x02, 4, 4, false, k_burst, 0},
    {"two words, aligned to one", k_write, 0x04, 8, 8, false, k_burst, 0},
    {"streaming width below the length", k_write, 0x08, 8, 4, false, k_burst, 0},
    {"byte enables, write", k_write, 0x04, 4, 4, true, k_enable, 0},
    {"byte enables, read", k_read, 0x04, 4, 4, true, k_enable, 0},
    {"behind the window", k_read, 0x20, 4, 4, false, k_address, 0},
    {"far behind the window", k_write, ~std::uint64_t{3}, 4, 4, false, k_address, 0},
    {"across the end of the window", k_write, 0x1C, 8, 8, false, k_address, 0},
};

/// Runs a case and checks what it touched, what it answered and what it left alone.
void check(const Case& test, bool debug) {
  std::array<unsigned char, 16> data{};
  for (std::size_t i = 0; i < data.size(); ++i) {
    data[i] = static_cast<unsigned char>(0x11 + i);
  }
  const std::array<unsigned char, 16> before = data;
  std::array<unsigned char, 4> enables{0xFF, 0xFF, 0xFF, 0xFF};
  tlm::tlm_generic_payload payload;
  payload.set_command(test.command);
  payload.set_address(test.address);
  payload.set_data_ptr(data.data());
  payload.set_data_length(test.length);
  payload.set_streaming_width(test.streaming_width);
  payload.set_byte_enable_ptr(test.enables ? enables.data() : nullptr);
  payload.set_byte_enable_length(test.enables ? 4 : 0);
  payload.set_dmi_allowed(true);

  std::vector<std::uint64_t> reads;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> writes;
  const RegisterRead read = [&](std::uint64_t offset, bool is_debug) {
    BOOST_TEST(is_debug == debug);
    reads.push_back(offset);
    return 0xA0B0C000u + static_cast<std::uint32_t>(offset);
  };
  const RegisterWrite write = [&](std::uint64_t offset, std::uint32_t value) {
    writes.emplace_back(offset, value);
  };

  unsigned int registers = test.registers;
  if (debug) {
    const bool refused = test.command == k_write && registers > 0;
    registers = refused ? 0 : registers;
    BOOST_TEST(debug_registers(payload, k_window, read) ==
               (test.command == k_read ? 4 * registers : 0));
    BOOST_TEST(payload.get_response_status() ==
               (refused ? tlm::TLM_COMMAND_ERROR_RESPONSE : test.response));
  } else {
    access_registers(payload, k_window, read, write);
    BOOST_TEST(payload.get_response_status() == test.response);
    BOOST_TEST(!payload.is_dmi_allowed());
  }

  BOOST_TEST(reads.size() == (test.command == k_read ? registers : 0));
  BOOST_TEST(writes.size() == (test.command == k_write ? registers : 0));
  std::array<unsigned char, 16> expected = before;
  for (unsigned int i = 0; i < registers; ++i) {
    const std::uint64_t offset = test.address + 4 * i;
    if (test.command == k_read) {
      // Little-endian, byte by byte.
      expected[4 * i] = static_cast<unsigned char>(offset);
      expected[4 * i + 1] = 0xC0;
      expected[4 * i + 2] = 0xB0;
      expected[4 * i + 3] = 0xA0;
    } else {
      BOOST_TEST(writes[i].first == offset);
      const std::uint32_t first = 0x11 + 4 * i;
      BOOST_TEST(writes[i].second ==
                 (first | (first + 1) << 8 | (first + 2) << 16 | (first + 3) << 24));
    }
  }
  BOOST_TEST((data == expected));
  BOOST_TEST(payload.get_command() == test.command);
  BOOST_TEST(payload.get_address() == test.address);
  BOOST_TEST(payload.get_data_length() == test.length);
  BOOST_TEST(payload.get_streaming_width() == test.streaming_width);
  BOOST_TEST(payload.get_data_ptr() == data.data());
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_kind_of_access_gets_its_response_and_no_wrong_effect) {
  for (const Case& test : k_cases) {
    BOOST_TEST_CONTEXT(test.name) {
      check(test, false);
    }
  }
}

BOOST_AUTO_TEST_CASE(debug_accesses_decode_alike_read_only_and_say_how_much) {
  for (const Case& test : k_cases) {
    BOOST_TEST_CONTEXT(test.name << " (debug)") {
      check(test, true);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_missing_data_pointer_is_an_error_and_no_crash) {
  for (const tlm::tlm_command command : {k_read, k_write}) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(0);
    payload.set_data_length(4);
    payload.set_streaming_width(4);
    access_registers(
        payload, k_window, [](std::uint64_t, bool) { return 0u; },
        [](std::uint64_t, std::uint32_t) { BOOST_ERROR("written"); });
    BOOST_TEST(payload.get_response_status() == tlm::TLM_GENERIC_ERROR_RESPONSE);
  }
}

BOOST_AUTO_TEST_SUITE_END()
