// What reports promise: one window for every inverter, contents instead of paths, the host apart.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <string>

#include "system/command_fixture.h"

using invar::tests::CommandFixture;
using invar::tests::contains;
using invar::tests::Outcome;
using invar::tests::without_host;
using nlohmann::json;

namespace {

struct ReportFixture : CommandFixture {
  ReportFixture() {
    write_matrix("a.mtx", invar::test::covariance_matrix(16, 0.1, 7));
    write_matrix("b.mtx", Eigen::MatrixXd::Identity(16, 8));
  }

  json solve(const std::string& more, const std::string& before = {}) const {
    const Outcome outcome = invar("solve --out x.mtx --report r.json --quiet " + more, before);
    BOOST_TEST_REQUIRE(outcome.status == 0, outcome.error);
    return report("r.json");
  }
};

const std::string k_system = "--matrix a.mtx --rhs b.mtx ";

double figure(const json& report, const char* section, const char* key) {
  return report[section][key].get<double>();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(report_command, ReportFixture)

BOOST_AUTO_TEST_CASE(every_inverter_has_the_same_window) {
  const json rram = solve(k_system + "--inverter rram");
  for (const std::string inverter : {"digital", "exact"}) {
    const json other = solve(k_system + "--inverter " + inverter);
    BOOST_TEST(other["inversion_only"]["definition"] == rram["inversion_only"]["definition"]);
    BOOST_TEST(other["inversion_only"]["phases"] == rram["inversion_only"]["phases"]);
    BOOST_TEST(other["inversion_only"]["matrices"] == 1);
    BOOST_TEST(other["inversion_only"]["right_hand_sides"] == 8);
    BOOST_TEST(other["inversion_only"]["digital_operations"] ==
               rram["inversion_only"]["digital_operations"]);
  }
}

BOOST_AUTO_TEST_CASE(checks_of_solutions_stand_beside_the_inversion) {
  const json digital = solve(k_system + "--inverter digital");
  const json rram = solve(k_system + "--inverter rram");
  for (const json* report : {&digital, &rram}) {
    BOOST_TEST(figure(*report, "verification", "time_s") > 0.0);
    BOOST_TEST(figure(*report, "verification", "energy_j") > 0.0);
    BOOST_TEST(figure(*report, "inversion_only", "time_s") +
                   figure(*report, "verification", "time_s") <
               (*report)["simulated_time_s"].get<double>());
  }
  // Residuals in FP64 on the host take longer than the engine needs to solve.
  BOOST_TEST(figure(digital, "verification", "energy_j") >
             figure(digital, "inversion_only", "energy_j"));
}

BOOST_AUTO_TEST_CASE(residuals_that_corrections_start_from_are_inversion) {
  const json once = solve(k_system + "--inverter digital --tolerance 1e-5");
  const json refined = solve(k_system + "--inverter digital --tolerance 1e-12");
  BOOST_TEST(once["inversion_only"]["right_hand_sides"] == 8);
  BOOST_TEST(refined["inversion_only"]["right_hand_sides"] == 8);
  BOOST_TEST(figure(refined, "inversion_only", "energy_j") >
             3.0 * figure(once, "inversion_only", "energy_j"));
}

BOOST_AUTO_TEST_CASE(a_seed_is_compared_with_the_exact_solution_after_one_iteration_too) {
  const json once = solve(k_system + "--tolerance 1 --set solve.iteration_limit=1");
  const json full = solve(k_system + "--tolerance 1e-6");
  BOOST_TEST(once["solution"]["iterations_mean"] == 1.0);
  BOOST_TEST(figure(once, "solution", "seed_effective_bits") ==
                 figure(full, "solution", "seed_effective_bits"),
             boost::test_tools::tolerance(0.05));
}

BOOST_AUTO_TEST_CASE(a_report_is_the_same_wherever_the_files_lie) {
  const json here = solve(k_system);
  std::filesystem::create_directory(directory.path("far"));
  std::filesystem::copy(directory.path("a.mtx"), directory.path("far/other.mtx"));
  std::filesystem::copy(directory.path("b.mtx"), directory.path("far/rhs.mtx"));
  const json there = solve("--matrix far/other.mtx --rhs far/rhs.mtx");
  BOOST_TEST(without_host(here) == without_host(there));
  BOOST_TEST(here["host"]["configuration"]["solve"]["matrix"] == "a.mtx");
  BOOST_TEST(there["host"]["configuration"]["solve"]["matrix"] == "far/other.mtx");
  BOOST_TEST(contains(there["host"]["command_line"].dump(), "far/other.mtx"));
  write_matrix("a.mtx", invar::test::covariance_matrix(16, 0.1, 8));
  BOOST_TEST(solve(k_system)["configuration_hash"] != here["configuration_hash"]);
}

BOOST_AUTO_TEST_CASE(every_programming_of_a_training_counts) {
  write_bars(640, 64);
  const Outcome outcome = invar(
      "train --dataset . --batch 64 --epochs 2 --channels 4 --learning-rate 0.02 "
      "--inverse-interval 5 --quiet --report r.json");
  BOOST_TEST_REQUIRE(outcome.status == 0, outcome.error);
  const json report = this->report("r.json");
  const std::uint64_t programs = report["solution"]["programs"];
  BOOST_TEST(programs > 4u);
  BOOST_TEST(report["inversion_only"]["matrices"].get<std::uint64_t>() ==
             programs - report["solution"]["program_failures"].get<std::uint64_t>());
  std::uint64_t time_ps = 0;
  for (const json& phase : report["phases"]) {
    if (phase["name"] == "programming" || phase["name"] == "inversion") {
      time_ps += phase["time_ps"].get<std::uint64_t>();
    }
  }
  BOOST_TEST(report["inversion_only"]["time_ps"] == time_ps);
}

BOOST_AUTO_TEST_CASE(the_kernel_level_can_be_chosen_and_is_named) {
  const json report = solve(k_system, "INVAR_INSTRUCTION_SET=baseline");
  BOOST_TEST(report["host"]["kernel_level"] == "baseline");
  const Outcome refused = invar("solve --out x.mtx " + k_system, "INVAR_INSTRUCTION_SET=sse9");
  BOOST_TEST(refused.status == 2);
  BOOST_TEST(contains(refused.error, "baseline, avx2 or avx512"));
}

BOOST_AUTO_TEST_SUITE_END()
