#include <invar/trace/timeline_writer.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/temporary_directory.h"

using namespace invar::trace;
using invar::tests::contains;
using nlohmann::json;
using sc_core::SC_NS;
using sc_core::SC_PS;
using sc_core::sc_start;
using sc_core::sc_time;

namespace {

sc_time ns(double value) {
  return sc_time(value, SC_NS);
}

}  // namespace

namespace timeline_tests {

struct TimelineFile {
  invar::tests::TemporaryDirectory directory;
  std::string path = directory.path("t.json");

  TimelineOptions options() const {
    TimelineOptions result;
    result.path = path;
    return result;
  }
  std::string text() const {
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  /// The complete events.
  std::vector<json> spans() const {
    std::vector<json> result;
    for (const json& event : json::parse(text())) {
      if (event["ph"] == "X") {
        result.push_back(event);
      }
    }
    return result;
  }
};

}  // namespace timeline_tests

BOOST_FIXTURE_TEST_SUITE(timeline_writer, timeline_tests::TimelineFile)

BOOST_AUTO_TEST_CASE(every_event_has_what_the_format_asks_for) {
  TimelineWriter writer(options());
  const TrackId tile_0 = writer.track("soc.tile_0", "tiles");
  const TrackId core = writer.track("soc.core", "host");
  const TrackId tile_1 = writer.track("soc.tile_1", "tiles");
  writer.span(tile_1, "program", ns(30), ns(10), {{"n", 289u}, {"energy_j", 2.5e-9}});
  writer.span(core, "running", ns(0), ns(5), {});
  writer.span(tile_0, "solve", ns(3), ns(40), {{"phase", "inversion"}});
  writer.close();
  const json events = json::parse(text());
  std::map<std::string, json> spans, threads, processes;
  for (const json& event : events) {
    for (const char* key : {"ph", "ts", "dur", "pid", "tid", "name"}) {
      BOOST_TEST(event.contains(key), event.dump());
    }
    const std::string name = event["name"];
    if (event["ph"] == "X") {
      spans[name] = event;
    } else if (name == "thread_name") {
      threads[event["args"]["name"]] = event;
    } else if (name == "process_name") {
      processes[event["args"]["name"]] = event;
    } else if (name == "thread_sort_index") {
      BOOST_TEST(event["args"]["sort_index"] == event["tid"]);
    }
  }
  BOOST_TEST(spans.at("program")["args"]["n"] == 289);
  BOOST_TEST(spans.at("program")["args"]["energy_j"] == 2.5e-9);
  BOOST_TEST(spans.at("solve")["args"]["phase"] == "inversion");
  BOOST_TEST(spans.at("program")["tid"] == threads.at("soc.tile_1")["tid"]);
  BOOST_TEST(spans.at("running")["tid"] == threads.at("soc.core")["tid"]);
  for (const char* span : {"program", "solve"}) {
    BOOST_TEST(spans.at(span)["pid"] == processes.at("tiles")["pid"]);
  }
  BOOST_TEST(spans.at("running")["pid"] == processes.at("host")["pid"]);
  BOOST_TEST(processes.at("host")["pid"] != processes.at("tiles")["pid"]);
  BOOST_TEST(writer.omission() == "");
}

BOOST_AUTO_TEST_CASE(times_are_microseconds_to_the_picosecond) {
  TimelineWriter writer(options());
  const TrackId track = writer.track("t", "g");
  writer.span(track, "a", sc_time(1234567, SC_PS), sc_time(1, SC_PS), {});
  writer.span(track, "b", sc_time(3600, sc_core::SC_SEC), sc_time(7, SC_PS), {});
  writer.close();
  BOOST_TEST(contains(text(), R"("ts":1.2345672,"dur":0.000001,)"), text());
  BOOST_TEST(contains(text(), R"("ts":3600000000.0000002,"dur":0.000007,)"), text());
}

BOOST_AUTO_TEST_CASE(spans_that_touch_do_not_overlap_for_readers_that_cut_to_nanoseconds) {
  // Each with the next one behind it. 260.306 us times 1000 is a little below 260306.
  std::vector<std::uint64_t> durations_ps = {241864000, 18442000};
  std::uint64_t state = 1;
  for (int i = 0; i < 5000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    durations_ps.push_back(i % 3 == 0 ? 1 + (state >> 40) : 1000 * (1 + (state >> 46)));
  }
  TimelineWriter writer(options());
  const TrackId track = writer.track("t", "g");
  sc_time start;
  for (const std::uint64_t duration_ps : durations_ps) {
    const sc_time duration(static_cast<double>(duration_ps), SC_PS);
    writer.span(track, "a", start, duration, {});
    start += duration;
  }
  writer.close();
  const std::vector<json> written = spans();
  BOOST_TEST_REQUIRE(written.size() == durations_ps.size());
  const auto cut = [](const json& time_us) {
    return static_cast<std::int64_t>(time_us.get<double>() * 1000.0);
  };
  const auto rounded = [](const json& time_us) {
    return std::llround(time_us.get<double>() * 1e6);
  };
  std::uint64_t sum_ps = 0;
  for (std::size_t i = 0; i < written.size(); ++i) {
    BOOST_TEST(rounded(written[i]["ts"]) == static_cast<std::int64_t>(sum_ps));
    BOOST_TEST(rounded(written[i]["dur"]) == static_cast<std::int64_t>(durations_ps[i]));
    sum_ps += durations_ps[i];
    if (i > 0) {
      BOOST_TEST(cut(written[i - 1]["ts"]) + cut(written[i - 1]["dur"]) <= cut(written[i]["ts"]),
                 written[i].dump());
    }
  }
}

BOOST_AUTO_TEST_CASE(any_name_and_any_number_leave_valid_json) {
  const std::string name = "a \"quoted\" \\ name\nand\ttab\x01";
  TimelineWriter writer(options());
  const TrackId track = writer.track(name, name);
  writer.span(track, name, ns(1), ns(1),
              {{"nan", std::numeric_limits<double>::quiet_NaN()},
               {"infinity", std::numeric_limits<float>::infinity()},
               {"below", -3},
               {"largest", std::numeric_limits<std::uint64_t>::max()},
               {"text", "\"\\"}});
  writer.close();
  const json span = spans().at(0);
  BOOST_TEST(span["name"] == name);
  BOOST_TEST(span["args"]["nan"].is_null());
  BOOST_TEST(span["args"]["infinity"].is_null());
  BOOST_TEST(span["args"]["below"] == -3);
  BOOST_TEST(span["args"]["largest"].get<std::uint64_t>() == ~std::uint64_t{0});
  BOOST_TEST(span["args"]["text"] == "\"\\");
}

BOOST_AUTO_TEST_CASE(counters_are_events_of_the_format_and_begin_with_their_value_in_the_window) {
  TimelineOptions cut = options();
  cut.window.begin_s = 10e-9;
  cut.window.end_s = 20e-9;
  TimelineWriter writer(cut);
  const CounterId waiting = writer.counter("queue.waiting", "commands");
  const CounterId still = writer.counter("queue.still", "commands");
  writer.value(waiting, ns(2), 1.0);
  writer.value(waiting, ns(4), 3.0);
  writer.value(still, ns(1), 7.0);
  writer.value(waiting, ns(15), 2.0);
  writer.value(waiting, ns(25), 9.0);
  writer.close();
  std::vector<std::string> told;
  for (const json& event : json::parse(text())) {
    if (event["ph"] == "C") {
      BOOST_TEST(event["args"].size() == 1u);
      told.push_back(event["name"].get<std::string>() + " " + event["ts"].dump() + " " +
                     event["args"]["value"].dump());
    }
  }
  const std::vector<std::string> expected{"queue.waiting 0.01 3", "queue.waiting 0.015 2",
                                          "queue.still 0.01 7"};
  BOOST_TEST(told == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(busy_tracks_of_a_group_are_counted) {
  TimelineOptions counted = options();
  counted.counted_groups = {"tiles"};
  TimelineWriter writer(counted);
  const TrackId one = writer.track("tile_0", "tiles"), two = writer.track("tile_1", "tiles");
  const TrackId other = writer.track("core", "host");
  writer.span(two, "solve", ns(5), ns(10), {});
  writer.span(one, "program", ns(0), ns(10), {});
  writer.span(one, "solve", ns(10), ns(5), {});
  writer.span(other, "run", ns(0), ns(50), {});
  writer.close();
  std::vector<std::string> told;
  for (const json& event : json::parse(text())) {
    if (event["ph"] == "C") {
      BOOST_TEST(event["name"] == "tiles busy");
      told.push_back(event["ts"].dump() + " " + event["args"]["value"].dump());
    }
  }
  // At 10 ns one span follows another: the number stays.
  const std::vector<std::string> expected{"0.0 1", "0.005 2", "0.01 2", "0.015 0"};
  BOOST_TEST(told == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_timeline_without_events_is_valid) {
  TimelineWriter(options()).close();
  BOOST_TEST(json::parse(text()).empty());
}

BOOST_AUTO_TEST_CASE(the_file_never_passes_its_limit_and_says_what_is_missing) {
  TimelineOptions bounded = options();
  bounded.byte_limit = 10000;
  TimelineWriter writer(bounded);
  const TrackId track = writer.track("soc.tile_0", "tiles");
  for (int i = 0; i < 2000; ++i) {
    writer.span(track, "solve", ns(100.0 * i), ns(50), {{"n", 64u}});
  }
  writer.close();
  BOOST_TEST(std::filesystem::file_size(path) <= 10000u);
  BOOST_TEST(std::filesystem::file_size(path) > 8000u);
  const std::size_t written = spans().size();
  BOOST_TEST(writer.omission() == "left out " + std::to_string(2000 - written) + " spans from " +
                                      format_time(1e-7 * static_cast<double>(written)) +
                                      " on (file limit 10000 bytes)");
  const json last = json::parse(text()).back();
  BOOST_TEST(last["ph"] == "i");
  BOOST_TEST(last["name"] == writer.omission());
  BOOST_TEST(last["ts"].get<double>() == 0.1 * static_cast<double>(written),
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(a_window_keeps_what_touches_it_whole_and_says_what_it_cut) {
  TimelineOptions windowed = options();
  windowed.window = parse_time_window("100ns:200ns");
  TimelineWriter writer(windowed);
  const TrackId track = writer.track("t", "g");
  for (int i = 0; i < 30; ++i) {
    writer.span(track, std::to_string(i), ns(10.0 * i + 5), ns(9), {});
  }
  writer.close();
  BOOST_TEST(spans().front()["name"] == "9");  // 95 ns to 104 ns
  BOOST_TEST(spans().back()["name"] == "19");
  BOOST_TEST(writer.omission() == "left out 9 spans before and 10 after the time window");
}

BOOST_AUTO_TEST_CASE(a_file_that_lost_its_end_holds_whole_events) {
  TimelineWriter writer(options());
  const TrackId track = writer.track("t", "g");
  for (int i = 0; i < 5000; ++i) {
    writer.span(track, "solve", ns(10.0 * i), ns(5), {{"n", 64u}});
  }
  // As a program that is killed here would leave it.
  const json events = json::parse(text() + "]");
  BOOST_TEST(events.size() > 1000u);
  writer.close();
  BOOST_TEST(spans().size() == 5000u);
}

BOOST_AUTO_TEST_CASE(a_module_still_at_work_is_asked_at_the_end_and_never_after) {
  ActivityState state;
  {
    TimelineWriter writer(options());
    state.attach(writer, "unit", "units");
    state.begin("busy");
    sc_start(ns(12));
  }  // as after an exception
  BOOST_TEST(spans().size() == 1u);
  BOOST_TEST(spans()[0]["dur"] == 0.012);
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_written_and_bad_options_are_refused) {
  TimelineOptions bad = options();
  bad.path = "/nonexistent/t.json";
  BOOST_CHECK_EXCEPTION(TimelineWriter{bad}, std::runtime_error, [](const std::exception& error) {
    return std::string(error.what()) ==
           "cannot write '/nonexistent/t.json': No such file or directory";
  });
  bad = options();
  bad.byte_limit = 10;
  BOOST_CHECK_THROW(TimelineWriter{bad}, std::invalid_argument);
  bad = options();
  bad.window.begin_s = 2.0;
  bad.window.end_s = 1.0;
  BOOST_CHECK_THROW(TimelineWriter{bad}, std::invalid_argument);
  bad = options();
  bad.path = "/dev/full";
  TimelineWriter full(bad);
  full.close();
  BOOST_TEST(full.failed());
  BOOST_TEST(contains(full.omission(), "refused to write '/dev/full'"), full.omission());
}

BOOST_AUTO_TEST_SUITE_END()
