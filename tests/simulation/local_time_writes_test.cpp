#include <invar/simulation/local_time_writes.h>

#include <boost/test/unit_test.hpp>
#include <functional>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(local_time_writes)

using namespace invar::simulation;
using sc_core::sc_time;

namespace {

struct Script : sc_core::sc_module {
  std::function<void()> script;
  Script(const sc_core::sc_module_name& name, std::function<void()> steps)
      : sc_core::sc_module(name), script(std::move(steps)) {
    INVAR_HAS_PROCESS(Script);
    SC_THREAD(run);
  }
  void run() { script(); }
};

struct Log {
  std::vector<std::pair<sc_time, std::uint32_t>> entries;
  void write(const TimedWrite& write) { entries.emplace_back(write.at, write.value); }
};

sc_time ns(double value) {
  return sc_time(value, sc_core::SC_NS);
}

}  // namespace

BOOST_AUTO_TEST_CASE(writes_take_effect_in_the_order_of_their_times_and_then_of_their_arrival) {
  Log log;
  std::vector<sc_time> seen;
  LocalTimeWrites writes("writes", [&](const TimedWrite& write) {
    log.write(write);
    seen.push_back(sc_core::sc_time_stamp());
  });
  Script script("script", [&] {
    writes.post(ns(30), 0, 3);
    writes.post(ns(10), 0, 1);
    writes.post(ns(30), 0, 4);
    writes.post(ns(20), 0, 2);
    writes.post(sc_core::SC_ZERO_TIME, 0, 0);
    BOOST_TEST(log.entries.size() == 1u);
    BOOST_TEST(writes.preview(ns(9), Log{}).entries.size() == 0u);
    BOOST_TEST(writes.preview(ns(10), Log{}).entries.size() == 1u);
    BOOST_TEST(writes.preview(ns(30), Log{}).entries.size() == 4u);
    sc_core::wait(ns(10));
    // In the instant in which others are due: behind them, whoever runs first.
    writes.post(sc_core::SC_ZERO_TIME, 0, 10);
  });
  sc_core::sc_start(ns(100));
  const std::vector<std::uint32_t> order = {0, 1, 10, 2, 3, 4};
  BOOST_REQUIRE_EQUAL(log.entries.size(), order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    BOOST_TEST(log.entries[i].second == order[i]);
    BOOST_TEST(seen[i] == log.entries[i].first);
  }
}

BOOST_AUTO_TEST_CASE(what_is_dropped_never_takes_effect_and_the_end_of_time_is_no_trap) {
  Log log;
  LocalTimeWrites writes("writes", [&](const TimedWrite& write) { log.write(write); });
  Script script("script", [&] {
    writes.post(ns(10), 0, 1);
    writes.drop();
    writes.post(ns(20), 0, 2);
    sc_core::wait(ns(50));
    writes.post(sc_core::sc_max_time(), 0, 3);
    BOOST_TEST((local_time(sc_core::sc_max_time()) == sc_core::sc_max_time()));
    BOOST_TEST(writes.preview(ns(1000), Log{}).entries.empty());
  });
  sc_core::sc_start(ns(100));
  BOOST_REQUIRE_EQUAL(log.entries.size(), 1u);
  BOOST_TEST(log.entries[0].second == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
