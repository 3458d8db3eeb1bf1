// What solves promise in a training, the path of its operands and programming in the background.
#include <boost/test/unit_test.hpp>
#include <string>

#include "system/training_fixture.h"

using invar::tests::contains;
using invar::tests::Outcome;
using invar::tests::TrainingFixture;
using nlohmann::json;

namespace {

/// With several inversions of every factor.
struct ServiceFixture : TrainingFixture {
  Outcome train(const std::string& more) const {
    return TrainingFixture::train("--inverse-interval 3 " + more);
  }
  json report_of(const std::string& name, const std::string& more) const {
    return TrainingFixture::report_of(name, "--inverse-interval 3 " + more);
  }
};

double phase_energy_j(const json& result, const std::string& name) {
  for (const json& phase : result["phases"]) {
    if (phase["name"] == name) {
      return phase["energy_j"];
    }
  }
  return 0.0;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(train_services, ServiceFixture)

BOOST_AUTO_TEST_CASE(the_path_of_operands_changes_no_weight_and_takes_less) {
  for (const std::string service : {"refined", "checked", "single_shot"}) {
    const json ram = report_of("ram", "--service " + service);
    const json port = report_of("port", "--operand-port --service " + service);
    BOOST_TEST(ram["training"]["weights_hash"] == port["training"]["weights_hash"], service);
    BOOST_TEST(port["inversion_only"]["energy_j"].get<double>() <
               ram["inversion_only"]["energy_j"].get<double>());
    BOOST_TEST(port["inversion_only"]["time_s"].get<double>() <
               ram["inversion_only"]["time_s"].get<double>());
    BOOST_TEST(port["solution"]["solve_commands"].get<int>() <
               ram["solution"]["solve_commands"].get<int>());
  }
}

BOOST_AUTO_TEST_CASE(single_shots_tell_what_they_were_worth_and_no_residual) {
  const json result = report_of("shots", "--service single_shot --deflation-rank 2");
  const json& solution = result["solution"];
  BOOST_TEST(solution["single_shots"] == solution["right_hand_sides"]);
  BOOST_TEST(solution["residual_max"].is_null());
  BOOST_TEST(solution["shot_samples"]["columns"].get<int>() > 0);
  BOOST_TEST(solution["shot_samples"]["effective_bits"].get<double>() > 1.0);
  BOOST_TEST(solution["shot_samples"]["stored_effective_bits"].get<double>() >
             solution["shot_samples"]["effective_bits"].get<double>());
  const json refined = report_of("refined", "");
  BOOST_TEST(!refined["solution"].contains("shot_samples"));
  BOOST_TEST(result["inversion_only"]["energy_j"].get<double>() <
             0.5 * refined["inversion_only"]["energy_j"].get<double>());
}

BOOST_AUTO_TEST_CASE(checked_solutions_are_refined_where_their_group_fails) {
  const json lenient = report_of("lenient", "--service checked");
  const json strict = report_of("strict", "--service checked --set solver.check_tolerance=1e-3");
  BOOST_TEST(lenient["solution"]["refined_columns"].get<int>() <
             strict["solution"]["refined_columns"].get<int>());
  BOOST_TEST(strict["solution"]["refined_columns"].get<int>() > 0);
  BOOST_TEST(strict["solution"]["residual_max"].get<double>() <= 1e-3);
}

BOOST_AUTO_TEST_CASE(programming_in_the_background_counts_its_energy_and_no_time) {
  const json waits = report_of("waits", "--service single_shot --operand-port");
  const json goes_on =
      report_of("goes_on", "--service single_shot --operand-port --refresh-delay 3");
  BOOST_TEST(!waits["inversion_only"].contains("background_s"));
  BOOST_TEST(goes_on["inversion_only"]["background_s"].get<double>() > 0.0);
  BOOST_TEST(phase_energy_j(goes_on, "background") > 0.0);
  BOOST_TEST(phase_energy_j(waits, "background") == 0.0);
  BOOST_TEST(goes_on["simulated_time_s"].get<double>() < waits["simulated_time_s"].get<double>());
  BOOST_TEST(goes_on["solution"]["stale_layers"] == 0);
  BOOST_TEST(goes_on["inversion_only"]["throughput_in_series_rhs_per_s"].get<double>() <
             goes_on["inversion_only"]["throughput_rhs_per_s"].get<double>());
}

BOOST_AUTO_TEST_CASE(weights_do_not_depend_on_how_fast_anything_is_nor_on_threads) {
  const std::string background = "--service single_shot --operand-port --refresh-delay 2 ";
  const json first = report_of("first", background);
  for (const std::string other :
       {"--threads 4", "--set run.quantum_s=1e-9", "--set host_core.frequency_hz=1e8",
        "--set engine.clock_period_s=3e-9", "--set device.set_width_s=2e-6"}) {
    const json second = report_of("second", background + other);
    BOOST_TEST(first["training"]["weights_hash"] == second["training"]["weights_hash"], other);
  }
}

BOOST_AUTO_TEST_CASE(a_refresh_that_is_late_is_waited_for_and_counted) {
  const json late =
      report_of("late", "--service single_shot --refresh-delay 1 --set device.set_width_s=1e-3");
  BOOST_TEST(late["solution"]["late_refreshes"].get<int>() > 0);
}

BOOST_AUTO_TEST_CASE(completions_of_many_layers_leave_the_ring_before_its_places_are_needed) {
  // 16 factors and 24 commands a step: the ring comes round within the delay.
  std::string network =
      "[[layer]]\nkind = \"conv\"\nout = 4\nkernel = 3\nstride = 3\n[[layer]]\nkind = \"pool\"\n";
  for (int i = 0; i < 6; ++i) {
    network += "[[layer]]\nkind = \"dense\"\nout = 6\n";
  }
  directory.write("deep.toml", network + "[[layer]]\nkind = \"dense\"\nout = \"classes\"\n");
  const Outcome outcome = invar(
      "train --dataset . --batch 16 --epochs 1.2 --quiet --network deep.toml --service single_shot "
      "--operand-port --damping 0.3 --inverse-interval 20 --refresh-delay 20 --set "
      "accelerator.tiles=40 "
      "--report deep.json");
  BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.error);
  const json deep = report("deep.json");
  BOOST_TEST(deep["solution"]["foreground_refreshes"] == 0);
  BOOST_TEST(deep["solution"]["stale_layers"] == 0);
  BOOST_TEST(phase_energy_j(deep, "background") > 0.0);
}

BOOST_AUTO_TEST_CASE(without_tiles_for_old_and_new_the_refresh_is_waited_for) {
  const json few =
      report_of("few", "--service single_shot --refresh-delay 3 --set accelerator.tiles=7");
  BOOST_TEST(!few["inversion_only"].contains("background_s"));
  BOOST_TEST(few["solution"]["late_refreshes"] == 0);
  BOOST_TEST(few["solution"]["foreground_refreshes"].get<int>() > 0);
}

BOOST_AUTO_TEST_CASE(
    after_a_programming_that_failed_the_ladder_is_climbed_and_what_it_did_is_counted) {
  const json worn = report_of("worn",
                              "--service single_shot --refresh-delay 3 --set accelerator.tiles=12 "
                              "--set device.endurance_writes=1.5");
  const json& solution = worn["solution"];
  BOOST_TEST(solution["stale_layers"].get<int>() > 0);
  BOOST_TEST(solution["fallbacks"]["digital"].get<int>() > 0);
  BOOST_TEST(solution["digital_factorizations"].get<int>() >=
             solution["fallbacks"]["digital"].get<int>());
}

BOOST_AUTO_TEST_CASE(what_does_not_go_together_is_refused_by_name) {
  const auto refused = [this](const std::string& arguments, const std::string& words) {
    const Outcome outcome = train(arguments);
    BOOST_TEST(outcome.status == 2, arguments);
    BOOST_TEST(contains(outcome.error, words), outcome.error);
  };
  refused("--service single_shot --tolerance 1e-3", "train.tolerance");
  refused("--set sequencer.lane_precision=fp16", "sequencer.lane_precision = fp16");
  refused("--service two_shots", "two_shots");
  refused("--deflation-rank 17", "--deflation-rank = 17: must be from 0 to 16");
  refused("--refresh-delay -1", "--refresh-delay = -1: must be from 0");
}

BOOST_AUTO_TEST_SUITE_END()
