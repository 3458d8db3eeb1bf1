#include <invar/simulation/dma_port.h>
#include <tlm_utils/simple_target_socket.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <functional>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(dma_port)

using invar::simulation::DmaPort;
using sc_core::SC_NS;
using sc_core::sc_start;
using sc_core::sc_time;

namespace {

struct Burst {
  std::uint64_t address;
  unsigned int length;
  sc_time at;  // simulated time and annotated delay
};

/// A memory that notes each burst, takes 10 ns for it, and fails from an address on.
struct StrictMemory : sc_core::sc_module {
  tlm_utils::simple_target_socket<StrictMemory> socket{"socket"};
  std::vector<unsigned char> bytes = std::vector<unsigned char>(1 << 16);
  std::vector<Burst> bursts;
  std::uint64_t fails_from = ~std::uint64_t{0};

  explicit StrictMemory(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
    socket.register_b_transport(this, &StrictMemory::b_transport);
  }
  void b_transport(tlm::tlm_generic_payload& payload, sc_time& delay) {
    // Everything a burst must say, set anew each time.
    BOOST_TEST(payload.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE);
    BOOST_TEST(payload.get_streaming_width() == payload.get_data_length());
    BOOST_TEST(payload.get_byte_enable_ptr() == nullptr);
    BOOST_TEST(!payload.is_dmi_allowed());
    bursts.push_back(
        {payload.get_address(), payload.get_data_length(), sc_core::sc_time_stamp() + delay});
    delay += sc_time(10, SC_NS);
    payload.set_dmi_allowed(true);
    if (payload.get_address() >= fails_from) {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    unsigned char* const cell = bytes.data() + payload.get_address();
    unsigned char* const data = payload.get_data_ptr();
    std::memcpy(payload.is_read() ? data : cell, payload.is_read() ? cell : data,
                payload.get_data_length());
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
};

struct System : sc_core::sc_module {
  DmaPort<> dma;
  StrictMemory memory;
  std::function<void(System&)> script;

  System(std::size_t burst_bytes, std::function<void(System&)> body)
      : sc_core::sc_module(sc_core::sc_module_name("system")),
        dma("dma", burst_bytes),
        memory("memory"),
        script(std::move(body)) {
    dma.socket.bind(memory.socket);
    INVAR_HAS_PROCESS(System);
    SC_THREAD(run);
  }
  void run() { script(*this); }
};

}  // namespace

BOOST_AUTO_TEST_CASE(blocks_come_back_as_they_were_written) {
  System system(256, [](System& self) {
    std::vector<unsigned char> sent(5000);
    for (std::size_t i = 0; i < sent.size(); ++i) {
      sent[i] = static_cast<unsigned char>(i * 7 + i / 256);
    }
    BOOST_TEST(self.dma.write(1234, sent.data(), sent.size()));
    std::vector<unsigned char> received(sent.size());
    BOOST_TEST(self.dma.read(1234, received.data(), received.size()));
    BOOST_TEST((received == sent));
    BOOST_TEST(std::memcmp(self.memory.bytes.data() + 1234, sent.data(), sent.size()) == 0);
    BOOST_TEST(self.memory.bytes[1233] == 0);
    BOOST_TEST(self.memory.bytes[1234 + 5000] == 0);
    BOOST_TEST(self.dma.bytes_moved() == 10000u);
  });
  sc_start(sc_time(1, sc_core::SC_MS));
}

BOOST_AUTO_TEST_CASE(bursts_end_at_multiples_of_their_size_and_time_moves_once) {
  System system(256, [](System& self) {
    wait(sc_time(100, SC_NS));
    std::vector<unsigned char> data(600);
    BOOST_TEST(self.dma.read(1000, data.data(), data.size()));
    BOOST_TEST(sc_core::sc_time_stamp() == sc_time(140, SC_NS));
    const std::vector<std::pair<std::uint64_t, unsigned int>> expected = {
        {1000, 24}, {1024, 256}, {1280, 256}, {1536, 64}};
    BOOST_TEST(self.memory.bursts.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      BOOST_TEST(self.memory.bursts[i].address == expected[i].first);
      BOOST_TEST(self.memory.bursts[i].length == expected[i].second);
      BOOST_TEST(self.memory.bursts[i].at == sc_time(100.0 + 10.0 * static_cast<double>(i), SC_NS));
    }
    BOOST_TEST(self.dma.bursts() == 4u);
  });
  sc_start(sc_time(1, sc_core::SC_MS));
}

BOOST_AUTO_TEST_CASE(a_failed_burst_ends_the_transfer_and_is_told) {
  System system(256, [](System& self) {
    self.memory.fails_from = 512;
    std::vector<unsigned char> data(1024, 9);
    BOOST_TEST(!self.dma.write(0, data.data(), data.size()));
    BOOST_TEST(self.dma.last_response() == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    BOOST_TEST(self.memory.bursts.size() == 3u);
    BOOST_TEST(self.dma.bytes_moved() == 512u);
    BOOST_TEST(sc_core::sc_time_stamp() == sc_time(30, SC_NS));
    self.memory.fails_from = ~std::uint64_t{0};
    BOOST_TEST(self.dma.write(0, data.data(), data.size()));
    BOOST_TEST(self.dma.last_response() == tlm::TLM_OK_RESPONSE);
  });
  sc_start(sc_time(1, sc_core::SC_MS));
}

BOOST_AUTO_TEST_CASE(an_observer_is_told_of_each_transfer_with_what_arrived_of_it) {
  std::vector<invar::simulation::DmaTransfer> seen;
  System system(256, [&](System& self) {
    self.dma.observe(
        [&](const invar::simulation::DmaTransfer& transfer) { seen.push_back(transfer); });
    std::vector<unsigned char> data(1024, 9);
    self.dma.write(0, data.data(), 600);
    wait(sc_time(5, SC_NS));
    self.memory.fails_from = 512;
    self.dma.read(0, data.data(), data.size());
  });
  sc_start(sc_time(1, sc_core::SC_MS));
  BOOST_TEST_REQUIRE(seen.size() == 2u);
  BOOST_TEST(seen[0].write);
  BOOST_TEST(seen[0].bytes == 600u);
  BOOST_TEST(seen[0].start == sc_core::SC_ZERO_TIME);
  BOOST_TEST(seen[0].duration == sc_time(30, SC_NS));
  BOOST_TEST(!seen[1].write);
  BOOST_TEST(seen[1].bytes == 512u);
  BOOST_TEST(seen[1].start == sc_time(35, SC_NS));
  BOOST_TEST(seen[1].duration == sc_time(30, SC_NS));
}

BOOST_AUTO_TEST_CASE(an_empty_transfer_does_nothing) {
  System system(256, [](System& self) {
    BOOST_TEST(self.dma.read(0, nullptr, 0));
    BOOST_TEST(self.memory.bursts.empty());
    BOOST_TEST(sc_core::sc_time_stamp() == sc_core::SC_ZERO_TIME);
  });
  sc_start(sc_time(1, sc_core::SC_MS));
}

BOOST_AUTO_TEST_SUITE_END()
