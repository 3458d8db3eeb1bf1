#include <limits>

#include "digital_engine/scratchpad_bench.h"

BOOST_AUTO_TEST_SUITE(gemm)

using namespace invar;
using namespace invar::test;

namespace {

struct Shape {
  std::uint32_t m, n, k;
};

const Shape k_shapes[] = {{1, 1, 1},    {1, 1, 37},   {1, 9, 1},    {13, 1, 1},   {1, 17, 33},
                          {31, 1, 7},   {2, 3, 4},    {5, 5, 5},    {16, 16, 16}, {17, 15, 19},
                          {33, 65, 20}, {20, 33, 65}, {64, 10, 129}};

/// The product by the definition, in double, and what rounding of each term and sum may add.
struct Reference {
  Values value, bound;
};

Reference product(const invar_engine_job& job, const Values& a, const Values& b, const Values& c) {
  const bool transpose_a = (job.flags & INVAR_ENGINE_FLAG_TRANSPOSE_A) != 0;
  const bool transpose_b = (job.flags & INVAR_ENGINE_FLAG_TRANSPOSE_B) != 0;
  Reference reference;
  for (std::size_t row = 0; row < job.m; ++row) {
    for (std::size_t column = 0; column < job.n; ++column) {
      double sum = 0.0;
      double magnitude = 0.0;
      for (std::size_t i = 0; i < job.k; ++i) {
        const double left = a[transpose_a ? i * job.m + row : row * job.k + i];
        const double right = b[transpose_b ? column * job.k + i : i * job.n + column];
        sum += left * right;
        magnitude += std::abs(left * right);
      }
      const double old = job.beta == 0.0F ? 0.0 : job.beta * c[row * job.n + column];
      reference.value.push_back(job.alpha * sum + old);
      reference.bound.push_back((job.k + 4) * k_float_epsilon *
                                (std::abs(job.alpha) * magnitude + std::abs(old)));
    }
  }
  return reference;
}

}  // namespace

