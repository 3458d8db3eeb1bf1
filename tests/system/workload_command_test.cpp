#include <boost/test/unit_test.hpp>

#include "system/command_fixture.h"

using invar::tests::CommandFixture;
using invar::tests::contains;
using invar::tests::Outcome;
using nlohmann::json;

namespace {

const char* k_tiny =
    "[workload]\nbatch = 4\nfactor_interval = 2\ninverse_interval = 4\nsamples = 1\n"
    "damping = 0.3\n"
    "[accelerator]\ntiles = 16\n[tile]\nrows = 32\n[solver]\nblock_product = \"analog\"\n"
    "[[layer]]\nname = \"conv\"\nkind = \"conv\"\nin = 3\nout = 16\nkernel = 3\nsize = 8\n"
    "relu = true\n"
    "[[layer]]\nname = \"narrow\"\nkind = \"dense\"\nin = 60\nout = 20\nrepeat = 2\n"
    "[[layer]]\nname = \"wide\"\nkind = \"dense\"\nin = 300\nout = 10\n";

/// Three layers whose factors stand on several tiles of 64 rows.
const char* k_small =
    "[workload]\nbatch = 4\nfactor_interval = 2\ninverse_interval = 4\napply = \"solve\"\n"
    "[accelerator]\ntiles = 64\n[tile]\nrows = 64\n"
    "[[layer]]\nkind = \"conv\"\nin = 16\nout = 32\nkernel = 3\nsize = 8\nrelu = true\n"
    "[[layer]]\nkind = \"dense\"\nin = 200\nout = 144\nrelu = true\n"
    "[[layer]]\nkind = \"dense\"\nin = 144\nout = 100\n";
const char* k_shots =
    "--service single_shot --block-layout diagonal --deflation-rank 4 --operand-port";

double of_phase(const json& phases, const std::string& name, const char* key) {
  for (const json& phase : phases) {
    if (phase["name"] == name) {
      return phase[key].get<double>();
    }
  }
  return 0.0;
}

double sum(const json& phases, const char* key) {
  double total = 0.0;
  for (const json& phase : phases) {
    total += phase[key].get<double>();
  }
  return total;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(workload_command, CommandFixture)

BOOST_AUTO_TEST_CASE(a_tiny_network_takes_its_steps_on_either_system) {
  directory.write("tiny.toml", k_tiny);
  for (const std::string inverter : {"rram", "digital"}) {
    const Outcome outcome =
        invar("workload tiny.toml --inverter " + inverter + " --report " + inverter + ".json");
    BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.error);
    BOOST_TEST(contains(outcome.output, "amortised"), outcome.output);
    const json result = report(inverter + ".json");
    const json& measured = result["workload"]["measured"];
    const auto time = [&](const char* step) {
      BOOST_TEST(std::abs(sum(measured[step]["phases"], "seconds") /
                              measured[step]["time_s"].get<double>() -
                          1.0) < 1e-9);
      return measured[step]["time_s"].get<double>();
    };
    const double plain = time("step");
    const double factors = time("step_with_factors");
    const double refresh = time("step_with_refresh");
    BOOST_TEST(plain > 0.0);
    BOOST_TEST(factors > plain);
    BOOST_TEST(refresh > factors);
    BOOST_TEST(std::abs(time("amortised") -
                        (plain + (factors - plain) / 2 + (refresh - factors) / 4)) < 1e-12);
    BOOST_TEST(result["whole_iteration"]["time_s"] == measured["amortised"]["time_s"]);
    double inversion_s = 0.0, inversion_j = 0.0;
    for (const json& phase : measured["amortised"]["phases"]) {
      const std::string name = phase["name"];
      const bool inverts = name == "programming" || name == "inversion" || name == "background";
      inversion_s += inverts ? phase["seconds"].get<double>() : 0.0;
      inversion_j += inverts ? phase["energy_j"].get<double>() : 0.0;
    }
    BOOST_TEST(result["inversion_only"]["time_s"].get<double>() == inversion_s,
               boost::test_tools::tolerance(1e-12));
    BOOST_TEST(result["inversion_only"]["energy_j"].get<double>() == inversion_j,
               boost::test_tools::tolerance(1e-12));
    BOOST_TEST(result["complete"] == true);
  }
  // 300 + 1 rows take 100 tiles of 32 rows with products on tiles: more than there are.
  const json rram = report("rram.json");
  // A refresh comes before the one that is measured.
  BOOST_TEST(rram["solution"]["fallbacks"]["digital"] == 2);
  BOOST_TEST(rram["workload"]["measured"]["factors"].size() == 6u);
  std::uint64_t matrices = 0;
  for (const json& size : rram["inversion_only"]["sizes"]) {
    BOOST_TEST(size["matrices"].get<int>() * size["n"].get<int>() ==
               size["right_hand_sides"].get<int>());
    matrices += size["matrices"].get<std::uint64_t>();
  }
  BOOST_TEST(matrices == 2 * 8u);  // one of them by the engine
  BOOST_TEST(rram["inversion_only"]["sizes"].size() == 6u);

  const Outcome compared = invar("compare digital.json rram.json");
  BOOST_TEST(compared.status == 0, compared.error);
  BOOST_TEST(contains(compared.output, "step with inversion: time"), compared.output);
}

BOOST_AUTO_TEST_CASE(a_network_too_large_for_the_scratchpad_streams) {
  directory.write("tiny.toml", k_tiny);
  const auto plain = [&](const std::string& more) {
    const Outcome outcome = invar("workload tiny.toml --inverter digital --report r.json " + more);
    BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.error);
    const json result = report("r.json");
    BOOST_TEST(result["solution"]["digital_factorizations"] == 8);
    return result["workload"]["measured"]["step"];
  };
  const json kept = plain(""), streamed = plain("--set engine.scratchpad_bytes=4096");
  BOOST_TEST(streamed["time_s"].get<double>() > kept["time_s"].get<double>());
  BOOST_TEST(streamed["energy_j"].get<double>() > kept["energy_j"].get<double>());
}

