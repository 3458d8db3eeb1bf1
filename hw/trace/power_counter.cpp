#include <invar/trace/power_counter.h>

namespace invar::trace {

PowerCounter::PowerCounter(ActivitySink& sink, ledger::Ledger& ledger, const std::string& scope,
                           const sc_core::sc_time& interval)
    : ledger_(ledger), interval_(interval), bins_(interval.to_seconds()) {
  power_w_.attach(sink, scope + ".power_w", "power");
  bins_.set_static(ledger.static_power_w());
  power_w_.set(ledger.static_power_w());
  observer_ =
      ledger_.add_observer({[this](ledger::Ledger::ComponentId, ledger::Attojoules energy_aj,
                                   const ledger::ChargeSpan& span) { book(energy_aj, span); },
                            {}});
}

PowerCounter::~PowerCounter() {
  ledger_.remove_observer(observer_);
  bins_.show_last(sc_core::sc_time_stamp().to_seconds(),
                  [this](std::uint64_t bin, double power_w) { show(bin, power_w); });
}

void PowerCounter::book(ledger::Attojoules energy_aj, const ledger::ChargeSpan& span) {
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  const std::uint64_t bin = bins_.bin_at(now.to_seconds());
  if (bin > shown_to_) {
    bins_.set_static(ledger_.static_power_w());
    bins_.show(bin, [this](std::uint64_t number, double power_w) { show(number, power_w); });
    shown_to_ = bin;
  }
  if (energy_aj == 0) {
    return;
  }
  bins_.book(energy_aj.joules(), span, now);
}

void PowerCounter::show(std::uint64_t bin, double power_w) const {
  power_w_.set(power_w, interval_ * static_cast<double>(bin));
}

}  // namespace invar::trace
