#include "digital_engine/engine_fixture.h"

BOOST_AUTO_TEST_SUITE(timing_only)

using namespace invar;
using test::EngineFixture;
using test::nanoseconds;
using test::run_engine;

namespace {

digital_engine::EngineParameters without_numbers() {
  digital_engine::EngineParameters parameters = EngineFixture::small_parameters();
  parameters.timing_only = true;
  return parameters;
}

sc_core::sc_time time_of(EngineFixture& host, const std::vector<invar_engine_job>& jobs) {
  const sc_core::sc_time start = sc_core::sc_time_stamp();
  BOOST_CHECK_EQUAL(host.run_jobs(jobs), static_cast<std::uint32_t>(INVAR_ENGINE_OK));
  return sc_core::sc_time_stamp() - start;
}

bool near(const sc_core::sc_time& value, double seconds) {
  // Fetch, interrupt and register accesses besides.
  return value.to_seconds() >= seconds && value.to_seconds() < seconds + 100e-9;
}

}  // namespace

BOOST_AUTO_TEST_CASE(jobs_larger_than_the_scratchpad_take_the_time_of_their_sizes) {
  digital_engine::EngineParameters parameters = without_numbers();
  parameters.scratchpad_bytes_per_cycle = 1024;
  run_engine(parameters, [](EngineFixture& host) {
    host.start();
    invar_engine_job gemm = EngineFixture::job(INVAR_ENGINE_GEMM, 1600, 320, 500);
    gemm.alpha = 1.0F;
    // 100 x 20 tiles of 500 cycles, 32 to fill, 10 to start.
    BOOST_CHECK(near(time_of(host, {gemm}), 1e-9 * (100.0 * 20.0 * 500.0 + 42.0)));
    // No numbers: a matrix of anything has a factor.
    time_of(host, {EngineFixture::job(INVAR_ENGINE_CHOLESKY, 2000)});
    BOOST_CHECK_EQUAL(host.engine.core().account().work().at(2000).matrices, 1u);
  });
}

BOOST_AUTO_TEST_CASE(a_transfer_moves_all_its_bytes_over_the_bus_within_a_mebibyte_of_memory) {
  run_engine(without_numbers(), [](EngineFixture& host) {
    host.start();
    constexpr std::uint32_t k_bytes = 100u << 20;  // the memory has 4 MiB
    // 256 bytes a cycle into the scratchpad; the memory answers a burst of 4096 in 1 ns.
    const double seconds = 1e-9 * (k_bytes / 256.0 + 10.0);
    const std::uint64_t before = host.engine.dma.bytes_moved();
    BOOST_CHECK(
        near(time_of(host, {EngineFixture::load(EngineFixture::k_data, 0, k_bytes)}), seconds));
    BOOST_CHECK(
        near(time_of(host, {EngineFixture::store(0, EngineFixture::k_data, k_bytes)}), seconds));
    BOOST_CHECK_EQUAL(host.engine.dma.bytes_moved() - before, 2ull * k_bytes + 2 * 64);
    BOOST_CHECK_EQUAL(host.run_jobs({EngineFixture::load(1ull << 40, 0, 64)}),
                      static_cast<std::uint32_t>(INVAR_ENGINE_BUS_ERROR));
  });
}

BOOST_AUTO_TEST_CASE(jobs_of_no_meaning_are_refused_all_the_same) {
  run_engine(without_numbers(), [](EngineFixture& host) {
    host.start();
    for (const invar_engine_job& job :
         {EngineFixture::job(99, 4), EngineFixture::job(INVAR_ENGINE_GEMM, 4, 0, 4),
          EngineFixture::job(INVAR_ENGINE_CHOLESKY, 0xFFFFFFFFu),
          EngineFixture::job(INVAR_ENGINE_GEMM, 0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu)}) {
      BOOST_CHECK_EQUAL(host.run_jobs({job}), static_cast<std::uint32_t>(INVAR_ENGINE_BAD_JOB));
      host.reset_and_start();
    }
  });
}

BOOST_AUTO_TEST_SUITE_END()