BOOST_AUTO_TEST_CASE(solving_takes_turns_on_tiles_that_do_not_hold_all_factors) {
  directory.write("tiny.toml", k_tiny);
  const Outcome outcome =
      invar("workload tiny.toml --kfac-apply solve --set accelerator.tiles=8 --report r.json");
  BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.error);
  const json solution = report("r.json")["solution"];
  // Seven factors, in every step and in the one before them; that of 301 rows is the engine's.
  BOOST_TEST(solution["programs"] == 4 * 7);
  BOOST_TEST(solution["program_failures"] == 0);
  BOOST_TEST(solution["solve_commands"] == 4 * 7);
  BOOST_TEST(solution["fallbacks"]["digital"] == 2);
}

BOOST_AUTO_TEST_CASE(the_spread_of_the_samples_stands_beside_the_figure) {
  directory.write("tiny.toml", k_tiny);
  const Outcome outcome = invar("workload tiny.toml --sample 3 --report run.json");
  BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.error);
  BOOST_TEST(contains(outcome.output, "spread"), outcome.output);
  const json result = report("run.json");
  const json& amortised = result["workload"]["measured"]["amortised"];
  const json& spread = amortised["spread"];
  BOOST_TEST(spread["fastest"]["time_s"].get<double>() <= amortised["time_s"].get<double>());
  BOOST_TEST(spread["slowest"]["time_s"].get<double>() >= amortised["time_s"].get<double>());
  BOOST_TEST(spread["fastest"]["time_s"].get<double>() < spread["slowest"]["time_s"].get<double>());
  BOOST_TEST((result["whole_iteration"]["spread"] == spread));
  for (const json& sample : result["workload"]["measured"]["samples"]) {
    BOOST_TEST(sample["iterations_of_each"].size() == 3u);
  }
  // Without samples there is nothing to spread.
  BOOST_REQUIRE(invar("workload tiny.toml --sample 0 --report none.json").status == 0);
  BOOST_TEST(report("none.json")["whole_iteration"]["spread"].is_null());
}

