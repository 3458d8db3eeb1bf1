#include <Eigen/LU>
#include <cmath>
#include <limits>

#include "digital_engine/scratchpad_bench.h"

BOOST_AUTO_TEST_SUITE(low_precision)

using namespace invar;
using namespace invar::test;
using digital_engine::InversionFormats;
using digital_engine::Precision;
using digital_engine::rounded;

namespace {

using Eigen::MatrixXd;

const std::uint32_t k_sizes[] = {1, 2, 5, 15, 16, 17, 40, 64};
const Precision k_floats[] = {Precision::fp16, Precision::bf16};

/// Half a spacing of the numbers from 1 to 2.
double unit_roundoff(Precision precision) {
  return precision == Precision::fp16 ? 0x1p-11 : 0x1p-8;
}

InversionFormats in(Precision precision) {
  return {precision, precision, 16};
}

Values row_major(const MatrixXd& matrix) {
  Values values;
  for (Eigen::Index row = 0; row < matrix.rows(); ++row) {
    for (Eigen::Index column = 0; column < matrix.cols(); ++column) {
      values.push_back(matrix(row, column));
    }
  }
  return values;
}

MatrixXd matrix_of(const Values& values, Eigen::Index rows) {
  const Eigen::Index columns = static_cast<Eigen::Index>(values.size()) / rows;
  MatrixXd matrix(rows, columns);
  for (Eigen::Index i = 0; i < rows * columns; ++i) {
    matrix(i / columns, i % columns) = values[static_cast<std::size_t>(i)];
  }
  return matrix;
}

/// Positive definite, of condition about 10; the diagonal spreads over so many powers of two.
MatrixXd positive_definite(std::uint32_t n, int powers = 0) {
  MatrixXd matrix = covariance_matrix(static_cast<int>(n), 0.5, n);
  for (std::uint32_t i = 0; i < n; ++i) {
    const double scale = std::ldexp(1.0, powers * (static_cast<int>(i % 3) - 1));
    matrix.row(i) *= scale;
    matrix.col(i) *= scale;
  }
  return matrix.cast<float>().cast<double>();
}

MatrixXd factor_of(const MatrixXd& a, const InversionFormats& formats) {
  ScratchpadBench bench(1, 1 << 20, formats);
  const auto n = static_cast<std::uint32_t>(a.rows());
  Values values = row_major(a);
  invar_engine_job job = make_job(INVAR_ENGINE_CHOLESKY, n);
  job.a = bench.put(values);
  job.c = bench.reserve(values.size());
  bench.run_well(job);
  return matrix_of(bench.get(job.c, values.size()), a.rows());
}

/// Solutions for the columns of b, by a factor and a solve.
MatrixXd solution_of(const MatrixXd& a, const MatrixXd& b, const InversionFormats& formats) {
  ScratchpadBench bench(1, 1 << 20, formats);
  const auto n = static_cast<std::uint32_t>(a.rows());
  Values factor = row_major(factor_of(a, formats));
  Values columns = row_major(b.transpose());
  invar_engine_job job =
      make_job(INVAR_ENGINE_CHOLESKY_SOLVE, n, static_cast<std::uint32_t>(b.cols()));
  job.a = bench.put(factor);
  job.b = bench.put(columns);
  job.c = bench.reserve(columns.size());
  bench.run_well(job);
  return matrix_of(bench.get(job.c, columns.size()), b.cols()).transpose();
}

MatrixXd inverse_of(const MatrixXd& a, const InversionFormats& formats) {
  ScratchpadBench bench(1, 1 << 20, formats);
  Values factor = row_major(factor_of(a, formats));
  invar_engine_job job =
      make_job(INVAR_ENGINE_CHOLESKY_INVERSE, static_cast<std::uint32_t>(a.rows()));
  job.a = bench.put(factor);
  job.c = bench.reserve(factor.size());
  bench.run_well(job);
  return matrix_of(bench.get(job.c, factor.size()), a.rows());
}

/// op(a) op(b) with flags, c = 2 x that + 0.5 old.
MatrixXd product_of(const MatrixXd& a, const MatrixXd& b, std::uint32_t flags, double old,
                    const InversionFormats& formats) {
  ScratchpadBench bench(1, 1 << 20, formats);
  const bool transpose_a = (flags & INVAR_ENGINE_FLAG_TRANSPOSE_A) != 0;
  const bool transpose_b = (flags & INVAR_ENGINE_FLAG_TRANSPOSE_B) != 0;
  Values left = row_major(transpose_a ? MatrixXd(a.transpose()) : a);
  Values right = row_major(transpose_b ? MatrixXd(b.transpose()) : b);
  Values c(static_cast<std::size_t>(a.rows() * b.cols()), old);
  invar_engine_job job =
      make_job(INVAR_ENGINE_GEMM, static_cast<std::uint32_t>(a.rows()),
               static_cast<std::uint32_t>(b.cols()), static_cast<std::uint32_t>(a.cols()));
  job.flags = flags;
  job.alpha = 2.0F;
  job.beta = 0.5F;
  job.a = bench.put(left);
  job.b = bench.put(right);
  job.c = bench.put(c);
  bench.run_well(job);
  return matrix_of(bench.get(job.c, c.size()), a.rows());
}

MatrixXd uniform(Eigen::Index rows, Eigen::Index columns) {
  ScratchpadBench bench(7);
  return matrix_of(bench.uniform(static_cast<std::size_t>(rows * columns)), rows)
      .cast<float>()
      .cast<double>();
}

double relative_error(const MatrixXd& value, const MatrixXd& reference) {
  return (value - reference).norm() / reference.norm();
}

}  // namespace

