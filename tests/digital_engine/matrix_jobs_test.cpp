#include <limits>

#include "digital_engine/scratchpad_bench.h"

BOOST_AUTO_TEST_SUITE(matrix_jobs)

using namespace invar;
using namespace invar::test;

namespace {

const std::uint32_t k_sizes[] = {1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 33, 64, 65, 100};

/// Row-major, positive definite, of condition about 10.
Values positive_definite(std::uint32_t n, std::uint64_t seed) {
  const Eigen::MatrixXd matrix = covariance_matrix(static_cast<int>(n), 0.5, seed);
  Values values;
  for (std::uint32_t row = 0; row < n; ++row) {
    for (std::uint32_t column = 0; column < n; ++column) {
      values.push_back(matrix(row, column));
    }
  }
  return values;
}

/// The lower factor by the textbook's three loops.
Values factor(const Values& a, std::size_t n) {
  Values l(n * n, 0.0);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = j; i < n; ++i) {
      double sum = a[i * n + j];
      for (std::size_t k = 0; k < j; ++k) {
        sum -= l[i * n + k] * l[j * n + k];
      }
      l[i * n + j] = i == j ? std::sqrt(sum) : sum / l[j * n + j];
    }
  }
  return l;
}

/// x of L L^T x = b by substitution, forward and back.
Values substitute(const Values& l, std::size_t n, const double* b) {
  Values x(b, b + n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      x[i] -= l[i * n + k] * x[k];
    }
    x[i] /= l[i * n + i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) {
      x[i] -= l[k * n + i] * x[k];
    }
    x[i] /= l[i * n + i];
  }
  return x;
}

double largest(const Values& values) {
  double result = 0.0;
  for (const double value : values) {
    result = std::max(result, std::abs(value));
  }
  return result;
}

