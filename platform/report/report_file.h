#ifndef INVAR_PLATFORM_REPORT_REPORT_FILE_H
#define INVAR_PLATFORM_REPORT_REPORT_FILE_H

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace invar::platform {

using Json = nlohmann::ordered_json;

/// Value of "schema". Keys may be added under the same name; a changed meaning gets a new one.
/// Version 2: inversion_only is one window for every inverter, checks are a phase of their own,
/// every programming counts, seeds are compared with the FP64 solution.
constexpr const char* k_report_schema = "invar-report-2";
/// Still read, and never compared with the other.
constexpr const char* k_first_report_schema = "invar-report-1";

/// Writes a report so that a reader finds all of it or the old one.
void write_report(const std::string& path, const Json& report);

/// Reads a report of either schema. \throws InputError naming the file and the cause
Json read_report(const std::string& path);

}  // namespace invar::platform

#endif
