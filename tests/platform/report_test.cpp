#include <invar/platform/dataset/input_error.h>
#include <invar/platform/report/comparison.h>
#include <invar/platform/report/component_kind.h>
#include <invar/platform/report/report.h>

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "support/temporary_directory.h"

BOOST_AUTO_TEST_SUITE(report)

using namespace invar::platform;
using invar::ledger::Ledger;
using invar::tests::contains;
using invar::tests::message_of;
using invar::tests::TemporaryDirectory;
using sc_core::SC_NS;
using sc_core::sc_start;
using sc_core::sc_time;

namespace {

const auto k_close = boost::test_tools::tolerance(1e-12);

/// 10 ns forward, 4 ns programming, 6 ns inversion; 5 + 3 + 2 aJ times 10^9.
void work(Ledger& ledger) {
  const auto engine = ledger.component("top.engine");
  const auto tile = ledger.component("top.accelerator.tile_0");
  const auto gemm = ledger.event(engine, "gemm");
  const auto pulse = ledger.event(tile, "pulse");
  const auto shot = ledger.event(tile, "shot");
  ledger.begin_activity(INVAR_PHASE_FORWARD);
  ledger.charge(engine, gemm, INVAR_PHASE_FORWARD, 2, 5000000000u);
  ledger.add_busy(engine, INVAR_PHASE_FORWARD, sc_time(10, SC_NS));
  sc_start(sc_time(10, SC_NS));
  ledger.end_activity(INVAR_PHASE_FORWARD);
  ledger.begin_activity(INVAR_PHASE_PROGRAMMING);
  ledger.charge(tile, pulse, INVAR_PHASE_PROGRAMMING, 7, 3000000000u);
  sc_start(sc_time(4, SC_NS));
  ledger.end_activity(INVAR_PHASE_PROGRAMMING);
  ledger.begin_activity(INVAR_PHASE_INVERSION);
  ledger.charge(tile, shot, INVAR_PHASE_INVERSION, 1, 2000000000u);
  sc_start(sc_time(6, SC_NS));
  ledger.end_activity(INVAR_PHASE_INVERSION);
}

RunConfiguration training() {
  RunConfiguration configuration;
  configuration.train.dataset = "letters";
  configuration.run.report = "a.json";
  return configuration;
}

RunResult result_of_training() {
  RunResult result;
  result.system = "kfac, rram";
  result.complete = true;
  result.data = {"emnist-letters", "0123456789abcdef", {{"training_images", 1000}}};
  result.inversion_work = {{3, 2, 10}, {6, 1, 5}};
  result.quality.counters.right_hand_sides = 15;
  result.quality.counters.solves = 2;
  result.quality.counters.sum_seed_effective_bits = 7.0;
  result.quality.counters.total_iterations = 45;
  result.quality.counters.status_counts[1] = 3;
  result.quality.counters.status_counts[4] = 1;
  result.wear = {{"tile_0", 50, 100, 4}};
  TrainingResult training;
  training.steps = 8;
  training.steps_per_epoch = 4;
  training.images = 80;
  for (std::uint64_t step = 0; step <= 8; step += 2) {
    const double epoch = static_cast<double>(step) / 4.0;
    training.evaluations.push_back(
        {epoch, step, epoch * 1e-9, 1.0 - epoch / 4.0, 0.79 + 0.02 * epoch});
  }
  result.training = training;
  return result;
}

Json report_of(const std::function<void(RunConfiguration&, RunResult&)>& change = {}) {
  static Ledger ledger;
  if (ledger.components().empty()) {
    work(ledger);
  }
  RunConfiguration configuration = training();
  RunResult result = result_of_training();
  if (change) {
    change(configuration, result);
  }
  return Report(configuration, ledger, result).json();
}

}  // namespace

