#include <boost/test/unit_test.hpp>

#include "system/command_fixture.h"

using invar::tests::CommandFixture;
using invar::tests::Outcome;
using nlohmann::json;

namespace {

const char* k_tiny =
    "[workload]\nbatch = 4\nfactor_interval = 2\ninverse_interval = 4\nsamples = 1\n"
    "damping = 0.3\n"
    "[accelerator]\ntiles = 16\n[tile]\nrows = 32\n"
    "[[layer]]\nname = \"conv\"\nkind = \"conv\"\nin = 3\nout = 16\nkernel = 3\nsize = 8\n"
    "relu = true\n"
    "[[layer]]\nname = \"narrow\"\nkind = \"dense\"\nin = 60\nout = 20\nrepeat = 2\n"
    "[[layer]]\nname = \"wide\"\nkind = \"dense\"\nin = 300\nout = 10\n";

double sum(const json& phases, const char* key) {
  double total = 0.0;
  for (const json& phase : phases) {
    total += phase[key].get<double>();
  }
  return total;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
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
    BOOST_TEST(result["complete"] == true);
  }
  // 300 + 1 rows take 100 tiles of 32 rows: more than there are.
  const json rram = report("rram.json");
  BOOST_TEST(rram["solution"]["fallbacks"]["digital"] == 1);
  BOOST_TEST(rram["workload"]["measured"]["factors"].size() == 6u);
  std::uint64_t matrices = 0;
  for (const json& size : rram["inversion_only"]["sizes"]) {
    BOOST_TEST(size["matrices"].get<int>() * size["n"].get<int>() ==
               size["right_hand_sides"].get<int>());
    matrices += size["matrices"].get<std::uint64_t>();
  }
  BOOST_TEST(matrices == 8u);  // one of them by the engine
  BOOST_TEST(rram["inversion_only"]["sizes"].size() == 6u);

  const Outcome compared = invar("compare digital.json rram.json");
  BOOST_TEST(compared.status == 0, compared.error);
  BOOST_TEST(contains(compared.output, "step with inversion: time"), compared.output);
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

BOOST_AUTO_TEST_CASE(mistakes_in_the_file_or_the_flags_exit_2) {
  directory.write("tiny.toml", k_tiny);
  directory.write("typo.toml", "[workload]\nbacth = 4\n[[layer]]\nkind = \"softmax\"\n");
  const struct {
    const char* arguments;
    const char* message;
  } k_cases[] = {
      {"workload typo.toml", "did you mean workload.batch?"},
      {"workload none.toml", "none.toml"},
      {"workload tiny.toml --inverter exact", "must be rram or digital"},
      {"workload tiny.toml --fidelity circuit", "workload runs at timing"},
      {"workload tiny.toml --set workload.batch=0", "workload.batch = 0"},
      {"workload", "network"},
      {"solve --matrix a --rhs b --out c --fidelity timing", "for workload only"},
  };
  for (const auto& bad : k_cases) {
    const Outcome outcome = invar(bad.arguments);
    BOOST_TEST(outcome.status == 2, bad.arguments);
    BOOST_TEST(contains(outcome.error, bad.message), outcome.error);
  }
}

BOOST_AUTO_TEST_SUITE_END()
