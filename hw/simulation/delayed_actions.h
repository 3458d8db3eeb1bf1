#ifndef INVAR_SIMULATION_DELAYED_ACTIONS_H
#define INVAR_SIMULATION_DELAYED_ACTIONS_H

#include <invar/simulation/systemc_compatibility.h>

#include <functional>
#include <map>

namespace invar::simulation {

/// Does things at the simulated time they belong to, when a temporally decoupled initiator has
/// asked for them ahead of it.
///
/// Actions run in the order of their times, those of one time in the order they were given, all
/// from one SC_METHOD: an action may write an `sc_out`.
class DelayedActions : public sc_core::sc_module {
 public:
  explicit DelayedActions(const sc_core::sc_module_name& name);

  /// Runs `action` after `delay` from now; never within the call.
  void after(const sc_core::sc_time& delay, std::function<void()> action);

 private:
  void run_due();

  std::multimap<sc_core::sc_time, std::function<void()>> pending_;
  sc_core::sc_event due_;
};

}  // namespace invar::simulation

#endif