BOOST_AUTO_TEST_CASE(components_phases_and_total_agree_to_the_attojoule) {
  const Json report = report_of();
  BOOST_TEST(report["schema"] == "invar-report-2");
  BOOST_TEST(report["total_energy_aj"] == 10000000000u);
  BOOST_TEST(report["total_energy_j"].get<double>() == 1e-8, k_close);
  BOOST_TEST(report["simulated_time_s"].get<double>() == 20e-9, k_close);
  BOOST_TEST(report["simulated_time_ps"] == 20000u);
  std::uint64_t phase_energy = 0;
  std::uint64_t phase_time = 0;
  for (const Json& phase : report["phases"]) {
    phase_energy += phase["energy_aj"].get<std::uint64_t>();
    phase_time += phase["time_ps"].get<std::uint64_t>();
  }
  std::uint64_t component_energy = 0;
  for (const Json& component : report["components"]) {
    component_energy += component["energy_aj"].get<std::uint64_t>();
  }
  BOOST_TEST(phase_energy == 10000000000u);
  BOOST_TEST(component_energy == 10000000000u);
  BOOST_TEST(phase_time == 20000u);
}

BOOST_AUTO_TEST_CASE(every_component_has_a_kind_by_the_end_of_its_name) {
  BOOST_TEST(kind_of_component("top.my_soc.npu.queue.tile_7.adc") == "adc");
  BOOST_TEST(kind_of_component("soc.accelerator.core.queue.tile_7.sample_hold") == "adc");
  BOOST_TEST(kind_of_component("soc.accelerator.core.queue.tiles.static_power") ==
             "accelerator_leakage");
  BOOST_TEST(kind_of_component("soc.engine.core.static_power") == "engine_leakage");
  BOOST_TEST(kind_of_component("soc.core.static_power") == "host_core");
  BOOST_TEST(kind_of_component("soc.core") == "host_core");
  BOOST_TEST(kind_of_component("soc.engine.dma") == "data_movement");
  BOOST_TEST(kind_of_component("somebody.elses.hardcore") == "other");
}

BOOST_AUTO_TEST_CASE(kinds_add_up_to_the_total) {
  const Json report = report_of();
  BOOST_TEST_REQUIRE(report["kinds"].size() == 1u);  // "top.engine" is none of ours
  BOOST_TEST(report["kinds"][0]["name"] == "other");
  BOOST_TEST(report["kinds"][0]["energy_aj"] == report["total_energy_aj"]);
  BOOST_TEST(report["kinds"][0]["by_phase"]["forward"] == 5000000000u);
}

BOOST_AUTO_TEST_CASE(the_verdict_tells_what_binds) {
  // 10 ns forward, 4 ns programming, 6 ns inversion; 5, 3 and 2 nJ.
  const Json verdict = report_of()["verdict"];
  BOOST_TEST(verdict["largest_phase"] == "forward");
  BOOST_TEST(verdict["inversion_share_of_time"].get<double>() == 0.5, k_close);
  const std::string text = verdict["text"];
  BOOST_TEST(contains(text,
                      "Inversion and programming take 50.0 % of the time and 50.0 % of the "
                      "energy of the run; what binds is forward, 50.0 % of the time: an "
                      "inverter free of cost would make the run 2 times faster, with 2 "
                      "times less energy."),
             text);
  const Json cut_off = report_of([](RunConfiguration&, RunResult& r) { r.complete = false; });
  BOOST_TEST(cut_off["verdict"].is_null());
}

BOOST_AUTO_TEST_CASE(the_verdict_tells_from_which_interval_on_programming_is_small) {
  const auto workload = [](double programming_s, double other_s) {
    return report_of([=](RunConfiguration& c, RunResult& r) {
             c.workload.inverse_interval = 10;
             r.training.reset();
             r.workload.emplace();
             r.workload->steps.emplace();
             r.workload->steps->amortised.phases[INVAR_PHASE_PROGRAMMING].seconds = programming_s;
             r.workload->steps->amortised.phases[INVAR_PHASE_FORWARD].seconds = other_s;
           })["verdict"]["text"]
        .get<std::string>();
  };
  // 60 ms a refresh, over N steps of 4 ms: 5 % at N = 6 * 10 / 4 * 19.
  BOOST_TEST(contains(workload(6e-3, 4e-3),
                      "programming that is waited for binds, 60.0 % of the "
                      "time"));
  BOOST_TEST(contains(workload(6e-3, 4e-3),
                      "from --inverse-interval 285 on it would take less "
                      "than 5.0 %"));
  BOOST_TEST(contains(workload(1e-3, 9e-3), "what binds is forward, 90.0 % of the time"));
}

