#include <invar/bus/host_bus.h>
#include <invar/bus/memory.h>
#include <invar/bus/uart.h>
#include <invar/ledger/phase_extension.h>
#include <invar/simulation/dma_port.h>

#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <vector>

#include "bus/scripted_initiator.h"

BOOST_AUTO_TEST_SUITE(host_bus)

using namespace invar::bus;
using invar::test::ns;
using invar::test::ScriptedInitiator;
using sc_core::sc_start;
using sc_core::sc_time;
using sc_core::SC_US;
using tlm::TLM_READ_COMMAND;
using tlm::TLM_WRITE_COMMAND;

namespace {

constexpr std::uint64_t k_ram = 0x8000'0000;
constexpr std::uint64_t k_uart = 0x1000'0000;
constexpr std::uint64_t k_ram_bytes = 1 << 16;

MemoryParameters ram_parameters() {
  MemoryParameters parameters;
  parameters.static_power_w = 0.0;
  parameters.size_bytes = k_ram_bytes;
  parameters.latency_cycles = 20;
  return parameters;
}

/// Two initiators, a RAM and a UART.
struct System {
  using Script = std::function<void(ScriptedInitiator&)>;

  invar::ledger::Ledger ledger;
  ScriptedInitiator first;
  ScriptedInitiator second;
  HostBus bus;
  Memory ram;
  Uart uart;

  explicit System(Script first_script = {}, Script second_script = {},
                  const HostBusParameters& parameters = {})
      : first("first", std::move(first_script)),
        second("second", std::move(second_script)),
        bus("bus", 2, {{"ram", k_ram, k_ram_bytes}, {"uart", k_uart, 0x100}}, parameters, &ledger),
        ram("ram", ram_parameters(), &ledger),
        uart("uart") {
    first.socket.bind(bus.target[0]);
    second.socket.bind(bus.target[1]);
    bus.initiator[0].bind(ram.socket);
    bus.initiator[1].bind(uart.socket);
  }
  void run() { sc_start(sc_time(100, SC_US)); }
};

}  // namespace

BOOST_AUTO_TEST_CASE(targets_see_offsets_and_the_initiator_its_own_address) {
  System system([](ScriptedInitiator& self) {
    BOOST_TEST(self.write(k_ram + 0x24, 0x12345678u) == tlm::TLM_OK_RESPONSE);
    BOOST_TEST(self.payload.get_address() == k_ram + 0x24);
    BOOST_TEST(self.payload.is_dmi_allowed());
    BOOST_TEST(self.read(k_ram + 0x24) == 0x12345678u);
    BOOST_TEST(self.write(k_uart, 'x') == tlm::TLM_OK_RESPONSE);
    BOOST_TEST(!self.payload.is_dmi_allowed());
  });
  std::string sent;
  system.uart.sink = [&](char c) { sent += c; };
  system.run();
  BOOST_TEST(system.ram.data()[0x24] == 0x78);
  BOOST_TEST(sent == "x");
}

BOOST_AUTO_TEST_CASE(an_address_in_no_range_is_an_address_error_and_costs_the_decode) {
  System system([](ScriptedInitiator& self) {
    std::vector<unsigned char> data(64, 0xAA);
    for (const std::uint64_t address :
         {std::uint64_t{0}, k_ram - 1, k_ram + k_ram_bytes - 63, ~std::uint64_t{0}}) {
      self.delay = sc_core::SC_ZERO_TIME;
      BOOST_TEST(self.access(TLM_WRITE_COMMAND, address, data.data(), 64) ==
                 tlm::TLM_ADDRESS_ERROR_RESPONSE);
      BOOST_TEST(self.delay == ns(4));
      BOOST_TEST(self.payload.get_address() == address);
    }
  });
  system.run();
  BOOST_TEST(system.ram.data()[k_ram_bytes - 1] == 0);
  BOOST_TEST(system.bus.bytes_from(0) == 0u);
  BOOST_TEST(system.ledger.total_energy_aj() == 0u);
}

BOOST_AUTO_TEST_CASE(a_burst_takes_latency_and_the_longer_of_bus_and_target) {
  HostBusParameters narrow;
  narrow.width_bytes = 8;
  System system(
      [](ScriptedInitiator& self) {
        std::vector<unsigned char> data(4096);
        self.access(TLM_READ_COMMAND, k_ram, data.data(), 4096);
        BOOST_TEST(self.delay == ns(4 + 512));  // the bus: 4096 / 8 beats
        self.synchronise();
        self.access(TLM_READ_COMMAND, k_ram, data.data(), 4);
        BOOST_TEST(self.delay == ns(4 + 20 + 1));  // the memory: its latency and one beat
      },
      {}, narrow);
  system.run();
}

