#include "digital_engine/engine_fixture.h"

BOOST_AUTO_TEST_SUITE(job_time)

using namespace invar;
using test::EngineFixture;
using test::nanoseconds;
using test::run_engine;

namespace {

const sc_core::sc_time k_fetch = nanoseconds(1);

/// Runs jobs and checks that the last one ends `duration` after the doorbell: not a picosecond
/// earlier, not one later.
void check_duration(EngineFixture& host, const std::vector<invar_engine_job>& jobs,
                    const sc_core::sc_time& duration) {
  const sc_core::sc_time tick(1, sc_core::SC_PS);
  const std::uint32_t before = host.head();
  const auto count = static_cast<std::uint32_t>(jobs.size());
  host.submit(jobs);
  wait(duration - tick);
  BOOST_CHECK(host.busy());
  BOOST_CHECK(!host.irq.read());
  BOOST_CHECK(host.head() - before < count);
  wait(2 * tick);
  BOOST_CHECK(!host.busy());
  BOOST_CHECK(host.irq.read());
  BOOST_CHECK_EQUAL(host.head() - before, count);
  host.write(INVAR_ENGINE_REG_IRQ_STATUS, EngineFixture::k_both_interrupts);
  wait(nanoseconds(50));
}

invar_engine_job gemm(std::uint32_t m, std::uint32_t n, std::uint32_t k) {
  invar_engine_job job = EngineFixture::job(INVAR_ENGINE_GEMM, m, n, k);
  job.a = 0;
  job.b = 1 << 18;
  job.c = 1 << 19;
  job.alpha = 1.0F;
  return job;
}

}  // namespace

BOOST_AUTO_TEST_CASE(compute_jobs_end_after_the_fetch_and_their_cycles) {
  run_engine(EngineFixture::small_parameters(), [](EngineFixture& host) {
    host.start();
    // 64 floats are 256 bytes, a cycle of the scratchpad; 10 to start the job.
    check_duration(host, {EngineFixture::fill(0, 64, 1.0F)}, k_fetch + nanoseconds(11));
    check_duration(host, {EngineFixture::fill(0, 65, 1.0F)}, k_fetch + nanoseconds(12));
    // 3 x 2 tiles of 100 cycles, 32 to fill, 10 to start.
    check_duration(host, {gemm(33, 17, 100)}, k_fetch + nanoseconds(642));
    check_duration(host, {EngineFixture::long_job()},
                   k_fetch + nanoseconds(EngineFixture::k_long_job_cycles));
    check_duration(host, {gemm(33, 17, 100), EngineFixture::fill(0, 64, 1.0F)},
                   k_fetch + nanoseconds(642 + 11));
  });
}

BOOST_AUTO_TEST_CASE(every_group_of_sixteen_jobs_is_fetched_once) {
  run_engine(EngineFixture::small_parameters(), [](EngineFixture& host) {
    host.start();
    check_duration(host, std::vector<invar_engine_job>(16, EngineFixture::fill(0, 64, 1.0F)),
                   k_fetch + nanoseconds(16 * 11));
    check_duration(host, std::vector<invar_engine_job>(17, EngineFixture::fill(0, 64, 1.0F)),
                   2 * k_fetch + nanoseconds(17 * 11));
  });
}

BOOST_AUTO_TEST_CASE(the_clock_period_scales_the_cycles) {
  digital_engine::EngineParameters parameters = EngineFixture::small_parameters();
  parameters.clock_period_s = 1.7e-9;
  run_engine(parameters, [](EngineFixture& host) {
    host.start();
    check_duration(host, {gemm(33, 17, 100)}, k_fetch + nanoseconds(642 * 1.7));
  });
}

BOOST_AUTO_TEST_CASE(a_transfer_takes_the_slower_of_bus_and_scratchpad) {
  digital_engine::EngineParameters parameters = EngineFixture::small_parameters();
  parameters.dma_burst_bytes = 64;
  run_engine(parameters, [](EngineFixture& host) {
    host.start();
    // 64 bursts of 1 ns against 4096 / 256 + 10 cycles; then 1 burst against 1 + 10 cycles.
    check_duration(host, {EngineFixture::load(EngineFixture::k_data, 0, 4096)},
                   k_fetch + nanoseconds(64));
    check_duration(host, {EngineFixture::store(0, EngineFixture::k_data, 4096)},
                   k_fetch + nanoseconds(64));
    check_duration(host, {EngineFixture::load(EngineFixture::k_data, 0, 64)},
                   k_fetch + nanoseconds(11));
    // Off the burst boundary by a byte: one burst more.
    check_duration(host, {EngineFixture::load(EngineFixture::k_data + 1, 0, 4096)},
                   k_fetch + nanoseconds(65));
    // 40 rows of a burst each; the row of index 0 is read 40 times.
    invar_engine_job gather = EngineFixture::job(INVAR_ENGINE_GATHER_U8, 40, 0, 64);
    gather.address = EngineFixture::k_data;
    gather.a = 8192;
    gather.c = 16384;
    // 2560 elements of two operations on 32 lanes: 160 cycles + 10, behind the bus of 40 ns.
    check_duration(host, {gather}, k_fetch + nanoseconds(170));
    check_duration(host,
                   {EngineFixture::load(EngineFixture::k_data, 0, 4096), gemm(33, 17, 100),
                    EngineFixture::store(0, EngineFixture::k_data, 4096)},
                   // The descriptors of three jobs are three bursts of 64 bytes.
                   nanoseconds(3 + 64 + 642 + 64));
  });
}

BOOST_AUTO_TEST_CASE(a_decoupled_host_starts_the_job_at_its_own_time) {
  run_engine(EngineFixture::small_parameters(), [](EngineFixture& host) {
    host.start();
    host.write(INVAR_ENGINE_REG_CONTROL, 0);
    host.memory.put(EngineFixture::k_ring, EngineFixture::fill(0, 64, 1.0F));
    // The host is 500 ns ahead; it enables the engine and rings the doorbell without a wait.
    const sc_core::sc_time start = sc_core::sc_time_stamp();
    sc_core::sc_time delay = nanoseconds(500);
    std::uint32_t value = INVAR_ENGINE_CONTROL_ENABLE;
    host.access(tlm::TLM_WRITE_COMMAND, INVAR_ENGINE_REG_CONTROL, &value, 4, delay);
    BOOST_CHECK(delay == nanoseconds(502));
    value = 1;
    host.access(tlm::TLM_WRITE_COMMAND, INVAR_ENGINE_REG_RING_TAIL, &value, 4, delay);
    BOOST_CHECK(sc_core::sc_time_stamp() == start);
    wait(host.irq.posedge_event());
    BOOST_CHECK(sc_core::sc_time_stamp() - start >= nanoseconds(500) + k_fetch + nanoseconds(11));
    BOOST_CHECK(sc_core::sc_time_stamp() - start <= nanoseconds(504) + k_fetch + nanoseconds(11));
  });
}

BOOST_AUTO_TEST_SUITE_END()
