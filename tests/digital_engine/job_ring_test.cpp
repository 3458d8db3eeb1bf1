#include "digital_engine/engine_fixture.h"
#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(job_ring)

using namespace invar;
using test::EngineFixture;
using test::nanoseconds;
using test::run_engine;

namespace {

/// value <- 2 value + addend, with 1 at `one`: any other order of such jobs gives another value.
invar_engine_job doubled_plus(std::uint32_t value, std::uint32_t one, float addend) {
  invar_engine_job job = EngineFixture::job(INVAR_ENGINE_AXPBY, 1);
  job.a = job.c = value;
  job.b = one;
  job.alpha = 2.0F;
  job.beta = addend;
  return job;
}

}  // namespace

BOOST_AUTO_TEST_CASE(jobs_run_in_order_around_the_end_of_the_ring) {
  run_engine(EngineFixture::small_parameters(), [](EngineFixture& host) {
    host.start(4);
    BOOST_CHECK_EQUAL(
        host.run_jobs({EngineFixture::fill(0, 1, 0.0F), EngineFixture::fill(4, 1, 1.0F)}), 0u);
    double expected = 0.0;
    std::uint32_t count = 2;
    for (const int batch : {1, 3, 4, 2, 4, 4, 1}) {
      std::vector<invar_engine_job> jobs;
      for (int i = 0; i < batch; ++i) {
        jobs.push_back(doubled_plus(0, 4, static_cast<float>(count % 2)));
        expected = 2.0 * expected + count % 2;
        ++count;
      }
      BOOST_CHECK_EQUAL(host.run_jobs(jobs), 0u);
      BOOST_CHECK_EQUAL(host.head(), count);
    }
    host.run_jobs({EngineFixture::store(0, EngineFixture::k_data, 4)});
    BOOST_CHECK_EQUAL(host.memory.get<float>(EngineFixture::k_data), expected);
  });
}

BOOST_AUTO_TEST_CASE(jobs_added_while_others_run_are_run_behind_them) {
  run_engine(EngineFixture::small_parameters(), [](EngineFixture& host) {
    host.start(64);
    host.submit({EngineFixture::fill(0, 1, 0.0F), EngineFixture::fill(4, 1, 1.0F)});
    double expected = 0.0;
    for (int i = 0; i < 40; ++i) {
      host.submit({doubled_plus(0, 4, static_cast<float>(i % 3))});
      expected = std::fmod(2.0 * expected + i % 3, 1e30);
      wait(nanoseconds(5 * (i % 5)));
    }
    BOOST_CHECK(host.busy());
    host.run_jobs({EngineFixture::store(0, EngineFixture::k_data, 4)});
    BOOST_CHECK_EQUAL(host.head(), 43u);
    BOOST_CHECK(!host.busy());
    BOOST_CHECK_CLOSE(host.memory.get<float>(EngineFixture::k_data), expected, 1e-4);
  });
}

BOOST_AUTO_TEST_CASE(the_largest_ring_full_to_the_last_job_runs_through) {
  run_engine(EngineFixture::small_parameters(), [](EngineFixture& host) {
    // Ring of 256 KiB: behind the data of the other tests.
    host.start(4096);
    std::vector<invar_engine_job> jobs(4096, EngineFixture::fill(0, 1, 2.5F));
    jobs.back() = EngineFixture::store(0, 0x200000, 4);
    BOOST_CHECK_EQUAL(host.run_jobs(jobs), 0u);
    BOOST_CHECK_EQUAL(host.head(), 4096u);
    BOOST_CHECK_EQUAL(host.memory.get<float>(0x200000), 2.5F);
  });
}

BOOST_AUTO_TEST_CASE(nothing_runs_before_the_engine_is_enabled_and_all_of_it_afterwards) {
  run_engine(EngineFixture::small_parameters(), [](EngineFixture& host) {
    host.start();
    host.write(INVAR_ENGINE_REG_CONTROL, 0);
    host.submit(
        {EngineFixture::fill(0, 1, 3.0F), EngineFixture::store(0, EngineFixture::k_data, 4)});
    wait(nanoseconds(1000));
    BOOST_CHECK_EQUAL(host.head(), 0u);
    host.write(INVAR_ENGINE_REG_CONTROL, INVAR_ENGINE_CONTROL_ENABLE);
    wait(nanoseconds(1000));
    BOOST_CHECK_EQUAL(host.head(), 2u);
    BOOST_CHECK_EQUAL(host.memory.get<float>(EngineFixture::k_data), 3.0F);
  });
}