BOOST_AUTO_TEST_CASE(products_of_every_shape_and_transposition_match_the_definition) {
  for (const Shape& shape : k_shapes) {
    for (std::uint32_t flags = 0; flags < 4; ++flags) {
      for (const float beta : {0.0F, 1.0F, -0.75F}) {
        BOOST_TEST_CONTEXT("m n k flags beta = " << shape.m << ' ' << shape.n << ' ' << shape.k
                                                 << ' ' << flags << ' ' << beta) {
          ScratchpadBench bench(shape.m + flags);
          invar_engine_job job = make_job(INVAR_ENGINE_GEMM, shape.m, shape.n, shape.k);
          job.flags = flags;
          job.alpha = beta == 0.0F ? 1.0F : 1.625F;
          job.beta = beta;
          Values a = bench.uniform(shape.m * shape.k);
          Values b = bench.uniform(shape.k * shape.n);
          Values c = bench.uniform(shape.m * shape.n);
          job.a = bench.put(a);
          job.b = bench.put(b);
          job.c = bench.put(c);
          bench.run_well(job);
          const Reference reference = product(job, a, b, c);
          check_close(bench.get(job.c, c.size()), reference.value, reference.bound);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_matrix_times_its_own_transpose) {
  ScratchpadBench bench;
  invar_engine_job job = make_job(INVAR_ENGINE_GEMM, 19, 19, 50);
  job.flags = INVAR_ENGINE_FLAG_TRANSPOSE_A;
  job.alpha = 1.0F / 50.0F;
  Values a = bench.uniform(19 * 50);
  job.a = job.b = bench.put(a);
  job.c = bench.reserve(19 * 19);
  bench.run_well(job);
  const Reference reference = product(job, a, a, {});
  check_close(bench.get(job.c, 19 * 19), reference.value, reference.bound);
}

BOOST_AUTO_TEST_CASE(a_symmetric_product_is_the_product_and_symmetric_to_the_bit) {
  for (const Shape& shape : k_shapes) {
    for (const bool transpose : {false, true}) {
      for (const float beta : {0.0F, 1.0F, -0.75F}) {
        BOOST_TEST_CONTEXT("m k transpose beta = " << shape.m << ' ' << shape.k << ' ' << transpose
                                                   << ' ' << beta) {
          ScratchpadBench bench(shape.m);
          invar_engine_job job = make_job(INVAR_ENGINE_SYRK, shape.m, 0, shape.k);
          job.flags = transpose ? INVAR_ENGINE_FLAG_TRANSPOSE_A : 0;
          job.alpha = 1.625F;
          job.beta = beta;
          Values a = bench.uniform(shape.m * shape.k);
          Values c = bench.uniform(shape.m * shape.m);
          job.a = bench.put(a);
          job.c = bench.put(c);
          bench.run_well(job);
          // The same by the other job's definition, whose c is symmetric.
          invar_engine_job whole = job;
          whole.n = shape.m;
          whole.flags = transpose ? INVAR_ENGINE_FLAG_TRANSPOSE_A : INVAR_ENGINE_FLAG_TRANSPOSE_B;
          for (std::size_t row = 0; row < shape.m; ++row) {
            for (std::size_t column = row + 1; column < shape.m; ++column) {
              c[row * shape.m + column] = c[column * shape.m + row];
            }
          }
          const Reference reference = product(whole, a, a, c);
          const Values result = bench.get(job.c, c.size());
          check_close(result, reference.value, reference.bound);
          for (std::size_t i = 0; i < c.size(); ++i) {
            BOOST_REQUIRE_EQUAL(result[i], result[i % shape.m * shape.m + i / shape.m]);
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_symmetric_product_reads_the_lower_triangle_of_c_only) {
  for (const float beta : {0.0F, 0.5F}) {
    ScratchpadBench bench;
    invar_engine_job job = make_job(INVAR_ENGINE_SYRK, 9, 0, 4);
    job.alpha = 1.0F;
    job.beta = beta;
    Values a = bench.uniform(9 * 4);
    Values c(9 * 9, 0.25);
    for (std::size_t i = 0; i < c.size(); ++i) {
      if (i % 9 > i / 9 || beta == 0.0F) {
        c[i] = std::numeric_limits<double>::quiet_NaN();
      }
    }
    job.a = bench.put(a);
    job.c = bench.put(c);
    bench.run_well(job);
    for (const double value : bench.get(job.c, c.size())) {
      BOOST_CHECK(std::isfinite(value));
    }
  }
}

BOOST_AUTO_TEST_CASE(beta_of_zero_ignores_what_c_held) {
  ScratchpadBench bench;
  invar_engine_job job = make_job(INVAR_ENGINE_GEMM, 7, 5, 3);
  job.alpha = 1.0F;
  Values a = bench.uniform(7 * 3);
  Values b = bench.uniform(3 * 5);
  Values c(7 * 5, std::numeric_limits<double>::quiet_NaN());
  job.a = bench.put(a);
  job.b = bench.put(b);
  job.c = bench.put(c);
  bench.run_well(job);
  const Reference reference = product(job, a, b, c);
  check_close(bench.get(job.c, c.size()), reference.value, reference.bound);
}

BOOST_AUTO_TEST_CASE(a_nan_spreads_along_its_row_only) {
  ScratchpadBench bench;
  invar_engine_job job = make_job(INVAR_ENGINE_GEMM, 6, 18, 21);
  job.alpha = 1.0F;
  Values a = bench.uniform(6 * 21);
  Values b = bench.uniform(21 * 18);
  a[2 * 21 + 4] = std::numeric_limits<double>::quiet_NaN();
  job.a = bench.put(a);
  job.b = bench.put(b);
  job.c = bench.reserve(6 * 18);
  bench.run_well(job);
  const Values c = bench.get(job.c, 6 * 18);
  for (std::size_t i = 0; i < c.size(); ++i) {
    BOOST_CHECK_EQUAL(std::isnan(c[i]), i / 18 == 2);
  }
}

BOOST_AUTO_TEST_SUITE_END()
