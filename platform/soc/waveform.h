#ifndef INVAR_PLATFORM_SOC_WAVEFORM_H
#define INVAR_PLATFORM_SOC_WAVEFORM_H

#include <invar/platform/configuration/run_configuration.h>
#include <invar/platform/soc/soc.h>
#include <invar/trace/power_trace.h>
#include <invar/trace/vcd_writer.h>

#include <chrono>
#include <memory>
#include <string>

namespace invar::platform {

/// The VCD of a run, with the GTKWave save file `<file>.gtkw` beside it from the start on; not
/// where the VCD goes to a device or a pipe. Does nothing when no file was asked for; changes
/// nothing in the simulation either way.
class Waveform {
 public:
  /// Made after the SoC and before the simulation starts.
  /// \throws std::runtime_error when the file cannot be written
  Waveform(const VcdParameters& parameters, Soc& soc);

  /// Ends the file. \return one line on what was left out, empty if nothing was
  std::string close();
  /// Why the file is not what was asked for; empty if it is. Complete after `close`.
  const std::string& failure() const { return failure_; }

 private:
  using Clock = std::chrono::steady_clock;

  void save_view();
  void save_view_when_due();

  std::unique_ptr<trace::VcdWriter> writer_;
  std::unique_ptr<trace::PowerTrace> power_;
  std::string failure_;
  Clock::time_point saved_;
};

}  // namespace invar::platform

#endif
