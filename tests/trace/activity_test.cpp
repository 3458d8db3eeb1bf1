#include <invar/trace/dma_activity.h>
#include <invar/trace/phase_activity.h>

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

#include "support/recorded_activity.h"

BOOST_AUTO_TEST_SUITE(activity)

using namespace invar::trace;
using invar::test::RecordedActivity;
using sc_core::SC_NS;
using sc_core::sc_start;
using sc_core::sc_time;

namespace {

sc_time ns(double value) {
  return sc_time(value, SC_NS);
}

/// "name start-end" in nanoseconds, one after another.
std::string text_of(const std::vector<RecordedActivity::Span>& spans) {
  std::string text;
  for (const RecordedActivity::Span& span : spans) {
    text += (text.empty() ? "" : ", ") + span.name + ' ' +
            std::to_string(span.start.value() / ns(1).value()) + '-' +
            std::to_string(span.end.value() / ns(1).value());
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(states_become_spans_and_gaps_between_them_stay) {
  RecordedActivity record;
  ActivityState state;
  state.attach(record, "unit", "units");
  state.begin("load");
  sc_start(ns(10));
  state.begin("solve", {{"n", 5u}});
  state.note({{"energy_j", 0.5}, {"why", "text"}});
  sc_start(ns(20));
  state.end();
  state.note({{"lost", 1u}});
  sc_start(ns(5));
  state.begin("load");
  sc_start(ns(1));
  state.end();
  record.finish();
  const auto& spans = record.spans_of("unit");
  BOOST_TEST(text_of(spans) == "load 0-10, solve 10-30, load 35-36");
  BOOST_TEST(spans[1].arguments.at("n") == 5.0);
  BOOST_TEST(spans[1].arguments.at("energy_j") == 0.5);
  BOOST_TEST(spans[1].arguments.size() == 2u);
  BOOST_TEST(spans[2].arguments.empty());
  BOOST_TEST(record.tracks[0].group == "units");
}

BOOST_AUTO_TEST_CASE(a_state_without_arguments_that_follows_itself_is_one_span) {
  RecordedActivity record;
  ActivityState state;
  state.attach(record, "unit", "units");
  for (int i = 0; i < 3; ++i) {
    state.begin("busy");
    sc_start(ns(10));
    state.begin("idle");  // for no time
  }
  sc_start(ns(10));
  for (int i = 0; i < 2; ++i) {
    state.begin("solve", {{"n", 5u}});  // two commands, not one
    sc_start(ns(10));
  }
  record.finish();
  BOOST_TEST(text_of(record.spans_of("unit")) == "busy 0-30, idle 30-40, solve 40-50, solve 50-60");
}

BOOST_AUTO_TEST_CASE(what_is_under_way_at_the_end_is_shown_up_to_then) {
  RecordedActivity record;
  {
    ActivityState state;
    state.attach(record, "unit", "units");
    state.begin("busy");
    sc_start(ns(7));
  }  // a module may be gone before the record is
  record.finish();
  BOOST_TEST(text_of(record.spans_of("unit")) == "busy 0-7");
}

BOOST_AUTO_TEST_CASE(phases_follow_without_gap_and_add_up_to_the_ledgers_times) {
  invar::ledger::Ledger ledger;
  RecordedActivity record;
  PhaseActivity activity(record, ledger, "soc");
  std::mt19937 random(3);
  std::array<int, INVAR_PHASE_COUNT> open{};
  for (int step = 0; step < 1000; ++step) {
    const auto phase = static_cast<invar::ledger::Phase>(random() % INVAR_PHASE_COUNT);
    if (random() % 3 == 0) {
      ledger.set_host_phase(phase);
    } else if (open[phase] > 0 && random() % 2 == 0) {
      ledger.end_activity(phase);
      --open[phase];
    } else {
      ledger.begin_activity(phase);
      ++open[phase];
    }
    if (random() % 2 == 0) {
      sc_start(ns(static_cast<double>(1 + random() % 50)));
    }
    // Not to end with everything open for ever.
    for (int other = 0; other < INVAR_PHASE_COUNT; ++other) {
      if (open[other] > 1) {
        ledger.end_activity(static_cast<invar::ledger::Phase>(other));
        --open[other];
      }
    }
  }
  record.finish();
  const auto& spans = record.spans_of("soc.phase");
  BOOST_TEST(spans.size() > 30u);
  sc_time end;
  std::map<std::string, sc_time> sums;
  for (const RecordedActivity::Span& span : spans) {
    BOOST_TEST(span.start == end);
    end = span.end;
    sums[span.name] += span.end - span.start;
  }
  BOOST_TEST(end == sc_core::sc_time_stamp());
  for (int phase = 0; phase < INVAR_PHASE_COUNT; ++phase) {
    const auto value = static_cast<invar::ledger::Phase>(phase);
    BOOST_TEST(sums[invar::ledger::phase_key(value)] == ledger.phase_time(value));
  }
}

BOOST_AUTO_TEST_CASE(transfers_of_one_direction_without_gap_are_one_span) {
  RecordedActivity record;
  const invar::simulation::DmaObserver observe = dma_activity(record, "dma");
  observe({false, ns(0), ns(10), 100});
  observe({false, ns(10), ns(5), 28});
  observe({true, ns(15), ns(5), 64});
  observe({true, ns(21), ns(4), 32});
  BOOST_TEST(record.spans_of("dma").size() == 2u);
  record.finish();
  const auto& spans = record.spans_of("dma");
  BOOST_TEST(text_of(spans) == "read 0-15, write 15-20, write 21-25");
  BOOST_TEST(spans[0].arguments.at("bytes") == 128.0);
  BOOST_TEST(spans[0].arguments.at("transfers") == 2.0);
  BOOST_TEST(spans[2].arguments.at("bytes") == 32.0);
}

BOOST_AUTO_TEST_CASE(nothing_is_told_where_nobody_traces) {
  const ActivityState state;
  const ActivityTrack track;
  state.begin("busy", {{"n", 1u}});
  state.note({{"n", 1u}});
  state.end();
  track.span("job", ns(0), ns(1));
  BOOST_TEST(!state.is_attached());
  BOOST_TEST(!track.is_attached());
}

BOOST_AUTO_TEST_SUITE_END()
