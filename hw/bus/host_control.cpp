#include <invar/bus/host_control.h>
#include <invar/registers/peripheral_registers.h>

#include <string>
#include <vector>

namespace invar::bus {

HostControl::HostControl(const sc_core::sc_module_name& name, ledger::Ledger* ledger,
                         const PeripheralParameters& parameters)
    : RegisterTarget(name, INVAR_HOST_WINDOW_BYTES, parameters), ledger_(ledger) {}

void HostControl::Registers::write(const simulation::TimedWrite& write) {
  if (write.offset == INVAR_HOST_REG_PHASE) {
    phase = write.value;
  }
}

void HostControl::trace(trace::SignalSink& sink) {
  std::vector<std::string> phases;
  for (std::uint32_t phase = 0; phase < INVAR_PHASE_COUNT; ++phase) {
    phases.emplace_back(ledger::phase_key(static_cast<ledger::Phase>(phase)));
  }
  phase_trace_.attach(sink, std::string(name()) + ".phase",
                      trace::SignalFormat::state(phases).feature());
  phase_trace_.set(registers_.phase);
}

std::uint32_t HostControl::read_register(std::uint64_t offset, const sc_core::sc_time& delay) {
  switch (offset) {
    case INVAR_HOST_REG_PHASE:
      return preview(delay, registers_).phase;
    case INVAR_HOST_REG_STOP:
      return stop_ ? 1u : 0u;
    default:
      return 0;
  }
}

bool HostControl::write_register(std::uint64_t offset, std::uint32_t value,
                                 const sc_core::sc_time& delay) {
  if (offset == INVAR_HOST_REG_PHASE && !ledger::is_phase(value)) {
    return false;
  }
  if (offset != INVAR_HOST_REG_PROGRESS) {
    post(offset, value, delay);
  } else if (on_progress) {
    on_progress(static_cast<std::uint64_t>(value) * 16, simulation::local_time(delay));
  }
  return true;
}

void HostControl::take_effect(const simulation::TimedWrite& write) {
  registers_.write(write);
  if (write.offset == INVAR_HOST_REG_PHASE) {
    phase_trace_.set(write.value);
    if (ledger_ != nullptr) {
      ledger_->set_host_phase(static_cast<ledger::Phase>(write.value));
    }
  } else if (write.offset == INVAR_HOST_REG_EXIT && on_exit) {
    on_exit(write.value);
  }
}

}  // namespace invar::bus
