#include <invar/platform/command_line/other_system.h>
#include <invar/platform/configuration/equal_size.h>
#include <invar/platform/configuration/run_configuration.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/report/figure_reader.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace invar::platform {
namespace {

double figure_of(const Json& report, const std::string& file, const char* path,
                 const std::string& flag) {
  const std::optional<double> value = FigureReader(report).number(path);
  if (!value || !(*value > 0.0)) {
    throw InputError(flag + " " + file + ": the report has no " + path +
                     " above 0: of an older version, or of a bound");
  }
  return *value;
}

Json read_complete(const std::string& file, const std::string& flag) {
  Json report = read_report(file);
  if (!FigureReader(report).flag("complete", false)) {
    throw InputError(flag + " " + file + ": the run is not complete: its figures are not known");
  }
  return report;
}

/// MAC units of the engine that a report is of.
std::uint64_t units_of(const Json& report, const std::string& file) {
  const auto side = [&](const char* name) {
    const Json::json_pointer at(std::string("/configuration/engine/") + name);
    if (!report.contains(at) || !report.at(at).is_number_unsigned()) {
      throw InputError("--power-reference " + file + ": the report has no engine." + name);
    }
    return report.at(at).get<std::uint64_t>();
  };
  return side("mac_rows") * side("mac_columns");
}

void take_power(RunConfiguration& configuration) {
  const RunParameters& run = configuration.run;
  if (run.power_reference.empty()) {
    throw InputError("--equal-power " + run.equal_power +
                     ": must go with --power-reference, a report of this system, whose mean power "
                     "is scaled");
  }
  const Json other = read_complete(run.equal_power, "--equal-power");
  const Json own = read_complete(run.power_reference, "--power-reference");
  const Json::json_pointer inverter("/configuration/run/inverter");
  if (!own.contains(inverter) || own.at(inverter) != "digital") {
    throw InputError("--power-reference " + run.power_reference +
                     ": must be of a system with --inverter digital");
  }
  const double asked_w = figure_of(other, run.equal_power, "mean_power_w", "--equal-power");
  scale_to_power(configuration, asked_w,
                 figure_of(own, run.power_reference, "mean_power_w", "--power-reference"),
                 units_of(own, run.power_reference));
  configuration.asked_power_w = asked_w;
}

}  // namespace

bool take_size_of_another(RunConfiguration& configuration) {
  const RunParameters& run = configuration.run;
  if (!run.equal_area.empty() && !run.equal_power.empty()) {
    throw InputError("--equal-area, --equal-power: must not go together");
  }
  if (run.equal_power.empty() && !run.power_reference.empty()) {
    throw InputError("--power-reference " + run.power_reference + ": must go with --equal-power");
  }
  if (!run.equal_area.empty()) {
    const Json other = read_complete(run.equal_area, "--equal-area");
    const double asked_m2 =
        1e-6 * figure_of(other, run.equal_area, "area.chip_mm2", "--equal-area");
    scale_to_area(configuration, asked_m2);
    configuration.asked_chip_m2 = asked_m2;
  } else if (!run.equal_power.empty()) {
    take_power(configuration);
  } else {
    return false;
  }
  return true;
}

}  // namespace invar::platform
