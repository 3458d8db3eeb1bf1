#ifndef INVAR_TRACE_POWER_COUNTER_H
#define INVAR_TRACE_POWER_COUNTER_H

#include <invar/ledger/ledger.h>
#include <invar/trace/activity_sink.h>
#include <invar/trace/power_bins.h>

#include <string>

namespace invar::trace {

/// Power of all components as the ledger sees it, in W, as a counter `<scope>.power_w` beside the
/// spans of a machine. Outlives the simulation; ends before its sink does.
class PowerCounter {
 public:
  PowerCounter(ActivitySink& sink, ledger::Ledger& ledger, const std::string& scope,
               const sc_core::sc_time& interval);
  ~PowerCounter();
  PowerCounter(const PowerCounter&) = delete;
  PowerCounter& operator=(const PowerCounter&) = delete;

 private:
  void book(ledger::Attojoules energy_aj, const ledger::ChargeSpan& span);
  void show(std::uint64_t bin, double power_w) const;

  ledger::Ledger& ledger_;
  sc_core::sc_time interval_;
  PowerBins bins_;
  std::uint64_t shown_to_ = 0;  ///< bin
  ActivityCounter power_w_;
  ledger::Ledger::ObserverId observer_ = 0;
};

}  // namespace invar::trace

#endif
