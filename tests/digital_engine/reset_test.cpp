#include "digital_engine/engine_fixture.h"

using namespace invar;
using test::EngineFixture;
using test::nanoseconds;
using test::run_engine;

namespace {

/// Runs `reset` in the middle of a long job and checks that nothing of it is left.
void check_reset(const std::function<void(EngineFixture&)>& reset) {
  run_engine(EngineFixture::small_parameters(), [&](EngineFixture& host) {
    host.start();
    BOOST_CHECK_EQUAL(host.run_jobs({EngineFixture::fill(0, 1, 4.0F)}), 0u);
    host.submit({EngineFixture::long_job(), EngineFixture::store(0, EngineFixture::k_data, 4)});
    wait(nanoseconds(5000));
    BOOST_CHECK(host.busy());
    reset(host);
    BOOST_CHECK(!host.irq.read());
#define CHECK_RESET(name, offset, reset, access, effect)                     \
  if (INVAR_ENGINE_REG_##name != INVAR_ENGINE_REG_CAPABILITY &&              \
      INVAR_ENGINE_REG_##name != INVAR_ENGINE_REG_SCRATCHPAD_BYTES) {        \
    BOOST_CHECK_MESSAGE(host.peek(INVAR_ENGINE_REG_##name) == reset, #name); \
  }
    INVAR_ENGINE_REGISTERS(CHECK_RESET)
#undef CHECK_RESET
    // The engine is free at once, not when the job would have ended.
    host.start();
    const sc_core::sc_time start = sc_core::sc_time_stamp();
    BOOST_CHECK_EQUAL(host.run_jobs({EngineFixture::fill(4, 1, 6.0F)}), 0u);
    BOOST_CHECK(sc_core::sc_time_stamp() - start < nanoseconds(100));
    BOOST_CHECK_EQUAL(host.head(), 1u);
    wait(nanoseconds(2.0 * EngineFixture::k_long_job_cycles));
    BOOST_CHECK_EQUAL(host.head(), 1u);
    BOOST_CHECK(!host.irq.read());
    BOOST_CHECK_EQUAL(host.memory.get<float>(EngineFixture::k_data), 0.0F);
  });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reset)

BOOST_AUTO_TEST_CASE(the_reset_line_cancels_the_job_under_way) {
  check_reset([](EngineFixture& host) {
    host.rst.write(true);
    wait(nanoseconds(10));
    host.rst.write(false);
    wait(nanoseconds(10));
  });
}

BOOST_AUTO_TEST_CASE(the_reset_bit_cancels_the_job_under_way) {
  check_reset([](EngineFixture& host) {
    host.write(INVAR_ENGINE_REG_CONTROL, INVAR_ENGINE_CONTROL_RESET);
    BOOST_CHECK_EQUAL(host.read(INVAR_ENGINE_REG_CONTROL), 0u);
  });
}

BOOST_AUTO_TEST_CASE(a_reset_lowers_a_pending_interrupt) {
  run_engine(EngineFixture::small_parameters(), [](EngineFixture& host) {
    host.start();
    host.submit({EngineFixture::fill(0, 1, 4.0F)});
    wait(nanoseconds(100));
    BOOST_CHECK(host.irq.read());
    host.rst.write(true);
    wait(nanoseconds(1));
    BOOST_CHECK(!host.irq.read());
  });
}

BOOST_AUTO_TEST_CASE(a_cancelled_job_leaves_no_time_behind_in_the_ledger) {
  run_engine(EngineFixture::small_parameters(), [](EngineFixture& host) {
    host.start();
    const sc_core::sc_time start = sc_core::sc_time_stamp();
    host.submit({EngineFixture::long_job()});
    wait(nanoseconds(5001));
    host.write(INVAR_ENGINE_REG_CONTROL, INVAR_ENGINE_CONTROL_RESET);
    wait(nanoseconds(100000));
    const ledger::Ledger& ledger = host.engine.ledger();
    BOOST_CHECK(ledger.current_phase() == INVAR_PHASE_HOST);
    BOOST_CHECK(ledger.phase_time(INVAR_PHASE_FORWARD) == nanoseconds(5000));
    BOOST_CHECK(ledger.phase_time(INVAR_PHASE_HOST) ==
                sc_core::sc_time_stamp() - nanoseconds(5001));
    BOOST_CHECK(start < sc_core::sc_time_stamp());
    for (const ledger::ComponentTotal& component : ledger.components()) {
      BOOST_CHECK(component.busy[INVAR_PHASE_FORWARD] <= nanoseconds(5000));
    }
  });
}

BOOST_AUTO_TEST_CASE(resets_at_any_moment_of_transfers_and_jobs_leave_a_working_engine) {
  digital_engine::EngineParameters parameters = EngineFixture::small_parameters();
  parameters.dma_burst_bytes = 64;
  run_engine(parameters, [](EngineFixture& host) {
    invar_engine_job gather = EngineFixture::job(INVAR_ENGINE_GATHER_U8, 8, 0, 64);
    gather.address = EngineFixture::k_data;
    gather.c = 4096;
    for (int moment = 0; moment < 150; ++moment) {
      host.start();
      host.submit({EngineFixture::fill(0, 8, 0.0F),
                   EngineFixture::load(EngineFixture::k_data, 8192, 1024), gather,
                   EngineFixture::fill(0, 1, 2.0F), EngineFixture::job(99, 1)});
      wait(nanoseconds(moment));
      host.rst.write(true);
      wait(nanoseconds(1));
      // Writes have no effect while the line is high.
      host.start();
      host.write(INVAR_ENGINE_REG_RING_TAIL, 3);
      host.rst.write(false);
      wait(nanoseconds(1));
      BOOST_CHECK_EQUAL(host.read(INVAR_ENGINE_REG_RING_TAIL), 0u);
      BOOST_CHECK_EQUAL(host.read(INVAR_ENGINE_REG_CONTROL), 0u);
      BOOST_CHECK_EQUAL(host.head(), 0u);
      host.start();
      BOOST_CHECK_EQUAL(host.run_jobs({EngineFixture::fill(0, 1, static_cast<float>(moment)),
                                       EngineFixture::store(0, 0x100000, 4)}),
                        0u);
      BOOST_CHECK_EQUAL(host.head(), 2u);
      BOOST_CHECK_EQUAL(host.memory.get<float>(0x100000), moment);
      host.write(INVAR_ENGINE_REG_CONTROL, INVAR_ENGINE_CONTROL_RESET);
    }
  });
}

BOOST_AUTO_TEST_SUITE_END()
