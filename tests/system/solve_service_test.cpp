// `solve` with single shots, checks and deflation, beside dense solutions.
#include <Eigen/LU>
#include <boost/test/unit_test.hpp>
#include <string>

#include "system/command_fixture.h"

using namespace invar;
using invar::tests::CommandFixture;
using invar::tests::contains;
using invar::tests::Outcome;
using nlohmann::json;

namespace {

struct SolveServiceFixture : CommandFixture {
  static constexpr int k_n = 48;
  Eigen::MatrixXd matrix = test::covariance_matrix(k_n, 0.1, 5, true);
  Eigen::MatrixXd rhs = Eigen::MatrixXd(k_n, 12);

  SolveServiceFixture() {
    test::SimpleRandom random(6);
    for (double& value : rhs.reshaped()) {
      value = random.next();
    }
    write_matrix("a.mtx", matrix);
    write_matrix("b.mtx", rhs);
  }

  Outcome solve(const std::string& more) const {
    return invar("solve --matrix a.mtx --rhs b.mtx --out x.mtx --report r.json --quiet " + more);
  }
  /// Relative error of the solutions, and the report.
  std::pair<double, json> error_of(const std::string& more) const {
    const Outcome outcome = solve(more);
    BOOST_TEST(outcome.status == 0, more << ": " << outcome.error);
    const Eigen::MatrixXd expected = matrix.partialPivLu().solve(rhs);
    return {(read_matrix("x.mtx") - expected).norm() / expected.norm(), report("r.json")};
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(solve_services, SolveServiceFixture)

BOOST_AUTO_TEST_CASE(a_digital_system_gets_the_chip_area_or_the_power_of_another_report) {
  const std::string shots =
      "--service single_shot --block-layout diagonal --set sequencer.services=single_shot "
      "--set sequencer.matrix_buffer_bytes=20000 ";
  const json rram = error_of(shots).second;
  BOOST_REQUIRE(
      invar("solve --matrix a.mtx --rhs b.mtx --out x.mtx --report rram.json --quiet " + shots)
          .status == 0);
  BOOST_REQUIRE(invar("solve --matrix a.mtx --rhs b.mtx --out x.mtx --inverter digital "
                      "--report digital.json --quiet")
                    .status == 0);
  const double asked = rram["area"]["chip_mm2"];
  const json equal = error_of("--inverter digital --equal-area rram.json").second;
  BOOST_TEST(equal["area"]["asked_chip_mm2"].get<double>() == asked,
             boost::test_tools::tolerance(1e-9));
  BOOST_TEST(equal["area"]["chip_mm2"].get<double>() <= asked * (1 + 1e-9));
  BOOST_TEST(equal["area"]["chip_mm2"].get<double>() > asked - 0.0119);
  const json& engine = equal["configuration"]["engine"];
  BOOST_TEST(engine["mac_rows"].get<int>() * engine["mac_columns"].get<int>() > 256);

  const json power = error_of(
                         "--inverter digital --equal-power rram.json "
                         "--power-reference digital.json")
                         .second;
  BOOST_TEST(power["asked_power_w"] == report("rram.json")["mean_power_w"]);
  BOOST_TEST(power["mean_power_w"].get<double>() > 0.0);

  // A preset's tiles give way.
  const std::string preset = "--preset integrated-40nm+training " + shots;
  const json scaled = error_of(preset + "--equal-area rram.json").second;
  BOOST_TEST(scaled["area"]["tiles_built"].get<int>() > 0);
  BOOST_TEST(scaled["area"]["chip_mm2"].get<double>() <= asked * (1 + 1e-9));

  json cut_off = rram;
  cut_off["complete"] = false;
  directory.write("incomplete.json", cut_off.dump());
  for (const auto& [flags, message] :
       {std::pair("--inverter digital --equal-area rram.json --equal-power rram.json",
                  "must not go together"),
        std::pair("--inverter digital --equal-power rram.json", "--power-reference"),
        std::pair("--inverter digital --power-reference rram.json", "must go with --equal-power"),
        std::pair("--inverter digital --equal-power rram.json --power-reference rram.json",
                  "must be of a system with --inverter digital"),
        std::pair("--inverter digital --equal-area none.json", "none.json"),
        std::pair("--inverter digital --equal-area incomplete.json", "the run is not complete"),
        std::pair("--equal-area rram.json --set accelerator.tiles=3",
                  "accelerator.tiles: is what --equal-area sets"),
        std::pair("--inverter exact --equal-area rram.json", "exact is a bound"),
        std::pair("--inverter digital --equal-area rram.json --set "
                  "engine.scratchpad_bytes=67108864",
                  "scratchpad and lanes of the engine take")}) {
    const Outcome refused = solve(flags);
    BOOST_TEST(refused.status == 2, flags);
    BOOST_TEST(contains(refused.error, message), flags << ": " << refused.error);
  }
}

BOOST_AUTO_TEST_CASE(single_shots_are_coarse_and_cheap_and_deflation_makes_them_better) {
  const auto [refined, refined_report] = error_of("");
  const auto [shot, shot_report] = error_of("--service single_shot");
  const auto [deflated, deflated_report] = error_of("--service single_shot --deflation-rank 3");
  BOOST_TEST(refined < 1e-4);
  BOOST_TEST(shot < 0.9);
  BOOST_TEST(deflated < 0.7 * shot);
  const json& solution = deflated_report["solution"];
  BOOST_TEST(solution["residual_max"].is_null());
  BOOST_TEST(solution["single_shots"] == 12);
  BOOST_TEST(solution["residual_checked_outside"].get<double>() > 0.0);
  BOOST_TEST(deflated_report["inversion_only"]["energy_j"].get<double>() <
             refined_report["inversion_only"]["energy_j"].get<double>());
  BOOST_TEST(shot_report["solution"]["fallbacks"]["digital"] == 0);
}

BOOST_AUTO_TEST_CASE(a_matrix_whose_shots_are_worth_nothing_is_solved_by_the_ladder) {
  // One eigenvalue far above the others.
  matrix += 200.0 * Eigen::MatrixXd::Ones(k_n, k_n);
  write_matrix("a.mtx", matrix);
  const auto [error, result] = error_of("--service single_shot");
  BOOST_TEST(error < 1.0);
  BOOST_TEST(result["solution"]["fallbacks"]["digital"].get<int>() +
                 result["solution"]["fallbacks"]["more_slices"].get<int>() >
             0);
  const auto [deflated, deflated_result] = error_of("--service single_shot --deflation-rank 1");
  BOOST_TEST(deflated < 1.0);
  BOOST_TEST(deflated_result["solution"]["fallbacks"]["digital"] == 0);
}

BOOST_AUTO_TEST_CASE(refinement_from_a_deflated_seed_takes_fewer_iterations) {
  const auto [plain, plain_report] = error_of("--tolerance 1e-8");
  const auto [deflated, deflated_report] = error_of("--tolerance 1e-8 --deflation-rank 3");
  BOOST_TEST(plain < 1e-6);
  BOOST_TEST(deflated < 1e-6);
  BOOST_TEST(deflated_report["solution"]["iterations_mean"].get<double>() <=
             plain_report["solution"]["iterations_mean"].get<double>());
}

BOOST_AUTO_TEST_CASE(checked_solutions_of_several_tiles_stay_within_what_is_checked) {
  const auto [error, result] =
      error_of("--service checked --deflation-rank 3 --set tile.rows=16 --block-layout diagonal");
  BOOST_TEST(error < 1.0);
  BOOST_TEST(result["solution"]["residual_max"].get<double>() <= 0.5);
}

BOOST_AUTO_TEST_CASE(what_does_not_go_together_is_refused_by_name) {
  const auto refused = [this](const std::string& arguments, const std::string& words) {
    const Outcome outcome = solve(arguments);
    BOOST_TEST(outcome.status == 2, arguments);
    BOOST_TEST(contains(outcome.error, words), outcome.error);
  };
  refused("--service single_shot --tolerance 1e-3", "solve.tolerance");
  refused("--deflation-rank 17", "--deflation-rank = 17: must be from 0 to 16");
  refused("--general --service checked", "--general");
  refused("--set sequencer.lane_precision=int8", "sequencer.lane_precision = int8");
  write_matrix("a.mtx", Eigen::MatrixXd::Identity(3, 3));
  write_matrix("b.mtx", Eigen::MatrixXd::Identity(3, 3));
  refused("--deflation-rank 3", "solve.deflation_rank = 3: must be from 0 to 2");
}

BOOST_AUTO_TEST_SUITE_END()
