#include <invar/trace/power_trace.h>

namespace invar::trace {

PowerBins::Show PowerTrace::Curve::shower(const sc_core::sc_time& interval) const {
  return [this, interval](std::uint64_t bin, double power_w) {
    power_mw.set(1e3 * power_w, interval * static_cast<double>(bin));
  };
}

void PowerTrace::Curve::show(std::uint64_t until_bin, const sc_core::sc_time& interval) {
  bins.show(until_bin, shower(interval));
}

void PowerTrace::Curve::show_last(double now_s, const sc_core::sc_time& interval) {
  bins.show_last(now_s, shower(interval));
}

PowerTrace::PowerTrace(VcdWriter& writer, ledger::Ledger& ledger, const std::string& scope,
                       const sc_core::sc_time& interval)
    : writer_(writer),
      ledger_(ledger),
      interval_(interval),
      curves_(ledger.components().size(), Curve{{}, PowerBins(interval.to_seconds())}),
      total_{{}, PowerBins(interval.to_seconds())} {
  std::vector<std::string> phases;
  for (std::uint32_t phase = 0; phase < INVAR_PHASE_COUNT; ++phase) {
    phases.emplace_back(ledger::phase_key(static_cast<ledger::Phase>(phase)));
  }
  phase_.attach(writer, scope + ".phase", SignalFormat::state(phases).feature());
  total_.power_mw.attach(writer, scope + ".power_mw", SignalFormat::real().feature());
  for (ledger::Ledger::ComponentId id = 0; id < curves_.size(); ++id) {
    curves_[id].power_mw.attach(writer, ledger.components()[id].name + ".power_mw");
  }
  phase_.set(ledger.current_phase());
  follow_static_power();
  total_.power_mw.set(1e3 * ledger.static_power_w());
  for (ledger::Ledger::ComponentId id = 0; id < curves_.size(); ++id) {
    curves_[id].power_mw.set(1e3 * ledger.static_power_w(id));
  }
  sampler_ = writer.add_sampler(interval, [this] { sample(); });
  observer_ = ledger_.add_observer(
      {[this](ledger::Ledger::ComponentId component, ledger::Attojoules energy_aj,
              const ledger::ChargeSpan& span) { book(component, energy_aj, span); },
       [this](ledger::Phase phase) { phase_.set(phase); }});
}

PowerTrace::~PowerTrace() {
  ledger_.remove_observer(observer_);
  ending_ = true;
  writer_.remove_sampler(sampler_);
}

void PowerTrace::book(ledger::Ledger::ComponentId component, ledger::Attojoules energy_aj,
                      const ledger::ChargeSpan& span) {
  if (energy_aj == 0) {
    return;
  }
  const double energy_j = energy_aj.joules();
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  total_.bins.book(energy_j, span, now);
  if (component < curves_.size()) {
    curves_[component].bins.book(energy_j, span, now);
  }
}

void PowerTrace::follow_static_power() {
  total_.bins.set_static(ledger_.static_power_w());
  for (ledger::Ledger::ComponentId id = 0; id < curves_.size(); ++id) {
    curves_[id].bins.set_static(ledger_.static_power_w(id));
  }
}

void PowerTrace::sample() {
  follow_static_power();
  const auto bin =
      static_cast<std::uint64_t>(sc_core::sc_time_stamp().to_seconds() / interval_.to_seconds());
  total_.show(bin, interval_);
  for (Curve& curve : curves_) {
    curve.show(bin, interval_);
  }
  if (ending_) {
    const double now_s = sc_core::sc_time_stamp().to_seconds();
    total_.show_last(now_s, interval_);
    for (Curve& curve : curves_) {
      curve.show_last(now_s, interval_);
    }
  }
}

}  // namespace invar::trace
