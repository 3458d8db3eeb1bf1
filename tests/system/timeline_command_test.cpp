// Timelines as a user asks for them on the command line.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "support/spd_matrix.h"
#include "system/command_fixture.h"

using namespace invar;
using nlohmann::json;
using tests::CommandFixture;
using tests::contains;
using tests::Outcome;
using tests::without_host;

namespace {

struct Span {
  std::string name;
  std::int64_t start_ps, end_ps;
  json arguments;
};

/// The spans of each track, in the order of time.
using Tracks = std::map<std::string, std::vector<Span>>;

Tracks read_tracks(const std::string& text) {
  std::map<std::uint64_t, std::string> names;
  Tracks tracks;
  const auto picoseconds = [](const json& time_us) {
    return std::llround(time_us.get<double>() * 1e6);
  };
  for (const json& event : json::parse(text)) {
    for (const char* key : {"ph", "ts", "dur", "pid", "tid", "name"}) {
      BOOST_TEST(event.contains(key), event.dump());
    }
    if (event["ph"] == "M" && event["name"] == "thread_name") {
      names[event["tid"]] = event["args"]["name"];
    } else if (event["ph"] == "X") {
      const std::int64_t start = picoseconds(event["ts"]);
      tracks[names.at(event["tid"])].push_back(
          {event["name"], start, start + picoseconds(event["dur"]), event.value("args", json())});
    }
  }
  for (auto& [name, spans] : tracks) {
    std::sort(spans.begin(), spans.end(),
              [](const Span& a, const Span& b) { return a.start_ps < b.start_ps; });
  }
  return tracks;
}

/// No two spans of a track at one time, none outside the simulation.
void check_order(const Tracks& tracks, std::int64_t simulated_ps) {
  for (const auto& [name, spans] : tracks) {
    std::int64_t end = 0;
    for (const Span& span : spans) {
      BOOST_TEST(span.start_ps >= end, name << ": " << span.name);
      end = span.end_ps;
    }
    BOOST_TEST(end <= simulated_ps, name);
  }
}

std::int64_t sum_ps(const std::vector<Span>& spans, const std::string& name) {
  std::int64_t sum = 0;
  for (const Span& span : spans) {
    sum += span.name == name ? span.end_ps - span.start_ps : 0;
  }
  return sum;
}

const std::string k_queue = "soc.accelerator.core.queue.";

struct TimelineFixture : CommandFixture {
  TimelineFixture() {
    write_matrix("a.mtx", test::covariance_matrix(24, 0.2, 7));
    write_matrix("b.mtx", Eigen::MatrixXd::Identity(24, 5));
  }
  Outcome solve(const std::string& more) const {
    return invar("solve --matrix a.mtx --rhs b.mtx --out x.mtx --quiet " + more);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(timeline_command, TimelineFixture)

BOOST_AUTO_TEST_CASE(counters_tell_power_waiting_commands_busy_tiles_and_bits) {
  BOOST_TEST_REQUIRE(solve("--timeline t.json --report r.json").status == 0);
  std::map<std::string, std::vector<std::pair<double, double>>> counters;
  for (const json& event : json::parse(text("t.json"))) {
    if (event["ph"] == "C") {
      counters[event["name"]].emplace_back(event["ts"], event["args"]["value"]);
    }
  }
  for (const std::string& name : {std::string("soc.power_w"), k_queue + "descriptors_waiting",
                                  k_queue + "effective_bits", std::string("tiles busy")}) {
    BOOST_TEST(counters.count(name) == 1u, name);
    BOOST_TEST(counters[name].size() > (name == k_queue + "effective_bits" ? 0u : 2u), name);
  }
  BOOST_TEST(counters["tiles busy"].back().second == 0.0);
  BOOST_TEST(counters[k_queue + "descriptors_waiting"].back().second == 0.0);
  const json report = this->report("r.json");
  double energy_j = 0.0;
  auto& power = counters["soc.power_w"];
  power.emplace_back(report["simulated_time_s"].get<double>() * 1e6, 0.0);
  for (std::size_t i = 0; i + 1 < power.size(); ++i) {
    energy_j += power[i].second * (power[i + 1].first - power[i].first) * 1e-6;
  }
  BOOST_TEST(energy_j == report["total_energy_j"].get<double>(),
             boost::test_tools::tolerance(1e-3));
  BOOST_TEST(counters[k_queue + "effective_bits"].back().second ==
                 report["solution"]["seed_effective_bits"].get<double>(),
             boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(a_solve_shows_what_each_part_does_when) {
  BOOST_TEST_REQUIRE(solve("--timeline t.json --report r.json").status == 0);
  const json result = report("r.json");
  const auto simulated_ps = result["simulated_time_ps"].get<std::int64_t>();
  const Tracks tracks = read_tracks(text("t.json"));
  check_order(tracks, simulated_ps);

  const std::vector<Span>& tile = tracks.at(k_queue + "tile_0");
  BOOST_TEST(sum_ps(tile, "program") > 0);
  const auto solving =
      std::find_if(tile.begin(), tile.end(), [](const Span& span) { return span.name == "solve"; });
  BOOST_TEST_REQUIRE((solving != tile.end()));
  BOOST_TEST(solving->arguments["n"] == 24);
  BOOST_TEST(solving->arguments["columns"] == 5);
  BOOST_TEST(solving->arguments["iterations"] == result["solution"]["iterations_max"]);
  // The machine's phases are the report's, to the picosecond.
  const std::vector<Span>& phases = tracks.at("soc.phase");
  BOOST_TEST(phases.back().end_ps == simulated_ps);
  for (const json& phase : result["phases"]) {
    BOOST_TEST(sum_ps(phases, phase["name"]) == phase["time_ps"].get<std::int64_t>());
  }
  // The host runs or sleeps from the beginning to the end.
  const std::vector<Span>& host = tracks.at("soc.core");
  BOOST_TEST(sum_ps(host, "running") + sum_ps(host, "asleep") == simulated_ps);
  double bytes = 0.0;
  for (const Span& transfer : tracks.at("soc.accelerator.dma")) {
    bytes += transfer.arguments["bytes"].get<double>();
  }
  BOOST_TEST(bytes >= 8 * (24 * 24 + 2 * 24 * 5));
}

BOOST_AUTO_TEST_CASE(a_training_shows_tiles_at_work_while_others_are_programmed) {
  write_bars(320, 32);
  const std::string command =
      "train --dataset . --batch 32 --epochs 1 --channels 4 --learning-rate 0.02 --quiet ";
  BOOST_TEST_REQUIRE(invar(command + "--timeline t.json --report traced.json").status == 0);
  BOOST_TEST_REQUIRE(invar(command + "--report plain.json").status == 0);
  BOOST_TEST((without_host(report("plain.json")) == without_host(report("traced.json"))));
  const Tracks tracks = read_tracks(text("t.json"));
  check_order(tracks, report("traced.json")["simulated_time_ps"].get<std::int64_t>());
  BOOST_TEST(sum_ps(tracks.at("soc.engine.core"), "GEMM") > 0);
  BOOST_TEST(!tracks.at("soc.engine.dma").empty());
  // The largest factor lies on tiles 0 and 1, written one after the other; the next on tile 2.
  const auto overlap = [&](const std::string& first, const std::string& second) {
    bool found = false;
    for (const Span& a : tracks.at(k_queue + first)) {
      for (const Span& b : tracks.at(k_queue + second)) {
        found = found || (a.name == "program" && b.name == "program" && b.start_ps < a.end_ps &&
                          a.start_ps < b.end_ps);
      }
    }
    return found;
  };
  BOOST_TEST(overlap("tile_0", "tile_2"));
  BOOST_TEST(!overlap("tile_0", "tile_1"));
}

BOOST_AUTO_TEST_CASE(a_timeline_beside_a_waveform_changes_nothing) {
  BOOST_TEST(solve("--report plain.json").status == 0);
  const std::string solution = text("x.mtx");
  BOOST_TEST(solve("--report traced.json --timeline t.json --vcd w.vcd").status == 0);
  BOOST_TEST((without_host(report("plain.json")) == without_host(report("traced.json"))));
  BOOST_TEST(text("x.mtx") == solution);
  const std::string waveform = text("w.vcd");
  BOOST_TEST(solve("--vcd w.vcd").status == 0);
  BOOST_TEST((text("w.vcd") == waveform));
}

BOOST_AUTO_TEST_CASE(what_bounds_leave_out_is_told_and_the_rest_is_valid) {
  const Outcome bounded = solve("--timeline t.json --set timeline.maximum_bytes=5000");
  BOOST_TEST(bounded.status == 0);
  BOOST_TEST(text("t.json").size() <= 5000u);
  BOOST_TEST(contains(bounded.error, "t.json: left out "), bounded.error);
  read_tracks(text("t.json"));
  const Outcome windowed = solve("--timeline t.json --timeline-window 0us:1us");
  BOOST_TEST(windowed.status == 0);
  BOOST_TEST(contains(windowed.error, "after the time window"), windowed.error);
  for (const auto& [name, spans] : read_tracks(text("t.json"))) {
    for (const Span& span : spans) {
      BOOST_TEST(span.start_ps <= 1000000, name);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_interrupted_run_leaves_a_valid_timeline) {
  write_bars(320, 32);
  const Outcome outcome = invar(
      "train --dataset . --batch 32 --epochs 5000 --channels 4 --learning-rate 1e-5 --quiet "
      "--timeline t.json --report r.json",
      "timeout --foreground --preserve-status -s INT 0.4");
  BOOST_TEST(outcome.status == 1);
  const Tracks tracks = read_tracks(text("t.json"));
  check_order(tracks, report("r.json")["simulated_time_ps"].get<std::int64_t>());
  BOOST_TEST(tracks.at("soc.phase").size() > 10u);
}

BOOST_AUTO_TEST_CASE(a_timeline_that_cannot_be_written_is_an_error) {
  const Outcome before = solve("--timeline nowhere/t.json");
  BOOST_TEST(before.status == 2);
  BOOST_TEST(contains(before.error, "--timeline nowhere/t.json: cannot be written"), before.error);
  const Outcome full = solve("--timeline /dev/full");
  BOOST_TEST(full.status == 1);
  BOOST_TEST(contains(full.error, "the timeline could not be written to /dev/full"), full.error);
  const Outcome window = solve("--timeline t.json --timeline-window 5us:1us");
  BOOST_TEST(window.status == 2);
  BOOST_TEST(contains(window.error, "timeline.window = \"5us:1us\": the end must be after"),
             window.error);
}

BOOST_AUTO_TEST_SUITE_END()
