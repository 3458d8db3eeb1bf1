#include <invar/simulation/clock_cycles.h>
#include <invar/simulation/duration.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <random>
#include <string>

BOOST_AUTO_TEST_SUITE(clock_cycles)

using namespace invar::simulation;
using sc_core::sc_time;

namespace {

sc_time ps(std::uint64_t value) {
  return sc_time::from_value(value);
}

}  // namespace

BOOST_AUTO_TEST_CASE(cycles_of_whole_picoseconds_are_counted_as_integers_to_the_end_of_time) {
  std::mt19937_64 random(1);
  for (const std::uint64_t period_ps : {1u, 7u, 250u, 1000u, 1250u, 1000000000u}) {
    const double period_s = static_cast<double>(period_ps) * 1e-12;
    for (int i = 0; i < 2000; ++i) {
      const std::uint64_t time_ps = random() >> (random() % 60);
      BOOST_REQUIRE_EQUAL(whole_cycles(ps(time_ps), period_s), time_ps / period_ps);
    }
    for (std::uint64_t n : {1ull, 3ull, 1000003ull, 9000000ull}) {
      BOOST_REQUIRE_EQUAL(whole_cycles(ps(n * period_ps), period_s), n);
      BOOST_REQUIRE_EQUAL(whole_cycles(ps(n * period_ps - 1), period_s), n - 1);
      BOOST_REQUIRE_EQUAL(
          nearest_cycles(ps(n * period_ps + period_ps / 2 + period_ps % 2), period_s), n + 1);
      BOOST_REQUIRE_EQUAL(
          nearest_cycles(ps(n * period_ps - period_ps / 2 + (period_ps + 1) % 2), period_s), n);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_edge_between_two_picoseconds_counts_at_the_nearer_one) {
  const double period_s = 1.0 / 3e9;  // edges at 333.3, 666.7, 1000
  BOOST_TEST(whole_cycles(ps(332), period_s) == 0u);
  BOOST_TEST(whole_cycles(ps(333), period_s) == 1u);
  BOOST_TEST(whole_cycles(ps(666), period_s) == 1u);
  BOOST_TEST(whole_cycles(ps(667), period_s) == 2u);
  for (std::uint64_t n = 1; n < 3000; ++n) {
    BOOST_REQUIRE_EQUAL(whole_cycles(sc_time(n * period_s, sc_core::SC_SEC), period_s), n);
  }
}

BOOST_AUTO_TEST_CASE(a_duration_that_passes_the_end_of_simulated_time_is_an_error_that_says_whose) {
  const auto whose = [] { return std::string("the job"); };
  BOOST_TEST(duration(8.0003e6, whose).value() == 8000300000000000000u);
  for (const double too_long_s : {9.3e6, 1.6e7, 1e300, std::nan("")}) {
    BOOST_CHECK_EXCEPTION(duration(too_long_s, whose), sc_core::sc_report, [](const auto& report) {
      return std::string(report.get_msg()).find("the job takes ") == 0;
    });
  }
  sc_core::sc_start(sc_time(5e6, sc_core::SC_SEC));
  BOOST_TEST(duration(4e6, whose).value() == 4000000000000000000u);
  BOOST_CHECK_THROW(duration(5e6, whose), sc_core::sc_report);
}

BOOST_AUTO_TEST_SUITE_END()
