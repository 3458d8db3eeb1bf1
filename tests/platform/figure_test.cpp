// What reports are declared to hold.
#include <invar/platform/report/comparison.h>
#include <invar/platform/report/figure.h>
#include <invar/platform/report/figure_reader.h>
#include <invar/platform/report/section.h>

#include <boost/test/unit_test.hpp>
#include <limits>
#include <stdexcept>
#include <string>

#include "support/temporary_directory.h"

using namespace invar::platform;
using invar::tests::contains;
using invar::tests::message_of;
using invar::tests::TemporaryDirectory;

namespace {

/// Others read these: never renamed, never with another meaning.
constexpr const char* k_lasting[] = {
    "schema",
    "complete",
    "reason",
    "system",
    "seed",
    "simulated_time_s",
    "simulated_time_ps",
    "total_energy_j",
    "total_energy_aj",
    "configuration.*.*",
    "configuration_hash",
    "data.name",
    "data.hash",
    "area.total_mm2",
    "host.cpu_s",
    "host.wall_s",
    "phases[].name",
    "phases[].seconds",
    "phases[].time_ps",
    "phases[].energy_j",
    "phases[].energy_aj",
    "components[].name",
    "components[].busy_s",
    "components[].energy_j",
    "components[].energy_aj",
    "components[].by_phase.*.energy_aj",
    "components[].events[].count",
    "inversion_only.time_s",
    "inversion_only.energy_j",
    "inversion_only.throughput_rhs_per_s",
    "inversion_only.energy_per_rhs_j",
    "inversion_only.right_hand_sides",
    "inversion_only.matrices",
    "whole_iteration.time_s",
    "whole_iteration.energy_j",
    "amdahl_bound.time_s",
    "amdahl_bound.energy_j",
    "amdahl_bound.largest_speedup",
    "amdahl_bound.largest_energy_gain",
    "solution.residual_max",
    "solution.iterations_mean",
    "solution.iterations_max",
    "solution.seed_effective_bits",
    "solution.retries",
    "solution.fallbacks.more_slices",
    "solution.fallbacks.more_damping",
    "solution.fallbacks.digital",
    "history[].epoch",
    "history[].test_accuracy",
    "epochs_to_target[].epochs",
    "epochs_to_target[].simulated_time_s",
    "training.final_test_accuracy",
    "training.weights_hash",
    "workload.command",
    "workload.measured.step.time_s",
    "workload.measured.step_with_factors.time_s",
    "workload.measured.step_with_refresh.time_s",
    "workload.measured.amortised.time_s",
    "workload.measured.amortised.energy_j",
};

struct Parts {
  double first_s;
  std::vector<int> counts;
};

Section<Parts> parts_section() {
  Section<Parts> section;
  return section.figure({"first_s", "s", "first"}, [](const Parts& p) { return p.first_s; })
      .define("first_definition", {"first_s"}, "of the first part")
      .figure({"second", "", "", "nothing"},
              [](const Parts&) -> std::optional<double> { return std::nullopt; })
      .figure_if_any({"third", "", "", "left out"},
                     [](const Parts&) -> std::optional<int> { return std::nullopt; })
      .figure({"counts", "", "", "a list"}, [](const Parts& p) { return p.counts; });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(figure)

BOOST_AUTO_TEST_CASE(figures_that_others_read_keep_their_names) {
  for (const char* path : k_lasting) {
    BOOST_CHECK_NO_THROW(run_figure(path));
  }
}

BOOST_AUTO_TEST_CASE(every_figure_tells_what_it_is) {
  for (const FigurePlace& place : figure_places(run_report_figures())) {
    const FigureNode& node = *place.node;
    BOOST_TEST((!node.figure.definition.empty() || !node.members.empty()), place.path);
  }
}

BOOST_AUTO_TEST_CASE(a_figure_that_no_report_has_cannot_be_asked_for) {
  const Json report = Json::parse(R"({"solution": {"residual_max": 1e-6}})");
  const FigureReader reader(report);
  BOOST_TEST(reader.number("solution.residual_max").value() == 1e-6);
  BOOST_TEST(!reader.number("solution.iterations_mean").has_value());
  BOOST_CHECK_THROW(reader.number("solution.residual_most"), std::logic_error);
  BOOST_CHECK_THROW(reader.object("solution").number("residual_most"), std::logic_error);
  BOOST_CHECK_THROW(reader.entries("histories"), std::logic_error);
}

BOOST_AUTO_TEST_CASE(entries_of_lists_are_declared_once_for_all) {
  const Json report = Json::parse(R"({"history": [{"epoch": 1.0}, {"epoch": 2.0}]})");
  const FigureReader reader(report);
  BOOST_TEST(reader.number("history[1].epoch").value() == 2.0);
  BOOST_TEST(reader.entries("history").size() == 2u);
  BOOST_TEST(reader.entries("history")[0].number("epoch").value() == 1.0);
  BOOST_TEST(!reader.number("history[2].epoch").has_value());
}

BOOST_AUTO_TEST_CASE(labels_name_the_part_of_the_report_they_are_of) {
  BOOST_TEST(run_figure("simulated_time_s").label == "simulated time");
  BOOST_TEST(run_figure("inversion_only.time_s").label == "inversion only: time");
  BOOST_TEST(run_figure("whole_iteration.spread.fastest.time_s").label ==
             "whole iteration: time with the fastest samples");
}

BOOST_AUTO_TEST_CASE(a_section_writes_what_it_declares) {
  const Section<Parts> section = parts_section();
  const Json json = section.write({0.5, {1, 2}});
  BOOST_TEST(json.dump() ==
             R"({"first_s":0.5,"first_definition":"of the first part","second":null,)"
             R"("counts":[1,2]})");
  const FigureNode node = merged(section.describe({"parts"}));
  BOOST_REQUIRE(node.members.size() == 5u);
  BOOST_TEST(node.members[0].type == "number");
  BOOST_TEST(node.members[0].figure.definition == "of the first part");
  BOOST_TEST(node.members[0].definition_key == "first_definition");
  BOOST_TEST(node.members[2].is_nullable);
  BOOST_TEST(node.members[3].is_optional);
  BOOST_TEST((node.members[4].shape == FigureNode::Shape::list));
}

BOOST_AUTO_TEST_CASE(one_key_for_two_things_is_refused) {
  Section<Parts> twice = parts_section();
  twice.figure({"first_s", "J"}, [](const Parts& p) { return p.first_s; });
  BOOST_CHECK_THROW(merged(twice.describe({"parts"})), std::logic_error);
  BOOST_CHECK_THROW(Section<Parts>().define("none_definition", {"none"}, "of nothing"),
                    std::logic_error);
}

BOOST_AUTO_TEST_CASE(energies_beyond_64_bits_are_digits) {
  using Form = detail::JsonForm<invar::ledger::Attojoules>;
  const invar::ledger::Attojoules most = std::numeric_limits<std::uint64_t>::max();
  BOOST_TEST(Form::json(most).dump() == "18446744073709551615");
  BOOST_TEST(Form::json(most + 1).dump() == "\"18446744073709551616\"");
}

BOOST_AUTO_TEST_CASE(values_are_shown_with_their_units) {
  BOOST_TEST(show_figure({"a", "s"}, 0.0488) == "48.8 ms");
  BOOST_TEST(show_figure({"a", "1/s"}, 2.5e6) == "2.5 M/s");
  BOOST_TEST(show_figure({"a", "fraction"}, 0.8123) == "81.23 %");
  BOOST_TEST(show_figure({"a"}, 1234567.0) == "1.23457e+06");
}

BOOST_AUTO_TEST_SUITE_END()
