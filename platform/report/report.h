#ifndef INVAR_PLATFORM_REPORT_REPORT_H
#define INVAR_PLATFORM_REPORT_REPORT_H

#include <invar/ledger/ledger.h>
#include <invar/platform/configuration/run_configuration.h>
#include <invar/platform/report/report_file.h>
#include <invar/platform/report/run_result.h>

#include <memory>
#include <string>

namespace invar::platform {

/// The report of one run, made at the present simulated time.
///
/// Everything that depends on the host (build, date, times, threads, paths) stands under "host":
/// two runs of one configuration, inputs and seed differ in nothing else. docs/report.md lists all
/// that stands in it.
class Report {
 public:
  /// \throws std::logic_error if components, phases and total do not agree to the attojoule, or the
  /// phases' times do not add up to the simulated time
  Report(const RunConfiguration& configuration, const ledger::Ledger& ledger,
         const RunResult& result);

  const Json& json() const { return *json_; }
  void write(const std::string& path) const { write_report(path, *json_); }
  /// A few lines for the terminal.
  std::string summary() const;

 private:
  std::shared_ptr<const Json> json_;
};

/// A few lines for the terminal, of a report that was read.
std::string summarise(const Json& report);

}  // namespace invar::platform

#endif
