#include <invar/trace/phase_activity.h>

namespace invar::trace {

PhaseActivity::PhaseActivity(ActivitySink& sink, ledger::Ledger& ledger, const std::string& scope)
    : ledger_(ledger) {
  phase_.attach(sink, scope + ".phase", "phases");
  phase_.begin(ledger::phase_key(ledger.current_phase()));
  observer_ = ledger_.add_observer(
      {{}, [this](ledger::Phase phase) { phase_.begin(ledger::phase_key(phase)); }});
}

PhaseActivity::~PhaseActivity() {
  ledger_.remove_observer(observer_);
}

}  // namespace invar::trace
