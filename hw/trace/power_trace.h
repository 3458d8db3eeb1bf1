#ifndef INVAR_TRACE_POWER_TRACE_H
#define INVAR_TRACE_POWER_TRACE_H

#include <invar/ledger/ledger.h>
#include <invar/trace/power_bins.h>
#include <invar/trace/vcd_writer.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace invar::trace {

/// Power as the ledger sees it, in mW, in all and for each component, and the phase that time runs
/// under.
///
/// In bins of `interval` (`PowerBins`). Energy of work that the simulation did not live to finish
/// is not shown.
class PowerTrace {
 public:
  /// Components that are registered by now get a signal `<component>.power_mw`; the total and the
  /// phase are `<scope>.power_mw` and `<scope>.phase`.
  /// \param interval at most half the writer's reorder window
  PowerTrace(VcdWriter& writer, ledger::Ledger& ledger, const std::string& scope,
             const sc_core::sc_time& interval);
  ~PowerTrace();
  PowerTrace(const PowerTrace&) = delete;
  PowerTrace& operator=(const PowerTrace&) = delete;

 private:
  /// The power of one component, bin after bin.
  struct Curve {
    TraceSignal<double> power_mw;
    PowerBins bins;

    /// Shows the bins that end by `until_bin`.
    void show(std::uint64_t until_bin, const sc_core::sc_time& interval);
    /// Shows the bin that `now_s` cuts short, too.
    void show_last(double now_s, const sc_core::sc_time& interval);

   private:
    PowerBins::Show shower(const sc_core::sc_time& interval) const;
  };

  void book(ledger::Ledger::ComponentId component, ledger::Attojoules energy_aj,
            const ledger::ChargeSpan& span);
  void sample();
  void follow_static_power();

  VcdWriter& writer_;
  ledger::Ledger& ledger_;
  sc_core::sc_time interval_;
  bool ending_ = false;  ///< the bin that the end cuts short is shown too
  std::vector<Curve> curves_;
  Curve total_;
  TraceSignal<std::uint32_t> phase_;
  std::uint64_t sampler_ = 0;
  ledger::Ledger::ObserverId observer_ = 0;
};

}  // namespace invar::trace

#endif
