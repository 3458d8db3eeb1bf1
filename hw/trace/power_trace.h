#ifndef INVAR_TRACE_POWER_TRACE_H
#define INVAR_TRACE_POWER_TRACE_H

#include <invar/ledger/ledger.h>
#include <invar/trace/vcd_writer.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace invar::trace {

/// Power as the ledger sees it, in mW, in all and for each component, and the phase that time runs
/// under.
///
/// Time is cut into bins of `interval`; energy goes into the bins that its span covers, in
/// proportion. A bin's power holds from its beginning to its end, so that power times time adds up
/// to the energy booked. Energy of work that the simulation did not live to finish is not shown.
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
  class Curve {
   public:
    TraceSignal<double> power_mw;

    /// What is drawn all the time, from the next bin on.
    void set_static(double power_w);
    void add(double energy_j, double start_s, double end_s, double interval_s);
    /// Shows the bins that end by `until_bin`.
    void show(std::uint64_t until_bin, const sc_core::sc_time& interval);
    /// Shows the bin that `now_s` cuts short, if anything fell into it.
    void show_last(double now_s, const sc_core::sc_time& interval);

   private:
    struct Bin {
      double energy_j = 0.0;  ///< of this bin only
      double step_w = 0.0;    ///< of the level, from this bin on
    };
    std::map<std::uint64_t, Bin> bins_;
    double static_w_ = 0.0;
    double level_w_ = 0.0;
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
