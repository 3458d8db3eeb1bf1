#include <invar/digital_engine/engine_area.h>
#include <invar/digital_engine/engine_cost.h>

#include <boost/test/unit_test.hpp>
#include <vector>

BOOST_AUTO_TEST_SUITE(engine_cost)

using namespace invar;
using digital_engine::EngineParameters;
using digital_engine::job_cost;
using digital_engine::JobCost;

namespace {

invar_engine_job make_job(std::uint32_t opcode, std::uint32_t m, std::uint32_t n = 1,
                          std::uint32_t k = 1) {
  invar_engine_job job{};
  job.opcode = opcode;
  job.m = m;
  job.n = n;
  job.k = k;
  job.geometry = INVAR_ENGINE_GEOMETRY(8, 8, 2, 2);
  job.operand_d = INVAR_ENGINE_OPERAND_NONE;
  return job;
}

double energy(const JobCost& cost, const EngineParameters& p) {
  return cost.multiply_accumulates * p.mac_energy_j + cost.vector_operations * p.vector_energy_j +
         cost.functions * p.function_energy_j + cost.scratchpad_bytes * p.scratchpad_byte_j();
}

EngineParameters array_of(int rows, int columns) {
  EngineParameters parameters;
  parameters.mac_rows = rows;
  parameters.mac_columns = columns;
  return parameters;
}

const int k_arrays[][2] = {{16, 16}, {4, 32}, {32, 4}, {1, 64}, {64, 1}, {1, 1}, {128, 3}};

}  // namespace

BOOST_AUTO_TEST_CASE(a_product_costs_its_tiles_its_macs_and_its_traffic) {
  const EngineParameters parameters;
  // 3 x 2 tiles of 100 cycles, 16 + 16 to fill, 10 to start the job.
  JobCost cost = job_cost(make_job(INVAR_ENGINE_GEMM, 33, 17, 100), parameters);
  BOOST_CHECK_EQUAL(cost.cycles, 600u + 32 + 10);
  BOOST_CHECK_EQUAL(cost.multiply_accumulates, 56100u);
  BOOST_CHECK_EQUAL(cost.scratchpad_bytes, 4u * (2 * 3300 + 3 * 1700 + 561));
  BOOST_CHECK_EQUAL(cost.vector_operations + cost.functions, 0u);
  // A tile takes 16 cycles at least, to drain the results of the one before.
  cost = job_cost(make_job(INVAR_ENGINE_GEMM, 1, 1, 1), parameters);
  BOOST_CHECK_EQUAL(cost.cycles, 16u + 32 + 10);
  BOOST_CHECK_EQUAL(cost.scratchpad_bytes, 12u);
  // With beta, c is read too.
  invar_engine_job job = make_job(INVAR_ENGINE_GEMM, 33, 17, 100);
  job.beta = 1.0F;
  BOOST_CHECK_EQUAL(job_cost(job, parameters).scratchpad_bytes,
                    4u * (2 * 3300 + 3 * 1700 + 2 * 561));
  // A scratchpad of a word a cycle is what this product waits for.
  EngineParameters narrow;
  narrow.scratchpad_bytes_per_cycle = 4;
  BOOST_CHECK_EQUAL(job_cost(make_job(INVAR_ENGINE_GEMM, 33, 17, 100), narrow).cycles,
                    2u * 3300 + 3 * 1700 + 561 + 10);
}

