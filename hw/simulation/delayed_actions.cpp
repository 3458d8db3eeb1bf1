#include <invar/simulation/delayed_actions.h>

#include <utility>

namespace invar::simulation {

DelayedActions::DelayedActions(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
  INVAR_HAS_PROCESS(DelayedActions);
  SC_METHOD(run_due);
  sensitive << due_;
  dont_initialize();
}

void DelayedActions::after(const sc_core::sc_time& delay, std::function<void()> action) {
  pending_.emplace(sc_core::sc_time_stamp() + delay, std::move(action));
  due_.notify(delay);  // an earlier notification stays in force
}

void DelayedActions::run_due() {
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  while (!pending_.empty() && pending_.begin()->first <= now) {
    const std::function<void()> action = std::move(pending_.begin()->second);
    pending_.erase(pending_.begin());
    action();
  }
  if (!pending_.empty()) {
    due_.notify(pending_.begin()->first - now);
  }
}

}  // namespace invar::simulation
