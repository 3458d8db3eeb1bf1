#ifndef INVAR_PLATFORM_SOC_CONCLUDE_H
#define INVAR_PLATFORM_SOC_CONCLUDE_H

#include <invar/platform/command_line/command_line.h>
#include <invar/platform/report/run_result.h>
#include <invar/platform/soc/run_traces.h>
#include <invar/platform/soc/simulation.h>

#include <chrono>
#include <ctime>
#include <string>

namespace invar::platform {

/// Wall and processor seconds of the host since construction.
class HostClock {
 public:
  double wall_s() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_).count();
  }
  double cpu_s() const { return static_cast<double>(std::clock() - cpu_) / CLOCKS_PER_SEC; }

 private:
  std::chrono::steady_clock::time_point wall_ = std::chrono::steady_clock::now();
  std::clock_t cpu_ = std::clock();
};

/// Fills in how the run ended; writes the report and the summary. \return exit status
/// \param failure what went wrong outside the machine, if anything
int conclude(const CommandLine& line, Soc& soc, Ending ending, const HostClock& clock,
             RunTraces& traces, RunResult& result, const std::string& failure = {});

/// A report of a run that goes on: `result.reason` says why it is not complete.
/// \throws std::runtime_error naming the file
void write_partial_report(const CommandLine& line, const Soc& soc, const HostClock& clock,
                          RunResult& result, const std::string& path);

/// The same for a run that has ended before it had a machine: the report says why, and nothing
/// else.
int conclude_early(const CommandLine& line, const std::string& reason);

}  // namespace invar::platform

#endif
