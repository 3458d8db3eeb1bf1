#ifndef INVAR_PLATFORM_REPORT_SECTIONS_H
#define INVAR_PLATFORM_REPORT_SECTIONS_H

// Parts of the report, for report.cpp alone.

#include <invar/platform/report/report.h>

namespace invar::platform {

/// "phases", "components" and totals; checks that they agree.
void add_ledger_sections(Json& report, const ledger::Ledger& ledger);

/// "inversion_only", "whole_iteration", "amdahl_bound", from the totals above.
void add_figures(Json& report, const RunConfiguration& configuration, const ledger::Ledger& ledger,
                 const RunResult& result);

/// "verification".
void add_verification(Json& report, const ledger::Ledger& ledger);

/// Whole picoseconds, exact at SystemC's default resolution.
std::uint64_t picoseconds(const sc_core::sc_time& time);
/// A number, or a string of digits where JSON's 64 bits end (18.4 J).
Json exactly(ledger::Attojoules energy);

/// "solution", "wear".
void add_solution(Json& report, const RunConfiguration& configuration, const RunResult& result);

/// What a solution is worth, into "solution".
void add_accuracy(Json& section, const SolveAccuracy& accuracy);

/// "area", of what inverts.
void add_area(Json& report, const RunConfiguration& configuration, const RunResult& result);

/// "training", "history", "epochs_to_target".
void add_training(Json& report, const TrainingResult& training);

/// What `workload` found, for "workload" / "measured".
Json workload_measured(const RunConfiguration& configuration, const WorkloadResult& workload);
/// "whole_iteration" and "amdahl_bound" of the amortised step.
void add_workload_figures(Json& report, const RunConfiguration& configuration,
                          const WorkloadResult& workload);

/// value / by, null when that means nothing.
Json ratio(double value, double by);

/// "not as configured: ..." where a training's optimiser was not; empty where it was, or where the
/// report does not tell.
std::string optimizer_deviation(const Json& report);

/// "48.8 ms": four digits and an SI prefix.
std::string with_prefix(double value, const char* unit);

}  // namespace invar::platform

#endif
