#ifndef INVAR_PLATFORM_REPORT_SECTIONS_H
#define INVAR_PLATFORM_REPORT_SECTIONS_H

// Parts of the report, for report.cpp alone: each declares its figures.

#include <invar/ledger/ledger.h>
#include <invar/platform/configuration/run_configuration.h>
#include <invar/platform/report/run_result.h>
#include <invar/platform/report/section.h>

#include <cstdint>
#include <optional>
#include <systemc>

namespace invar::platform {

/// All that the report of a run is made from, at the present simulated time.
struct RunFacts {
  const RunConfiguration& configuration;
  const ledger::Ledger& ledger;
  const RunResult& result;

  double time_s() const { return ledger.time().to_seconds(); }
  double energy_j() const { return ledger.total_energy_aj().joules(); }
};

/// "phases", "components" and totals.
const Section<ledger::Ledger>& ledger_section();
/// \throws std::logic_error unless phases, components and totals agree
void require_agreement(const ledger::Ledger& ledger);

/// "inversion_only", "whole_iteration", "amdahl_bound".
const Section<RunFacts>& figures_section();

/// "verdict": what takes time and energy, and what binds; null where the run is not complete.
const Section<RunFacts>& verdict_section();

/// "verification".
const Section<ledger::Ledger>& verification_section();

/// "solution", "wear".
const Section<SolutionQuality>& solution_section();
const Section<RunFacts>& wear_section();

/// What a solution is worth, into "solution".
const Section<SolveAccuracy>& accuracy_section();

/// "area" of the chip, and of what inverts.
const Section<RunFacts>& area_section();

/// "training", "history", "evaluations", "epochs_to_target".
const Section<TrainingResult>& training_section();

/// What `workload` found, for "workload" / "measured".
const Section<RunFacts>& workload_measured_section();
/// "whole_iteration" of `workload`: the amortised step.
const Section<RunFacts>& workload_iteration_section();

/// Whole picoseconds, exact at SystemC's default resolution.
std::uint64_t picoseconds(const sc_core::sc_time& time);

/// value / by, nothing when that means nothing.
std::optional<double> ratio(double value, double by);

/// Seconds and joules, and what of them is inversion and programming.
struct TimeAndEnergy {
  double seconds = 0.0, energy_j = 0.0;
  double inversion_s = 0.0, inversion_j = 0.0;
};
/// Of all phases of a step.
TimeAndEnergy total_of(const WorkloadStep& step);
/// Of the amortised step; nothing where the run is no workload or did not come so far.
std::optional<TimeAndEnergy> amortised_step(const RunFacts& facts);

/// What the accelerator stands for: an engine in its place does the same in them.
constexpr ledger::Phase k_inversion_phases[] = {INVAR_PHASE_PROGRAMMING, INVAR_PHASE_INVERSION,
                                                INVAR_PHASE_BACKGROUND};

}  // namespace invar::platform

#endif