BOOST_AUTO_TEST_CASE(figures_follow_their_definitions) {
  const Json report = report_of();
  const Json& inversion = report["inversion_only"];
  BOOST_TEST(inversion["right_hand_sides"] == 15u);
  BOOST_TEST(inversion["matrices"] == 3u);
  // 2 * 27/3 + 216/3 + 10 * 18 + 5 * 72
  BOOST_TEST(inversion["digital_operations"].get<double>() == 630.0, k_close);
  BOOST_TEST(inversion["throughput_rhs_per_s"].get<double>() == 15 / 10e-9, k_close);
  BOOST_TEST(inversion["energy_per_rhs_j"].get<double>() == 5e-9 / 15, k_close);
  BOOST_TEST(inversion["phases"].dump() == R"(["programming","inversion","background"])");
  BOOST_TEST(inversion["time_s"].get<double>() == 10e-9, k_close);
  BOOST_TEST(inversion["time_ps"] == 10000u);
  BOOST_TEST(inversion["energy_aj"] == 5000000000u);
  const Json& whole = report["whole_iteration"];
  BOOST_TEST(whole["time_s"].get<double>() == 2.5e-9, k_close);
  BOOST_TEST(whole["throughput_images_per_s"].get<double>() == 4e9, k_close);
  const Json& bound = report["amdahl_bound"];
  BOOST_TEST(bound["largest_speedup"].get<double>() == 2.0, k_close);
  BOOST_TEST(bound["largest_energy_gain"].get<double>() == 2.0, k_close);
  for (const char* key : {"throughput_definition", "energy_definition"}) {
    BOOST_TEST(inversion[key].is_string());
    BOOST_TEST(whole[key].is_string());
  }
  BOOST_TEST(bound["definition"].is_string());
  BOOST_TEST(inversion["definition"].is_string());
  BOOST_TEST(report["verification"]["time_s"] == 0.0);
  BOOST_TEST(!inversion.contains("note"));
  const Json exact =
      report_of([](RunConfiguration& c, RunResult&) { c.run.inverter = Inverter::exact; });
  BOOST_TEST(contains(exact["inversion_only"]["note"].get<std::string>(), "a bound"));
  for (const Inverter inverter : {Inverter::digital, Inverter::exact}) {
    const Json other =
        report_of([inverter](RunConfiguration& c, RunResult&) { c.run.inverter = inverter; });
    BOOST_TEST(other["inversion_only"]["definition"] == inversion["definition"]);
    BOOST_TEST(other["inversion_only"]["time_definition"] == inversion["time_definition"]);
  }
}

BOOST_AUTO_TEST_CASE(solution_quality_and_wear_are_summed_up) {
  const Json report = report_of();
  BOOST_TEST(report["solution"]["iterations_mean"].get<double>() == 3.0, k_close);
  BOOST_TEST(report["solution"]["seed_effective_bits"].get<double>() == 3.5, k_close);
  BOOST_TEST(report["solution"]["completions_by_status"].dump() == R"({"ok":3,"saturated":1})");
  BOOST_TEST(report["wear"]["writes_per_cell_mean"].get<double>() == 2.0, k_close);
  // 1e7 writes of endurance, 4 in 20 ns.
  BOOST_TEST(report["wear"]["projected_lifetime_s"].get<double>() == 0.05, k_close);
}

BOOST_AUTO_TEST_CASE(a_residual_of_zero_is_a_figure_and_none_is_null) {
  const auto residual = [](Command command, std::uint64_t tiles, std::uint64_t engine) {
    return report_of([&](RunConfiguration& configuration, RunResult& result) {
      configuration.command = command;
      result.quality.counters.right_hand_sides = tiles;
      result.quality.counters.digital_right_hand_sides = engine;
      result.quality.engine_tells_residuals = command == Command::solve;
    })["solution"]["residual_max"];
  };
  BOOST_TEST(residual(Command::solve, 0, 3) == 0.0);
  BOOST_TEST(residual(Command::solve, 3, 0) == 0.0);
  BOOST_TEST(residual(Command::solve, 0, 0).is_null());
  BOOST_TEST(residual(Command::train, 0, 3).is_null());
}

