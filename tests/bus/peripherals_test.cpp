#include <invar/bus/host_control.h>
#include <invar/bus/interrupt_controller.h>
#include <invar/bus/timer.h>
#include <invar/bus/uart.h>
#include <invar/registers/peripheral_registers.h>

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

#include "bus/scripted_initiator.h"

BOOST_AUTO_TEST_SUITE(peripherals)

using namespace invar::bus;
using invar::test::ns;
using invar::test::ScriptedInitiator;
using sc_core::sc_signal;
using sc_core::sc_start;
using sc_core::sc_time;
using sc_core::SC_US;

namespace {

/// Notes the times at which a line changes.
struct EdgeRecorder : sc_core::sc_module {
  sc_core::sc_in<bool> line{"line"};
  std::vector<std::pair<sc_time, bool>> edges;

  explicit EdgeRecorder(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
    INVAR_HAS_PROCESS(EdgeRecorder);
    SC_METHOD(record);
    sensitive << line;
    dont_initialize();
  }
  void record() { edges.emplace_back(sc_core::sc_time_stamp(), line.read()); }
};

}  // namespace

BOOST_AUTO_TEST_CASE(the_uart_sends_bytes_in_order_to_its_sink) {
  ScriptedInitiator host("host", [](ScriptedInitiator& self) {
    BOOST_TEST(self.read(INVAR_UART_REG_STATUS) == 1u);
    for (const char c : std::string("ok\n")) {
      BOOST_TEST(self.write(INVAR_UART_REG_DATA, 0xFFFFFF00u | static_cast<unsigned char>(c)) ==
                 tlm::TLM_OK_RESPONSE);
    }
    BOOST_TEST(self.delay == ns(8));
    BOOST_TEST(self.write(INVAR_UART_WINDOW_BYTES, 1) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
  });
  Uart uart("uart");
  std::string text;
  uart.sink = [&](char c) { text += c; };
  host.socket.bind(uart.socket);
  sc_start(sc_time(1, SC_US));
  BOOST_TEST(text == "ok\n");
  BOOST_TEST(uart.bytes_sent() == 3u);
}

BOOST_AUTO_TEST_CASE(the_timer_raises_and_lowers_its_interrupt_at_absolute_times) {
  ScriptedInitiator host("host", [](ScriptedInitiator& self) {
    self.write(INVAR_TIMER_REG_CONTROL, 1);
    self.write(INVAR_TIMER_REG_COMPARE_LO, 500);
    self.write(INVAR_TIMER_REG_COMPARE_HI, 0);
    self.delay = ns(499);
    BOOST_TEST(self.read(INVAR_TIMER_REG_STATUS) == 0u);
    self.delay = sc_core::SC_ZERO_TIME;
    wait(ns(700));
    BOOST_TEST(self.read(INVAR_TIMER_REG_STATUS) == 1u);
    self.delay = ns(50);
    self.write(INVAR_TIMER_REG_STATUS, 1);
    self.delay = ns(60);
    BOOST_TEST(self.read(INVAR_TIMER_REG_STATUS) == 0u);
    // A compare in the past is reached at once.
    self.delay = ns(100);
    self.write(INVAR_TIMER_REG_COMPARE_HI, 0);
    self.delay = ns(150);
    self.write(INVAR_TIMER_REG_CONTROL, 0);
  });
  Timer timer("timer");
  sc_signal<bool> line("line");
  EdgeRecorder recorder("recorder");
  timer.irq(line);
  recorder.line(line);
  host.socket.bind(timer.socket);
  sc_start(sc_time(2, SC_US));
  const std::vector<std::pair<sc_time, bool>> expected = {
      {ns(500), true}, {ns(750), false}, {ns(800), true}, {ns(850), false}};
  BOOST_TEST((recorder.edges == expected));
}

BOOST_AUTO_TEST_CASE(a_replaced_compare_raises_nothing_and_an_acknowledged_one_only_until_then) {
  ScriptedInitiator host("host", [](ScriptedInitiator& self) {
    self.write(INVAR_TIMER_REG_CONTROL, 1);
    self.write(INVAR_TIMER_REG_COMPARE_LO, 300);
    self.write(INVAR_TIMER_REG_COMPARE_HI, 0);
    self.write(INVAR_TIMER_REG_COMPARE_LO, 600);
    self.write(INVAR_TIMER_REG_COMPARE_HI, 0);
    // A core that has run to 650 sees the compare reached and clears it then, ahead of simulated
    // time.
    self.delay = ns(650);
    BOOST_TEST(self.read(INVAR_TIMER_REG_STATUS) == 1u);
    self.write(INVAR_TIMER_REG_STATUS, 1);
    // Far beyond the end of time: armed, never reached.
    self.write(INVAR_TIMER_REG_COMPARE_HI, 0xFFFFFFFFu);
  });
  Timer timer("timer");
  sc_signal<bool> line("line");
  EdgeRecorder recorder("recorder");
  timer.irq(line);
  recorder.line(line);
  host.socket.bind(timer.socket);
  sc_start(sc_time(2, SC_US));
  const std::vector<std::pair<sc_time, bool>> expected = {{ns(600), true}, {ns(652), false}};
  BOOST_TEST((recorder.edges == expected));
}

BOOST_AUTO_TEST_CASE(the_timer_tells_the_time_its_initiator_has_reached) {
  ScriptedInitiator host("host", [](ScriptedInitiator& self) {
    wait(sc_time(5, sc_core::SC_SEC));
    self.delay = ns(7.9);
    BOOST_TEST(self.read(INVAR_TIMER_REG_TIME_LO) == static_cast<std::uint32_t>(5000000007ull));
    BOOST_TEST(self.read(INVAR_TIMER_REG_TIME_HI) == 1u);
  });
  Timer timer("timer");
  sc_signal<bool> line("line");
  timer.irq(line);
  host.socket.bind(timer.socket);
  sc_start(sc_time(6, sc_core::SC_SEC));
  BOOST_TEST(host.delay == ns(7.9 + 4));
}

BOOST_AUTO_TEST_CASE(the_interrupt_controller_masks_and_claims_the_lowest_input) {
  sc_core::sc_vector<sc_signal<bool>> lines("lines", 3);
  ScriptedInitiator host("host", [&](ScriptedInitiator& self) {
    lines[1] = true;
    lines[2] = true;
    wait(ns(10));
    self.delay = sc_core::SC_ZERO_TIME;
    BOOST_TEST(self.read(INVAR_INTC_REG_PENDING) == 0b110u);
    BOOST_TEST(self.read(INVAR_INTC_REG_CLAIM) == 0u);
    self.delay = ns(90);
    self.write(INVAR_INTC_REG_ENABLE, 0b101);  // irq at 100
    BOOST_TEST(self.read(INVAR_INTC_REG_CLAIM) == 3u);
    wait(ns(190));
    lines[2] = false;  // irq falls at 200
    wait(ns(100));
    lines[0] = true;  // irq rises at 300
    wait(ns(1));
    self.write(INVAR_INTC_REG_ENABLE, 0xFFFFFFFFu);
    BOOST_TEST(self.read(INVAR_INTC_REG_CLAIM) == 1u);
  });
  InterruptController controller("controller", 3);
  sc_signal<bool> irq("irq");
  EdgeRecorder recorder("recorder");
  controller.input(lines);
  controller.irq(irq);
  recorder.line(irq);
  host.socket.bind(controller.socket);
  sc_start(sc_time(2, SC_US));
  const std::vector<std::pair<sc_time, bool>> expected = {
      {ns(100), true}, {ns(200), false}, {ns(300), true}};
  BOOST_TEST((recorder.edges == expected));
}

BOOST_AUTO_TEST_CASE(the_host_phase_changes_when_simulated_time_reaches_the_write) {
  invar::ledger::Ledger ledger;
  sc_time exit_at;
  std::uint32_t exit_code = 0;
  std::vector<std::pair<std::uint64_t, sc_time>> progress;
  ScriptedInitiator host("host", [&](ScriptedInitiator& self) {
    self.delay = ns(100);
    self.write(INVAR_HOST_REG_PHASE, INVAR_PHASE_FORWARD);
    BOOST_TEST(self.read(INVAR_HOST_REG_PHASE) == std::uint32_t{INVAR_PHASE_FORWARD});
    self.delay = ns(150);
    self.write(INVAR_HOST_REG_PHASE, INVAR_PHASE_UPDATE);
    self.delay = ns(200);
    BOOST_TEST(self.write(INVAR_HOST_REG_PHASE, INVAR_PHASE_COUNT) ==
               tlm::TLM_GENERIC_ERROR_RESPONSE);
    self.write(INVAR_HOST_REG_PROGRESS, 0x08001000u);
    BOOST_TEST(progress.size() == 1u);
    self.delay = ns(400);
    self.write(INVAR_HOST_REG_EXIT, 3);
    BOOST_TEST(exit_code == 0u);
  });
  HostControl control("control", &ledger);
  control.on_exit = [&](std::uint32_t code) {
    exit_code = code;
    exit_at = sc_core::sc_time_stamp();
    sc_core::sc_stop();
  };
  control.on_progress = [&](std::uint64_t address, const sc_time& at) {
    progress.emplace_back(address, at);
  };
  host.socket.bind(control.socket);
  sc_start(sc_time(2, SC_US));
  BOOST_TEST(exit_code == 3u);
  BOOST_TEST(exit_at == ns(400));
  BOOST_TEST(ledger.phase_time(INVAR_PHASE_HOST) == ns(100));
  BOOST_TEST(ledger.phase_time(INVAR_PHASE_FORWARD) == ns(50));
  BOOST_TEST(ledger.phase_time(INVAR_PHASE_UPDATE) == ns(250));
  BOOST_TEST((progress == std::vector<std::pair<std::uint64_t, sc_time>>{{0x80010000u, ns(202)}}));
}

BOOST_AUTO_TEST_CASE(writes_of_two_initiators_take_effect_in_the_order_of_their_local_times) {
  Uart uart("uart");
  std::string text;
  uart.sink = [&](char c) { text += c; };
  // One port, as behind a bus: the second initiator comes later but writes for an earlier time.
  ScriptedInitiator host("host", [&](ScriptedInitiator& self) {
    const auto send = [&](double at_ns, char c) {
      self.delay = ns(at_ns);
      self.write(INVAR_UART_REG_DATA, static_cast<unsigned char>(c));
    };
    send(100, 'd');
    send(50, 'b');
    send(0, 'a');
    send(100, 'e');
    send(75, 'c');
    BOOST_TEST(text == "a");
    BOOST_TEST(uart.bytes_sent() == 1u);
    wait(ns(80));
    BOOST_TEST(text == "abc");
  });
  host.socket.bind(uart.socket);
  sc_start(sc_time(1, SC_US));
  BOOST_TEST(text == "abcde");
}

BOOST_AUTO_TEST_CASE(a_register_reads_as_it_is_at_the_local_time_of_whoever_asks) {
  ScriptedInitiator host("host", [](ScriptedInitiator& self) {
    const auto write_at = [&](double at_ns, std::uint64_t offset, std::uint32_t value) {
      self.delay = ns(at_ns);
      self.write(offset, value);
    };
    const auto read_at = [&](double at_ns, std::uint64_t offset) {
      self.delay = ns(at_ns);
      return self.read(offset);
    };
    write_at(100, INVAR_TIMER_REG_CONTROL, 1);
    write_at(60, INVAR_TIMER_REG_COMPARE_LO, 500);
    write_at(70, INVAR_TIMER_REG_COMPARE_HI, 0);
    write_at(600, INVAR_TIMER_REG_STATUS, 1);
    BOOST_TEST(read_at(59, INVAR_TIMER_REG_COMPARE_LO) == 0u);
    BOOST_TEST(read_at(60, INVAR_TIMER_REG_COMPARE_LO) == 500u);
    BOOST_TEST(read_at(99, INVAR_TIMER_REG_CONTROL) == 0u);
    BOOST_TEST(read_at(100, INVAR_TIMER_REG_CONTROL) == 1u);
    BOOST_TEST(read_at(499, INVAR_TIMER_REG_STATUS) == 0u);
    BOOST_TEST(read_at(500, INVAR_TIMER_REG_STATUS) == 1u);
    BOOST_TEST(read_at(600, INVAR_TIMER_REG_STATUS) == 0u);
  });
  Timer timer("timer");
  sc_signal<bool> line("line");
  EdgeRecorder recorder("recorder");
  timer.irq(line);
  recorder.line(line);
  host.socket.bind(timer.socket);
  sc_start(sc_time(2, SC_US));
  const std::vector<std::pair<sc_time, bool>> expected = {{ns(500), true}, {ns(600), false}};
  BOOST_TEST((recorder.edges == expected));
}

BOOST_AUTO_TEST_CASE(a_mask_ahead_of_time_hides_nothing_from_another_initiator_before_it) {
  sc_core::sc_vector<sc_signal<bool>> lines("lines", 2);
  ScriptedInitiator host("host", [&](ScriptedInitiator& self) {
    lines[1] = true;
    wait(ns(10));
    self.delay = ns(500);
    self.write(INVAR_INTC_REG_ENABLE, 0);
    self.delay = ns(100);
    self.write(INVAR_INTC_REG_ENABLE, 2);
    self.delay = ns(300);
    BOOST_TEST(self.read(INVAR_INTC_REG_CLAIM) == 2u);
    self.delay = ns(50);
    BOOST_TEST(self.read(INVAR_INTC_REG_CLAIM) == 0u);
    self.delay = ns(500);
    BOOST_TEST(self.read(INVAR_INTC_REG_CLAIM) == 0u);
  });
  InterruptController controller("controller", 2);
  sc_signal<bool> irq("irq");
  EdgeRecorder recorder("recorder");
  controller.input(lines);
  controller.irq(irq);
  recorder.line(irq);
  host.socket.bind(controller.socket);
  sc_start(sc_time(2, SC_US));
  const std::vector<std::pair<sc_time, bool>> expected = {{ns(110), true}, {ns(510), false}};
  BOOST_TEST((recorder.edges == expected));
}

BOOST_AUTO_TEST_CASE(a_stop_request_is_read_from_its_register) {
  ScriptedInitiator host("host");
  HostControl control("control");
  host.socket.bind(control.socket);
  sc_start(sc_core::SC_ZERO_TIME);
  BOOST_TEST(host.read(INVAR_HOST_REG_STOP) == 0u);
  control.request_stop();
  BOOST_TEST(host.read(INVAR_HOST_REG_STOP) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