BOOST_AUTO_TEST_CASE(bursts_of_two_initiators_queue_on_a_shared_bus) {
  const auto burst = [](sc_time expected) {
    return [expected](ScriptedInitiator& self) {
      std::vector<unsigned char> data(4096);
      self.access(TLM_WRITE_COMMAND, k_ram, data.data(), 4096);
      BOOST_TEST(self.delay == expected);
    };
  };
  // 128 beats each; the memory answers 20 + 128 cycles after it is asked.
  System system(burst(ns(4 + 148)), burst(ns(128 + 4 + 148)));
  system.run();
  BOOST_TEST(system.bus.waited(0) == sc_core::SC_ZERO_TIME);
  BOOST_TEST(system.bus.waited(1) == ns(128));
}

BOOST_AUTO_TEST_CASE(a_crossbar_keeps_targets_apart) {
  HostBusParameters crossbar;
  crossbar.topology = BusTopology::crossbar;
  System system(
      [](ScriptedInitiator& self) {
        std::vector<unsigned char> data(4096);
        self.access(TLM_WRITE_COMMAND, k_ram, data.data(), 4096);
      },
      [](ScriptedInitiator& self) {
        self.read(k_uart + 4);
        BOOST_TEST(self.delay == ns(4 + 2));
        self.read(k_ram);
        BOOST_TEST(self.delay == ns(128 + 4 + 21));
      },
      crossbar);
  system.run();
}

BOOST_AUTO_TEST_CASE(polling_gets_into_a_dma_stream_that_was_annotated_ahead) {
  HostBusParameters parameters;
  sc_time longest;
  ScriptedInitiator poller("poller", [&](ScriptedInitiator& self) {
    wait(ns(1));
    for (int i = 0; i < 10; ++i) {
      self.read(0);
      longest = std::max(longest, self.delay);
      self.synchronise();
    }
  });
  invar::simulation::DmaPort<> dma("dma", 4096);
  sc_time dma_done;
  struct Mover : sc_core::sc_module {
    std::function<void()> body;
    explicit Mover(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
      INVAR_HAS_PROCESS(Mover);
      SC_THREAD(run);
    }
    void run() { body(); }
  } mover("mover");
  mover.body = [&] {
    std::vector<unsigned char> data(k_ram_bytes);
    dma.read(0, data.data(), data.size());
    dma.read(0, data.data(), 4);
    dma_done = sc_core::sc_time_stamp();
  };
  HostBus bus("bus", 2, {{"ram", 0, k_ram_bytes}}, parameters);
  MemoryParameters fast = ram_parameters();
  fast.latency_cycles = 0;
  Memory ram("ram", fast);
  dma.socket.bind(bus.target[0]);
  poller.socket.bind(bus.target[1]);
  bus.initiator[0].bind(ram.socket);
  sc_start(sc_time(100, SC_US));
  // At most a burst (128 ns), the access itself and its latency.
  BOOST_TEST(longest > ns(5));
  BOOST_TEST(longest <= ns(128 + 4 + 1));
  // 16 bursts of 4 + 128 ns, and the last access; ten polls of 1 ns may have come between.
  BOOST_TEST(dma_done >= ns(16 * 132 + 5));
  BOOST_TEST(dma_done <= ns(16 * 132 + 5 + 10));
  BOOST_TEST(bus.bytes_from(0) == k_ram_bytes + 4);
  BOOST_TEST(bus.bytes_from(1) == 40u);
  BOOST_TEST(bus.bytes_to(0) == k_ram_bytes + 44);
}

BOOST_AUTO_TEST_CASE(bytes_are_charged_in_the_phase_the_transaction_carries) {
  System system([](ScriptedInitiator& self) {
    std::vector<unsigned char> data(100);
    invar::ledger::PhaseExtension extension(INVAR_PHASE_FORWARD);
    self.payload.set_extension(&extension);
    self.access(TLM_WRITE_COMMAND, k_ram, data.data(), 100);
    self.payload.clear_extension(&extension);
    self.access(TLM_READ_COMMAND, k_ram, data.data(), 10);
  });
  system.ledger.set_host_phase(INVAR_PHASE_UPDATE);
  system.run();
  const auto bus = system.ledger.component("bus");
  const auto ram = system.ledger.component("ram");
  // 8 x 16 fJ and 31.2 pJ a byte.
  BOOST_TEST(system.ledger.component_energy_aj(bus) == 110u * 128000u);
  BOOST_TEST(system.ledger.component_energy_aj(ram) == 110u * 31200000u);
  BOOST_TEST(system.ledger.phase_energy_aj(INVAR_PHASE_FORWARD) == 100u * 31328000u);
  BOOST_TEST(system.ledger.phase_energy_aj(INVAR_PHASE_UPDATE) == 10u * 31328000u);
  BOOST_TEST(system.ledger.components()[bus].busy[INVAR_PHASE_FORWARD] == ns(4));
  BOOST_TEST(system.ledger.components()[ram].events[1].count == 100u);
}