BOOST_AUTO_TEST_CASE(what_wires_do_to_inversion_is_told_where_there_are_wires) {
  BOOST_TEST(!report_of()["solution"].contains("wire_error"));
  const Json report = report_of([](RunConfiguration&, RunResult& result) {
    result.quality.wire_errors = SolutionQuality::WireErrors{0.25, 0.125, 2.0, 0.5};
  });
  const Json& error = report["solution"]["wire_error"];
  BOOST_TEST(error["matrix_before"].get<double>() == 0.25);
  BOOST_TEST(error["matrix_after"].get<double>() == 0.125);
  BOOST_TEST(error["inv_before"].get<double>() == 2.0);
  BOOST_TEST(error["inv_after"].get<double>() == 0.5);
  BOOST_TEST(error["inv_definition"].is_string());
  BOOST_TEST(error["matrix_definition"].is_string());
  const Json unstable = report_of([](RunConfiguration&, RunResult& result) {
    result.quality.wire_errors = SolutionQuality::WireErrors{0.25, 0.125, {}, {}};
  });
  BOOST_TEST(unstable["solution"]["wire_error"]["inv_after"].is_null());
}

BOOST_AUTO_TEST_CASE(history_has_whole_epochs_and_targets_their_first_crossing) {
  const Json report = report_of();
  BOOST_TEST(report["evaluations"].size() == 5u);
  BOOST_TEST(report["history"].size() == 2u);
  BOOST_TEST(report["history"][0]["epoch"] == 1.0);
  BOOST_TEST(report["history"][1]["test_accuracy"].get<double>() == 0.83, k_close);
  BOOST_TEST(report["epochs_to_target"][0]["epochs"] == 0.5);
  BOOST_TEST(report["epochs_to_target"][1]["epochs"] == 2.0);
  const Json stopped = report_of([](RunConfiguration&, RunResult& result) {
    result.complete = false;
    result.reason = "interrupted";
    result.training->evaluations.resize(2);
  });
  BOOST_TEST(stopped["complete"] == false);
  BOOST_TEST(stopped["history"].size() == 1u);
  BOOST_TEST(stopped["epochs_to_target"][1]["epochs"].is_null());
}

BOOST_AUTO_TEST_CASE(history_has_the_last_evaluation_of_an_epoch_that_has_none_at_its_end) {
  const Json report = report_of([](RunConfiguration&, RunResult& result) {
    result.training->steps_per_epoch = 100;
    result.training->evaluations.clear();
    for (const std::uint64_t step : {40, 80, 120, 160, 200, 250}) {
      Evaluation evaluation;
      evaluation.step = step;
      result.training->evaluations.push_back(evaluation);
    }
  });
  std::vector<int> steps;
  for (const Json& entry : report["history"]) {
    steps.push_back(entry["step"]);
  }
  BOOST_TEST((steps == std::vector<int>{80, 200, 250}));
}

BOOST_AUTO_TEST_CASE(runs_of_one_seed_differ_only_under_host) {
  Json first = report_of();
  Json second = report_of([](RunConfiguration& configuration, RunResult& result) {
    configuration.run.report = "elsewhere.json";
    configuration.run.threads = 7;
    configuration.vcd.file = "waves.vcd";
    result.host_wall_s = 12.0;
  });
  BOOST_TEST(first.dump() != second.dump());
  first.erase("host");
  second.erase("host");
  BOOST_TEST(first.dump() == second.dump());
  const Json other = report_of([](RunConfiguration& configuration, RunResult&) {
    configuration.accelerator.tile.adc.bits = 4;
  });
  BOOST_TEST(other["configuration_hash"] != first["configuration_hash"]);
  const auto hash = [](const std::function<void(RunConfiguration&, RunResult&)>& change) {
    return report_of(change)["configuration_hash"];
  };
  const auto move_data = [](RunConfiguration& configuration, RunResult&) {
    configuration.train.dataset = "/elsewhere/letters";
  };
  BOOST_TEST(hash(move_data) == first["configuration_hash"]);
  BOOST_TEST(hash([](RunConfiguration&, RunResult& result) { result.data.hash = "other"; }) !=
             first["configuration_hash"]);
  BOOST_TEST(hash([](RunConfiguration&, RunResult& result) { result.firmware_hash = "image"; }) !=
             first["configuration_hash"]);
  BOOST_TEST(other["parameters"]["adc.bits"]["source"].is_string());
}