BOOST_AUTO_TEST_CASE(a_symmetric_product_costs_the_tiles_that_its_lower_triangle_touches) {
  const EngineParameters parameters;
  // 33 rows on 16 x 16: 1, 2 and 3 tiles, the last row's of one row: 16 x 16, 16 x 32, 1 x 33.
  JobCost cost = job_cost(make_job(INVAR_ENGINE_SYRK, 33, 1, 100), parameters);
  BOOST_CHECK_EQUAL(cost.cycles, 600u + 32 + 10);
  BOOST_CHECK_EQUAL(cost.multiply_accumulates, 100u * (256 + 512 + 33));
  const std::uint64_t words = 100u * ((16 + 16) + (2 * 16 + 32) + (3 * 1 + 33));
  BOOST_CHECK_EQUAL(cost.scratchpad_bytes, 4u * (words + 33 * 33));
  // With beta, what is computed is read too, what is mirrored is not.
  invar_engine_job job = make_job(INVAR_ENGINE_SYRK, 33, 1, 100);
  job.beta = 1.0F;
  BOOST_CHECK_EQUAL(job_cost(job, parameters).scratchpad_bytes,
                    4u * (words + 33 * 33 + 256 + 512 + 33));
  // A large one approaches half of the product that knows nothing of symmetry.
  const JobCost half = job_cost(make_job(INVAR_ENGINE_SYRK, 1600, 1, 500), parameters);
  const JobCost whole = job_cost(make_job(INVAR_ENGINE_GEMM, 1600, 1600, 500), parameters);
  BOOST_CHECK_EQUAL(2 * half.multiply_accumulates, whole.multiply_accumulates * 101 / 100);
  BOOST_CHECK_EQUAL(2 * (half.cycles - 42), (whole.cycles - 42) * 101 / 100);
}

BOOST_AUTO_TEST_CASE(a_symmetric_product_on_an_array_that_is_not_square) {
  // 8 rows on 4 x 2: 2 and 4 tiles; on 2 x 4: 1, 1, 2 and 2 tiles, four columns wide and more.
  const invar_engine_job job = make_job(INVAR_ENGINE_SYRK, 8, 1, 50);
  BOOST_CHECK_EQUAL(job_cost(job, array_of(4, 2)).cycles, 6u * 50 + 6 + 10);
  BOOST_CHECK_EQUAL(job_cost(job, array_of(4, 2)).multiply_accumulates, 50u * (4 * 4 + 4 * 8));
  BOOST_CHECK_EQUAL(job_cost(job, array_of(2, 4)).cycles, 6u * 50 + 6 + 10);
  BOOST_CHECK_EQUAL(job_cost(job, array_of(2, 4)).multiply_accumulates, 50u * 2 * (4 + 4 + 8 + 8));
}

