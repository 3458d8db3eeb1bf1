#include "digital_engine/job_contract.h"
#include "digital_engine/random_jobs.h"
#include "digital_engine/scratchpad_bench.h"

BOOST_AUTO_TEST_SUITE(job_fuzz)

using namespace invar;
using namespace invar::test;

BOOST_AUTO_TEST_CASE(random_jobs_are_judged_by_the_contract_and_write_their_own_results_only) {
  constexpr std::uint32_t k_bytes = 8192;
  ScratchpadBench bench(1, k_bytes);
  RandomJobs jobs(20240607, k_bytes);
  std::vector<unsigned> executed(INVAR_ENGINE_INSERT_BLOCK + 1, 0);
  for (int i = 0; i < 20000; ++i) {
    const invar_engine_job job = jobs.next();
    const invar_engine_status status = bench.numerics.check(job);
    BOOST_REQUIRE_EQUAL(status, expected_check(job, k_bytes));
    if (status != INVAR_ENGINE_OK || job.opcode <= INVAR_ENGINE_GATHER_U8) {
      continue;
    }
    const std::vector<unsigned char> before(bench.numerics.bytes(0),
                                            bench.numerics.bytes(0) + k_bytes);
    const invar_engine_status result = bench.numerics.execute(job);
    BOOST_REQUIRE(
        result == INVAR_ENGINE_OK ||
        (result == INVAR_ENGINE_NOT_POSITIVE_DEFINITE && job.opcode == INVAR_ENGINE_CHOLESKY) ||
        (result == INVAR_ENGINE_SINGULAR && job.opcode == INVAR_ENGINE_LU));
    ++executed[job.opcode];
    std::vector<bool> own(k_bytes, false);
    for (const Range& range : job_shape(job).ranges) {
      if (range.written) {
        std::fill_n(own.begin() + range.offset, static_cast<std::size_t>(range.bytes), true);
      }
    }
    for (std::uint32_t place = 0; place < k_bytes; ++place) {
      if (!own[place] && bench.numerics.bytes(0)[place] != before[place]) {
        BOOST_ERROR("opcode " << job.opcode << " wrote at " << place);
        break;
      }
    }
  }
  for (std::uint32_t opcode = INVAR_ENGINE_FILL; opcode <= INVAR_ENGINE_INSERT_BLOCK; ++opcode) {
    BOOST_CHECK_MESSAGE(executed[opcode] > 20, "opcode " << opcode << " ran too seldom");
  }
}

BOOST_AUTO_TEST_SUITE_END()