BOOST_AUTO_TEST_CASE(the_host_section_names_build_processor_command_line_and_date) {
  const Json host = report_of([](RunConfiguration& configuration, RunResult&) {
    configuration.command_line = {"invar", "train", "--dataset", "letters"};
  })["host"];
  BOOST_TEST(host["commit"].is_string());
  const std::string level = host["kernel_level"];
  BOOST_TEST((level == "baseline" || level == "avx2" || level == "avx512"));
  BOOST_TEST(host["command_line"].dump() == R"(["invar","train","--dataset","letters"])");
  const std::string date = host["date"];
  BOOST_TEST(date.size() == 20u);
  BOOST_TEST(date.substr(0, 2) == "20");
  BOOST_TEST(date.back() == 'Z');
  BOOST_TEST(host["wall_s"].is_number());
  BOOST_TEST(host["configuration"]["train"]["dataset"] == "letters");
}

BOOST_AUTO_TEST_CASE(compare_shows_ratios_to_the_first_report) {
  TemporaryDirectory directory;
  Json first = report_of();
  Json second = first;
  second["simulated_time_s"] = 60e-9;
  second["training"]["final_test_accuracy"] = 0.84;
  write_report(directory.path("a.json"), first);
  write_report(directory.path("b.json"), second);
  const std::string table = compare_reports({directory.path("a.json"), directory.path("b.json")});
  BOOST_TEST(contains(table, "x 3.000"));
  BOOST_TEST(contains(table, "+1.00 points"));
  BOOST_TEST(contains(table, "kfac, rram"));
}

BOOST_AUTO_TEST_CASE(an_optimiser_that_was_not_the_one_configured_is_told_everywhere) {
  const auto raised = [](RunConfiguration&, RunResult& result) {
    result.training->raised_damping = RaisedDamping{2, 4, 3, 12, 30, 120, 81.0};
  };
  const Json report = report_of(raised);
  BOOST_TEST(report["training"]["optimizer_as_configured"] == false);
  BOOST_TEST(report["training"]["raised_damping"]["steps"] == 30u);
  const std::string told =
      "not as configured: fall-backs raised the damping of 2 of 4 factors in 3 of 12 refreshes, 30 "
      "of 120 steps, up to 81 times";
  BOOST_TEST(contains(summarise(report), told), summarise(report));
  TemporaryDirectory directory;
  write_report(directory.path("a.json"), report_of());
  write_report(directory.path("b.json"), report);
  const std::string table = compare_reports({directory.path("a.json"), directory.path("b.json")});
  BOOST_TEST(contains(table, "b.json: the optimiser was " + told), table);
  BOOST_TEST(!contains(table, "a.json: the optimiser"));

  const Json as_configured = report_of([](RunConfiguration&, RunResult& result) {
    result.training->raised_damping = RaisedDamping{0, 4, 0, 12, 0, 120, 1.0};
  });
  BOOST_TEST(as_configured["training"]["optimizer_as_configured"] == true);
  BOOST_TEST(!contains(summarise(as_configured), "not as configured"));
}

BOOST_AUTO_TEST_CASE(the_parts_of_a_chip_add_up_and_compare_says_whether_chips_are_equal) {
  const Json rram = report_of();
  const Json& area = rram["area"];
  const auto mm2 = [&area](const char* key) { return area[key].get<double>(); };
  BOOST_TEST(area["tiles_built"] == 16);
  BOOST_TEST(mm2("analog_mm2") == mm2("cells_mm2") + mm2("amplifiers_mm2") + mm2("converters_mm2") +
                                      mm2("write_drivers_mm2"),
             k_close);
  BOOST_TEST(mm2("total_mm2") == mm2("analog_mm2") + mm2("mac_lanes_mm2") +
                                     mm2("matrix_buffers_mm2") + mm2("search_directions_mm2") +
                                     mm2("deflation_mm2"),
             k_close);
  BOOST_TEST(mm2("chip_mm2") == mm2("total_mm2") + mm2("engine_mm2") + mm2("scratchpad_mm2"),
             k_close);
  BOOST_TEST(!area.contains("asked_chip_mm2"));
  BOOST_TEST(rram["mean_power_w"].get<double>() ==
                 rram["total_energy_j"].get<double>() / rram["simulated_time_s"].get<double>(),
             k_close);

  TemporaryDirectory directory;
  write_report(directory.path("a.json"), rram);
  Json other = rram;
  other["area"]["chip_mm2"] = 1.005 * mm2("chip_mm2");
  write_report(directory.path("b.json"), other);
  other["area"]["chip_mm2"] = 1.1 * mm2("chip_mm2");
  write_report(directory.path("c.json"), other);
  const auto compared = [&](const char* name) {
    return compare_reports({directory.path("a.json"), directory.path(name)});
  };
  BOOST_TEST(contains(compared("b.json"), "chip areas are equal: "));
  BOOST_TEST(contains(compared("c.json"), "chip areas are not equal (--equal-area): "));
}

