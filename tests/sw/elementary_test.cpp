#include <invar/sw/numerics/elementary.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdio>
#include <initializer_list>
#include <limits>

BOOST_AUTO_TEST_SUITE(elementary)

namespace {

constexpr double k_infinity = std::numeric_limits<double>::infinity();
constexpr double k_nan = std::numeric_limits<double>::quiet_NaN();
constexpr double k_smallest = std::numeric_limits<double>::denorm_min();
constexpr double k_normal = std::numeric_limits<double>::min();
constexpr double k_largest = std::numeric_limits<double>::max();

/// The C library in long double is the reference where that has at least 11 bits more.
bool has_reference() {
  const bool fine = std::numeric_limits<long double>::digits >= 64;
  if (!fine) {
    std::puts("SKIPPED: long double is not longer than double");
  }
  return fine;
}

/// Distance in units in the last place of the exact result.
double error_in_ulp(double result, long double exact) {
  const int exponent = std::max(std::ilogb(exact), -1022);
  return static_cast<double>(
      std::fabs((static_cast<long double>(result) - exact) / std::ldexp(1.0L, exponent - 52)));
}

struct Worst {
  double error = 0.0, at = 0.0;
  void add(double error_now, double x) {
    if (!(error_now <= error)) {
      error = error_now;
      at = x;
    }
  }
};

Worst worst_exp(double first, double last, int samples) {
  Worst worst;
  for (int i = 0; i < samples; ++i) {
    const double x = first + (last - first) * (i + 0.37) / samples;
    worst.add(error_in_ulp(invar_exp(x), std::exp(static_cast<long double>(x))), x);
  }
  return worst;
}

Worst worst_log(double first, double last, int samples) {
  Worst worst;
  for (int i = 0; i < samples; ++i) {
    const double fraction = (i + 0.37) / samples;
    const double x = std::exp2(std::log2(first) * (1.0 - fraction) + std::log2(last) * fraction);
    worst.add(error_in_ulp(invar_log(x), std::log(static_cast<long double>(x))), x);
  }
  return worst;
}

}  // namespace

BOOST_AUTO_TEST_CASE(exp_is_right_to_the_documented_bound) {
  if (!has_reference()) {
    return;
  }
  for (const double range : {1e-9, 0.3, 0.7, 3.0, 20.0, 700.0}) {
    const Worst worst = worst_exp(-range, range, 200'000);
    BOOST_TEST_CONTEXT("at " << worst.at << " of " << range) {
      BOOST_TEST(worst.error < 0.9);
    }
  }
}

BOOST_AUTO_TEST_CASE(exp_is_right_where_its_result_is_subnormal) {
  if (!has_reference()) {
    return;
  }
  const Worst worst = worst_exp(-745.2, -708.0, 200'000);
  BOOST_TEST_CONTEXT("at " << worst.at) {
    BOOST_TEST(worst.error < 1.0);
  }
}

BOOST_AUTO_TEST_CASE(log_is_right_to_the_documented_bound) {
  if (!has_reference()) {
    return;
  }
  for (const double range : {1.0 + 1e-9, 1.01, 1.4, 2.0, 16.0, 1e10, 1e300}) {
    const Worst worst = worst_log(1.0 / range, range, 200'000);
    BOOST_TEST_CONTEXT("at " << worst.at << " of " << range) {
      BOOST_TEST(worst.error < 0.9);
    }
  }
  const Worst subnormal = worst_log(1e-320, k_normal, 50'000);
  BOOST_TEST_CONTEXT("at " << subnormal.at) {
    BOOST_TEST(subnormal.error < 0.9);
  }
}

BOOST_AUTO_TEST_CASE(neighbours_of_one_and_of_interval_ends_are_right) {
  if (!has_reference()) {
    return;
  }
  for (const double start : {1.0, std::sqrt(0.5), std::sqrt(2.0), 0.5, 2.0}) {
    double above = start, below = start;
    for (int i = 0; i < 1000; ++i) {
      above = std::nextafter(above, 4.0);
      below = std::nextafter(below, 0.0);
      for (const double x : {above, below}) {
        BOOST_TEST_REQUIRE(error_in_ulp(invar_log(x), std::log(static_cast<long double>(x))) < 0.9);
      }
    }
  }
  for (int half = -1400; half <= 1400; ++half) {
    const double x = 0.5 * half * std::log(2.0);  // where the reduction changes its multiple
    for (const double y : {std::nextafter(x, -k_infinity), x, std::nextafter(x, k_infinity)}) {
      BOOST_TEST_REQUIRE(error_in_ulp(invar_exp(y), std::exp(static_cast<long double>(y))) < 0.9);
    }
  }
}

BOOST_AUTO_TEST_CASE(exp_of_special_values) {
  BOOST_TEST(invar_exp(0.0) == 1.0);
  BOOST_TEST(invar_exp(-0.0) == 1.0);
  BOOST_TEST(invar_exp(k_smallest) == 1.0);
  BOOST_TEST(invar_exp(k_infinity) == k_infinity);
  BOOST_TEST(invar_exp(-k_infinity) == 0.0);
  BOOST_TEST(!std::signbit(invar_exp(-k_infinity)));
  BOOST_TEST(std::isnan(invar_exp(k_nan)));
  BOOST_TEST(std::isnan(invar_exp(-k_nan)));
  // the last that does not overflow, and the first that does: 1024 ln 2 = 709.78271289338397...
  BOOST_TEST(std::isfinite(invar_exp(709.782712893384)));
  BOOST_TEST(invar_exp(std::nextafter(709.782712893384, 710.0)) == k_infinity);
  BOOST_TEST(invar_exp(709.9) == k_infinity);
  BOOST_TEST(invar_exp(1e300) == k_infinity);
  // 2^-1075, half the smallest number, is e^-745.13321910194122...
  BOOST_TEST(invar_exp(-745.13321910194110) == k_smallest);
  BOOST_TEST(invar_exp(-745.13321910194134) == 0.0);
  BOOST_TEST(invar_exp(-745.9) == 0.0);
  BOOST_TEST(invar_exp(-k_largest) == 0.0);
}

BOOST_AUTO_TEST_CASE(log_of_special_values) {
  BOOST_TEST(invar_log(1.0) == 0.0);
  BOOST_TEST(!std::signbit(invar_log(1.0)));
  BOOST_TEST(invar_log(0.0) == -k_infinity);
  BOOST_TEST(invar_log(-0.0) == -k_infinity);
  BOOST_TEST(invar_log(k_infinity) == k_infinity);
  BOOST_TEST(std::isnan(invar_log(-k_infinity)));
  BOOST_TEST(std::isnan(invar_log(-1.0)));
  BOOST_TEST(std::isnan(invar_log(-k_smallest)));
  BOOST_TEST(std::isnan(invar_log(k_nan)));
  // -1074 ln 2 and 1024 ln 2, rounded
  BOOST_TEST(invar_log(k_smallest) == -744.44007192138122);
  BOOST_TEST(invar_log(k_largest) == 709.78271289338397);
}

BOOST_AUTO_TEST_SUITE_END()