BOOST_AUTO_TEST_CASE(numbers_are_rounded_to_nearest_even_within_their_range) {
  BOOST_CHECK_EQUAL(rounded(1.0F + 0x1p-11F, Precision::fp16), 1.0F);
  BOOST_CHECK_EQUAL(rounded(1.0F + 0x1.8p-10F, Precision::fp16), 1.0F + 0x1p-9F);
  BOOST_CHECK_EQUAL(rounded(0x1p-24F, Precision::fp16), 0x1p-24F);
  BOOST_CHECK_EQUAL(rounded(0x1p-25F, Precision::fp16), 0.0F);
  BOOST_CHECK_EQUAL(rounded(65519.0F, Precision::fp16), 65504.0F);
  BOOST_CHECK(std::isinf(rounded(65520.0F, Precision::fp16)));
  BOOST_CHECK_EQUAL(rounded(1.0F + 0x1p-8F, Precision::bf16), 1.0F);
  BOOST_CHECK_EQUAL(rounded(1.0F + 0x1.8p-7F, Precision::bf16), 1.0F + 0x1p-6F);
  BOOST_CHECK_EQUAL(rounded(0x1p100F, Precision::bf16), 0x1p100F);
  BOOST_CHECK_EQUAL(rounded(2.5F, Precision::int8), 2.0F);
  BOOST_CHECK_EQUAL(rounded(-300.0F, Precision::int8), -127.0F);
  BOOST_CHECK_EQUAL(rounded(0.1F, Precision::fp32), 0.1F);
}

