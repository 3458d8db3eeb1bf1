#include <fmt/format.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/report/comparison.h>
#include <invar/platform/report/figure.h>
#include <invar/platform/report/figure_reader.h>
#include <invar/platform/report/optimizer_deviation.h>
#include <invar/platform/report/report_file.h>

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

namespace invar::platform {
namespace {

/// Chips whose areas differ by no more are equal but for rounding to whole units (choice).
constexpr double k_equal_area = 0.01;

/// Rows in their order; a row is left out where no report has it.
constexpr const char* k_rows[] = {
    "simulated_time_s",
    "total_energy_j",
    "inversion_only.right_hand_sides",
    "inversion_only.time_s",
    "inversion_only.exclusive_phase_s",
    "inversion_only.energy_j",
    "inversion_only.energy_with_data_movement_j",
    "inversion_only.throughput_rhs_per_s",
    "inversion_only.energy_per_rhs_j",
    "verification.time_s",
    "verification.energy_j",
    "whole_iteration.time_s",
    "whole_iteration.spread.fastest.time_s",
    "whole_iteration.spread.slowest.time_s",
    "whole_iteration.energy_j",
    "whole_iteration.throughput_images_per_s",
    "whole_iteration.throughput_rhs_per_s",
    "area.chip_mm2",
    "area.total_mm2",
    "amdahl_bound.largest_speedup",
    "amdahl_bound.largest_energy_gain",
    "workload.measured.step_with_refresh.time_s",
    "workload.measured.step_with_refresh.energy_j",
    "workload.measured.step.time_s",
    "workload.measured.step.energy_j",
    "training.final_test_accuracy",
    "epochs_to_target[0].epochs",
    "epochs_to_target[1].epochs",
    "epochs_to_target[0].simulated_time_s",
    "epochs_to_target[1].simulated_time_s",
    "solution.residual_max",
    "solution.fallbacks.digital",
};

/// The label of a row, with what its entry of a list is about.
std::string label_of(const std::string& path, const std::vector<Json>& reports) {
  std::string label = run_figure(path).label;
  const std::size_t start = label.find('{');
  const std::size_t end = label.find('}');
  if (start == std::string::npos || end == std::string::npos) {
    return label;
  }
  const std::string beside =
      path.substr(0, path.rfind('.') + 1) + label.substr(start + 1, end - start - 1);
  for (const Json& report : reports) {
    if (const std::optional<double> value = FigureReader(report).number(beside)) {
      return label.substr(0, start) + fmt::format("{:g} %", 100.0 * *value) + label.substr(end + 1);
    }
  }
  return label;
}

/// Accuracy is compared by its difference, everything else by its ratio.
std::string relate(const Figure& figure, double value, double first) {
  if (figure.unit == "fraction") {
    return fmt::format("{:+.2f} points", 100.0 * (value - first));
  }
  return first > 0.0 ? fmt::format("x {:.3f}", value / first) : "";
}

void require_same(const std::string& path, const Json& report, const std::string& first_path,
                  const Json& first, const std::string& pointer, const std::string& what) {
  const Json::json_pointer at(pointer);
  const Json mine = report.contains(at) ? report.at(at) : Json();
  const Json others = first.contains(at) ? first.at(at) : Json();
  if (mine != others) {
    throw InputError(fmt::format("{}: not comparable with {}: {} {} and {}", path, first_path, what,
                                 mine.dump(), others.dump()));
  }
}

/// Figures of one schema mean something else in another: that is told first.
void require_comparable(const std::string& path, const Json& report, const std::string& first_path,
                        const Json& first) {
  require_same(path, report, first_path, first, "/schema", "schemas");
  if (!report.contains("complete") || report["complete"] != true) {
    throw InputError(path + ": the run is not complete, its totals cannot be compared");
  }
  for (const Json* one : {&first, &report}) {
    if (!one->contains("workload") || !one->at("workload").is_object()) {
      throw InputError((one == &first ? first_path : path) + ": no \"workload\" in the report");
    }
  }
  require_same(path, report, first_path, first, "/workload/command", "commands");
  for (const auto& [name, value] : first["workload"].items()) {
    static_cast<void>(value);
    if (name != "measured") {  // results of `workload`, not what it was asked
      require_same(path, report, first_path, first, "/workload/" + name, name);
    }
  }
  require_same(path, report, first_path, first, "/data/hash", "data hashes");
  require_same(path, report, first_path, first, "/seed", "seeds");
}

/// Rows of cells, all of one length.
using Table = std::vector<std::vector<std::string>>;

/// The first column to the left, the others to the right, each as wide as its widest cell.
std::string render(const Table& table) {
  std::vector<std::size_t> widths(table.front().size());
  for (const auto& cells : table) {
    for (std::size_t column = 0; column < cells.size(); ++column) {
      widths[column] = std::max(widths[column], cells[column].size());
    }
  }
  std::string text;
  for (const auto& cells : table) {
    std::string line = fmt::format("{:<{}}", cells[0], widths[0]);
    for (std::size_t column = 1; column < cells.size(); ++column) {
      line += fmt::format("  {:>{}}", cells[column], widths[column]);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

/// A figure of all reports; empty where none has it.
std::vector<std::string> row_of(const std::string& path, const std::vector<Json>& reports) {
  const Figure& figure = run_figure(path).node->figure;
  std::vector<std::string> cells{label_of(path, reports)};
  const std::optional<double> first = FigureReader(reports.front()).number(path);
  bool any = false;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const std::optional<double> value = FigureReader(reports[i]).number(path);
    any = any || value;
    cells.push_back(value ? show_figure(figure, *value) : "-");
    if (i > 0) {
      cells.push_back(value && first ? relate(figure, *value, *first) : "");
    }
  }
  return any ? cells : std::vector<std::string>();
}

/// Parameters in force that are not the same in all reports, one a row.
Table differing_parameters(const std::vector<Json>& reports) {
  std::vector<Json> flat;
  std::set<std::string> keys;
  for (const Json& report : reports) {
    flat.push_back(report.value("configuration", Json::object()).flatten());
    for (const auto& entry : flat.back().items()) {
      keys.insert(entry.key());
    }
  }
  Table table;
  for (const std::string& key : keys) {
    const auto value = [&](const Json& one) { return one.value(key, Json()); };
    if (std::any_of(flat.begin(), flat.end(),
                    [&](const Json& one) { return value(one) != value(flat.front()); })) {
      std::vector<std::string> cells{key.substr(1)};
      std::replace(cells.front().begin(), cells.front().end(), '/', '.');
      for (const Json& one : flat) {
        cells.push_back(value(one).dump());
      }
      table.push_back(cells);
    }
  }
  return table;
}

/// Whether the chips of all reports are of one area; empty where one tells none.
std::string compare_areas(const std::vector<Json>& reports) {
  std::vector<double> areas;
  for (const Json& report : reports) {
    const std::optional<double> area = FigureReader(report).number("area.chip_mm2");
    if (!area) {
      return "";
    }
    areas.push_back(*area);
  }
  const auto [least, most] = std::minmax_element(areas.begin(), areas.end());
  const double difference = *most > 0.0 ? 1.0 - *least / *most : 0.0;
  return fmt::format("\nchip areas {}: {:.4g} to {:.4g} mm2, {:.2g} % apart\n",
                     difference <= k_equal_area ? "are equal" : "are not equal (--equal-area)",
                     *least, *most, 100.0 * difference);
}

}  // namespace

std::string compare_reports(const std::vector<std::string>& paths) {
  std::vector<Json> reports;
  for (const std::string& path : paths) {
    reports.push_back(read_report(path));
    require_comparable(path, reports.back(), paths.front(), reports.front());
  }

  Table table;
  std::vector<std::string> header{"report"};
  std::vector<std::string> systems{"system"};
  for (std::size_t i = 0; i < paths.size(); ++i) {
    header.push_back(paths[i]);
    systems.push_back(FigureReader(reports[i]).text("system", "?"));
    if (i > 0) {
      header.emplace_back("to the first");
      systems.emplace_back("");
    }
  }
  table = {header, systems};
  for (const char* path : k_rows) {
    const std::vector<std::string> row = row_of(path, reports);
    if (!row.empty()) {
      table.push_back(row);
    }
  }

  std::string deviations;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    if (const std::string deviation = optimizer_deviation(reports[i]); !deviation.empty()) {
      deviations += "\n" + paths[i] + ": the optimiser was " + deviation + "\n";
    }
  }
  const Table differences = differing_parameters(reports);
  return render(table) + (reports.size() > 1 ? compare_areas(reports) : "") + deviations +
         (differences.empty() ? "" : "\nparameters that differ\n" + render(differences));
}

}  // namespace invar::platform
