#include <invar/platform/report/sections.h>

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <map>
#include <string>

BOOST_AUTO_TEST_SUITE(ledger_section)

using namespace invar;
using sc_core::sc_time;

BOOST_AUTO_TEST_CASE(phases_add_up_to_the_picosecond_beyond_what_a_double_holds) {
  // 2^53 + 1, an odd number beyond 2^62, and what a double would lose of either.
  const std::map<ledger::Phase, std::uint64_t> spent_ps = {
      {INVAR_PHASE_FORWARD, 9007199254740993ull},
      {INVAR_PHASE_PROGRAMMING, 4611686018427387905ull},
      {INVAR_PHASE_INVERSION, 1ull},
      {INVAR_PHASE_HOST, 3ull}};
  ledger::Ledger ledger;
  std::uint64_t total_ps = 0;
  for (const auto& [phase, time_ps] : spent_ps) {
    ledger.begin_activity(phase);
    sc_core::sc_start(sc_time::from_value(time_ps));
    ledger.end_activity(phase);
    total_ps += time_ps;
  }
  BOOST_CHECK_NO_THROW(platform::require_agreement(ledger));
  const platform::Json report = platform::ledger_section().write(ledger);
  BOOST_TEST(report["simulated_time_ps"].get<std::uint64_t>() == total_ps);
  std::uint64_t sum_ps = 0;
  for (const platform::Json& phase : report["phases"]) {
    sum_ps += phase["time_ps"].get<std::uint64_t>();
  }
  BOOST_TEST(sum_ps == total_ps);
  for (const auto& [phase, time_ps] : spent_ps) {
    for (const platform::Json& entry : report["phases"]) {
      if (entry["name"] == ledger::phase_key(phase)) {
        BOOST_TEST(entry["time_ps"].get<std::uint64_t>() == time_ps);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
