#include <fmt/format.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/report/comparison.h>
#include <invar/platform/report/report.h>
#include <invar/platform/report/sections.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>

namespace invar::platform {
namespace {

struct Row {
  const char* label;
  const char* pointer;  ///< JSON pointer into the report
  /// How a value is shown, and how it stands to the first.
  enum class Kind { seconds, joules, rate, percent, epochs, number } kind;
};

using Kind = Row::Kind;

constexpr Row k_rows[] = {
    {"simulated time", "/simulated_time_s", Kind::seconds},
    {"total energy", "/total_energy_j", Kind::joules},
    {"inversion only: right-hand sides", "/inversion_only/right_hand_sides", Kind::number},
    {"inversion only: time", "/inversion_only/time_s", Kind::seconds},
    {"inversion only: time in its phases alone (schema 1)", "/inversion_only/exclusive_phase_s",
     Kind::seconds},
    {"inversion only: energy", "/inversion_only/energy_j", Kind::joules},
    {"inversion only: energy with data movement (schema 1)",
     "/inversion_only/energy_with_data_movement_j", Kind::joules},
    {"inversion only: right-hand sides / s", "/inversion_only/throughput_rhs_per_s", Kind::rate},
    {"inversion only: energy / right-hand side", "/inversion_only/energy_per_rhs_j", Kind::joules},
    {"verification: time", "/verification/time_s", Kind::seconds},
    {"verification: energy", "/verification/energy_j", Kind::joules},
    {"whole iteration: time", "/whole_iteration/time_s", Kind::seconds},
    {"whole iteration: time with the fastest samples", "/whole_iteration/spread/fastest/time_s",
     Kind::seconds},
    {"whole iteration: time with the slowest samples", "/whole_iteration/spread/slowest/time_s",
     Kind::seconds},
    {"whole iteration: energy", "/whole_iteration/energy_j", Kind::joules},
    {"whole iteration: images / s", "/whole_iteration/throughput_images_per_s", Kind::rate},
    {"whole iteration: right-hand sides / s", "/whole_iteration/throughput_rhs_per_s", Kind::rate},
    {"area of what inverts, mm^2", "/area/total_mm2", Kind::number},
    {"Amdahl: speed-up if inversion were free", "/amdahl_bound/largest_speedup", Kind::number},
    {"Amdahl: energy gain if inversion were free", "/amdahl_bound/largest_energy_gain",
     Kind::number},
    {"step with inversion: time", "/workload/measured/step_with_refresh/time_s", Kind::seconds},
    {"step with inversion: energy", "/workload/measured/step_with_refresh/energy_j", Kind::joules},
    {"step without: time", "/workload/measured/step/time_s", Kind::seconds},
    {"step without: energy", "/workload/measured/step/energy_j", Kind::joules},
    {"final test accuracy", "/training/final_test_accuracy", Kind::percent},
    {"epochs to 80 %", "/epochs_to_target/0/epochs", Kind::epochs},
    {"epochs to 83 %", "/epochs_to_target/1/epochs", Kind::epochs},
    {"simulated time to 80 %", "/epochs_to_target/0/simulated_time_s", Kind::seconds},
    {"simulated time to 83 %", "/epochs_to_target/1/simulated_time_s", Kind::seconds},
    {"largest residual", "/solution/residual_max", Kind::number},
    {"digital fall-backs", "/solution/fallbacks/digital", Kind::number},
};

std::string show(Kind kind, double value) {
  switch (kind) {
    case Kind::percent:
      return fmt::format("{:.2f} %", 100.0 * value);
    case Kind::epochs:
      return fmt::format("{:.2f}", value);
    case Kind::seconds:
      return with_prefix(value, "s");
    case Kind::joules:
      return with_prefix(value, "J");
    case Kind::rate:
      return with_prefix(value, "/s");
    case Kind::number:
      break;
  }
  return fmt::format("{:.6g}", value);
}

/// Accuracy is compared by its difference, everything else by its ratio.
std::string relate(Kind kind, double value, double first) {
  if (kind == Kind::percent) {
    return fmt::format("{:+.2f} points", 100.0 * (value - first));
  }
  return first > 0.0 ? fmt::format("x {:.3f}", value / first) : "";
}

/// A number at a JSON pointer; none if it is missing or null.
std::optional<double> number_at(const Json& report, const char* pointer) {
  const Json::json_pointer at(pointer);
  if (!report.contains(at) || !report.at(at).is_number()) {
    return std::nullopt;
  }
  return report.at(at).get<double>();
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

std::string text_at(const Json& report, const char* key) {
  return report.contains(key) && report[key].is_string() ? report[key].get<std::string>() : "?";
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
    systems.push_back(text_at(reports[i], "system"));
    if (i > 0) {
      header.emplace_back("to the first");
      systems.emplace_back("");
    }
  }
  table = {header, systems};
  for (const Row& row : k_rows) {
    std::vector<std::string> cells{row.label};
    const std::optional<double> first = number_at(reports.front(), row.pointer);
    bool any = false;
    for (std::size_t i = 0; i < reports.size(); ++i) {
      const std::optional<double> value = number_at(reports[i], row.pointer);
      any = any || value;
      cells.push_back(value ? show(row.kind, *value) : "-");
      if (i > 0) {
        cells.push_back(value && first ? relate(row.kind, *value, *first) : "");
      }
    }
    if (any) {
      table.push_back(cells);
    }
  }

  std::string deviations;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    if (const std::string deviation = optimizer_deviation(reports[i]); !deviation.empty()) {
      deviations += "\n" + paths[i] + ": the optimiser was " + deviation + "\n";
    }
  }
  const Table differences = differing_parameters(reports);
  return render(table) + deviations +
         (differences.empty() ? "" : "\nparameters that differ\n" + render(differences));
}

}  // namespace invar::platform
