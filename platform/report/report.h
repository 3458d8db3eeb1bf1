#ifndef INVAR_PLATFORM_REPORT_REPORT_H
#define INVAR_PLATFORM_REPORT_REPORT_H

#include <invar/ledger/ledger.h>
#include <invar/platform/configuration/run_configuration.h>
#include <invar/platform/report/run_result.h>

#include <nlohmann/json.hpp>
#include <string>

namespace invar::platform {

using Json = nlohmann::ordered_json;

/// Value of "schema". Keys may be added under the same name; a changed meaning gets a new one.
/// Version 2: inversion_only is one window for every inverter, checks are a phase of their own,
/// every programming counts, seeds are compared with the FP64 solution.
constexpr const char* k_report_schema = "invar-report-2";
/// Still read, and never compared with the other.
constexpr const char* k_first_report_schema = "invar-report-1";

/// The report of one run, made at the present simulated time.
///
/// Everything that depends on the host (build, date, times, threads, paths) stands under "host":
/// two runs of one configuration, inputs and seed differ in nothing else.
///
/// \throws std::logic_error if components, phases and total do not agree to the attojoule, or the
/// phases' times do not add up to the simulated time
Json make_report(const RunConfiguration& configuration, const ledger::Ledger& ledger,
                 const RunResult& result);

/// Writes a report so that a reader finds all of it or the old one.
void write_report(const std::string& path, const Json& report);

/// Reads a report of either schema. \throws InputError naming the file and the cause
Json read_report(const std::string& path);

/// A few lines for the terminal.
std::string summarise(const Json& report);

}  // namespace invar::platform

#endif
