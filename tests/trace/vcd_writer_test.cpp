#include <invar/trace/vcd_writer.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string>

#include "trace/vcd_reader.h"

BOOST_AUTO_TEST_SUITE(vcd_writer)

using namespace invar::trace;
using invar::test::read_vcd;
using invar::test::VcdContents;
using sc_core::SC_NS;
using sc_core::sc_start;
using sc_core::sc_time;
using sc_core::SC_US;
using Changes = VcdContents::Changes;

namespace {

enum class State { idle, busy, done };

sc_time ns(double value) {
  return sc_time(value, SC_NS);
}

/// A file that is gone afterwards.
struct TemporaryFile {
  std::string path;
  TemporaryFile()
      : path((std::filesystem::temp_directory_path() /
              (std::string("invar_trace_") +
               boost::unit_test::framework::current_test_case().p_name.get() + ".vcd"))
                 .string()) {}
  ~TemporaryFile() { std::filesystem::remove(path); }
  VcdOptions options() const {
    VcdOptions result;
    result.path = path;
    return result;
  }
  std::string text() const {
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(changes_of_all_kinds_are_written_with_hierarchy_and_initial_values) {
  TemporaryFile file;
  VcdWriter writer(file.options());
  TraceSignal<bool> irq;
  TraceSignal<std::uint32_t> address;
  TraceSignal<State> state;
  TraceSignal<double> power;
  irq.attach(writer, "soc.irq");
  address.attach(writer, "soc.bus.address");
  state.attach(writer, "soc.tile_0.state", SignalFormat::state({"idle", "busy", "done"}));
  power.attach(writer, "soc.power_mw");
  state.set(State::idle);
  sc_start(ns(10));
  irq.set(true);
  address.set(0x80000001u);
  state.set(State::done);
  sc_start(ns(5));
  irq.set(false);
  power.set(-1.25);
  sc_start(ns(5));
  writer.close();
  BOOST_TEST(writer.omission() == "");

  const VcdContents vcd = read_vcd(file.path);
  BOOST_TEST(vcd.timescale == "1 ps");
  BOOST_TEST((vcd.signals.at("soc.irq") == Changes{{0, "x"}, {10000, "1"}, {15000, "0"}}));
  BOOST_TEST((vcd.signals.at("soc.bus.address") ==
              Changes{{0, "x"}, {10000, "10000000000000000000000000000001"}}));
  BOOST_TEST((vcd.signals.at("soc.tile_0.state") == Changes{{0, "0"}, {10000, "10"}}));
  BOOST_TEST((vcd.signals.at("soc.power_mw") == Changes{{0, "0"}, {15000, "-1.25"}}));
  BOOST_TEST(vcd.widths.at("soc.tile_0.state") == 2u);
  BOOST_TEST(vcd.times.back() == 20000u);
}

BOOST_AUTO_TEST_CASE(changes_told_ahead_or_a_little_late_come_out_in_the_order_of_time) {
  TemporaryFile file;
  VcdWriter writer(file.options());
  TraceSignal<std::uint32_t> shot;
  TraceSignal<bool> busy;
  shot.attach(writer, "tile.shot");
  busy.attach(writer, "tile.busy");
  for (std::uint32_t i = 0; i < 10; ++i) {
    shot.set(i, ns(100 * i));  // a log of what will happen
  }
  for (int step = 0; step < 3000; ++step) {
    sc_start(ns(1));
    busy.set(step % 2 == 0);
    if (step == 1500) {
      shot.set(99, ns(1400));  // what happened a while ago
    }
  }
  shot.set(7, ns(1e6));  // never reached
  writer.close();
  BOOST_TEST(writer.omission() == "");
  const VcdContents vcd = read_vcd(file.path);
  BOOST_TEST(std::is_sorted(vcd.times.begin(), vcd.times.end()));
  BOOST_TEST(std::set<std::uint64_t>(vcd.times.begin(), vcd.times.end()).size() ==
             vcd.times.size());
  const Changes& shots = vcd.signals.at("tile.shot");
  BOOST_TEST(shots.size() == 11u);
  BOOST_TEST((shots[3] == std::pair<std::uint64_t, std::string>(300000, "11")));
  BOOST_TEST((shots[10] == std::pair<std::uint64_t, std::string>(1400000, "1100011")));
  BOOST_TEST(vcd.signals.at("tile.busy").size() == 3001u);
}

BOOST_AUTO_TEST_CASE(a_change_that_comes_far_too_late_is_told) {
  TemporaryFile file;
  VcdWriter writer(file.options());
  TraceSignal<bool> signal;
  signal.attach(writer, "a.b");
  sc_start(ns(5000));
  signal.set(true);
  sc_start(ns(5000));
  signal.set(false, ns(100));
  writer.close();
  BOOST_TEST(writer.omission() == "1 changes came too late and are shown later than they happened");
  const VcdContents vcd = read_vcd(file.path);
  BOOST_TEST(std::is_sorted(vcd.times.begin(), vcd.times.end()));
}

BOOST_AUTO_TEST_CASE(within_one_time_the_last_value_counts) {
  TemporaryFile file;
  VcdWriter writer(file.options());
  TraceSignal<bool> pulse;
  TraceSignal<std::uint32_t> value;
  pulse.attach(writer, "a.pulse");
  value.attach(writer, "a.value");
  pulse.set(false);
  value.set(1u);
  sc_start(ns(10));
  pulse.set(true);
  pulse.set(false);
  value.set(2u);
  value.set(3u);
  value.set(3u, ns(11));
  sc_start(ns(10));
  writer.close();
  const VcdContents vcd = read_vcd(file.path);
  BOOST_TEST((vcd.signals.at("a.pulse") == Changes{{0, "0"}}));
  BOOST_TEST((vcd.signals.at("a.value") == Changes{{0, "1"}, {10000, "11"}}));
}

BOOST_AUTO_TEST_CASE(a_window_starts_from_the_values_in_force_and_says_what_it_cut) {
  TemporaryFile file;
  VcdOptions options = file.options();
  options.window = parse_time_window("100ns:200ns");
  VcdWriter writer(options);
  TraceSignal<std::uint32_t> count;
  count.attach(writer, "a.count");
  for (std::uint32_t i = 0; i < 30; ++i) {
    count.set(i);
    sc_start(ns(10));
  }
  writer.close();
  const VcdContents vcd = read_vcd(file.path);
  const Changes& changes = vcd.signals.at("a.count");
  BOOST_TEST((changes.front() == std::pair<std::uint64_t, std::string>(100000, "1010")));
  BOOST_TEST((changes.back() == std::pair<std::uint64_t, std::string>(200000, "10100")));
  BOOST_TEST(changes.size() == 11u);
  BOOST_TEST(vcd.times.back() == 200000u);
  BOOST_TEST(writer.omission() == "left out 10 changes before and 9 after the time window");
  BOOST_TEST(vcd.comments.at(0) == writer.omission());
}

BOOST_AUTO_TEST_CASE(a_window_nothing_happens_in_gives_a_valid_file) {
  TemporaryFile file;
  VcdOptions options = file.options();
  options.window = parse_time_window("1ms:");
  VcdWriter writer(options);
  TraceSignal<bool> signal;
  signal.attach(writer, "a.b");
  signal.set(true);
  sc_start(ns(10));
  writer.close();
  BOOST_TEST((read_vcd(file.path).signals.at("a.b") == Changes{{1000000000, "1"}}));
}

BOOST_AUTO_TEST_CASE(the_file_never_passes_its_limit_and_says_what_is_missing) {
  TemporaryFile file;
  VcdOptions options = file.options();
  options.byte_limit = 10000;
  VcdWriter writer(options);
  TraceSignal<std::uint32_t> count;
  count.attach(writer, "a.count");
  for (std::uint32_t i = 0; i < 2000; ++i) {
    sc_start(ns(10));
    count.set(i);
  }
  writer.close();
  BOOST_TEST(std::filesystem::file_size(file.path) <= 10000u);
  BOOST_TEST(std::filesystem::file_size(file.path) > 8000u);
  const VcdContents vcd = read_vcd(file.path);
  const std::size_t written = vcd.signals.at("a.count").size() - 1;
  const std::string expected = "left out " + std::to_string(2000 - written) + " changes from ";
  BOOST_TEST(writer.omission().find(expected) == 0u, writer.omission());
  BOOST_TEST(writer.omission().find("on (file limit 10000 bytes)") != std::string::npos);
  BOOST_TEST(vcd.comments.at(0) == writer.omission());
  BOOST_TEST(vcd.times.back() == 10000 * (written + 1));
}

BOOST_AUTO_TEST_CASE(scopes_are_globs_on_names_and_on_what_is_above_them) {
  TemporaryFile file;
  VcdOptions options = file.options();
  options.scopes = {"soc.tile_[01]", "*.irq"};
  VcdWriter writer(options);
  std::vector<TraceSignal<bool>> signals(6);
  const std::vector<std::string> names = {"soc.tile_0.busy",      "soc.tile_1.adc.busy",
                                          "soc.tile_2.busy",      "soc.accelerator.irq",
                                          "soc.accelerator.irqs", "soc.tile_10.busy"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    signals[i].attach(writer, names[i]);
    signals[i].set(true);
  }
  sc_start(ns(1));
  writer.close();
  const VcdContents vcd = read_vcd(file.path);
  std::vector<std::string> written;
  for (const auto& signal : vcd.signals) {
    written.push_back(signal.first);
  }
  BOOST_TEST((written == std::vector<std::string>{"soc.accelerator.irq", "soc.tile_0.busy",
                                                  "soc.tile_1.adc.busy"}));
  BOOST_TEST(writer.omission() == "left out 3 of 6 signals outside the scope");
}

BOOST_AUTO_TEST_CASE(the_file_can_be_read_while_it_grows) {
  TemporaryFile file;
  VcdWriter writer(file.options());
  TraceSignal<std::uint32_t> count;
  count.attach(writer, "a.count");
  for (std::uint32_t i = 0; i < 20000; ++i) {
    count.set(i);
    sc_start(ns(10));
  }
  BOOST_TEST(read_vcd(file.path).signals.at("a.count").size() > 1000u);
  writer.close();
  BOOST_TEST(read_vcd(file.path).signals.at("a.count").size() == 20000u);
}

BOOST_AUTO_TEST_CASE(the_same_changes_give_the_same_bytes) {
  TemporaryFile file;
  std::string first;
  for (int run = 0; run < 2; ++run) {
    VcdWriter writer(file.options());
    std::vector<TraceSignal<std::uint32_t>> signals(200);
    for (std::size_t i = 0; i < signals.size(); ++i) {
      signals[i].attach(writer, "soc.unit_" + std::to_string(i) + ".value");
      signals[i].set(static_cast<std::uint32_t>(i), ns(static_cast<double>(i % 7)));
    }
    writer.close();
    if (run == 0) {
      first = file.text();
    }
  }
  BOOST_TEST(first == file.text());
  BOOST_TEST(read_vcd(file.path).signals.size() == 200u);
}

BOOST_AUTO_TEST_CASE(identifiers_are_distinct_and_printable) {
  std::set<std::string> codes;
  for (std::uint64_t i = 0; i < 20000; ++i) {
    const std::string code = vcd_code(i);
    BOOST_TEST(std::all_of(code.begin(), code.end(), [](char c) { return c >= '!' && c <= '~'; }));
    codes.insert(code);
  }
  BOOST_TEST(codes.size() == 20000u);
}

BOOST_AUTO_TEST_CASE(bad_declarations_and_options_are_refused_by_name) {
  TemporaryFile file;
  VcdOptions options = file.options();
  options.path = "/nonexistent/x.vcd";
  BOOST_CHECK_EXCEPTION(VcdWriter{options}, std::runtime_error, [](const std::exception& error) {
    return std::string(error.what()) ==
           "cannot write '/nonexistent/x.vcd': No such file or directory";
  });
  options = file.options();
  options.byte_limit = 10;
  BOOST_CHECK_THROW(VcdWriter{options}, std::invalid_argument);
  VcdWriter writer(file.options());
  writer.declare("a.b", SignalFormat::wire(64));
  BOOST_CHECK_THROW(writer.declare("a.b", SignalFormat::wire(1)), std::invalid_argument);
  BOOST_CHECK_THROW(writer.declare("a.c", SignalFormat::wire(65)), std::invalid_argument);
  BOOST_CHECK_THROW(writer.declare("a c", SignalFormat::wire(1)), std::invalid_argument);
  writer.close();
  BOOST_CHECK_THROW(writer.declare("a.d", SignalFormat::wire(1)), std::logic_error);
}

BOOST_AUTO_TEST_CASE(time_windows_are_read_with_units) {
  BOOST_TEST(parse_time_window("10us:2.5ms").begin_s == 10e-6, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(parse_time_window("10us:2.5ms").end_s == 2.5e-3, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(parse_time_window(":1").end_s == 1.0);
  BOOST_TEST(parse_time_window("3ns:").begin_s == 3e-9, boost::test_tools::tolerance(1e-12));
  for (const char* text : {"", "1us", "1us:2us:3us", "a:b", "-1us:1us", "1us:1us", "2us:1us",
                           "1h:2h", "nan:1", "0:inf", "us:1"}) {
    BOOST_CHECK_THROW(parse_time_window(text), std::invalid_argument);
  }
  BOOST_TEST(format_time(12.5e-6) == "12.5 us");
  BOOST_TEST(format_time(0.0) == "0 ps");
}

BOOST_AUTO_TEST_SUITE_END()