BOOST_AUTO_TEST_CASE(the_interrupt_rises_when_the_ring_is_empty_and_stays_until_acknowledged) {
  run_engine(EngineFixture::small_parameters(), [](EngineFixture& host) {
    host.start();
    wait(nanoseconds(100));
    BOOST_CHECK(!host.irq.read());
    host.submit({EngineFixture::fill(0, 1, 0.0F)});
    wait(nanoseconds(8));
    BOOST_CHECK(!host.irq.read());
    wait(nanoseconds(1000));
    BOOST_CHECK(host.irq.read());
    BOOST_CHECK_EQUAL(host.peek(INVAR_ENGINE_REG_IRQ_STATUS), INVAR_ENGINE_IRQ_IDLE);
    // Reading it and clearing the other bit do not lower it.
    host.read(INVAR_ENGINE_REG_IRQ_STATUS);
    host.write(INVAR_ENGINE_REG_IRQ_STATUS, INVAR_ENGINE_IRQ_FAULT);
    wait(nanoseconds(1000));
    BOOST_CHECK(host.irq.read());
    // The mask hides it without clearing it.
    host.write(INVAR_ENGINE_REG_IRQ_ENABLE, INVAR_ENGINE_IRQ_FAULT);
    wait(nanoseconds(1));
    BOOST_CHECK(!host.irq.read());
    host.write(INVAR_ENGINE_REG_IRQ_ENABLE, INVAR_ENGINE_IRQ_IDLE);
    wait(nanoseconds(1));
    BOOST_CHECK(host.irq.read());
    host.write(INVAR_ENGINE_REG_IRQ_STATUS, INVAR_ENGINE_IRQ_IDLE);
    wait(nanoseconds(1));
    BOOST_CHECK(!host.irq.read());
    wait(nanoseconds(1000));
    BOOST_CHECK(!host.irq.read());
    // A job that fails raises the other bit.
    host.write(INVAR_ENGINE_REG_IRQ_ENABLE, INVAR_ENGINE_IRQ_FAULT);
    host.submit({EngineFixture::job(99, 1)});
    wait(nanoseconds(1000));
    BOOST_CHECK(host.irq.read());
    BOOST_CHECK_EQUAL(host.peek(INVAR_ENGINE_REG_IRQ_STATUS), INVAR_ENGINE_IRQ_FAULT);
  });
}

BOOST_AUTO_TEST_CASE(two_engines_in_one_simulation_do_not_touch_each_other) {
  digital_engine::EngineParameters slow = EngineFixture::small_parameters();
  slow.clock_period_s = 4e-9;
  ledger::Ledger ledger;
  float results[2] = {};
  double seconds[2] = {};
  const auto script = [&](int which, float value) {
    return [&results, &seconds, which, value](EngineFixture& host) {
      host.start();
      const sc_core::sc_time start = sc_core::sc_time_stamp();
      host.run_jobs({EngineFixture::fill(0, 320, value), EngineFixture::fill(1280, 1, 1.0F),
                     doubled_plus(0, 1280, 1.0F),
                     EngineFixture::store(0, EngineFixture::k_data, 4)});
      seconds[which] = (sc_core::sc_time_stamp() - start).to_seconds();
      results[which] = host.memory.get<float>(EngineFixture::k_data);
      wait(nanoseconds(10000 * (which + 1)));
    };
  };
  EngineFixture first("first", EngineFixture::small_parameters(), script(0, 3.0F), &ledger);
  EngineFixture second("second", slow, script(1, 5.0F), &ledger);
  sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_MS));
  BOOST_CHECK_EQUAL(results[0], 7.0F);
  BOOST_CHECK_EQUAL(results[1], 11.0F);
  BOOST_CHECK(seconds[0] > 0.0);
  BOOST_CHECK(seconds[1] > 3.0 * seconds[0]);
  // Each has components of its own in the shared ledger, with the same energy.
  const auto energy = [&](const std::string& name) {
    return ledger.component_energy_aj(ledger.component(name));
  };
  for (const char* part : {".engine.core.vector_unit", ".engine.core.scratchpad", ".engine.dma"}) {
    BOOST_CHECK(energy(std::string("first") + part) > 0u);
    BOOST_CHECK_EQUAL(energy(std::string("first") + part), energy(std::string("second") + part));
  }
}

BOOST_AUTO_TEST_SUITE_END()
