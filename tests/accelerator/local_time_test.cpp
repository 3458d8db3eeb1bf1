// Registers of the accelerator take effect at their initiator's local time.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "accelerator/accelerator_fixture.h"
#include "support/local_time_accesses.h"

BOOST_AUTO_TEST_SUITE(accelerator_local_time)

using namespace invar;
using sc_core::sc_time;
using sc_core::sc_time_stamp;
using test::AcceleratorFixture;
using test::run_script;

namespace {

sc_time ns(double value) {
  return sc_time(value, sc_core::SC_NS);
}

void write_at(AcceleratorFixture& host, const sc_time& ahead, std::uint64_t offset,
              std::uint32_t value) {
  sc_time delay = ahead;
  host.access(tlm::TLM_WRITE_COMMAND, offset, &value, 4, delay);
}

std::uint32_t read_at(AcceleratorFixture& host, const sc_time& ahead, std::uint64_t offset) {
  std::uint32_t value = 0;
  sc_time delay = ahead;
  host.access(tlm::TLM_READ_COMMAND, offset, &value, 4, delay);
  return value;
}

test::RingDevice accelerator_registers() {
  test::RingDevice device{};
  device.control = INVAR_REG_CONTROL;
  device.status = INVAR_REG_STATUS;
  device.irq_status = INVAR_REG_IRQ_STATUS;
  device.irq_enable = INVAR_REG_IRQ_ENABLE;
  device.base_low = INVAR_REG_RING_BASE_LO;
  device.base_high = INVAR_REG_RING_BASE_HI;
  device.size = INVAR_REG_RING_SIZE;
  device.tail = INVAR_REG_RING_TAIL;
  device.completion_low = INVAR_REG_COMPLETION_BASE_LO;
  device.completion_high = INVAR_REG_COMPLETION_BASE_HI;
  device.ticks_low = INVAR_REG_TICKS_LO;
  device.ticks_high = INVAR_REG_TICKS_HI;
  device.cycle_ps = 1000;
  return device;
}

}  // namespace

BOOST_AUTO_TEST_CASE(two_initiators_that_run_ahead_find_what_a_model_of_the_registers_says) {
  const int accesses = test::random_access_count();
  AcceleratorFixture host(
      "host", AcceleratorFixture::small_parameters(), [](AcceleratorFixture&) {}, false);
  test::LocalTimeAccesses test("test", host, accelerator_registers(), host.irq, host.rst, accesses);
  sc_core::sc_start();
  BOOST_CHECK_GE(test.done(), accesses);
  BOOST_CHECK_EQUAL(test.wrong_reads(), 0);
  BOOST_CHECK_EQUAL(test.wrong_lines(), 0);
  BOOST_CHECK_GT(test.raised(), accesses / 200);
}

