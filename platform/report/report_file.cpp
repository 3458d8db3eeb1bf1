#include <invar/platform/configuration/output_file.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/dataset/input_file.h>
#include <invar/platform/report/report_file.h>

#include <nlohmann/json.hpp>

namespace invar::platform {

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
