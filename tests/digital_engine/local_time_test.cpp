// Registers of the engine take effect at their initiator's local time.
#include <boost/test/unit_test.hpp>

#include "digital_engine/engine_fixture.h"
#include "support/local_time_accesses.h"

BOOST_AUTO_TEST_SUITE(engine_local_time)

using namespace invar;
using sc_core::sc_time;
using test::EngineFixture;
using test::nanoseconds;
using test::run_engine;

namespace {

test::RingDevice engine_registers() {
  test::RingDevice device{};
  device.control = INVAR_ENGINE_REG_CONTROL;
  device.status = INVAR_ENGINE_REG_STATUS;
  device.irq_status = INVAR_ENGINE_REG_IRQ_STATUS;
  device.irq_enable = INVAR_ENGINE_REG_IRQ_ENABLE;
  device.base_low = INVAR_ENGINE_REG_RING_BASE_LO;
  device.base_high = INVAR_ENGINE_REG_RING_BASE_HI;
  device.size = INVAR_ENGINE_REG_RING_SIZE;
  device.tail = INVAR_ENGINE_REG_RING_TAIL;
  device.busy_while_disabled = true;
  return device;
}

}  // namespace

BOOST_AUTO_TEST_CASE(two_initiators_that_run_ahead_find_what_a_model_of_the_registers_says) {
  const int accesses = test::random_access_count();
  sc_core::sc_event never;
  EngineFixture host("host", EngineFixture::small_parameters(),
                     [&](EngineFixture&) { sc_core::wait(never); });
  test::LocalTimeAccesses test("test", host, engine_registers(), host.irq, host.rst, accesses);
  sc_core::sc_start();
  BOOST_CHECK_GE(test.done(), accesses);
  BOOST_CHECK_EQUAL(test.wrong_reads(), 0);
  BOOST_CHECK_EQUAL(test.wrong_lines(), 0);
  BOOST_CHECK_GT(test.raised(), accesses / 200);
}

BOOST_AUTO_TEST_CASE(a_doorbell_ahead_of_time_is_served_at_its_time_while_jobs_run) {
  run_engine(EngineFixture::small_parameters(), [](EngineFixture& host) {
    host.start();
    host.memory.put(EngineFixture::k_ring, EngineFixture::fill(0, 64, 1.0F));
    host.memory.put(EngineFixture::k_ring + 64, EngineFixture::fill(0, 64, 2.0F));
    std::uint32_t tail = 2;
    sc_time delay = nanoseconds(100'000);
    host.access(tlm::TLM_WRITE_COMMAND, INVAR_ENGINE_REG_RING_TAIL, &tail, 4, delay);
    tail = 1;
    delay = nanoseconds(10);
    host.access(tlm::TLM_WRITE_COMMAND, INVAR_ENGINE_REG_RING_TAIL, &tail, 4, delay);
    wait(nanoseconds(99'999));
    BOOST_CHECK_EQUAL(host.head(), 1u);
    BOOST_CHECK_EQUAL(host.peek(INVAR_ENGINE_REG_STATUS), 0u);
    wait(nanoseconds(1'000));
    BOOST_CHECK_EQUAL(host.head(), 2u);
  });
}

BOOST_AUTO_TEST_SUITE_END()
