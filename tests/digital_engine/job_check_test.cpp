#include "digital_engine/job_contract.h"
#include "digital_engine/scratchpad_bench.h"

BOOST_AUTO_TEST_SUITE(job_check)

using namespace invar;
using namespace invar::test;

namespace {

constexpr std::uint32_t k_bytes = 4096;

/// A small job of an opcode that is good in every field; its operands lie apart.
invar_engine_job good_job(std::uint32_t opcode) {
  invar_engine_job job = make_job(opcode, 3, 3, 3);
  job.geometry = INVAR_ENGINE_GEOMETRY(2, 2, 2, 2);
  job.a = 0;
  job.b = 1024;
  job.c = 2048;
  job.operand_d = 3072;
  return job;
}

template <typename Check>
void for_every_opcode(Check check) {
  std::vector<std::uint32_t> opcodes = {INVAR_ENGINE_COL2IM, INVAR_ENGINE_SYRK,
                                        INVAR_ENGINE_EXTRACT_BLOCK, INVAR_ENGINE_INSERT_BLOCK};
  for (std::uint32_t opcode = INVAR_ENGINE_LOAD; opcode <= INVAR_ENGINE_TRANSPOSE; ++opcode) {
    opcodes.push_back(opcode);
  }
  for (const std::uint32_t opcode : opcodes) {
    BOOST_TEST_CONTEXT("opcode " << opcode) {
      check(good_job(opcode));
    }
  }
}

/// The field that holds the offset of one of the job's operands.
std::uint32_t& offset_field(invar_engine_job& job, std::uint32_t value) {
  std::uint32_t* const fields[] = {&job.a, &job.b, &job.c, &job.operand_d};
  for (std::uint32_t* field : fields) {
    if (*field == value) {
      return *field;
    }
  }
  throw std::logic_error("no operand there");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_good_job_of_every_opcode_is_accepted) {
  const digital_engine::EngineNumerics numerics(k_bytes);
  for_every_opcode([&](const invar_engine_job& job) {
    BOOST_CHECK_EQUAL(numerics.check(job), INVAR_ENGINE_OK);
  });
}

BOOST_AUTO_TEST_CASE(unknown_opcodes_phases_and_flags_are_bad_jobs) {
  const digital_engine::EngineNumerics numerics(k_bytes);
  for (const std::uint32_t opcode : {0u, 29u, 0x80000001u, 0xFFFFFFFFu}) {
    BOOST_CHECK_EQUAL(numerics.check(good_job(opcode)), INVAR_ENGINE_BAD_JOB);
  }
  for_every_opcode([&](invar_engine_job job) {
    job.phase = INVAR_PHASE_COUNT;
    BOOST_CHECK_EQUAL(numerics.check(job), INVAR_ENGINE_BAD_JOB);
    job.phase = INVAR_PHASE_HOST;
    BOOST_CHECK_EQUAL(numerics.check(job), INVAR_ENGINE_OK);
    for (std::uint32_t bit = 0; bit < 32; ++bit) {
      job.flags = 1u << bit;
      const bool allowed = (job.flags & job_shape(job).flags) != 0 && geometry_fits(job);
      BOOST_CHECK_EQUAL(numerics.check(job), allowed ? INVAR_ENGINE_OK : INVAR_ENGINE_BAD_JOB);
    }
  });
}

BOOST_AUTO_TEST_CASE(zero_and_oversized_dimensions_are_bad_jobs_where_the_dimension_is_used) {
  const digital_engine::EngineNumerics numerics(k_bytes);
  for_every_opcode([&](const invar_engine_job& job) {
    const JobShape shape = job_shape(job);
    for (const std::uint32_t bad : {0u, k_bytes + 1, 0x40000000u, 0x80000000u, 0xFFFFFFFFu}) {
      invar_engine_job m = job;
      m.m = bad;
      BOOST_CHECK_EQUAL(numerics.check(m), INVAR_ENGINE_BAD_JOB);
      invar_engine_job n = job;
      n.n = bad;
      BOOST_CHECK_EQUAL(numerics.check(n), shape.uses_n ? INVAR_ENGINE_BAD_JOB : INVAR_ENGINE_OK);
      invar_engine_job k = job;
      k.k = bad;
      BOOST_CHECK_EQUAL(numerics.check(k), shape.uses_k ? INVAR_ENGINE_BAD_JOB : INVAR_ENGINE_OK);
    }
  });
}

BOOST_AUTO_TEST_CASE(senseless_geometries_are_bad_jobs) {
  const digital_engine::EngineNumerics numerics(k_bytes);
  const std::uint32_t bad_patches[] = {INVAR_ENGINE_GEOMETRY(4, 4, 0, 1),
                                       INVAR_ENGINE_GEOMETRY(4, 4, 2, 0),
                                       INVAR_ENGINE_GEOMETRY(4, 4, 5, 1),
                                       INVAR_ENGINE_GEOMETRY(4, 3, 4, 1),
                                       INVAR_ENGINE_GEOMETRY(3, 4, 4, 1),
                                       INVAR_ENGINE_GEOMETRY(0, 4, 1, 1),
                                       0u};
  for (const std::uint32_t geometry : bad_patches) {
    invar_engine_job job = good_job(INVAR_ENGINE_IM2COL);
    job.geometry = geometry;
    BOOST_CHECK_EQUAL(numerics.check(job), INVAR_ENGINE_BAD_JOB);
  }
  const std::uint32_t bad_pools[] = {
      INVAR_ENGINE_GEOMETRY(4, 4, 3, 2), INVAR_ENGINE_GEOMETRY(4, 4, 2, 1),
      INVAR_ENGINE_GEOMETRY(1, 4, 2, 2), INVAR_ENGINE_GEOMETRY(4, 1, 2, 2), 0u};
  for (const std::uint32_t geometry : bad_pools) {
    for (const std::uint32_t opcode : {INVAR_ENGINE_MAXPOOL, INVAR_ENGINE_MAXPOOL_BACKWARD}) {
      invar_engine_job job = good_job(opcode);
      job.geometry = geometry;
      BOOST_CHECK_EQUAL(numerics.check(job), INVAR_ENGINE_BAD_JOB);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_operand_may_end_with_the_scratchpad_but_not_a_word_later) {
  const digital_engine::EngineNumerics numerics(k_bytes);
  for_every_opcode([&](const invar_engine_job& job) {
    for (const Range& range : job_shape(job).ranges) {
      // LOAD and STORE count bytes; their offset is still a whole word.
      const auto last = static_cast<std::uint32_t>(k_bytes - range.bytes) & ~3u;
      const auto status = [&](std::uint32_t offset) {
        invar_engine_job moved = job;
        offset_field(moved, range.offset) = offset;
        return numerics.check(moved);
      };
      BOOST_CHECK_EQUAL(status(last), INVAR_ENGINE_OK);
      for (const std::uint32_t bad :
           {last + 4, last - 1, last - 2, last - 3, k_bytes, k_bytes + 4, 0x7FFFFFFCu, 0x80000000u,
            0xFFFFFFF0u, 0xFFFFFFF8u, 0xFFFFFFFCu, 0xFFFFFFFEu}) {
        BOOST_CHECK_MESSAGE(status(bad) == INVAR_ENGINE_BAD_OPERAND, "offset " << bad);
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(products_of_dimensions_do_not_wrap) {
  // Dimensions that pass one by one and whose products pass 2^32, some of three even 2^58.
  struct Case {
    std::uint32_t m, n, k;
  };
  const Case cases[] = {{0x10000, 0x10000, 1},       {0x10000, 1, 0x10000},
                        {0x8000, 0x20001, 0x20001},  {4000, 0x40000, 0x40000},
                        {0xFFFFF, 0xFFFFF, 0xFFFFF}, {4096, 4096, 4096}};
  const std::uint32_t bytes = 1 << 20;
  const digital_engine::EngineNumerics numerics(bytes);
  for_every_opcode([&](invar_engine_job job) {
    job.a = job.b = job.c = 0;
    job.operand_d = INVAR_ENGINE_OPERAND_NONE;
    for (const Case& sizes : cases) {
      job.m = sizes.m;
      job.n = sizes.n;
      job.k = sizes.k;
      for (const std::uint32_t side : {2u, 255u}) {
        job.geometry = INVAR_ENGINE_GEOMETRY(side, side, 2, 2);
        BOOST_CHECK_EQUAL(numerics.check(job), expected_check(job, bytes));
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(operands_that_are_not_used_are_not_looked_at) {
  const digital_engine::EngineNumerics numerics(k_bytes);
  for_every_opcode([&](const invar_engine_job& job) {
    invar_engine_job odd = job;
    std::uint32_t* const fields[] = {&odd.a, &odd.b, &odd.c, &odd.operand_d};
    for (std::uint32_t* field : fields) {
      bool used = false;
      for (const Range& range : job_shape(job).ranges) {
        used = used || range.offset == *field;
      }
      *field = used ? *field : 0xFFFFFFFD;
    }
    BOOST_CHECK_EQUAL(numerics.check(odd), INVAR_ENGINE_OK);
  });
}

BOOST_AUTO_TEST_SUITE_END()
