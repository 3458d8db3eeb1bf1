#include <invar/trace/power_trace.h>

namespace invar::trace {
namespace {

double milliwatts(ledger::Attojoules energy_aj, double time_s) {
  return static_cast<double>(energy_aj) * 1e-15 / time_s;
}

}  // namespace

PowerTrace::PowerTrace(VcdWriter& writer, const ledger::Ledger& ledger, const std::string& scope,
                       const sc_core::sc_time& interval)
    : writer_(writer),
      ledger_(ledger),
      total_aj_(ledger.total_energy_aj()),
      last_sample_(sc_core::sc_time_stamp()) {
  std::vector<std::string> phases;
  for (std::uint32_t phase = 0; phase < INVAR_PHASE_COUNT; ++phase) {
    phases.emplace_back(ledger::phase_key(static_cast<ledger::Phase>(phase)));
  }
  phase_.attach(writer, scope + ".phase", SignalFormat::state(phases).feature());
  total_power_mw_.attach(writer, scope + ".power_mw", SignalFormat::real().feature());
  for (ledger::Ledger::ComponentId id = 0; id < ledger.components().size(); ++id) {
    components_.push_back({id, ledger.component_energy_aj(id), {}});
    components_.back().power_mw.attach(writer, ledger.components()[id].name + ".power_mw");
  }
  sampler_ = writer.add_sampler(interval, [this] { sample(); });
}

PowerTrace::~PowerTrace() {
  sample();
  writer_.remove_sampler(sampler_);
}

void PowerTrace::sample() {
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  if (now == last_sample_) {
    return;
  }
  const double elapsed_s = (now - last_sample_).to_seconds();
  total_power_mw_.set(milliwatts(ledger_.total_energy_aj() - total_aj_, elapsed_s), last_sample_);
  total_aj_ = ledger_.total_energy_aj();
  for (Component& component : components_) {
    const ledger::Attojoules energy_aj = ledger_.component_energy_aj(component.id);
    component.power_mw.set(milliwatts(energy_aj - component.energy_aj, elapsed_s), last_sample_);
    component.energy_aj = energy_aj;
  }
  phase_.set(ledger_.current_phase());
  last_sample_ = now;
}

}  // namespace invar::trace
