#include <boost/test/unit_test.hpp>

#include "system/command_fixture.h"

using invar::tests::CommandFixture;
using invar::tests::contains;
using invar::tests::Outcome;
using nlohmann::json;

namespace {

/// A few steps of K-FAC on bars: enough for two inversions of every factor.
struct TrainingFixture : CommandFixture {
  TrainingFixture() { write_bars(640, 64); }

  Outcome train(const std::string& more, const std::string& before = {}) const {
    return invar(
        "train --dataset . --batch 64 --epochs 1.2 --channels 4 --learning-rate 0.02 --quiet " +
            more,
        before);
  }
};

/// A report without what depends on the host.
std::string without_host(json report) {
  report.erase("host");
  return report.dump();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(train_command, TrainingFixture)

BOOST_AUTO_TEST_CASE(components_phases_and_total_add_up_exactly) {
  BOOST_TEST(train("--report r.json").status == 0);
  const json result = report("r.json");
  const auto total_aj = result["total_energy_aj"].get<std::uint64_t>();
  std::uint64_t phases_aj = 0;
  std::uint64_t phases_ps = 0;
  for (const json& phase : result["phases"]) {
    phases_aj += phase["energy_aj"].get<std::uint64_t>();
    phases_ps += phase["time_ps"].get<std::uint64_t>();
  }
  std::uint64_t components_aj = 0;
  std::uint64_t events_aj = 0;
  for (const json& component : result["components"]) {
    components_aj += component["energy_aj"].get<std::uint64_t>();
    for (const json& event : component["events"]) {
      events_aj += event["energy_aj"].get<std::uint64_t>();
    }
  }
  BOOST_TEST(total_aj > 0u);
  BOOST_TEST(phases_aj == total_aj);
  BOOST_TEST(components_aj == total_aj);
  BOOST_TEST(events_aj == total_aj);
  BOOST_TEST(phases_ps == result["simulated_time_ps"].get<std::uint64_t>());
}

BOOST_AUTO_TEST_CASE(tracing_threads_and_a_second_run_change_no_byte_of_the_report) {
  BOOST_TEST(train("--report plain.json --threads 1").status == 0);
  BOOST_TEST(train("--report again.json --threads 4").status == 0);
  BOOST_TEST(train("--report traced.json --vcd run.vcd").status == 0);
  const std::string plain = without_host(report("plain.json"));
  BOOST_TEST((plain == without_host(report("again.json"))));
  BOOST_TEST((plain == without_host(report("traced.json"))));
  BOOST_TEST(train("--report other.json --seed 2").status == 0);
  BOOST_TEST((plain != without_host(report("other.json"))));
}

BOOST_AUTO_TEST_CASE(every_factor_is_inverted_on_rram_and_the_network_learns) {
  BOOST_TEST(train("--epochs 3 --report rram.json").status == 0);
  BOOST_TEST(train("--epochs 3 --report exact.json --inverter exact").status == 0);
  const json rram = report("rram.json");
  BOOST_TEST(rram["solution"]["fallbacks"]["digital"] == 0);
  BOOST_TEST(rram["solution"]["residual_max"].get<double>() <= 1e-3);
  BOOST_TEST(rram["training"]["final_test_accuracy"].get<double>() > 0.9);
  BOOST_TEST(report("exact.json")["training"]["final_test_accuracy"].get<double>() > 0.9);
}

BOOST_AUTO_TEST_CASE(the_waveform_holds_the_machine_and_says_what_it_left_out) {
  BOOST_TEST(train("--vcd run.vcd").status == 0);
  const std::string header = text("run.vcd").substr(0, 20000);
  for (const char* signal : {"irq", "descriptors_waiting", "state", "dac_code_0", "adc_code_0",
                             "residual", "power_mw", "address"}) {
    BOOST_TEST(contains(header, std::string(" ") + signal + " "), signal);
  }
  BOOST_TEST(contains(text("run.vcd.gtkw"), "tile_0.residual"));
  const Outcome bounded = train("--vcd small.vcd --set vcd.maximum_bytes=20000");
  BOOST_TEST(bounded.status == 0);
  BOOST_TEST(contains(bounded.error, "small.vcd: "), bounded.error);
  BOOST_TEST(text("small.vcd").size() < 40000u);
  BOOST_TEST(train("--vcd irq.vcd --vcd-scope *irq --vcd-window 0us:50us").status == 0);
  BOOST_TEST(!contains(text("irq.vcd"), "residual"));
}

BOOST_AUTO_TEST_CASE(an_interrupt_leaves_a_valid_partial_report) {
  const Outcome outcome = train("--epochs 5000 --learning-rate 1e-5 --report r.json",
                                "timeout --preserve-status -s INT 1");
  BOOST_TEST(outcome.status == 1);
  BOOST_TEST(contains(outcome.error, "interrupted"), outcome.error);
  const json result = report("r.json");
  BOOST_TEST(result["complete"] == false);
  BOOST_TEST(contains(result["reason"], "interrupted"));
  BOOST_TEST(result["training"]["steps"].get<std::uint64_t>() > 0u);
}

BOOST_AUTO_TEST_CASE(bad_values_files_and_keys_are_named_with_their_range_and_exit_2) {
  directory.write("unknown.toml", "[tile]\nrowz = 3\n");
  const struct {
    const char* arguments;
    const char* message;
  } k_cases[] = {
      {"--set tile.rows=0", "tile.rows = 0: must be from 1 to 512"},
      {"--set tile.rows=10000", "tile.rows = 10000: must be from 1 to 512"},
      {"--config unknown.toml", "unknown.toml:2: unknown parameter tile.rowz"},
      {"--epochs -1", "--epochs = -1: must be above 0"},
      {"--dataset nowhere", "dataset nowhere: no such directory"},
      {"--report nowhere/r.json", "--report nowhere/r.json: cannot be written"},
      {"--batch 641", "train.batch = 641: must be from 1 to 640"},
      {"--learning-rate nan", "--learning-rate = nan: must be above 0"},
  };
  for (const auto& bad : k_cases) {
    const Outcome outcome = train(bad.arguments);
    BOOST_TEST(outcome.status == 2, bad.arguments);
    BOOST_TEST(contains(outcome.error, bad.message), outcome.error);
    BOOST_TEST(outcome.error.find('\n') == outcome.error.size() - 1, outcome.error);
  }
}

BOOST_AUTO_TEST_CASE(a_truncated_data_file_is_found_before_the_run) {
  const std::string images = text("train-images-idx3-ubyte");
  directory.write("train-images-idx3-ubyte", images.substr(0, images.size() - 1));
  const Outcome outcome = train("");
  BOOST_TEST(outcome.status == 2);
  BOOST_TEST(contains(outcome.error, "train-images-idx3-ubyte"), outcome.error);
}

BOOST_AUTO_TEST_SUITE_END()