BOOST_AUTO_TEST_CASE(products_on_the_lanes_leave_room_for_larger_factors) {
  directory.write("tiny.toml", k_tiny);
  const Outcome outcome =
      invar("workload tiny.toml --set solver.block_product=digital --report run.json");
  BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.error);
  const json result = report("run.json");
  // 301 rows take ten leaves and as many tiles.
  BOOST_TEST(result["solution"]["fallbacks"]["digital"] == 0);
  BOOST_TEST(result["workload"]["measured"]["tiles_for_all_factors"] ==
             1 + 1 + 2 * (2 + 1) + 10 + 1);
}

BOOST_AUTO_TEST_CASE(seeds_that_are_stored_twice_are_sampled_too) {
  directory.write(
      "coarse.toml",
      "[workload]\nbatch = 4\nsamples = 1\ndamping = 1e-7\n[tile]\nrows = 256\n[device]\n"
      "levels = 8\n"
      "[[layer]]\nkind = \"dense\"\nin = 199\nout = 10\n");
  const Outcome outcome = invar("workload coarse.toml --report run.json");
  BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.error);
  const json samples = report("run.json")["workload"]["measured"]["samples"];
  BOOST_TEST(samples.back()["writings"].get<double>() > 1.0);
}

BOOST_AUTO_TEST_CASE(simulations_repeat_to_the_picosecond) {
  directory.write("tiny.toml", k_tiny);
  for (const char* file : {"a.json", "b.json"}) {
    BOOST_REQUIRE(invar(std::string("workload tiny.toml --report ") + file).status == 0);
  }
  json a = report("a.json");
  json b = report("b.json");
  a.erase("host");
  b.erase("host");
  BOOST_TEST((a == b));
}

BOOST_AUTO_TEST_CASE(what_is_expected_is_what_numbers_take) {
  directory.write("small.toml", k_small);
  const auto phases = [&](const std::string& more) {
    const Outcome outcome = invar("workload small.toml " + std::string(k_shots) + more);
    BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.error);
    return report("r.json");
  };
  const json expected = phases(" --sample 4 --report r.json");
  const json computed = phases(" --fidelity behavioural --report r.json");
  BOOST_TEST(!expected["solution"].contains("shot_samples"));
  BOOST_TEST(expected["solution"]["programs"] == computed["solution"]["programs"]);
  BOOST_TEST(computed["solution"]["program_failures"] == 0);
  // Two systems of equations a layer in each of three steps, none given up.
  BOOST_TEST(computed["solution"]["fallbacks"]["digital"] == 0);
  BOOST_TEST(computed["solution"]["shot_samples"]["columns"].get<int>() > 0);
  BOOST_TEST(computed["solution"]["shot_samples"]["effective_bits"].get<double>() > 1.0);
  const char* k_step = "step_with_refresh";
  for (const char* name : {"programming", "inversion"}) {
    for (const char* key : {"seconds", "energy_j"}) {
      const double a = of_phase(expected["workload"]["measured"][k_step]["phases"], name, key);
      const double b = of_phase(computed["workload"]["measured"][k_step]["phases"], name, key);
      BOOST_TEST(b > 0.0);
      BOOST_TEST(std::abs(a / b - 1.0) < 0.15,
                 std::string(name) + " " + key << ": " << a << " " << b);
    }
  }
  // What the engine does by itself is the same.
  for (const char* name : {"forward", "backward"}) {
    BOOST_TEST(of_phase(expected["workload"]["measured"][k_step]["phases"], name, "seconds") ==
               of_phase(computed["workload"]["measured"][k_step]["phases"], name, "seconds"));
  }
}

