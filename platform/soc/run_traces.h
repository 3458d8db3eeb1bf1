#ifndef INVAR_PLATFORM_SOC_RUN_TRACES_H
#define INVAR_PLATFORM_SOC_RUN_TRACES_H

#include <invar/platform/configuration/run_configuration.h>
#include <invar/platform/soc/soc.h>
#include <invar/platform/soc/timeline.h>
#include <invar/platform/soc/waveform.h>

#include <memory>
#include <string>
#include <vector>

namespace invar::platform {

/// Everything that looks on while a run is simulated: waveform, timeline, instruction
/// trace, function profile. Those that nobody asked for do nothing.
class RunTraces {
 public:
  /// Made after the SoC and before the simulation starts.
  /// \throws std::runtime_error when a file cannot be written
  RunTraces(const RunConfiguration& configuration, Soc& soc);

  /// Ends the files. \return a line for each that left something out: "FILE: what"
  std::vector<std::string> close();
  /// Why a file is not what was asked for; empty if all are. Complete after `close`.
  std::string failure() const;

 private:
  const RunConfiguration& configuration_;
  Waveform waveform_;
  Timeline timeline_;
  std::unique_ptr<InstructionTrace> instructions_;
  std::unique_ptr<FunctionProfile> functions_;
};

}  // namespace invar::platform

#endif