/// Rounding of n dependent steps, times the condition of the matrices here (with a margin).
double solve_ulps(std::uint32_t n) {
  return 20.0 * (n + 2);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_cholesky_factor_multiplies_back_within_the_rounding_bound) {
  for (const std::uint32_t n : k_sizes) {
    for (const bool in_place : {false, true}) {
      BOOST_TEST_CONTEXT("n = " << n << (in_place ? " in place" : "")) {
        ScratchpadBench bench;
        Values a = positive_definite(n, n);
        invar_engine_job job = make_job(INVAR_ENGINE_CHOLESKY, n);
        job.a = bench.put(a);
        job.c = in_place ? job.a : bench.reserve(n * n);
        bench.run_well(job);
        const Values l = bench.get(job.c, n * n);
        check_close(l, factor(a, n), solve_ulps(n), std::sqrt(largest(a)));
        for (std::size_t i = 0; i < n; ++i) {
          for (std::size_t j = 0; j <= i; ++j) {
            double sum = 0.0;
            for (std::size_t k = 0; k <= j; ++k) {
              sum += l[i * n + k] * l[j * n + k];
            }
            // Higham, Accuracy and Stability of Numerical Algorithms, theorem 10.3.
            BOOST_CHECK_LE(std::abs(sum - a[i * n + j]),
                           (n + 1) * k_float_epsilon * std::sqrt(a[i * n + i] * a[j * n + j]));
            BOOST_CHECK(i == j || l[j * n + i] == 0.0);
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(cholesky_reads_the_lower_triangle_only) {
  for (const std::uint32_t n : {2u, 17u, 65u}) {
    ScratchpadBench bench;
    Values a = positive_definite(n, 3);
    invar_engine_job job = make_job(INVAR_ENGINE_CHOLESKY, n);
    job.a = bench.put(a);
    job.c = bench.reserve(n * n);
    bench.run_well(job);
    Values half = a;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = i + 1; j < n; ++j) {
        half[i * n + j] = std::numeric_limits<double>::quiet_NaN();
      }
    }
    invar_engine_job half_job = job;
    half_job.a = bench.put(half);
    half_job.c = bench.reserve(n * n);
    bench.run_well(half_job);
    BOOST_CHECK(bench.get(job.c, n * n) == bench.get(half_job.c, n * n));
  }
}

BOOST_AUTO_TEST_CASE(what_has_no_factor_is_not_positive_definite) {
  const double k_nan = std::numeric_limits<double>::quiet_NaN();
  const double k_infinite = std::numeric_limits<double>::infinity();
  for (const std::uint32_t n : {1u, 2u, 5u, 16u, 40u}) {
    for (const std::uint32_t where : {0u, n / 2, n - 1}) {
      for (const double bad : {0.0, -1.0, k_nan, k_infinite, -k_infinite}) {
        BOOST_TEST_CONTEXT("pivot " << where << " of " << n << " is " << bad) {
          ScratchpadBench bench;
          Values a = positive_definite(n, 4);
          a[where * n + where] = bad;
          invar_engine_job job = make_job(INVAR_ENGINE_CHOLESKY, n);
          job.a = bench.put(a);
          job.c = bench.reserve(n * n);
          BOOST_CHECK_EQUAL(bench.run(job), INVAR_ENGINE_NOT_POSITIVE_DEFINITE);
        }
      }
    }
    if (n > 1) {
      for (const double bad : {10.0, k_nan, k_infinite}) {
        ScratchpadBench bench;
        Values a = positive_definite(n, 4);
        a[(n - 1) * n] = bad * std::sqrt(a[0] * a[n * n - 1]);
        invar_engine_job job = make_job(INVAR_ENGINE_CHOLESKY, n);
        job.a = bench.put(a);
        job.c = bench.reserve(n * n);
        BOOST_CHECK_EQUAL(bench.run(job), INVAR_ENGINE_NOT_POSITIVE_DEFINITE);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(solves_match_substitution_for_any_number_of_right_hand_sides) {
  for (const std::uint32_t m : k_sizes) {
    for (const std::uint32_t n : {1u, 2u, 7u, 16u, 21u}) {
      BOOST_TEST_CONTEXT("m = " << m << ", n = " << n) {
        ScratchpadBench bench(n);
        Values l = factor(positive_definite(m, m), m);
        Values b = bench.uniform(n * m);
        // The upper triangle of a factor is no part of it.
        for (std::size_t i = 0; i < m; ++i) {
          for (std::size_t j = i + 1; j < m; ++j) {
            l[i * m + j] = 1e30;
          }
        }
        invar_engine_job job = make_job(INVAR_ENGINE_CHOLESKY_SOLVE, m, n);
        job.a = bench.put(l);
        job.b = bench.put(b);
        job.c = n == 7 ? job.b : bench.reserve(n * m);
        bench.run_well(job);
        const Values x = bench.get(job.c, n * m);
        for (std::size_t row = 0; row < n; ++row) {
          const Values expected = substitute(l, m, &b[row * m]);
          check_close(Values(&x[row * m], &x[row * m] + m), expected, solve_ulps(m),
                      largest(expected));
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_block_of_a_matrix_comes_out_and_goes_back_alone) {
  ScratchpadBench bench;
  Values whole = bench.uniform(7 * 5);
  invar_engine_job job = make_job(INVAR_ENGINE_EXTRACT_BLOCK, 3, 2, 5);
  const std::uint32_t matrix = bench.put(whole);
  job.a = matrix + 4 * (2 * 5 + 3);  // rows 2 to 4, columns 3 and 4
  job.c = bench.reserve(6);
  bench.run_well(job);
  const Values block = bench.get(job.c, 6);
  Values other = bench.uniform(6);
  invar_engine_job back = make_job(INVAR_ENGINE_INSERT_BLOCK, 3, 2, 5);
  back.a = bench.put(other);
  back.c = job.a;
  bench.run_well(back);
  const Values changed = bench.get(matrix, 7 * 5);
  for (std::size_t row = 0; row < 7; ++row) {
    for (std::size_t column = 0; column < 5; ++column) {
      const bool inside = row >= 2 && row < 5 && column >= 3;
      const std::size_t place = (row - 2) * 2 + column - 3;
      if (inside) {
        BOOST_CHECK_EQUAL(block[place],
                          static_cast<double>(static_cast<float>(whole[row * 5 + column])));
      }
      const double expected = inside ? other[place] : whole[row * 5 + column];
      BOOST_CHECK_EQUAL(changed[row * 5 + column],
                        static_cast<double>(static_cast<float>(expected)));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_inverse_matches_the_solves_of_unit_vectors) {
  for (const std::uint32_t m : k_sizes) {
    for (const bool in_place : {false, true}) {
      BOOST_TEST_CONTEXT("m = " << m << (in_place ? " in place" : "")) {
        ScratchpadBench bench;
        Values l = factor(positive_definite(m, m), m);
        invar_engine_job job = make_job(INVAR_ENGINE_CHOLESKY_INVERSE, m);
        job.a = bench.put(l);
        job.c = in_place ? job.a : bench.reserve(m * m);
        bench.run_well(job);
        Values expected;
        for (std::size_t row = 0; row < m; ++row) {
          Values unit(m, 0.0);
          unit[row] = 1.0;
          const Values x = substitute(l, m, unit.data());
          expected.insert(expected.end(), x.begin(), x.end());
        }
        check_close(bench.get(job.c, m * m), expected, solve_ulps(m), largest(expected));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_transpose_moves_every_element_in_place_too) {
  const std::uint32_t shapes[][2] = {{1, 1}, {1, 9}, {9, 1}, {3, 5}, {16, 16}, {33, 17}};
  for (const auto& shape : shapes) {
    for (const bool in_place : {false, true}) {
      ScratchpadBench bench;
      const std::size_t m = shape[0];
      const std::size_t n = shape[1];
      Values a = bench.uniform(m * n);
      invar_engine_job job = make_job(INVAR_ENGINE_TRANSPOSE, shape[0], shape[1]);
      job.a = bench.put(a);
      job.c = in_place ? job.a : bench.reserve(m * n);
      bench.run_well(job);
      const Values c = bench.get(job.c, m * n);
      for (std::size_t row = 0; row < m; ++row) {
        for (std::size_t column = 0; column < n; ++column) {
          BOOST_CHECK_EQUAL(c[column * m + row], a[row * n + column]);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(trace_and_scaled_diagonal_use_the_diagonal_only) {
  for (const std::uint32_t m : k_sizes) {
    ScratchpadBench bench(m);
    Values a = bench.uniform(m * m);
    double trace = 0.0;
    double magnitude = 0.0;
    for (std::size_t i = 0; i < m; ++i) {
      trace += static_cast<float>(a[i * (m + 1)]);
      magnitude += std::abs(a[i * (m + 1)]);
    }
    invar_engine_job job = make_job(INVAR_ENGINE_TRACE, m);
    job.alpha = -1.5F;
    job.a = bench.put(a);
    job.c = bench.reserve(1);
    bench.run_well(job);
    check_close(bench.get(job.c, 1), {-1.5 * trace}, Values{k_float_epsilon * m * 1.5 * magnitude});

    for (const bool in_place : {false, true}) {
      job = make_job(INVAR_ENGINE_SCALE_ADD_DIAGONAL, m);
      job.alpha = 0.3F;
      job.beta = 2.5F;
      job.a = bench.put(a);
      job.c = in_place ? job.a : bench.reserve(m * m);
      bench.run_well(job);
      Values expected;
      for (std::size_t i = 0; i < a.size(); ++i) {
        expected.push_back(double{job.alpha} * a[i] + (i % (m + 1) == 0 ? 2.5 : 0.0));
      }
      check_close(bench.get(job.c, a.size()), expected, 1.0, 0.3);
    }
  }
}

BOOST_AUTO_TEST_CASE(lu_factors_multiply_back_to_the_rows_exchanged_and_solve) {
  for (const std::uint32_t n : k_sizes) {
    BOOST_TEST_CONTEXT("n = " << n) {
      ScratchpadBench bench(n);
      Values a = bench.uniform(std::size_t{n} * n);
      for (std::uint32_t i = 0; i < n; ++i) {
        a[(n - 1 - i) * n + i] += 2.0 * std::sqrt(n);  // its pivots are far from the diagonal
      }
      invar_engine_job job = make_job(INVAR_ENGINE_LU, n);
      job.a = bench.put(a);
      job.b = bench.reserve(n);
      job.c = bench.reserve(a.size());
      BOOST_REQUIRE_EQUAL(bench.numerics.execute(job), INVAR_ENGINE_OK);
      const Values lu = bench.get(job.c, a.size());
      Values exchanged = a;
      const std::vector<std::uint32_t> rows = bench.get_words(job.b, n);
      for (std::uint32_t i = 0; i < n; ++i) {
        BOOST_REQUIRE(rows[i] >= i && rows[i] < n);
        for (std::uint32_t j = 0; rows[i] != i && j < n; ++j) {
          std::swap(exchanged[i * n + j], exchanged[rows[i] * n + j]);
        }
      }
      for (std::uint32_t i = 0; i < n; ++i) {
        for (std::uint32_t j = 0; j < n; ++j) {
          double product = i <= j ? lu[i * n + j] : 0.0;
          for (std::uint32_t k = 0; k < std::min(i, j + 1); ++k) {
            product += lu[i * n + k] * lu[k * n + j];
          }
          BOOST_CHECK_SMALL(product - exchanged[i * n + j], (n + 2) * k_float_epsilon * largest(a));
        }
      }
      invar_engine_job solve = make_job(INVAR_ENGINE_LU_SOLVE, n, 3);
      Values b = bench.uniform(std::size_t{3} * n);
      solve.a = job.c;
      solve.b = bench.put(b);
      solve.c = bench.reserve(b.size());
      solve.operand_d = job.b;
      BOOST_REQUIRE_EQUAL(bench.numerics.execute(solve), INVAR_ENGINE_OK);
      const Values x = bench.get(solve.c, b.size());
      for (std::uint32_t k = 0; k < 3; ++k) {
        for (std::uint32_t i = 0; i < n; ++i) {
          double residual = b[k * n + i];
          for (std::uint32_t j = 0; j < n; ++j) {
            residual -= a[i * n + j] * x[k * n + j];
          }
          BOOST_CHECK_SMALL(residual, solve_ulps(n) * k_float_epsilon * largest(b));
        }
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
