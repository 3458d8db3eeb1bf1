#include <invar/platform/configuration/output_file.h>
#include <invar/platform/configuration/parameter_table.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/dataset/input_file.h>
#include <invar/platform/report/configuration_section.h>
#include <invar/platform/report/host_section.h>
#include <invar/platform/report/report.h>
#include <invar/platform/report/sections.h>

#include <variant>

namespace invar::platform {
namespace {

/// What two runs must share to be compared, besides data and seed.
Json workload_section(const RunConfiguration& configuration, const RunData& data) {
  Json workload;
  workload["command"] = to_string(configuration.command);
  if (configuration.command == Command::train) {
    const TrainParameters& train = configuration.train;
    workload["epochs"] = train.epochs;
    workload["batch"] = train.batch;
    if (!data.network_hash.empty()) {
      workload["network"] = data.network_hash;
      return workload;
    }
    workload["channels"] = train.channels;
    workload["kernel"] = train.kernel;
    workload["stride"] = train.stride;
  } else if (configuration.command == Command::workload) {
    const WorkloadParameters& step = configuration.workload;
    workload["batch"] = step.batch;
    workload["sequence_length"] = step.sequence_length;
    workload["factor_interval"] = step.factor_interval;
    workload["inverse_interval"] = step.inverse_interval;
    workload["damping"] = step.damping;
  } else if (configuration.command == Command::solve) {
    workload["tolerance"] = configuration.solve.tolerance;
  }
  return workload;
}

Json data_section(const RunData& data) {
  Json section;
  section["name"] = data.name;
  section["hash"] = data.hash;
  for (const auto& [name, size] : data.sizes) {
    section[name] = size;
  }
  if (!data.network_hash.empty()) {
    section["network"] = {{"name", data.network_name}, {"hash", data.network_hash}};
  }
  return section;
}

std::string system_name(const RunConfiguration& configuration) {
  const auto text = [&](const char* key) {
    return std::get<std::string>(parameter_table().find(key)->get(configuration));
  };
  if (configuration.command == Command::program) {
    return "program";
  }
  const std::string core =
      configuration.run.core == HostCoreKind::riscv ? ", riscv core" : std::string();
  if (configuration.command == Command::solve) {
    return text("run.inverter") + core;
  }
  if (configuration.command == Command::workload) {
    return "kfac, " + text("run.inverter") + core;
  }
  const std::string optimizer = text("train.optimizer");
  return (optimizer == "kfac" ? optimizer + ", " + text("run.inverter") : optimizer) + core;
}

}  // namespace

Json make_report(const RunConfiguration& configuration, const ledger::Ledger& ledger,
                 const RunResult& result) {
  const Json in_force = configuration_section(configuration, true);
  Json report;
  report["schema"] = k_report_schema;
  report["version"] = INVAR_VERSION;
  report["complete"] = result.complete;
  report["reason"] = result.reason;
  report["system"] = system_name(configuration);
  report["seed"] = configuration.run.seed;
  report["workload"] = workload_section(configuration, result.data);
  report["data"] = data_section(result.data);
  report["configuration_hash"] = configuration_hash(
      in_force, {result.data.hash, result.data.network_hash, result.firmware_hash});
  if (!result.firmware_hash.empty()) {
    report["firmware_hash"] = result.firmware_hash;
  }
  add_ledger_sections(report, ledger);
  add_figures(report, configuration, ledger, result);
  add_verification(report, ledger);
  add_solution(report, configuration, result);
  add_area(report, configuration, result);
  if (result.training) {
    add_training(report, *result.training);
  }
  if (result.workload) {
    report["workload"]["measured"] = workload_measured(configuration, *result.workload);
  }
  report["configuration"] = in_force;
  report["parameters"] = parameter_notes(configuration);
  report["host"] = host_section(configuration, result.host_wall_s);
  report["host"]["cpu_s"] = result.host_cpu_s;
  report["host"]["threads"] = result.host_threads;
  if (result.workload) {
    report["host"]["sampling_wall_s"] = result.workload->sampling_host_s;
  }
  return report;
}

void write_report(const std::string& path, const Json& report) {
  // Paths need not be UTF-8.
  write_file_atomically(
      path, report.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

Json read_report(const std::string& path) {
  const auto refuse_deep = [&](int depth, Json::parse_event_t, Json&) {
    if (depth > k_deepest_nesting) {
      throw InputError(path + ": nested deeper than " + std::to_string(k_deepest_nesting) +
                       " levels, the most that are read");
    }
    return true;
  };
  Json report;
  try {
    report = Json::parse(read_text(path, k_largest_report_bytes), refuse_deep);
  } catch (const nlohmann::json::parse_error& error) {
    throw InputError(path + ": invalid JSON at byte " + std::to_string(error.byte));
  } catch (const nlohmann::json::exception& error) {
    throw InputError(path + ": invalid JSON: " + error.what());
  }
  if (!report.is_object() || !report.contains("schema") || !report["schema"].is_string()) {
    throw InputError(path + ": no report of invar: it has no \"schema\"");
  }
  if (report["schema"] != k_report_schema && report["schema"] != k_first_report_schema) {
    throw InputError(path + ": schema \"" + report["schema"].get<std::string>() + "\": must be \"" +
                     k_report_schema + "\" or \"" + k_first_report_schema + "\"");
  }
  return report;
}

}  // namespace invar::platform