BOOST_AUTO_TEST_CASE(direct_memory_is_translated_and_its_invalidation_too) {
  System system;
  system.run();
  ScriptedInitiator& self = system.first;
  tlm::tlm_dmi dmi;
  self.prepare(TLM_READ_COMMAND, k_ram + 0x100, nullptr, 4);
  BOOST_TEST(self.socket->get_direct_mem_ptr(self.payload, dmi));
  BOOST_TEST(self.payload.get_address() == k_ram + 0x100);
  BOOST_TEST(dmi.get_start_address() == k_ram);
  BOOST_TEST(dmi.get_end_address() == k_ram + k_ram_bytes - 1);
  BOOST_TEST(dmi.get_dmi_ptr() == system.ram.data());
  BOOST_TEST(dmi.get_read_latency() == ns(5 + 21));
  self.payload.set_address(k_uart);
  BOOST_TEST(!self.socket->get_direct_mem_ptr(self.payload, dmi));
  BOOST_TEST(dmi.get_start_address() == k_uart);
  BOOST_TEST(dmi.get_end_address() == k_uart + 0xFF);
  self.payload.set_address(0x42);
  BOOST_TEST(!self.socket->get_direct_mem_ptr(self.payload, dmi));

  system.ram.socket->invalidate_direct_mem_ptr(0x10, 0x1F);
  system.ram.socket->invalidate_direct_mem_ptr(0, ~sc_dt::uint64{0});
  const std::vector<std::pair<std::uint64_t, std::uint64_t>> expected = {
      {k_ram + 0x10, k_ram + 0x1F}, {k_ram, k_ram + k_ram_bytes - 1}};
  BOOST_TEST((system.first.invalidated == expected));
  BOOST_TEST((system.second.invalidated == expected));
}

BOOST_AUTO_TEST_CASE(direct_memory_can_be_turned_off) {
  HostBusParameters parameters;
  parameters.allow_dmi = false;
  System system(
      [](ScriptedInitiator& self) {
        self.read(k_ram);
        BOOST_TEST(!self.payload.is_dmi_allowed());
        tlm::tlm_dmi dmi;
        BOOST_TEST(!self.socket->get_direct_mem_ptr(self.payload, dmi));
      },
      {}, parameters);
  system.run();
}

BOOST_AUTO_TEST_CASE(debug_accesses_reach_the_target_and_leave_no_trace) {
  System system;
  system.run();
  ScriptedInitiator& self = system.first;
  std::uint32_t value = 0xCAFEF00Du;
  self.prepare(TLM_WRITE_COMMAND, k_ram + 8, &value, 4);
  BOOST_TEST(self.socket->transport_dbg(self.payload) == 4u);
  BOOST_TEST(system.ram.data()[8] == 0x0D);
  BOOST_TEST(self.payload.get_address() == k_ram + 8);
  self.payload.set_address(0x42);
  BOOST_TEST(self.socket->transport_dbg(self.payload) == 0u);
  BOOST_TEST(self.payload.get_response_status() == tlm::TLM_ADDRESS_ERROR_RESPONSE);
  BOOST_TEST(system.ledger.total_energy_aj() == 0u);
  BOOST_TEST(system.bus.bytes_from(0) == 0u);
}

BOOST_AUTO_TEST_CASE(parameters_out_of_range_are_refused_by_name) {
  HostBusParameters parameters;
  parameters.width_bytes = 0;
  BOOST_CHECK_EXCEPTION(
      HostBus("bus", 1, {}, parameters), std::invalid_argument, [](const std::exception& error) {
        return std::string(error.what()) == "bus.width_bytes = 0: must be from 1 to 4096";
      });
  BOOST_CHECK_THROW(HostBus("bus", 0, {}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(whoever_watches_writes_is_told_of_those_that_arrived) {
  struct Write {
    std::uint64_t address;
    std::vector<unsigned char> data;
  };
  std::vector<Write> seen;
  System system([](ScriptedInitiator& self) {
    self.write(k_ram + 16, 0x04030201u);
    self.read(k_ram + 16);
    self.write(k_ram + k_ram_bytes, 1);  // nothing is there
    std::uint64_t twice = 0x0807060504030201u;
    self.access(TLM_WRITE_COMMAND, k_ram + 32, &twice, 8);
  });
  system.bus.on_write = [&](std::uint64_t address, const unsigned char* data, std::size_t bytes) {
    seen.push_back({address, {data, data + bytes}});
  };
  system.run();
  BOOST_TEST_REQUIRE(seen.size() == 2u);
  BOOST_TEST(seen[0].address == k_ram + 16);
  BOOST_TEST((seen[0].data == std::vector<unsigned char>{1, 2, 3, 4}));
  BOOST_TEST(seen[1].address == k_ram + 32);
  BOOST_TEST((seen[1].data == std::vector<unsigned char>{1, 2, 3, 4, 5, 6, 7, 8}));
}

BOOST_AUTO_TEST_SUITE_END()
