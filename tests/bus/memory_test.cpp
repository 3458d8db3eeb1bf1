#include <invar/bus/memory.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "bus/scripted_initiator.h"

BOOST_AUTO_TEST_SUITE(memory)

using namespace invar::bus;
using invar::test::ns;
using invar::test::ScriptedInitiator;

namespace {

struct System {
  ScriptedInitiator host{"host"};
  Memory memory;

  explicit System(std::uint64_t bytes = 64) : memory("memory", sized(bytes)) {
    host.socket.bind(memory.socket);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(bytes, 64); ++i) {
      memory.data()[i] = static_cast<unsigned char>('a' + i % 26);
    }
  }
  static MemoryParameters sized(std::uint64_t bytes) {
    MemoryParameters parameters;
    parameters.size_bytes = bytes;
    return parameters;
  }
};

struct Case {
  const char* name;
  tlm::tlm_command command;
  std::uint64_t address;
  std::string data;     // written, or what is there before a read
  std::string enables;  // '1' and '0'
  unsigned int streaming_width;
  tlm::tlm_response_status response;
  std::string expected;  // data after a read, the cells 0 to 7 after a write
};

constexpr auto k_read = tlm::TLM_READ_COMMAND;
constexpr auto k_write = tlm::TLM_WRITE_COMMAND;
constexpr auto k_ok = tlm::TLM_OK_RESPONSE;
constexpr auto k_address_error = tlm::TLM_ADDRESS_ERROR_RESPONSE;

const std::vector<Case> k_cases = {
    {"plain read", k_read, 1, "....", "", 4, k_ok, "bcde"},
    {"plain write", k_write, 1, "WXYZ", "", 4, k_ok, "aWXYZfgh"},
    {"odd length, odd address", k_write, 3, "WXY", "", 3, k_ok, "abcWXYgh"},
    {"enabled bytes are read", k_read, 0, "........", "10011000", 8, k_ok, "a..de..."},
    {"enabled bytes are written", k_write, 0, "STUVWXYZ", "01010001", 8, k_ok, "aTcVefgZ"},
    {"the enable pattern repeats", k_write, 0, "STUVWXYZ", "10", 8, k_ok, "SbUdWfYh"},
    {"the enable pattern repeats, not evenly", k_write, 0, "STUVWXYZ", "100", 8, k_ok, "SbcVefYh"},
    {"streaming read repeats", k_read, 2, "........", "", 4, k_ok, "cdefcdef"},
    {"streaming write keeps the last", k_write, 2, "STUVWXYZ", "", 4, k_ok, "abWXYZgh"},
    {"streaming with a rest", k_write, 0, "STUVWX", "", 4, k_ok, "WXUVefgh"},
    {"streaming and enables", k_write, 0, "STUVWXYZ", "11110001", 4, k_ok, "STUZefgh"},
    {"wider than the data", k_read, 0, "....", "", 64, k_ok, "abcd"},
    {"streaming width 0 counts as the length", k_read, 0, "....", "", 0, k_ok, "abcd"},
    {"ignored", tlm::TLM_IGNORE_COMMAND, 0, "WXYZ", "", 4, k_ok, "abcdefgh"},
    {"ignored outside", tlm::TLM_IGNORE_COMMAND, 99, "WXYZ", "", 4, k_ok, "abcdefgh"},
    {"empty", k_write, 0, "", "", 4, k_ok, "abcdefgh"},
    {"last byte", k_read, 63, ".", "", 1, k_ok, "l"},
    {"past the end", k_write, 64, "W", "", 1, k_address_error, "abcdefgh"},
    {"across the end", k_write, 62, "WXYZ", "", 4, k_address_error, "abcdefgh"},
    {"across the end, in a stream that is not", k_read, 62, "....", "", 2, k_ok, "klkl"},
    {"wraps around", k_write, ~0ull, "WXYZ", "", 4, k_address_error, "abcdefgh"},
};

}  // namespace

