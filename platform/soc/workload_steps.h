#ifndef INVAR_PLATFORM_SOC_WORKLOAD_STEPS_H
#define INVAR_PLATFORM_SOC_WORKLOAD_STEPS_H

#include <invar/platform/soc/run_setup.h>
#include <invar/platform/soc/soc.h>
#include <sys/types.h>

#include <functional>
#include <optional>
#include <vector>

namespace invar::platform {

/// The steps of a workload as the firmware announces their ends.
class WorkloadSteps {
 public:
  /// Told of each step that has ended: how many have, and when.
  using Listener = std::function<void(std::size_t ended, const sc_core::sc_time& at)>;
  /// Listens to the SoC's firmware.
  WorkloadSteps(Soc& soc, const RunConfiguration& configuration, Listener listener = {});

  /// Whether all have ended.
  bool complete() const { return ends_.size() == 1 + INVAR_WORKLOAD_STEPS; }
  /// Time and energy of one, counted from 0; complete only. What the first one programs in the
  /// background belongs to it until it is used, with what waits for it.
  WorkloadStep step(std::size_t number) const;
  /// A step without inversion and factors, and the share of both that falls to each step.
  WorkloadStep amortised(const WorkloadParameters& parameters) const;

 private:
  int delay_steps_;
  int delays_with_factors_;         ///< of them, those that update factors
  std::vector<WorkloadStep> ends_;  ///< the ledger at the end of each, and at the start
};

/// The amortised step of the same workload with other samples. It is simulated by a process of its
/// own, since a process simulates one machine, and beside this one. None of it can be seen but the
/// result; where the process fails there is none.
class AmortisedElsewhere {
 public:
  /// Starts it. Before any SystemC module is made.
  AmortisedElsewhere(const RunConfiguration& configuration, const WorkloadSetup& setup,
                     const solver::TimingEstimate& estimate);
  ~AmortisedElsewhere();
  AmortisedElsewhere(const AmortisedElsewhere&) = delete;
  AmortisedElsewhere& operator=(const AmortisedElsewhere&) = delete;

  /// Waits for it.
  std::optional<WorkloadStep> result();

 private:
  pid_t process_ = -1;
  int pipe_ = -1;
};

}  // namespace invar::platform

#endif