BOOST_AUTO_TEST_CASE(a_block_costs_its_way_through_the_scratchpad) {
  // 256 bytes a cycle, read and written once.
  for (const std::uint32_t opcode : {INVAR_ENGINE_EXTRACT_BLOCK, INVAR_ENGINE_INSERT_BLOCK}) {
    const JobCost cost = job_cost(make_job(opcode, 96, 32, 289), EngineParameters());
    BOOST_CHECK_EQUAL(cost.scratchpad_bytes, 96u * 32 * 2 * 4);
    BOOST_CHECK_EQUAL(cost.cycles, 96u + 10);
    BOOST_CHECK_EQUAL(cost.vector_operations, 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_product_in_a_format_costs_its_macs_and_the_way_there) {
  EngineParameters parameters;
  parameters.inversion_precision = digital_engine::Precision::fp16;
  invar_engine_job job = make_job(INVAR_ENGINE_GEMM, 32, 48, 100);
  const JobCost fp32 = job_cost(job, parameters);
  BOOST_CHECK(fp32.precision == digital_engine::Precision::fp32);
  for (const std::uint32_t flag :
       {INVAR_ENGINE_FLAG_FACTOR_FORMAT, INVAR_ENGINE_FLAG_INVERSE_FORMAT}) {
    job.flags = flag;
    const JobCost cost = job_cost(job, parameters);
    BOOST_CHECK(cost.precision == digital_engine::Precision::fp16);
    BOOST_CHECK_EQUAL(cost.multiply_accumulates, 32u * 48 * 100);
    // Two operations an element of both operands, one an element of the result, on 32 lanes.
    BOOST_CHECK_EQUAL(cost.vector_operations, 2u * (32 * 100 + 100 * 48) + 32 * 48);
    // 2 x 3 tiles of 50 cycles, filled once.
    BOOST_CHECK_EQUAL(cost.cycles, 6u * 50 + 32 + (2 * (32 * 100 + 100 * 48) + 32 * 48) / 32 + 10);
  }
}

BOOST_AUTO_TEST_CASE(a_factor_costs_its_blocks) {
  const EngineParameters parameters;
  const auto cost = [&](std::uint32_t m) {
    return job_cost(make_job(INVAR_ENGINE_CHOLESKY, m), parameters);
  };
  // One block: a divide (12) and a multiply-add (4) a column.
  BOOST_CHECK_EQUAL(cost(1).cycles, 16u + 10);
  BOOST_CHECK_EQUAL(cost(16).cycles, 16u * 16 + 10);
  BOOST_CHECK_EQUAL(cost(16).multiply_accumulates, 16u * 16 * 16 / 6);
  BOOST_CHECK_EQUAL(cost(16).functions, 16u);
  BOOST_CHECK_EQUAL(cost(16).scratchpad_bytes, 4u * 2 * 16 * 16);
  // Two blocks: 256 each; the panel 16 x 4 + 16, the trailing update one tile of 16.
  BOOST_CHECK_EQUAL(cost(32).cycles, 2u * 256 + 80 + 16 + 10);
  // Three blocks: panels of 2 and 1 tiles, trailing updates of 3 and 1.
  BOOST_CHECK_EQUAL(cost(48).cycles, 3u * 256 + (64 + 32) + (64 + 16) + 3 * 16 + 16 + 10);
  // A block and a row: the last block is one column.
  BOOST_CHECK_EQUAL(cost(17).cycles, 256u + 80 + 16 + 16 + 10);
}

BOOST_AUTO_TEST_CASE(a_factor_on_an_array_that_is_not_square_pays_for_its_columns) {
  // 4 rows x 2 columns, n = 8. A block of 4: updates of 0, 1, 2, 3 columns are 1, 1, 1, 2 cycles,
  // one more than one each. Diagonal 4 x 16 + 1; panel 4 x 4 + 5; the trailing 4 x 4 in two tiles
  // of 4 cycles.
  BOOST_CHECK_EQUAL(job_cost(make_job(INVAR_ENGINE_CHOLESKY, 8), array_of(4, 2)).cycles,
                    2u * 65 + 21 + 8 + 10);
}

BOOST_AUTO_TEST_CASE(fewer_bits_cost_less_time_traffic_and_energy) {
  EngineParameters parameters;
  parameters.inversion_precision = digital_engine::Precision::fp16;
  // Two MACs in the place of one: four tiles of 16 cycles, 32 to fill. 640 elements pass 32 lanes
  // twice, 640 results once. Operands of 2 bytes, results of 4; 640 elements are read and written.
  invar_engine_job job = make_job(INVAR_ENGINE_GEMM, 32, 20, 32);
  job.flags = INVAR_ENGINE_FLAG_INVERSE_A;
  const JobCost product = job_cost(job, parameters);
  BOOST_CHECK_EQUAL(product.cycles, 64u + 32 + 40 + 20 + 10);
  BOOST_CHECK_EQUAL(product.scratchpad_bytes,
                    2u * (2 * 32 * 32 + 2 * 32 * 20) + 4 * 640 + (4 + 2) * 640);
  BOOST_CHECK_EQUAL(product.multiply_accumulates, 32u * 32 * 20);
  BOOST_CHECK(product.precision == digital_engine::Precision::fp16);
  // Three blocks: a diagonal as ever, panels of up to two tiles in one pass, trailing tiles of 8
  // cycles; 1176 elements of the triangle scaled before.
  const JobCost factor = job_cost(make_job(INVAR_ENGINE_CHOLESKY, 48), parameters);
  BOOST_CHECK_EQUAL(factor.cycles, 3u * 256 + 2 * (64 + 16) + 4 * 8 + 37 + 10);
  // 20 right-hand sides in one group of 32: 16 x 4 + 16 twice, updates of 2 x 8, forward and back.
  const JobCost solve = job_cost(make_job(INVAR_ENGINE_CHOLESKY_SOLVE, 32, 20), parameters);
  BOOST_CHECK_EQUAL(solve.cycles, 2u * (2 * 80 + 16) + 40 + 20 + 10);
  // What does not invert is FP32, and so is everything by default.
  const invar_engine_job plain = make_job(INVAR_ENGINE_GEMM, 32, 20, 32);
  BOOST_CHECK_EQUAL(job_cost(plain, parameters).cycles, job_cost(job, {}).cycles);
  BOOST_CHECK(job_cost(make_job(INVAR_ENGINE_LU, 32), parameters).precision ==
              digital_engine::Precision::fp32);
}

BOOST_AUTO_TEST_CASE(macs_that_take_fewer_bits_too_are_larger) {
  const digital_engine::DigitalAreaParameters area;
  EngineParameters parameters;
  const double fp32 = digital_engine::area_of(parameters, area);
  parameters.inversion_precision = digital_engine::Precision::fp16;
  // 256 MACs and a fifth of each; lanes and scratchpad stay.
  BOOST_CHECK_CLOSE(digital_engine::area_of(parameters, area) - fp32, 256 * 0.2 * 11.884e-9, 1e-6);
  BOOST_CHECK_CLOSE(digital_engine::logic_area_of(parameters, area), (256 * 1.2 + 36) * 11.884e-9,
                    1e-6);
}

BOOST_AUTO_TEST_CASE(solves_and_inverse_cost_two_triangles) {
  const EngineParameters parameters;
  // m = 32, 20 right-hand sides in 2 groups: diagonal 16 x 4 + 2 x 16 twice, update 1 x 2 x 16,
  // and all of it forward and back.
  const JobCost solve = job_cost(make_job(INVAR_ENGINE_CHOLESKY_SOLVE, 32, 20), parameters);
  BOOST_CHECK_EQUAL(solve.cycles, 2u * (2 * 96 + 32) + 10);
  BOOST_CHECK_EQUAL(solve.multiply_accumulates, 32u * 32 * 20);
  // 32 right-hand sides cost the same two groups; the inverse takes a third, rounded up.
  const JobCost inverse = job_cost(make_job(INVAR_ENGINE_CHOLESKY_INVERSE, 32), parameters);
  BOOST_CHECK_EQUAL(inverse.cycles, 150u + 10);
  BOOST_CHECK_EQUAL(inverse.multiply_accumulates, (32u * 32 * 32 + 2) / 3);
}

BOOST_AUTO_TEST_CASE(elementwise_jobs_cost_operations_over_lanes_or_bytes_over_bandwidth) {
  const EngineParameters parameters;
  struct Case {
    std::uint32_t opcode, m, n;
    std::uint64_t cycles, operations, functions, bytes;
  };
  const Case cases[] = {
      {INVAR_ENGINE_FILL, 1000, 1, 16, 0, 0, 4000},
      {INVAR_ENGINE_RELU, 1000, 1, 32, 1000, 0, 8000},
      {INVAR_ENGINE_RELU_BACKWARD, 1000, 1, 47, 1000, 0, 12000},
      {INVAR_ENGINE_AXPBY, 1000, 1, 63, 2000, 0, 12000},
      {INVAR_ENGINE_MULTIPLY_ACCUMULATE, 1000, 1, 94, 3000, 0, 16000},
      {INVAR_ENGINE_ADAM_UPDATE, 1000, 1, 500, 3000, 2000, 16000},
      {INVAR_ENGINE_DOT, 1000, 1, 63, 2000, 0, 8000},
      {INVAR_ENGINE_TRACE, 1000, 1, 32, 1000, 0, 4000},
      {INVAR_ENGINE_SCALE_ADD_DIAGONAL, 30, 1, 29, 900, 0, 7200},
      {INVAR_ENGINE_TRANSPOSE, 30, 40, 38, 0, 0, 9600},
      {INVAR_ENGINE_SOFTMAX, 64, 10, 176, 2560, 704, 10240},
      {INVAR_ENGINE_CROSS_ENTROPY_BACKWARD, 64, 10, 40, 1280, 0, 5120},
      {INVAR_ENGINE_LOAD, 1000, 1, 4, 0, 0, 1000},
      {INVAR_ENGINE_MAXPOOL, 5, 3, 30, 5 * 3 * 16 * 4, 0, 5 * 3 * 16 * 24},
      // 16 windows of 3 x 4 + 1 elements an image, read and written.
      {INVAR_ENGINE_IM2COL, 5, 3, 33, 0, 0, 5 * 16 * 13 * 8},
      // An addition for each element that is no bias: two words read, one written.
      {INVAR_ENGINE_COL2IM, 5, 3, 45, 5 * 16 * 12, 0, 5 * 16 * 12 * 12},
  };
  for (const Case& expected : cases) {
    BOOST_TEST_CONTEXT("opcode " << expected.opcode) {
      const JobCost cost = job_cost(make_job(expected.opcode, expected.m, expected.n), parameters);
      BOOST_CHECK_EQUAL(cost.cycles, expected.cycles + 10);
      BOOST_CHECK_EQUAL(cost.vector_operations, expected.operations);
      BOOST_CHECK_EQUAL(cost.functions, expected.functions);
      BOOST_CHECK_EQUAL(cost.scratchpad_bytes, expected.bytes);
      BOOST_CHECK_EQUAL(cost.multiply_accumulates, 0u);
    }
  }
}

BOOST_AUTO_TEST_CASE(no_job_is_faster_than_the_array_the_lanes_or_the_scratchpad) {
  for (const auto& array : k_arrays) {
    const EngineParameters parameters = array_of(array[0], array[1]);
    const std::uint64_t peak = static_cast<std::uint64_t>(array[0]) * array[1];
    for (std::uint32_t opcode = 1; opcode <= INVAR_ENGINE_INSERT_BLOCK; ++opcode) {
      for (const std::uint32_t m : {1u, 2u, 15u, 16u, 17u, 64u, 129u, 500u}) {
        for (const std::uint32_t n : {1u, 16u, 33u, 200u}) {
          for (const std::uint32_t k : {1u, 17u, 300u}) {
            const JobCost cost = job_cost(make_job(opcode, m, n, k), parameters);
            BOOST_CHECK_MESSAGE(
                cost.cycles * peak >= cost.multiply_accumulates,
                "opcode " << opcode << ", m = " << m << " on " << array[0] << " x " << array[1]);
            BOOST_CHECK(cost.cycles * parameters.vector_lanes >= cost.vector_operations);
            BOOST_CHECK(cost.cycles * parameters.scratchpad_bytes_per_cycle >=
                        cost.scratchpad_bytes);
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(cycles_and_energy_never_fall_with_size) {
  for (const auto& array : k_arrays) {
    const EngineParameters parameters = array_of(array[0], array[1]);
    for (std::uint32_t opcode = 1; opcode <= INVAR_ENGINE_INSERT_BLOCK; ++opcode) {
      for (int dimension = 0; dimension < 3; ++dimension) {
        JobCost last;
        for (std::uint32_t size = 1; size < 260; ++size) {
          std::uint32_t sizes[3] = {20, 20, 20};
          sizes[dimension] = size;
          const JobCost cost = job_cost(make_job(opcode, sizes[0], sizes[1], sizes[2]), parameters);
          BOOST_REQUIRE_MESSAGE(
              cost.cycles >= last.cycles && energy(cost, parameters) >= energy(last, parameters),
              "opcode " << opcode << ", dimension " << dimension << " = " << size << " on "
                        << array[0] << " x " << array[1]);
          last = cost;
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_large_factor_approaches_the_peak_and_its_count_of_operations) {
  const EngineParameters parameters;
  const double n = 1400;  // about what 8 MiB hold
  const JobCost cost = job_cost(make_job(INVAR_ENGINE_CHOLESKY, 1400), parameters);
  BOOST_CHECK_CLOSE(static_cast<double>(cost.multiply_accumulates), n * n * n / 6, 1e-6);
  const double ideal = n * n * n / 6 / 256;
  BOOST_CHECK_GE(static_cast<double>(cost.cycles), ideal);
  BOOST_CHECK_LE(static_cast<double>(cost.cycles), 1.5 * ideal);
}

BOOST_AUTO_TEST_SUITE_END()