BOOST_AUTO_TEST_CASE(every_shape_of_access_moves_exactly_its_bytes) {
  System system;
  for (const bool debug : {false, true}) {
    for (const Case& test : k_cases) {
      BOOST_TEST_CONTEXT(test.name << (debug ? " (debug)" : "")) {
        std::memcpy(system.memory.data(), "abcdefgh", 8);
        std::string data = test.data;
        std::string enables = test.enables;
        for (char& c : enables) {
          c = c == '1' ? '\xFF' : '\0';
        }
        tlm::tlm_generic_payload& payload = system.host.payload;
        system.host.prepare(test.command, test.address, data.data(),
                            static_cast<unsigned int>(data.size()));
        payload.set_streaming_width(test.streaming_width);
        if (!enables.empty()) {
          payload.set_byte_enable_ptr(reinterpret_cast<unsigned char*>(enables.data()));
          payload.set_byte_enable_length(static_cast<unsigned int>(enables.size()));
        }
        sc_core::sc_time delay;
        if (debug) {
          const bool moves = test.response == k_ok && test.command != tlm::TLM_IGNORE_COMMAND;
          BOOST_TEST(system.host.socket->transport_dbg(payload) == (moves ? data.size() : 0u));
        } else {
          system.host.socket->b_transport(payload, delay);
          BOOST_TEST(payload.get_response_status() == test.response);
        }
        BOOST_TEST(payload.get_address() == test.address);
        BOOST_TEST(payload.get_streaming_width() == test.streaming_width);
        const std::string cells(reinterpret_cast<const char*>(system.memory.data()), 8);
        BOOST_TEST((test.command == k_read ? data : cells) == test.expected);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(an_access_takes_latency_and_one_cycle_a_beat) {
  System system(1 << 20);
  std::vector<unsigned char> data(4096);
  for (const auto& [bytes, expected] :
       std::vector<std::pair<unsigned int, double>>{{1, 41}, {32, 41}, {33, 42}, {4096, 168}}) {
    system.host.delay = ns(1000);
    system.host.access(k_read, 0, data.data(), bytes);
    BOOST_TEST(system.host.delay == ns(1000 + expected));
  }
}

BOOST_AUTO_TEST_CASE(a_gibibyte_is_zero_and_costs_nothing_until_touched) {
  System system(std::uint64_t{1} << 30);
  BOOST_TEST(system.host.write((1u << 30) - 4, 7) == k_ok);
  BOOST_TEST(system.host.read((1u << 30) - 4) == 7u);
  BOOST_TEST(system.host.read(1u << 29) == 0u);
  BOOST_TEST(reinterpret_cast<std::uintptr_t>(system.memory.data()) % 4096 == 0u);
}

BOOST_AUTO_TEST_CASE(direct_access_covers_the_memory_and_nothing_else) {
  System system;
  tlm::tlm_dmi dmi;
  system.host.prepare(k_read, 12, nullptr, 4);
  BOOST_TEST(system.host.socket->get_direct_mem_ptr(system.host.payload, dmi));
  BOOST_TEST(dmi.is_read_write_allowed());
  BOOST_TEST(dmi.get_start_address() == 0u);
  BOOST_TEST(dmi.get_end_address() == 63u);
  BOOST_TEST(dmi.get_dmi_ptr() == system.memory.data());
  system.host.prepare(k_read, 64, nullptr, 4);
  BOOST_TEST(!system.host.socket->get_direct_mem_ptr(system.host.payload, dmi));
}

BOOST_AUTO_TEST_CASE(a_memory_of_no_bytes_is_refused) {
  BOOST_CHECK_EXCEPTION(
      Memory("empty", System::sized(0)), std::invalid_argument, [](const std::exception& error) {
        return std::string(error.what()).find("memory.size_bytes = 0") != std::string::npos;
      });
}

BOOST_AUTO_TEST_SUITE_END()
