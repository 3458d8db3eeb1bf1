#ifndef INVAR_TRACE_PHASE_ACTIVITY_H
#define INVAR_TRACE_PHASE_ACTIVITY_H

#include <invar/ledger/ledger.h>
#include <invar/trace/activity_sink.h>

#include <string>

namespace invar::trace {

/// The phase that time runs under, as a track: its spans follow one another without gap, and those
/// of a phase add up to the ledger's exclusive time of it.
class PhaseActivity {
 public:
  /// Watches the ledger from now on; the track is `<scope>.phase`.
  PhaseActivity(ActivitySink& sink, ledger::Ledger& ledger, const std::string& scope);
  ~PhaseActivity();
  PhaseActivity(const PhaseActivity&) = delete;
  PhaseActivity& operator=(const PhaseActivity&) = delete;

 private:
  ledger::Ledger& ledger_;
  ActivityState phase_;
  ledger::Ledger::ObserverId observer_;
};

}  // namespace invar::trace

#endif
