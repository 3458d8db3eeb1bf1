#ifndef INVAR_PLATFORM_CIRCUIT_COMMAND_CIRCUIT_REPORT_H
#define INVAR_PLATFORM_CIRCUIT_COMMAND_CIRCUIT_REPORT_H

#include <invar/platform/circuit_command/circuit_problem.h>
#include <invar/platform/circuit_command/circuit_result.h>
#include <invar/platform/report/figure.h>

#include <string>

namespace invar::platform {

/// Value of "schema". Keys may be added under the same name; a changed meaning gets a new one.
constexpr const char* k_circuit_schema = "invar-circuit-1";

/// Writes the report. \param wall_s host seconds that it took
void write_circuit_report(const RunConfiguration& configuration, const CircuitProblem& problem,
                          const CircuitResult& result, double wall_s);

/// The tree of what stands in it.
const FigureNode& circuit_report_figures();

/// A few lines for the terminal.
std::string summarise_circuit(const RunConfiguration& configuration, const CircuitProblem& problem,
                              const CircuitResult& result);

}  // namespace invar::platform

#endif
