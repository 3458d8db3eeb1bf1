#include <invar/trace/gtkwave_save_file.h>
#include <invar/trace/power_counter.h>
#include <invar/trace/power_trace.h>
#include <invar/trace/signal_monitor.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "support/recorded_activity.h"
#include "support/temporary_directory.h"
#include "trace/vcd_reader.h"

BOOST_AUTO_TEST_SUITE(power_trace)

using namespace invar::trace;
using invar::test::read_vcd;
using invar::test::VcdContents;
using sc_core::SC_NS;
using sc_core::sc_start;
using sc_core::sc_time;

namespace {

sc_time ns(double value) {
  return sc_time(value, SC_NS);
}

std::string temporary_path(const std::string& name) {
  return (std::filesystem::temp_directory_path() / ("invar_power_trace_" + name)).string();
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// Energy under a curve of milliwatts that holds each value until the next, in joules.
double integral_j(const VcdContents::Changes& power_mw, std::uint64_t end_ps) {
  double sum = 0.0;
  for (std::size_t i = 0; i < power_mw.size(); ++i) {
    const std::uint64_t until = i + 1 < power_mw.size() ? power_mw[i + 1].first : end_ps;
    sum += std::stod(power_mw[i].second) * 1e-3 * 1e-12 *
           static_cast<double>(until - power_mw[i].first);
  }
  return sum;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_was_charged_long_before_the_end_is_not_late) {
  VcdOptions options;
  options.path = temporary_path("quiet_end.vcd");
  VcdWriter writer(options);
  invar::ledger::Ledger ledger;
  const auto adc = ledger.component("soc.adc");
  const auto conversion = ledger.event(adc, "conversion");
  auto power = std::make_unique<PowerTrace>(writer, ledger, "soc", ns(500));
  // Nothing is shown while the charges are made: all of their bins are left to the end.
  for (int step = 0; step < 20; ++step) {
    sc_start(ns(250));
    ledger.charge(adc, conversion, INVAR_PHASE_HOST, 1, 1000000u * (1 + step % 3));
  }
  sc_start(ns(5000));
  power.reset();
  writer.close();
  BOOST_TEST(writer.omission() == "");
}

BOOST_AUTO_TEST_CASE(the_counter_of_a_timeline_adds_up_to_the_energy_too) {
  invar::test::RecordedActivity sink;
  invar::ledger::Ledger ledger;
  const auto adc = ledger.component("soc.adc");
  const auto conversion = ledger.event(adc, "conversion");
  const double begin_s = sc_core::sc_time_stamp().to_seconds();
  ledger.set_static_power("soc.adc", 0.25);
  auto power = std::make_unique<PowerCounter>(sink, ledger, "soc", ns(500));
  invar::ledger::Attojoules booked_aj = 0;
  for (int step = 0; step < 100; ++step) {
    sc_start(ns(step % 30 == 29 ? 7000 : 61));
    ledger.charge(adc, conversion, INVAR_PHASE_INVERSION, 1, 3000000u + 1000u * step,
                  {sc_core::sc_time_stamp(), ns(step % 7 * 100)});
    booked_aj += 3000000u + 1000u * step;
  }
  sc_start(ns(1333));
  power.reset();
  const double end_s = sc_core::sc_time_stamp().to_seconds();
  double sum_j = 0.0;
  const auto& values = sink.counters.at(0).values;
  BOOST_TEST(sink.counters.at(0).name == "soc.power_w");
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double until_s = i + 1 < values.size() ? values[i + 1].first.to_seconds() : end_s;
    sum_j += values[i].second * (until_s - values[i].first.to_seconds());
  }
  BOOST_TEST(sum_j == booked_aj.joules() + 0.25 * (end_s - begin_s),
             boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(power_times_time_is_the_energy_of_the_ledger) {
  const std::string path = temporary_path("integral.vcd");
  VcdOptions options;
  options.path = path;
  VcdWriter writer(options);
  invar::ledger::Ledger ledger;
  const auto adc = ledger.component("soc.adc");
  const auto bus = ledger.component("soc.bus");
  const auto conversion = ledger.event(adc, "conversion");
  const auto byte = ledger.event(bus, "byte");
  ledger.charge(adc, conversion, INVAR_PHASE_HOST, 1, 5000);  // before tracing: not shown
  auto power = std::make_unique<PowerTrace>(writer, ledger, "soc", ns(500));
  TraceSignal<bool> busy;
  busy.attach(writer, "soc.busy");
  invar::ledger::Attojoules adc_aj = 0;
  for (int step = 0; step < 200; ++step) {
    sc_start(ns(step % 50 == 49 ? 20000 : 37));  // with long pauses
    busy.set(step % 2 == 0);
    ledger.charge(adc, conversion, INVAR_PHASE_INVERSION, 1, 1000000u + 1000u * step);
    adc_aj += 1000000u + 1000u * step;
    ledger.charge(bus, byte, INVAR_PHASE_HOST, 1, 77777);
  }
  ledger.begin_activity(INVAR_PHASE_INVERSION);
  sc_start(ns(600));
  busy.set(true);
  sc_start(ns(10));
  power.reset();
  writer.close();

  const VcdContents vcd = read_vcd(path);
  const std::uint64_t end_ps = vcd.times.back();
  BOOST_TEST(integral_j(vcd.signals.at("soc.adc.power_mw"), end_ps) == adc_aj.joules(),
             boost::test_tools::tolerance(1e-8));
  BOOST_TEST(integral_j(vcd.signals.at("soc.bus.power_mw"), end_ps) == 200 * 77777e-18,
             boost::test_tools::tolerance(1e-8));
  BOOST_TEST(integral_j(vcd.signals.at("soc.power_mw"), end_ps) ==
                 (ledger.total_energy_aj() - 5000).joules(),
             boost::test_tools::tolerance(1e-8));
  BOOST_TEST(vcd.signals.at("soc.phase").back().second == "101");
  BOOST_TEST(writer.omission() == "");
  std::filesystem::remove(path);
}

BOOST_AUTO_TEST_CASE(power_alone_can_be_traced) {
  const std::string path = temporary_path("alone.vcd");
  VcdOptions options;
  options.path = path;
  options.scopes = {"soc.power_mw"};
  VcdWriter writer(options);
  invar::ledger::Ledger ledger;
  const auto bus = ledger.component("soc.bus");
  const auto byte = ledger.event(bus, "byte");
  PowerTrace power(writer, ledger, "soc", ns(1000));
  TraceSignal<bool> busy;
  busy.attach(writer, "soc.busy");
  for (int step = 0; step < 100; ++step) {
    sc_start(ns(100));
    busy.set(step % 2 == 0);
    ledger.charge(bus, byte, INVAR_PHASE_HOST, 1, 1000u * step);
  }
  writer.close();
  const VcdContents vcd = read_vcd(path);
  BOOST_TEST(vcd.signals.size() == 1u);
  BOOST_TEST(vcd.signals.at("soc.power_mw").size() >= 10u);
  std::filesystem::remove(path);
}

BOOST_AUTO_TEST_CASE(a_monitor_records_a_signal_between_modules) {
  const std::string path = temporary_path("monitor.vcd");
  VcdOptions options;
  options.path = path;
  VcdWriter writer(options);
  sc_core::sc_signal<bool> irq("irq");
  SignalMonitor<bool> monitor("monitor");
  monitor.input(irq);
  monitor.trace(writer, "soc.irq", SignalFormat::wire(1).feature());
  sc_start(ns(10));
  irq = true;
  sc_start(ns(10));
  irq = false;
  sc_start(ns(10));
  writer.close();
  const VcdContents::Changes expected = {{0, "0"}, {10000, "1"}, {20000, "0"}};
  BOOST_TEST((read_vcd(path).signals.at("soc.irq") == expected));
  std::filesystem::remove(path);
}

BOOST_AUTO_TEST_CASE(the_save_file_groups_featured_signals_and_names_states) {
  const invar::tests::TemporaryDirectory directory;
  const std::string path = directory.path("save.vcd");
  const std::string save_path = directory.path("save.gtkw");
  VcdOptions options;
  options.path = path;
  VcdWriter writer(options);
  TraceSignal<std::uint32_t> first, second, address;
  TraceSignal<bool> hidden;
  const SignalFormat state = SignalFormat::state({"idle", "settling", "converting"}).feature();
  first.attach(writer, "soc.tile_0.state", state);
  second.attach(writer, "soc.tile_1.state", state);
  address.attach(writer, "soc.bus.address", SignalFormat::wire(32).feature());
  hidden.attach(writer, "soc.bus.hidden");
  sc_start(ns(1024));
  first.set(1u);
  second.set(1u);
  writer.close();
  write_gtkwave_save_file(save_path, writer);
  const std::string text = text_of(save_path);
  for (const char* line :
       {"-soc.tile_0\n", "soc.tile_0.state[1:0]\n", "soc.tile_1.state[1:0]\n",
        "@22\nsoc.bus.address[31:0]\n", "[treeopen] soc.\n", "[timestart] 0\n"}) {
    BOOST_TEST(text.find(line) != std::string::npos, text);
  }
  BOOST_TEST(text.find("hidden") == std::string::npos);
  BOOST_TEST(text_of(save_path + ".1.filter") == "0 idle\n1 settling\n2 converting\n");
  BOOST_TEST(!std::filesystem::exists(save_path + ".2.filter"));
  BOOST_CHECK_THROW(write_gtkwave_save_file("/nonexistent/x.gtkw", writer), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(the_save_file_names_its_neighbours_as_they_lie_beside_it) {
  const invar::tests::TemporaryDirectory directory;
  VcdOptions options;
  options.path = directory.path("save.vcd");
  VcdWriter writer(options);
  TraceSignal<std::uint32_t> state;
  state.attach(writer, "soc.state", SignalFormat::state({"idle", "busy"}).feature());
  const std::string text = gtkwave_save_files(directory.path("save.vcd.gtkw"), writer).back().text;
  BOOST_TEST(text.find("[dumpfile] \"save.vcd\"\n[savefile] \"save.vcd.gtkw\"\n") == 0u, text);
  BOOST_TEST(text.find("\n^1 save.vcd.gtkw.1.filter\n") != std::string::npos, text);
  BOOST_TEST(text.find(directory.path()) == std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(the_save_file_begins_with_the_overview_and_leaves_out_what_is_not_used) {
  const invar::tests::TemporaryDirectory directory;
  VcdOptions options;
  options.path = directory.path("save.vcd");
  VcdWriter writer(options);
  TraceSignal<std::uint32_t> used, unused, quiet;
  TraceSignal<bool> irq;
  const SignalFormat state = SignalFormat::state({"idle", "settling"}).feature();
  used.attach(writer, "soc.queue.tile_0.state", state);
  unused.attach(writer, "soc.queue.tile_1.state", state);
  quiet.attach(writer, "soc.queue.depth", SignalFormat::wire(8).feature());
  irq.attach(writer, "soc.irq", SignalFormat::wire(1).feature());
  const auto text = [&] {
    return gtkwave_save_files(directory.path("save.vcd.gtkw"), writer).back().text;
  };
  for (const TraceSignal<std::uint32_t>* signal : {&used, &unused, &quiet}) {
    signal->set(0u);
  }
  const std::string at_the_start = text();
  BOOST_TEST(at_the_start.find("soc.irq") != std::string::npos);
  BOOST_TEST(at_the_start.find("tile_") == std::string::npos, at_the_start);
  sc_start(ns(100));
  used.set(1u);
  sc_start(ns(100));
  used.set(0u);
  writer.close();
  const std::string at_the_end = text();
  BOOST_TEST(at_the_end.find("tile_1") == std::string::npos, at_the_end);
  BOOST_TEST(at_the_end.find("soc.irq") < at_the_end.find("soc.queue.depth"));
  BOOST_TEST(at_the_end.find("soc.queue.depth") < at_the_end.find("soc.queue.tile_0.state"));
  BOOST_TEST(at_the_end.find("soc.queue.tile_0.state") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
