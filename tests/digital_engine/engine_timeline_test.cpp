#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>

#include "digital_engine/engine_fixture.h"
#include "support/recorded_activity.h"

BOOST_AUTO_TEST_SUITE(engine_timeline)

using namespace invar;
using sc_core::SC_NS;
using sc_core::sc_time;
using test::EngineFixture;
using test::RecordedActivity;

BOOST_AUTO_TEST_CASE(each_job_is_a_span_of_its_time_and_energy) {
  digital_engine::EngineParameters parameters = EngineFixture::small_parameters();
  ledger::Ledger ledger;
  const double moved_j = parameters.dma_energy_per_byte_j;
  EngineFixture fixture(
      "fixture", parameters,
      [](EngineFixture& self) {
        self.start();
        self.run_jobs({EngineFixture::load(EngineFixture::k_data, 0, 4096),
                       EngineFixture::fill(4096, 100, 1.0F), EngineFixture::long_job(),
                       EngineFixture::store(0, EngineFixture::k_data, 4096)});
      },
      &ledger);
  RecordedActivity record;
  fixture.engine.trace(record);
  sc_core::sc_start();
  record.finish();
  const auto& jobs = record.spans_of("fixture.engine.core");
  BOOST_TEST_REQUIRE(jobs.size() == 4u);
  const char* const names[] = {"LOAD", "FILL", "GEMM", "STORE"};
  double energy_j = 0.0;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    BOOST_TEST(jobs[i].name == names[i]);
    BOOST_TEST((i == 0 || jobs[i].start == jobs[i - 1].end));
    energy_j += jobs[i].arguments.at("energy_j");
  }
  // 256 tiles of 256 cycles, 32 to fill, 10 to start (see long_job).
  BOOST_TEST((jobs[2].end - jobs[2].start).to_seconds() ==
                 (256 * 256 + 32 + 10) * parameters.clock_period_s,
             boost::test_tools::tolerance(1e-9));
  BOOST_TEST(jobs[2].arguments.at("m") == 256.0);
  // The DMA's own energy is not the jobs': four descriptors of 64 bytes, two transfers.
  BOOST_TEST(energy_j == ledger.total_energy_aj().joules() - (4 * 64 + 2 * 4096) * moved_j,
             boost::test_tools::tolerance(1e-6));

  const auto& transfers = record.spans_of("fixture.engine.dma");
  double bytes = 0.0;
  for (const RecordedActivity::Span& transfer : transfers) {
    bytes += transfer.arguments.at("bytes");
  }
  BOOST_TEST(bytes == 4 * 64 + 2 * 4096);
  BOOST_TEST(transfers.back().name == "write");
}

BOOST_AUTO_TEST_CASE(a_job_that_a_reset_cuts_short_ends_there) {
  EngineFixture fixture("fixture", EngineFixture::small_parameters(), [](EngineFixture& self) {
    self.start();
    self.submit({EngineFixture::long_job(), EngineFixture::long_job()});
    sc_core::wait(sc_time(1000, SC_NS));
    self.write(INVAR_ENGINE_REG_CONTROL, INVAR_ENGINE_CONTROL_RESET);
  });
  RecordedActivity record;
  fixture.engine.trace(record);
  sc_core::sc_start();
  record.finish();
  const auto& jobs = record.spans_of("fixture.engine.core");
  BOOST_TEST_REQUIRE(jobs.size() == 1u);
  BOOST_TEST((jobs[0].end - jobs[0].start).to_seconds() == 1e-6,
             boost::test_tools::tolerance(0.01));
}

BOOST_AUTO_TEST_SUITE_END()