BOOST_AUTO_TEST_CASE(compare_names_the_parameters_that_differ_and_no_others) {
  TemporaryDirectory directory;
  write_report(directory.path("a.json"), report_of());
  write_report(directory.path("b.json"), report_of([](RunConfiguration& configuration, RunResult&) {
                 configuration.accelerator.tile.adc.bits = 4;
               }));
  const std::string table = compare_reports({directory.path("a.json"), directory.path("b.json")});
  BOOST_TEST(contains(table, "parameters that differ\nadc.bits  8  4\n"));
  BOOST_TEST(!contains(table, "train.momentum"));
}

BOOST_AUTO_TEST_CASE(compare_refuses_other_workloads_seeds_data_and_partial_runs) {
  TemporaryDirectory directory;
  write_report(directory.path("a.json"), report_of());
  const auto refused = [&](const std::function<void(Json&)>& change) {
    Json report = report_of();
    change(report);
    write_report(directory.path("b.json"), report);
    return message_of<InputError>([&] {
      compare_reports({directory.path("a.json"), directory.path("b.json")});
    });
  };
  BOOST_TEST(refused([](Json&) {}).empty());
  BOOST_TEST(contains(refused([](Json& r) { r["schema"] = "invar-report-1"; }),
                      "schemas \"invar-report-1\" and \"invar-report-2\""));
  BOOST_TEST(contains(refused([](Json& r) { r["seed"] = 2; }), "seeds 2 and 1"));
  BOOST_TEST(contains(refused([](Json& r) { r["data"]["hash"] = "x"; }), "data hashes"));
  BOOST_TEST(contains(refused([](Json& r) { r["workload"]["epochs"] = 9; }), "epochs 9 and 3"));
  BOOST_TEST(contains(refused([](Json& r) { r["workload"]["command"] = "solve"; }), "commands"));
  BOOST_TEST(contains(refused([](Json& r) { r["complete"] = false; }), "not complete"));
  BOOST_TEST(contains(refused([](Json& r) { r.erase("workload"); }), "no \"workload\""));
}

BOOST_AUTO_TEST_CASE(what_is_no_report_is_told) {
  TemporaryDirectory directory;
  const auto error = [&](const std::string& text) {
    const std::string path = directory.write("r.json", text);
    return message_of<InputError>([&] { read_report(path); });
  };
  BOOST_TEST(contains(error("{\"schema\": "), "r.json: invalid JSON at byte 12"));
  BOOST_TEST(contains(error("[1, 2]"), "no report of invar"));
  BOOST_TEST(contains(error("{\"schema\": \"other-9\"}"),
                      "schema \"other-9\": must be \"invar-report-2\" or \"invar-report-1\""));
  BOOST_TEST(error("{\"schema\": \"invar-report-1\"}").empty());
  const std::string nested = std::string(10000, '[') + std::string(10000, ']');
  BOOST_TEST(contains(error(nested), "r.json: nested deeper than 64 levels"));
  BOOST_TEST(contains(error("{\"a\": " + nested + "}"), "r.json: nested deeper than 64 levels"));
  BOOST_TEST(contains(error("{\"a\": 1e999}"), "r.json: invalid JSON"));
  BOOST_TEST(contains(message_of<InputError>([&] { read_report(directory.path("none.json")); }),
                      "none.json: no such file"));
}

BOOST_AUTO_TEST_CASE(the_summary_names_system_time_and_accuracy) {
  const std::string text = summarise(report_of());
  BOOST_TEST(contains(text, "kfac, rram"));
  BOOST_TEST(contains(text, "test accuracy     83.00 %"));
  BOOST_TEST(contains(text, "50.0 % of time"));
  BOOST_TEST(contains(text, "simulated time    20 ns"));
  BOOST_TEST(contains(text, "total energy      10 nJ"));
}

BOOST_AUTO_TEST_SUITE_END()
