#ifndef INVAR_TRACE_POWER_BINS_H
#define INVAR_TRACE_POWER_BINS_H

#include <invar/ledger/ledger.h>

#include <cstdint>
#include <functional>
#include <map>

namespace invar::trace {

/// Power over time from energies that are spread over spans: time is cut into bins, energy goes
/// into the bins that its span covers, in proportion. A bin's power holds from its beginning to its
/// end, so that power times time adds up to the energy.
class PowerBins {
 public:
  /// Takes the power from the beginning of a bin on.
  using Show = std::function<void(std::uint64_t bin, double power_w)>;

  explicit PowerBins(double interval_s) : interval_s_(interval_s) {}

  /// What is drawn all the time, from the next bin on.
  void set_static(double power_w);
  /// Energy that is booked now. What is booked late, for a span that began before, shows from now
  /// on: earlier bins have been told.
  void book(double energy_j, const ledger::ChargeSpan& span, const sc_core::sc_time& now);
  /// Shows the bins that end by `until_bin`.
  void show(std::uint64_t until_bin, const Show& show);
  /// The same, and the bin that `now_s` cuts short, if anything fell into it.
  void show_last(double now_s, const Show& show);
  std::uint64_t bin_at(double time_s) const {
    return static_cast<std::uint64_t>(time_s / interval_s_);
  }

 private:
  struct Bin {
    double energy_j = 0.0;  ///< of this bin only
    double step_w = 0.0;    ///< of the level, from this bin on
  };
  void add(double energy_j, double start_s, double end_s);

  double interval_s_;
  std::map<std::uint64_t, Bin> bins_;
  double static_w_ = 0.0;
  double level_w_ = 0.0;
};

}  // namespace invar::trace

#endif
