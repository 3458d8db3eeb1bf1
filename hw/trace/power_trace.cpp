#include <invar/trace/power_trace.h>

#include <cmath>

namespace invar::trace {

void PowerTrace::Curve::set_static(double power_w) {
  level_w_ += power_w - static_w_;
  static_w_ = power_w;
}

void PowerTrace::Curve::add(double energy_j, double start_s, double end_s, double interval_s) {
  const auto first = static_cast<std::uint64_t>(start_s / interval_s);
  const auto last = static_cast<std::uint64_t>(end_s / interval_s);
  if (first == last) {
    bins_[first].energy_j += energy_j;
    return;
  }
  const double power_w = energy_j / (end_s - start_s);
  bins_[first].energy_j += power_w * (static_cast<double>(first + 1) * interval_s - start_s);
  bins_[first + 1].step_w += power_w;
  bins_[last].step_w -= power_w;
  bins_[last].energy_j += power_w * (end_s - static_cast<double>(last) * interval_s);
}

void PowerTrace::Curve::show(std::uint64_t until_bin, const sc_core::sc_time& interval) {
  while (!bins_.empty() && bins_.begin()->first < until_bin) {
    const std::uint64_t number = bins_.begin()->first;
    const Bin bin = bins_.begin()->second;
    bins_.erase(bins_.begin());
    level_w_ += bin.step_w;
    if (bins_.empty()) {
      level_w_ = static_w_;  // without what rounding has left over
    }
    const double power_w = level_w_ + bin.energy_j / interval.to_seconds();
    power_mw.set(1e3 * power_w, interval * static_cast<double>(number));
    if (bin.energy_j != 0.0 && (bins_.empty() || bins_.begin()->first != number + 1)) {
      power_mw.set(1e3 * level_w_, interval * static_cast<double>(number + 1));
    }
  }
}

void PowerTrace::Curve::show_last(double now_s, const sc_core::sc_time& interval) {
  const auto number = static_cast<std::uint64_t>(now_s / interval.to_seconds());
  show(number, interval);
  const double begin_s = static_cast<double>(number) * interval.to_seconds();
  if (!bins_.empty() && bins_.begin()->first == number && now_s > begin_s) {
    const Bin bin = bins_.begin()->second;
    power_mw.set(1e3 * (level_w_ + bin.step_w + bin.energy_j / (now_s - begin_s)),
                 interval * static_cast<double>(number));
  }
}

PowerTrace::PowerTrace(VcdWriter& writer, ledger::Ledger& ledger, const std::string& scope,
                       const sc_core::sc_time& interval)
    : writer_(writer), ledger_(ledger), interval_(interval), curves_(ledger.components().size()) {
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
  // What is booked late shows in the first bin that has not been written yet.
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  const sc_core::sc_time start = span.start < now ? now : span.start;
  const double start_s = start.to_seconds();
  const double end_s = start_s + span.duration.to_seconds();
  total_.add(energy_j, start_s, end_s, interval_.to_seconds());
  if (component < curves_.size()) {
    curves_[component].add(energy_j, start_s, end_s, interval_.to_seconds());
  }
}

void PowerTrace::follow_static_power() {
  total_.set_static(ledger_.static_power_w());
  for (ledger::Ledger::ComponentId id = 0; id < curves_.size(); ++id) {
    curves_[id].set_static(ledger_.static_power_w(id));
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
