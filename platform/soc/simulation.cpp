#include <invar/platform/command_line/interrupt.h>
#include <invar/platform/soc/simulation.h>
#include <invar/simulation/duration.h>

#include <algorithm>
#include <chrono>

namespace invar::platform {
namespace {

/// Simulated time between looks at the host's clock and signals. Has no influence on results.
constexpr double k_slice_s = 200e-6;

/// Simulates for a slice, or to the next event where that is later. Time stays at the last event,
/// so that a machine that has fallen asleep for ever shows when; at `last` it stops.
void advance(const sc_core::sc_time& last) {
  using sc_core::sc_time;
  const sc_time rest = last - sc_core::sc_time_stamp();
  const sc_time next = sc_core::sc_time_to_pending_activity();
  if (rest <= next) {
    sc_core::sc_start(rest);
    return;
  }
  const sc_time beyond_next = next + sc_core::sc_get_time_resolution();
  const sc_time slice(k_slice_s, sc_core::SC_SEC);
  sc_core::sc_start(std::min(rest, std::max(slice, beyond_next)), sc_core::SC_EXIT_ON_STARVATION);
}

Ending run_to_the_end(Soc& soc, const RunParameters& run, double grace_s,
                      const std::function<bool()>& is_console_lost) {
  using Clock = std::chrono::steady_clock;
  using sc_core::sc_time;
  const auto seconds_since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  tlm::tlm_global_quantum::instance().set(sc_time(run.quantum_s, sc_core::SC_SEC));
  const bool limited =
      run.simulated_timeout_s > 0.0 && simulation::fits_simulated_time(run.simulated_timeout_s);
  const sc_time last =
      limited ? sc_time(run.simulated_timeout_s, sc_core::SC_SEC) : simulation::end_of_time();
  if (soc.core() != nullptr) {
    soc.core()->set_horizon(last);
  }
  Clock::time_point asked{};
  Ending ending = Ending::finished;
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  while (!soc.has_ended()) {
    if (!sc_core::sc_pending_activity()) {
      return Ending::deadlocked;
    }
    advance(last);
    if (soc.has_ended()) {
      break;
    }
    if (sc_core::sc_time_stamp() >= last) {
      if (!limited) {
        simulation::report_too_long("what comes next",
                                    sc_core::sc_time_to_pending_activity().to_seconds());
      }
      return Ending::simulated_timeout;
    }
    if (is_console_lost && is_console_lost()) {
      return Ending::console_lost;
    }
    if (ending == Ending::finished) {
      if (interrupt_requested()) {
        ending = Ending::interrupted;
      } else if (is_host_time_up()) {
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

}  // namespace

Ending simulate(Soc& soc, const RunParameters& run, double grace_s,
                const std::function<bool()>& is_console_lost) {
  const Ending ending = run_to_the_end(soc, run, grace_s, is_console_lost);
  if (!soc.has_ended() && soc.core() != nullptr) {
    soc.core()->book();
  }
  return ending;
}

}  // namespace invar::platform