BOOST_AUTO_TEST_CASE(a_factor_is_as_good_as_its_format_and_in_it) {
  for (const Precision precision : k_floats) {
    for (const std::uint32_t n : k_sizes) {
      BOOST_TEST_CONTEXT("format " << digital_engine::name_of(precision) << ", n = " << n) {
        const MatrixXd a = positive_definite(n, 3);
        const MatrixXd l = factor_of(a, in(precision));
        const MatrixXd back = l * l.transpose();
        const int bits = precision == Precision::fp16 ? 11 : 8;
        for (Eigen::Index i = 0; i < a.rows(); ++i) {
          for (Eigen::Index j = 0; j <= i; ++j) {
            BOOST_CHECK_LE(std::abs(back(i, j) - a(i, j)),
                           (n + 2) * unit_roundoff(precision) * std::sqrt(a(i, i) * a(j, j)));
            int exponent = 0;
            const double digits = std::ldexp(std::frexp(l(i, j), &exponent), bits);
            BOOST_CHECK_EQUAL(digits, std::nearbyint(digits));
            BOOST_CHECK(i == j || l(j, i) == 0.0);
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(powers_of_two_on_rows_and_right_hand_sides_change_no_digit) {
  const MatrixXd a = positive_definite(20);
  const MatrixXd scaled = positive_definite(20, 14);
  const MatrixXd b = uniform(20, 3);
  const InversionFormats formats = in(Precision::fp16);
  const MatrixXd factor = factor_of(a, formats);
  const MatrixXd scaled_factor = factor_of(scaled, formats);
  const MatrixXd x = solution_of(a, b, formats);
  BOOST_CHECK(solution_of(a, 0x1p60 * b, formats) == 0x1p60 * x);
  BOOST_CHECK(solution_of(a, 0x1p-60 * b, formats) == 0x1p-60 * x);
  for (Eigen::Index row = 0; row < 20; ++row) {
    const double power = std::ldexp(1.0, 14 * (static_cast<int>(row % 3) - 1));
    BOOST_CHECK(scaled_factor.row(row) == power * factor.row(row));
  }
}

BOOST_AUTO_TEST_CASE(solves_and_inverses_are_as_good_as_their_format) {
  for (const Precision precision : k_floats) {
    for (const std::uint32_t n : k_sizes) {
      BOOST_TEST_CONTEXT("format " << digital_engine::name_of(precision) << ", n = " << n) {
        const MatrixXd a = positive_definite(n, 3);
        const MatrixXd b = uniform(n, 5);
        const MatrixXd inverse = a.inverse();
        // Scaled to a unit diagonal, where rounding takes place.
        const MatrixXd d = a.diagonal().cwiseSqrt().asDiagonal();
        const double bound = 60 * unit_roundoff(precision);
        BOOST_CHECK_LE(relative_error(d * solution_of(a, b, in(precision)), d * inverse * b),
                       bound);
        BOOST_CHECK_LE(relative_error(d * inverse_of(a, in(precision)) * d, d * inverse * d),
                       bound);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(products_with_an_inverse_are_as_good_as_their_format_from_both_sides) {
  struct Case {
    Precision factorization, product;
    double bound;
  };
  const Case cases[] = {{Precision::fp16, Precision::fp16, 0.02},
                        {Precision::bf16, Precision::bf16, 0.1},
                        {Precision::fp16, Precision::int8, 0.1},
                        {Precision::fp32, Precision::int8, 0.1}};
  for (const Case& one : cases) {
    const InversionFormats formats{one.factorization, one.product, 16};
    BOOST_TEST_CONTEXT("product in " << digital_engine::name_of(one.product)) {
      const MatrixXd a = positive_definite(33, 3);
      const MatrixXd inverse = inverse_of(a, formats);
      BOOST_CHECK(inverse.allFinite());
      const MatrixXd x = uniform(33, 7);
      const MatrixXd d = a.diagonal().cwiseSqrt().asDiagonal();
      const MatrixXd exact = 2.0 * a.inverse() * d * x;
      for (const std::uint32_t transpose :
           {0u, INVAR_ENGINE_FLAG_TRANSPOSE_A, INVAR_ENGINE_FLAG_TRANSPOSE_B}) {
        const MatrixXd left =
            product_of(inverse, d * x, INVAR_ENGINE_FLAG_INVERSE_A | transpose, 0.0, formats);
        BOOST_CHECK_LE(relative_error(d * left, d * exact), one.bound);
        const MatrixXd right = product_of((d * x).transpose(), inverse,
                                          INVAR_ENGINE_FLAG_INVERSE_B | transpose, 0.0, formats);
        BOOST_CHECK_LE(relative_error(d * right.transpose(), d * exact), one.bound);
      }
      // beta adds to what c held.
      const MatrixXd once = product_of(inverse, x, INVAR_ENGINE_FLAG_INVERSE_A, 0.0, formats);
      const MatrixXd more = product_of(inverse, x, INVAR_ENGINE_FLAG_INVERSE_A, 8.0, formats);
      BOOST_CHECK_SMALL((more - once).array().maxCoeff() - 4.0, 1e-3);
    }
  }
}

BOOST_AUTO_TEST_CASE(products_of_two_matrices_are_as_good_as_the_format_of_their_flag) {
  struct Case {
    Precision factorization, product;
    double factor_bound, inverse_bound;
  };
  const Case cases[] = {{Precision::fp16, Precision::fp16, 0.002, 0.002},
                        {Precision::bf16, Precision::bf16, 0.01, 0.01},
                        {Precision::fp16, Precision::int8, 0.002, 0.02}};
  for (const Case& one : cases) {
    const InversionFormats formats{one.factorization, one.product, 16};
    // Rows and columns of any size: each has its own scale.
    MatrixXd a = uniform(9, 20);
    MatrixXd b = uniform(20, 6);
    a.row(3) *= 0x1p40;
    b.col(2) *= 0x1p-40;
    const MatrixXd exact = 2.0 * a * b;
    const auto error = [&](std::uint32_t flags) {
      const MatrixXd product = product_of(a, b, flags, 0.0, formats);
      double largest = 0.0;
      for (Eigen::Index row = 0; row < 9; ++row) {
        for (Eigen::Index column = 0; column < 6; ++column) {
          largest = std::max(largest, std::abs(product(row, column) - exact(row, column)) /
                                          (2.0 * a.row(row).norm() * b.col(column).norm()));
        }
      }
      return largest;
    };
    for (const std::uint32_t transpose :
         {0u, INVAR_ENGINE_FLAG_TRANSPOSE_A, INVAR_ENGINE_FLAG_TRANSPOSE_B}) {
      const double factor = error(INVAR_ENGINE_FLAG_FACTOR_FORMAT | transpose);
      BOOST_CHECK_LE(factor, one.factor_bound);
      BOOST_CHECK_GE(factor, 1e-6);
      const double inverse = error(INVAR_ENGINE_FLAG_INVERSE_FORMAT | transpose);
      BOOST_CHECK_LE(inverse, one.inverse_bound);
      BOOST_CHECK_GE(inverse, 1e-6);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_flag_of_an_inverse_means_nothing_in_fp32) {
  const MatrixXd a = positive_definite(17);
  const MatrixXd x = uniform(17, 4);
  BOOST_CHECK(product_of(a, x, INVAR_ENGINE_FLAG_INVERSE_A, 1.0, {}) ==
              product_of(a, x, 0, 1.0, {}));
}

BOOST_AUTO_TEST_CASE(what_the_format_cannot_hold_is_a_status) {
  // L = (1 0; 1 2^-12): the second unknown is 2^24 times its right-hand side.
  for (const Precision precision : k_floats) {
    ScratchpadBench bench(1, 1 << 20, in(precision));
    Values factor = {1.0, 0.0, 1.0, 0x1p-12};
    Values b = {0.0, 1.0};
    invar_engine_job job = make_job(INVAR_ENGINE_CHOLESKY_SOLVE, 2, 1);
    job.a = bench.put(factor);
    job.b = bench.put(b);
    job.c = bench.reserve(2);
    const bool fits = precision == Precision::bf16;
    BOOST_CHECK_EQUAL(bench.run(job), fits ? INVAR_ENGINE_OK : INVAR_ENGINE_OVERFLOW);
    BOOST_CHECK(!fits || bench.get(job.c, 2)[1] == 0x1p24);
    invar_engine_job inverse = make_job(INVAR_ENGINE_CHOLESKY_INVERSE, 2);
    inverse.a = job.a;
    inverse.c = bench.reserve(4);
    BOOST_CHECK_EQUAL(bench.run(inverse), fits ? INVAR_ENGINE_OK : INVAR_ENGINE_OVERFLOW);
  }
}

BOOST_AUTO_TEST_CASE(what_came_in_infinite_is_no_overflow) {
  ScratchpadBench bench(1, 1 << 20, in(Precision::fp16));
  Values factor = {1.0};
  Values b = {std::numeric_limits<double>::quiet_NaN()};
  invar_engine_job job = make_job(INVAR_ENGINE_CHOLESKY_SOLVE, 1, 1);
  job.a = bench.put(factor);
  job.b = bench.put(b);
  job.c = bench.reserve(1);
  BOOST_CHECK_EQUAL(bench.run(job), INVAR_ENGINE_OK);
  BOOST_CHECK(std::isnan(bench.get(job.c, 1)[0]));
}

BOOST_AUTO_TEST_CASE(a_matrix_that_is_definite_in_fp32_alone_has_no_factor) {
  const double near_one = 1.0 - 0x1p-14;
  for (const Precision precision : {Precision::fp32, Precision::fp16, Precision::bf16}) {
    ScratchpadBench bench(1, 1 << 20, in(precision));
    Values a = {1.0, near_one, near_one, 1.0};
    invar_engine_job job = make_job(INVAR_ENGINE_CHOLESKY, 2);
    job.a = bench.put(a);
    job.c = bench.reserve(4);
    BOOST_CHECK_EQUAL(bench.run(job), precision == Precision::fp32
                                          ? INVAR_ENGINE_OK
                                          : INVAR_ENGINE_NOT_POSITIVE_DEFINITE);
  }
}

BOOST_AUTO_TEST_CASE(what_has_no_factor_in_fp32_has_none_in_fewer_bits) {
  const double k_nan = std::numeric_limits<double>::quiet_NaN();
  const double k_infinite = std::numeric_limits<double>::infinity();
  for (const Precision precision : k_floats) {
    for (const double bad : {0.0, -1.0, k_nan, k_infinite, -k_infinite}) {
      for (const std::size_t where : {0u, 8u, 19u}) {
        ScratchpadBench bench(1, 1 << 20, in(precision));
        Values a = row_major(positive_definite(20));
        a[where * 20 + where] = bad;
        invar_engine_job job = make_job(INVAR_ENGINE_CHOLESKY, 20);
        job.a = bench.put(a);
        job.c = bench.reserve(400);
        BOOST_CHECK_EQUAL(bench.run(job), INVAR_ENGINE_NOT_POSITIVE_DEFINITE);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
