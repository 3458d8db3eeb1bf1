#include <functional>
#include <limits>

#include "digital_engine/scratchpad_bench.h"

BOOST_AUTO_TEST_SUITE(elementwise_jobs)

using namespace invar;
using namespace invar::test;

namespace {

const std::uint32_t k_counts[] = {1, 2, 3, 4, 5, 7, 8, 9, 31, 33, 1000};

using Formula = std::function<double(double a, double b, double c, double alpha, double beta)>;

/// One element-wise job against its formula: of every size, with c apart, as a and as b.
/// \param ulps rounding steps of the formula
void check_elementwise(std::uint32_t opcode, double ulps, const Formula& formula,
                       double smallest_b = -1.0) {
  enum Place { apart, as_a, as_b };
  for (const std::uint32_t m : k_counts) {
    for (const Place place : {apart, as_a, as_b}) {
      BOOST_TEST_CONTEXT("opcode " << opcode << ", m = " << m << ", place " << place) {
        ScratchpadBench bench(m);
        Values a = bench.uniform(m);
        Values b = bench.uniform(m, smallest_b, 1.0);
        Values c = bench.uniform(m);
        invar_engine_job job = make_job(opcode, m);
        job.alpha = 0.7F;
        job.beta = 1.2F;
        job.a = bench.put(a);
        job.b = bench.put(b);
        const std::uint32_t c_place = bench.put(c);
        job.c = place == as_a ? job.a : place == as_b ? job.b : c_place;
        const Values& old = place == as_a ? a : place == as_b ? b : c;
        Values expected;
        for (std::size_t i = 0; i < m; ++i) {
          expected.push_back(formula(a[i], b[i], old[i], job.alpha, job.beta));
        }
        bench.run_well(job);
        check_close(bench.get(job.c, m), expected, ulps, ulps == 0.0 ? 0.0 : 1.0);
      }
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(fill_sets_every_element) {
  check_elementwise(INVAR_ENGINE_FILL, 0.0,
                    [](double, double, double, double alpha, double) { return alpha; });
}

BOOST_AUTO_TEST_CASE(relu_and_its_gradient_are_exact) {
  check_elementwise(INVAR_ENGINE_RELU, 0.0,
                    [](double a, double, double, double, double) { return a > 0.0 ? a : 0.0; });
  check_elementwise(INVAR_ENGINE_RELU_BACKWARD, 0.0,
                    [](double a, double b, double, double, double) { return b > 0.0 ? a : 0.0; });
}

BOOST_AUTO_TEST_CASE(relu_at_zero_and_at_nan_is_the_same_in_every_position) {
  const double k_nan = std::numeric_limits<double>::quiet_NaN();
  for (std::uint32_t position = 0; position < 19; ++position) {
    ScratchpadBench bench;
    Values a(19, -1.0);
    a[position] = k_nan;
    Values gradient(19, 3.0);
    invar_engine_job job = make_job(INVAR_ENGINE_RELU, 19);
    job.a = bench.put(a);
    job.c = bench.reserve(19);
    bench.run_well(job);
    const Values forward = bench.get(job.c, 19);
    invar_engine_job backward = make_job(INVAR_ENGINE_RELU_BACKWARD, 19);
    backward.a = bench.put(gradient);
    backward.b = job.a;
    backward.c = bench.reserve(19);
    bench.run_well(backward);
    for (std::uint32_t i = 0; i < 19; ++i) {
      BOOST_CHECK_EQUAL(std::isnan(forward[i]), i == position);
    }
    BOOST_CHECK(bench.get(backward.c, 19) == Values(19, 0.0));
  }
  ScratchpadBench bench;
  Values zeros(9, 0.0);
  Values gradient(9, 3.0);
  invar_engine_job backward = make_job(INVAR_ENGINE_RELU_BACKWARD, 9);
  backward.a = bench.put(gradient);
  backward.b = bench.put(zeros);
  backward.c = bench.reserve(9);
  bench.run_well(backward);
  BOOST_CHECK(bench.get(backward.c, 9) == zeros);
}

BOOST_AUTO_TEST_CASE(sums_and_products_match_their_formulas) {
  check_elementwise(
      INVAR_ENGINE_AXPBY, 2.0,
      [](double a, double b, double, double alpha, double beta) { return alpha * a + beta * b; });
  check_elementwise(INVAR_ENGINE_MULTIPLY_ACCUMULATE, 3.0,
                    [](double a, double b, double c, double alpha, double beta) {
                      return alpha * a * b + beta * c;
                    });
}

BOOST_AUTO_TEST_CASE(the_adam_update_matches_its_formula) {
  check_elementwise(
      INVAR_ENGINE_ADAM_UPDATE, 4.0,
      [](double a, double b, double c, double alpha, double beta) {
        return c - alpha * a / (std::sqrt(b) + beta);
      },
      0.0);
}

BOOST_AUTO_TEST_CASE(an_exponential_moving_average_is_an_axpby_in_place) {
  ScratchpadBench bench;
  Values average = bench.uniform(33);
  Values sample = bench.uniform(33);
  invar_engine_job job = make_job(INVAR_ENGINE_AXPBY, 33);
  job.alpha = 0.95F;
  job.beta = 0.05F;
  job.a = job.c = bench.put(average);
  job.b = bench.put(sample);
  for (int step = 0; step < 20; ++step) {
    bench.run_well(job);
    for (std::size_t i = 0; i < 33; ++i) {
      average[i] = double{job.alpha} * average[i] + double{job.beta} * sample[i];
    }
  }
  check_close(bench.get(job.c, 33), average, 40.0, 1.0);
}

BOOST_AUTO_TEST_CASE(a_dot_product_keeps_what_single_precision_would_lose) {
  for (const std::uint32_t m : k_counts) {
    ScratchpadBench bench(m);
    Values a = bench.uniform(m);
    Values b = bench.uniform(m);
    invar_engine_job job = make_job(INVAR_ENGINE_DOT, m);
    job.alpha = 0.25F;
    job.a = bench.put(a);
    job.b = bench.put(b);
    job.c = bench.reserve(1);
    double sum = 0.0;
    for (std::size_t i = 0; i < m; ++i) {
      sum += a[i] * b[i];
    }
    bench.run_well(job);
    check_close(bench.get(job.c, 1), {0.25 * sum}, 1.0);
    // a^T a, written over its own first element.
    job.b = job.c = job.a;
    sum = 0.0;
    for (const double value : a) {
      sum += value * value;
    }
    bench.run_well(job);
    check_close(bench.get(job.c, 1), {0.25 * sum}, 1.0);
  }
  ScratchpadBench bench;
  Values a = {1e8, 1.0, -1e8};
  Values ones(3, 1.0);
  invar_engine_job job = make_job(INVAR_ENGINE_DOT, 3);
  job.alpha = 1.0F;
  job.a = bench.put(a);
  job.b = bench.put(ones);
  job.c = bench.reserve(1);
  bench.run_well(job);
  BOOST_CHECK_EQUAL(bench.get(job.c, 1).front(), 1.0);
}

BOOST_AUTO_TEST_CASE(gathered_bytes_become_scaled_floats) {
  ScratchpadBench bench;
  invar_engine_job job = make_job(INVAR_ENGINE_GATHER_U8, 2, 0, 3);
  job.alpha = 1.0F / 255.0F;
  job.beta = -0.5F;
  job.c = bench.reserve(6);
  bench.numerics.convert_gathered(job, {0, 1, 127, 128, 254, 255});
  Values expected;
  for (const double byte : {0.0, 1.0, 127.0, 128.0, 254.0, 255.0}) {
    expected.push_back(byte * job.alpha - 0.5);
  }
  check_close(bench.get(job.c, 6), expected, 1.0, 1.0);
}

BOOST_AUTO_TEST_SUITE_END()
