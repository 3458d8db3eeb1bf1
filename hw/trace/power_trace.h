#ifndef INVAR_TRACE_POWER_TRACE_H
#define INVAR_TRACE_POWER_TRACE_H

#include <invar/ledger/ledger.h>
#include <invar/trace/vcd_writer.h>

#include <string>
#include <vector>

namespace invar::trace {

/// Power as the ledger sees it: the energy booked since the last sample over the time since then,
/// in mW, in all and for each component, and the phase that time runs under.
///
/// Energy shows where it is booked, which is an instant for most events: the power of one sample
/// means something over spans of many events. Power times time adds up to the ledger's total.
class PowerTrace {
 public:
  /// Components that are registered by now get a signal `<component>.power_mw`; the total and the
  /// phase are `<scope>.power_mw` and `<scope>.phase`. \param interval at most the writer's reorder
  /// window
  PowerTrace(VcdWriter& writer, const ledger::Ledger& ledger, const std::string& scope,
             const sc_core::sc_time& interval);
  ~PowerTrace();
  PowerTrace(const PowerTrace&) = delete;
  PowerTrace& operator=(const PowerTrace&) = delete;

 private:
  struct Component {
    ledger::Ledger::ComponentId id;
    ledger::Attojoules energy_aj;
    TraceSignal<double> power_mw;
  };

  void sample();

  VcdWriter& writer_;
  const ledger::Ledger& ledger_;
  std::vector<Component> components_;
  ledger::Attojoules total_aj_;
  TraceSignal<double> total_power_mw_;
  TraceSignal<std::uint32_t> phase_;
  sc_core::sc_time last_sample_;
  std::uint64_t sampler_ = 0;
};

}  // namespace invar::trace

#endif