BOOST_AUTO_TEST_CASE(a_refresh_in_the_background_takes_time_only_where_it_is_waited_for) {
  directory.write("small.toml", k_small);
  const auto refresh = [&](const std::string& more) {
    const Outcome outcome =
        invar("workload small.toml --report r.json " + std::string(k_shots) + more);
    BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.error);
    return report("r.json")["workload"]["measured"];
  };
  const json waits = refresh("");
  const json beside = refresh(" --refresh-delay 4");
  for (const char* step : {"step", "step_with_factors"}) {
    BOOST_TEST(beside[step]["time_s"].get<double>() == waits[step]["time_s"].get<double>(),
               boost::test_tools::tolerance(5e-3));  // other targets are drawn
  }
  BOOST_TEST(beside["step_with_refresh"]["time_s"].get<double>() <
             waits["step_with_refresh"]["time_s"].get<double>());
  // What is written takes its energy all the same.
  BOOST_TEST(beside["step_with_refresh"]["energy_j"].get<double>() >
             beside["step_with_factors"]["energy_j"].get<double>());
}

BOOST_AUTO_TEST_CASE(explicit_inverses_are_computed_too) {
  directory.write("tiny.toml", k_tiny);
  const Outcome outcome = invar(
      "workload tiny.toml --fidelity behavioural --set solver.block_product=digital "
      "--report r.json");
  BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.error);
  const json solution = report("r.json")["solution"];
  BOOST_TEST(solution["right_hand_sides"].get<int>() > 0);
  BOOST_TEST(solution["residual_max"].get<double>() > 0.0);
  BOOST_TEST(solution["residual_max"].get<double>() <= 1e-3);
}

BOOST_AUTO_TEST_CASE(mistakes_in_the_file_or_the_flags_exit_2) {
  directory.write("tiny.toml", k_tiny);
  directory.write("twice.toml",
                  "layer = [\n{name = \"a\", kind = \"softmax\", elements = 2},\n"
                  "{name = \"a\", kind = \"softmax\", elements = 2}]\n");
  directory.write("typo.toml", "[workload]\nbacth = 4\n[[layer]]\nkind = \"softmax\"\n");
  const struct {
    const char* arguments;
    const char* message;
  } k_cases[] = {
      {"workload typo.toml", "did you mean workload.batch?"},
      {"workload none.toml", "none.toml"},
      {"workload tiny.toml --inverter exact", "must be rram or digital"},
      {"workload tiny.toml --fidelity circuit", "workload runs at timing, ideal or behavioural"},
      {"workload tiny.toml --refresh-delay 2", "must go with workload.apply = solve"},
      {"workload tiny.toml --set sequencer.lane_precision=fp16", "need fp64"},
      {"workload tiny.toml --service single_shot --set sequencer.lane_precision=fp16", "need fp64"},
      {"workload tiny.toml --service checked --tolerance 0.1", "workload.tolerance: is of refined"},
      {"workload tiny.toml --deflation-rank 17", "deflation-rank = 17"},
      {"workload tiny.toml --set workload.batch=0", "workload.batch = 0"},
      {"workload", "network"},
      {"workload twice.toml", "twice.toml:3: layer 2 (a): layer 1 has this name already"},
      {"workload tiny.toml --set workload.slices=8 --set tile.slices=4", "to tile.slices, 4"},
      {"workload tiny.toml --set workload.iteration_limit=1001", "from 0 to 1000"},
      {"train --dataset . --set train.iteration_limit=1001", "from 0 to 1000"},
      {"train --dataset . --set train.slices=8 --set tile.slices=2 --set tile.seed_slices=1",
       "to tile.slices, 2"},
      {"solve --matrix a --rhs b --out c --set solve.iteration_limit=1001",
       "solve.iteration_limit = 1001: must be from 0 to 1000"},
      {"solve --matrix a --rhs b --out c --fidelity timing", "for workload only"},
  };
  for (const auto& bad : k_cases) {
    const Outcome outcome = invar(bad.arguments);
    BOOST_TEST(outcome.status == 2, bad.arguments);
    BOOST_TEST(contains(outcome.error, bad.message), outcome.error);
  }
}

BOOST_AUTO_TEST_SUITE_END()
