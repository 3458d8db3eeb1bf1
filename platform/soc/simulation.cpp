#include <invar/platform/command_line/interrupt.h>
#include <invar/platform/soc/simulation.h>

#include <algorithm>
#include <chrono>

namespace invar::platform {
namespace {

/// Simulated time between looks at the host's clock and signals. Has no influence on results.
constexpr double k_slice_s = 200e-6;

}  // namespace

Ending simulate(Soc& soc, const RunParameters& run, double grace_s) {
  using Clock = std::chrono::steady_clock;
  using sc_core::sc_time;
  const auto seconds_since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  tlm::tlm_global_quantum::instance().set(sc_time(run.quantum_s, sc_core::SC_SEC));
  const sc_time slice(k_slice_s, sc_core::SC_SEC);
  const sc_time last = run.simulated_timeout_s > 0.0
                           ? sc_time(run.simulated_timeout_s, sc_core::SC_SEC)
                           : sc_core::sc_max_time();
  const Clock::time_point start = Clock::now();
  Clock::time_point asked{};
  Ending ending = Ending::finished;
  while (soc.exit_code() < 0) {
    sc_core::sc_start(std::min(slice, last - sc_core::sc_time_stamp()));
    if (soc.exit_code() >= 0) {
      break;
    }
    if (!sc_core::sc_pending_activity()) {
      return Ending::deadlocked;
    }
    if (sc_core::sc_time_stamp() >= last) {
      return Ending::simulated_timeout;
    }
    if (ending == Ending::finished) {
      if (interrupt_requested()) {
        ending = Ending::interrupted;
      } else if (run.timeout_s > 0.0 && seconds_since(start) > run.timeout_s) {
        ending = Ending::timed_out;
      }
      if (ending != Ending::finished) {
        soc.host_control.request_stop();
        asked = Clock::now();
      }
    } else if (seconds_since(asked) > grace_s) {
      break;
    }
  }
  return ending;
}

}  // namespace invar::platform
