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
  announce_writes_to(INVAR_HOST_REG_PROGRESS, on_progress);
  announce_writes_to(INVAR_HOST_REG_CHECKPOINT, on_checkpoint);
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

void HostControl::announce_writes_to(std::uint64_t offset, const Told& told) {
  registers().on_access(offset, [&told](std::uint32_t value, const sc_core::sc_time& delay) {
    if (told) {
      told(static_cast<std::uint64_t>(value) * 16, simulation::local_time(delay));
    }
    return true;
  });
}

void HostControl::set_phase(std::uint32_t phase) {
  phase_trace_.set(phase);
  if (ledger_ != nullptr) {
    ledger_->set_host_phase(static_cast<ledger::Phase>(phase));
  }
}

}  // namespace invar::bus
