#include <invar/platform/command_line/interrupt.h>
#include <invar/platform/soc/simulation.h>

#include <chrono>

namespace invar::platform {
namespace {

/// Simulated time between looks at the host's clock and signals. Has no influence on results.
constexpr double k_slice_s = 200e-6;

}  // namespace

Ending simulate(Soc& soc, double timeout_s, double grace_s, const std::function<void()>& poll) {
  using Clock = std::chrono::steady_clock;
  const auto seconds_since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  const Clock::time_point start = Clock::now();
  Clock::time_point asked{};
  Ending ending = Ending::finished;
  while (soc.exit_code() < 0) {
    sc_core::sc_start(sc_core::sc_time(k_slice_s, sc_core::SC_SEC));
    poll();
    if (soc.exit_code() >= 0) {
      break;
    }
    if (!sc_core::sc_pending_activity()) {
      return Ending::deadlocked;
    }
    if (ending == Ending::finished) {
      if (interrupt_requested()) {
        ending = Ending::interrupted;
      } else if (timeout_s > 0.0 && seconds_since(start) > timeout_s) {
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
