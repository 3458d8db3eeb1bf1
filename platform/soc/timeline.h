#ifndef INVAR_PLATFORM_SOC_TIMELINE_H
#define INVAR_PLATFORM_SOC_TIMELINE_H

#include <invar/platform/configuration/run_configuration.h>
#include <invar/platform/soc/soc.h>
#include <invar/trace/phase_activity.h>
#include <invar/trace/power_counter.h>
#include <invar/trace/timeline_writer.h>

#include <memory>
#include <string>

namespace invar::platform {

/// The timeline of a run: phases, host core, tiles, DMA, digital engine; as counters power,
/// descriptors that wait, tiles that are busy, effective bits. Does nothing when no file
/// was asked for; changes nothing in the simulation either way.
class Timeline {
 public:
  /// Made after the SoC and before the simulation starts.
  /// \throws std::runtime_error when the file cannot be written
  Timeline(const TimelineParameters& parameters, Soc& soc);

  /// Ends the file. \return one line on what was left out, empty if nothing was
  std::string close();
  /// Why the file is not what was asked for; empty if it is. Complete after `close`.
  const std::string& failure() const { return failure_; }

 private:
  std::unique_ptr<trace::TimelineWriter> writer_;
  std::unique_ptr<trace::PhaseActivity> phases_;
  std::unique_ptr<trace::PowerCounter> power_;
  std::string failure_;
};

}  // namespace invar::platform

#endif