BOOST_AUTO_TEST_CASE(a_doorbell_ahead_of_time_is_served_at_its_time_whatever_wakes_the_queue) {
  run_script(AcceleratorFixture::small_parameters(), [](AcceleratorFixture& host) {
    host.start();
    invar_descriptor release{};
    release.opcode = INVAR_OP_RELEASE;
    release.handle = 7;
    for (std::uint32_t slot = 0; slot < 2; ++slot) {
      host.memory.put(AcceleratorFixture::k_ring + sizeof(invar_descriptor) * slot, release);
    }
    // The later doorbell comes first, and a decoupled initiator's comes beside one that is not.
    write_at(host, ns(100'000), INVAR_REG_RING_TAIL, 2);
    write_at(host, ns(10), INVAR_REG_RING_TAIL, 1);
    BOOST_CHECK_EQUAL(read_at(host, ns(9), INVAR_REG_RING_TAIL), 0u);
    BOOST_CHECK_EQUAL(read_at(host, ns(10), INVAR_REG_RING_TAIL), 1u);
    BOOST_CHECK_EQUAL(read_at(host, ns(99'999), INVAR_REG_STATUS), INVAR_STATUS_BUSY);
    BOOST_CHECK_EQUAL(read_at(host, ns(100'000), INVAR_REG_RING_TAIL), 2u);
    const sc_time start = sc_time_stamp();
    wait(host.irq.posedge_event());
    host.write(INVAR_REG_IRQ_STATUS, INVAR_IRQ_COMPLETION);
    wait(ns(50'000));
    BOOST_CHECK_EQUAL(host.read(INVAR_REG_RING_HEAD), 1u);
    BOOST_CHECK_EQUAL(host.completion(1).status, INVAR_STATUS_PENDING);
    wait(host.irq.posedge_event());
    BOOST_CHECK(sc_time_stamp() - start > ns(100'000));
    BOOST_CHECK_EQUAL(host.completion(1).status, INVAR_STATUS_BAD_HANDLE);
  });
}

BOOST_AUTO_TEST_CASE(interrupts_are_masked_and_acknowledged_at_local_time) {
  run_script(AcceleratorFixture::small_parameters(), [](AcceleratorFixture& host) {
    host.write(INVAR_REG_CONTROL, INVAR_CONTROL_ENABLE);
    host.write(INVAR_REG_RING_TAIL, 1);  // a fault: there is no ring
    wait(ns(10));
    BOOST_CHECK(!host.irq.read());
    const sc_time start = sc_time_stamp();
    write_at(host, ns(40'000), INVAR_REG_IRQ_STATUS, INVAR_IRQ_FAULT);
    write_at(host, ns(10'000), INVAR_REG_IRQ_ENABLE, INVAR_IRQ_FAULT);
    write_at(host, ns(20'000), INVAR_REG_IRQ_ENABLE, 0);
    write_at(host, ns(30'000), INVAR_REG_IRQ_ENABLE, INVAR_IRQ_FAULT);
    for (const double edge : {10'000.0, 20'000.0, 30'000.0, 40'000.0}) {
      wait(host.irq.value_changed_event());
      BOOST_CHECK(sc_time_stamp() - start == ns(edge));
    }
  });
}

BOOST_AUTO_TEST_CASE(
    a_reset_by_register_takes_its_place_among_writes_and_one_by_signal_drops_them) {
  run_script(AcceleratorFixture::small_parameters(), [](AcceleratorFixture& host) {
    // A driver that runs ahead: reset at 100 ns, set up behind it.
    host.write(INVAR_REG_RING_SIZE, 8);
    write_at(host, ns(200), INVAR_REG_RING_SIZE, 16);
    write_at(host, ns(100), INVAR_REG_CONTROL, INVAR_CONTROL_RESET);
    BOOST_CHECK_EQUAL(read_at(host, ns(50), INVAR_REG_RING_SIZE), 8u);
    BOOST_CHECK_EQUAL(read_at(host, ns(150), INVAR_REG_RING_SIZE), 0u);
    BOOST_CHECK_EQUAL(read_at(host, ns(250), INVAR_REG_RING_SIZE), 16u);
    BOOST_CHECK_EQUAL(read_at(host, ns(250), INVAR_REG_TICKS_LO), 150u);
    wait(ns(250));
    BOOST_CHECK_EQUAL(host.peek(INVAR_REG_RING_SIZE), 16u);

    write_at(host, ns(100), INVAR_REG_RING_SIZE, 32);
    wait(ns(50));
    host.rst.write(true);
    wait(ns(10));
    host.rst.write(false);
    wait(ns(100));
    BOOST_CHECK_EQUAL(host.peek(INVAR_REG_RING_SIZE), 0u);
  });
}

BOOST_AUTO_TEST_CASE(ticks_are_exact_at_every_instant_and_any_local_time) {
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.register_latency_s = 0.0;
  run_script(parameters, [](AcceleratorFixture& host) {
    // From an odd instant on: seconds in a double put every seventieth instant a cycle early.
    wait(sc_time::from_value(123'457));
    host.write(INVAR_REG_CONTROL, INVAR_CONTROL_RESET);
    const std::uint64_t reset_ps = sc_time_stamp().value();
    std::mt19937_64 random(5);
    int wrong = 0;
    for (int i = 0; i < 20000; ++i) {
      wait(sc_time::from_value(random() % 2000 == 0 ? 1'000'000'000 : 1 + random() % 3000));
      const std::uint64_t ahead_ps = i % 2 == 0 ? 0 : random() % 20'000'000;
      const std::uint64_t at_ps = sc_time_stamp().value() + ahead_ps;
      wrong += read_at(host, sc_time::from_value(ahead_ps), INVAR_REG_TICKS_LO) !=
                       static_cast<std::uint32_t>((at_ps - reset_ps) / 1000)
                   ? 1
                   : 0;
    }
    BOOST_CHECK_EQUAL(wrong, 0);
  });
}

BOOST_AUTO_TEST_CASE(debug_reads_show_what_is_in_force_and_change_nothing) {
  run_script(AcceleratorFixture::small_parameters(), [](AcceleratorFixture& host) {
    write_at(host, ns(100), INVAR_REG_RING_SIZE, 16);
    BOOST_CHECK_EQUAL(host.peek(INVAR_REG_RING_SIZE), 0u);
    wait(ns(100));
    BOOST_CHECK_EQUAL(host.peek(INVAR_REG_RING_SIZE), 16u);
    wait(sc_time(4.5, sc_core::SC_SEC) / 10.0);
    BOOST_CHECK_GT(host.peek(INVAR_REG_TICKS_LO), 0u);
    BOOST_CHECK_EQUAL(host.peek(INVAR_REG_TICKS_HI), 0u);
  });
}

BOOST_AUTO_TEST_SUITE_END()
