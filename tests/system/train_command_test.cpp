#include <Eigen/Cholesky>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "system/training_fixture.h"

using invar::tests::contains;
using invar::tests::Outcome;
using invar::tests::TrainingFixture;
using invar::tests::without_host;
using nlohmann::json;

namespace {

/// Whose factors may be kept in files.
struct DumpFixture : TrainingFixture {
  /// The lower triangle of a file, column by column, mirrored.
  Eigen::MatrixXd read_symmetric(const std::string& name) const {
    std::istringstream file(text(name));
    std::string header;
    std::getline(file, header);
    BOOST_TEST(header == "%%MatrixMarket matrix array real symmetric");
    Eigen::Index rows = 0;
    Eigen::Index columns = 0;
    file >> rows >> columns;
    BOOST_TEST(rows == columns);
    Eigen::MatrixXd matrix(rows, rows);
    for (Eigen::Index column = 0; column < rows; ++column) {
      for (Eigen::Index row = column; row < rows; ++row) {
        file >> matrix(row, column);
        matrix(column, row) = matrix(row, column);
      }
    }
    BOOST_TEST(!file.fail());
    return matrix;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(train_command, DumpFixture)

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

BOOST_AUTO_TEST_CASE(factors_that_no_tile_solves_are_solved_digitally_as_they_were_asked_for) {
  // A residual that binary32 does not have: every factor climbs the whole ladder.
  const std::string hopeless = "--set train.tolerance=1e-15 ";
  BOOST_TEST(train(hopeless + "--report hopeless.json").status == 0);
  BOOST_TEST(train("--inverter digital --report digital.json").status == 0);
  const json run = report("hopeless.json");
  BOOST_TEST(run["solution"]["fallbacks"]["more_damping"].get<int>() > 0);
  BOOST_TEST(run["solution"]["fallbacks"]["digital"].get<int>() > 0);
  BOOST_TEST(run["training"]["optimizer_as_configured"] == true);
  const auto loss = [](const json& of) { return of["history"].back()["loss"].get<double>(); };
  BOOST_TEST(loss(run) == loss(report("digital.json")), boost::test_tools::tolerance(1e-3));
}

BOOST_AUTO_TEST_CASE(a_network_of_a_file_is_trained_and_named_in_the_report) {
  const std::string layers =
      "[train]\nbatch = 32\n"
      "[[layer]]\nname = \"c1\"\nkind = \"conv\"\nout = 4\nkernel = 3\nbias = true\nrelu = true\n"
      "[[layer]]\nkind = \"pool\"\n"
      "[[layer]]\nname = \"c2\"\nkind = \"conv\"\nout = 6\nkernel = 3\nstride = 2\nrelu = true\n"
      "[[layer]]\nkind = \"dense\"\nout = \"classes\"\n";
  directory.write("mine.toml", layers);
  for (const std::string inverter : {"rram", "digital"}) {
    // Half a megabyte of scratchpad: the batch in groups, the largest factor in RAM.
    for (const std::string& more :
         {std::string(), std::string(" --set engine.scratchpad_bytes=600000")}) {
      const Outcome outcome = invar(
          "train --dataset . --network mine.toml --epochs 3 --quiet "
          "--report mine.json --inverter " +
          inverter + more);
      BOOST_TEST_REQUIRE(outcome.status == 0, outcome.error);
      const json result = report("mine.json");
      BOOST_TEST(result["data"]["network"]["name"] == "mine");
      BOOST_TEST(result["data"]["network"]["hash"] == result["workload"]["network"]);
      BOOST_TEST(result["configuration"]["train"]["batch"] == 32);
      BOOST_TEST(result["training"]["final_test_accuracy"].get<double>() > 0.9);
    }
  }
  BOOST_TEST(invar("train --dataset . --config mine.toml --epochs 0.1 --quiet --report config.json")
                 .status == 0);
  BOOST_TEST(report("config.json")["data"]["network"]["name"] == "mine");
}

BOOST_AUTO_TEST_CASE(a_network_that_no_scratchpad_holds_ends_with_the_bytes_that_it_takes) {
  const Outcome outcome = train("--set engine.scratchpad_bytes=100000 --report small.json");
  BOOST_TEST(outcome.status == 1);
  BOOST_TEST(contains(outcome.error + outcome.output,
                      "engine.scratchpad_bytes: has 100000, one image at a time needs "),
             outcome.error + outcome.output);
  BOOST_TEST(contains(outcome.error, "does not fit the digital engine's scratchpad"),
             outcome.error);
}

BOOST_AUTO_TEST_CASE(a_layer_that_cannot_be_trained_is_refused_with_its_name) {
  directory.write("mine.toml",
                  "[[layer]]\nname = \"heads\"\nkind = \"attention\"\nheads = 2\nwidth = 4\n");
  const Outcome outcome = invar("train --dataset . --network mine.toml --report mine.json");
  BOOST_TEST(outcome.status == 2);
  BOOST_TEST(contains(outcome.error,
                      "mine.toml:1: layer 1 (heads): kind \"attention\" cannot be "
                      "trained"),
             outcome.error);
}

BOOST_AUTO_TEST_CASE(numbers_that_become_zero_in_the_machine_are_refused) {
  for (const std::string key : {"kl_clip", "adam_epsilon"}) {
    const Outcome outcome = train("--set train." + key + "=1e-60");
    BOOST_TEST(outcome.status == 2, key);
    BOOST_TEST(contains(outcome.error, "train." + key + " = 1e-60: must be 0 or at least"),
               outcome.error);
  }
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

BOOST_AUTO_TEST_CASE(factors_are_named_by_the_step_that_they_are_of_also_in_the_background) {
  BOOST_TEST_REQUIRE(train("--set train.inverse_interval=4 --refresh-delay 3 --dump-factors late "
                           "--set accelerator.tiles=32 --report r.json")
                         .status == 0);
  std::set<std::string> steps;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path("late"))) {
    steps.insert(entry.path().filename().string().substr(0, 10));
  }
  const std::set<std::string> expected{"step000000", "step000004", "step000008"};
  BOOST_TEST(steps == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_factors_that_are_programmed_can_be_kept) {
  // Twelve steps, a refresh at every fourth: 0, 4, 8.
  const std::string refreshes = "--set train.inverse_interval=4 ";
  for (const std::string inverter : {"rram", "exact"}) {
    const std::string run = refreshes + "--inverter " + inverter;
    BOOST_TEST_REQUIRE(train(run + " --report plain.json").status == 0);
    BOOST_TEST_REQUIRE(
        train(run + " --report r.json --dump-factors a/" + inverter + " --dump-interval 2")
            .status == 0);
    BOOST_TEST((without_host(report("plain.json")) == without_host(report("r.json"))));
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path("a/" + inverter))) {
      names.insert(entry.path().filename().string());
    }
    // Inputs: 5 x 5 kernel and 6 x 6 pooled values of 4 channels, each with a bias; ten classes.
    const std::vector<std::pair<int, int>> factors = {{0, 26}, {1, 4}, {2, 145}, {3, 10}};
    std::set<std::string> expected;
    for (const char* step : {"step000000", "step000008"}) {
      for (const auto& [factor, n] : factors) {
        expected.insert(std::string(step) + "_factor" + std::to_string(factor) + "_n" +
                        std::to_string(n) + ".mtx");
      }
    }
    BOOST_TEST(names == expected, boost::test_tools::per_element());
    for (const std::string& name : names) {
      const Eigen::MatrixXd factor = read_symmetric("a/" + inverter + "/" + name);
      BOOST_TEST((Eigen::LLT<Eigen::MatrixXd>(factor).info() == Eigen::Success), name);
    }
    // Factored Tikhonov damping. Activations end with the bias, 1 in every row: what stands there
    // beyond 1 is the damping of A; that of Gamma times it is the damping asked for.
    for (const std::string step : {"step000000", "step000008"}) {
      const std::string prefix = "a/" + inverter + "/" + step;
      for (const auto& [a_name, gamma_name] :
           {std::pair("_factor0_n26.mtx", "_factor1_n4.mtx"),
            std::pair("_factor2_n145.mtx", "_factor3_n10.mtx")}) {
        const Eigen::MatrixXd a = read_symmetric(prefix + a_name);
        const Eigen::MatrixXd gamma = read_symmetric(prefix + gamma_name);
        const double added = a(a.rows() - 1, a.rows() - 1) - 1.0;
        BOOST_TEST(added > 0.0);
        const double mean_a = a.diagonal().mean() - added;
        const double mean_gamma = gamma.diagonal().mean() - 0.0035 / added;
        BOOST_TEST(mean_a / mean_gamma == added * added / 0.0035,
                   boost::test_tools::tolerance(1e-3));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(factors_that_cannot_be_kept_are_told_before_the_run) {
  directory.write("file", "");
  const Outcome file = train("--dump-factors file/d");
  BOOST_TEST(file.status == 2);
  BOOST_TEST(contains(file.error, "--dump-factors file/d: no directory to write to: "), file.error);
  for (const char* run : {"--inverter digital", "--optimizer sgd"}) {
    const Outcome outcome = train(std::string("--dump-factors d ") + run);
    BOOST_TEST(outcome.status == 2);
    BOOST_TEST(contains(outcome.error, "--dump-factors d: must go with --optimizer kfac"),
               outcome.error);
  }
}

BOOST_AUTO_TEST_CASE(an_interrupt_leaves_a_valid_partial_report) {
  const Outcome outcome = train("--epochs 5000 --learning-rate 1e-5 --report r.json",
                                "timeout --foreground --preserve-status -s INT 1");
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
      {"--dataset nowhere", "dataset nowhere: not found in "},
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
