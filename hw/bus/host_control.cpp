#include <invar/bus/host_control.h>
#include <invar/registers/peripheral_registers.h>

#include <string>
#include <vector>

namespace invar::bus {
namespace {

using namespace simulation::register_access;
constexpr simulation::RegisterTable k_host_table{INVAR_HOST_REGISTERS(INVAR_REGISTER_ROW)};

}  // namespace

HostControl::HostControl(const sc_core::sc_module_name& name, ledger::Ledger* ledger,
                         const PeripheralParameters& parameters)
    : RegisterTarget(name, k_host_table, INVAR_HOST_WINDOW_BYTES, parameters), ledger_(ledger) {
  using simulation::RegisterQuery;
  using simulation::RegisterWritten;
  registers().on_access(INVAR_HOST_REG_PHASE, [](std::uint32_t value, const sc_core::sc_time&) {
    return ledger::is_phase(value);
  });
  registers().on_write(INVAR_HOST_REG_PHASE,
                       [this](const RegisterWritten& write) { set_phase(write.value); });
  registers().on_access(INVAR_HOST_REG_PROGRESS,
                        [this](std::uint32_t value, const sc_core::sc_time& delay) {
                          return announce(value, delay);
                        });
  registers().on_write(INVAR_HOST_REG_EXIT, [this](const RegisterWritten& write) {
    if (on_exit) {
      on_exit(write.value);
    }
  });
  registers().on_read(INVAR_HOST_REG_STOP,
                      [this](const RegisterQuery&) { return stop_ ? 1u : 0u; });
}

void HostControl::trace(trace::SignalSink& sink) {
  std::vector<std::string> phases;
  for (std::uint32_t phase = 0; phase < INVAR_PHASE_COUNT; ++phase) {
    phases.emplace_back(ledger::phase_key(static_cast<ledger::Phase>(phase)));
  }
  phase_trace_.attach(sink, std::string(name()) + ".phase",
                      trace::SignalFormat::state(phases).feature());
  phase_trace_.set(registers()[INVAR_HOST_REG_PHASE]);
}

bool HostControl::announce(std::uint32_t progress, const sc_core::sc_time& delay) const {
  if (on_progress) {
    on_progress(static_cast<std::uint64_t>(progress) * 16, simulation::local_time(delay));
  }
  return true;
}

void HostControl::set_phase(std::uint32_t phase) {
  phase_trace_.set(phase);
  if (ledger_ != nullptr) {
    ledger_->set_host_phase(static_cast<ledger::Phase>(phase));
  }
}

}  // namespace invar::bus
