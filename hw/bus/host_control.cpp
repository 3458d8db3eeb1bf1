#include <invar/bus/host_control.h>
#include <invar/registers/peripheral_registers.h>

#include <string>
#include <vector>

namespace invar::bus {

HostControl::HostControl(const sc_core::sc_module_name& name, ledger::Ledger* ledger,
                         const PeripheralParameters& parameters)
    : RegisterTarget(name, INVAR_HOST_WINDOW_BYTES, parameters),
      ledger_(ledger),
      actions_("actions") {}

void HostControl::trace(trace::SignalSink& sink) {
  std::vector<std::string> phases;
  for (std::uint32_t phase = 0; phase < INVAR_PHASE_COUNT; ++phase) {
    phases.emplace_back(ledger::phase_key(static_cast<ledger::Phase>(phase)));
  }
  phase_trace_.attach(sink, std::string(name()) + ".phase",
                      trace::SignalFormat::state(phases).feature());
  phase_trace_.set(phase_);
}

std::uint32_t HostControl::read_register(std::uint64_t offset, bool, const sc_core::sc_time&) {
  switch (offset) {
    case INVAR_HOST_REG_PHASE:
      return phase_;
    case INVAR_HOST_REG_STOP:
      return stop_ ? 1u : 0u;
    default:
      return 0;
  }
}

bool HostControl::write_register(std::uint64_t offset, std::uint32_t value,
                                 const sc_core::sc_time& delay) {
  switch (offset) {
    case INVAR_HOST_REG_PHASE:
      if (!ledger::is_phase(value)) {
        return false;
      }
      phase_ = value;
      phase_trace_.set(value, sc_core::sc_time_stamp() + delay);
      if (ledger_ != nullptr) {
        actions_.after(
            delay, [this, value] { ledger_->set_host_phase(static_cast<ledger::Phase>(value)); });
      }
      break;
    case INVAR_HOST_REG_PROGRESS:
      if (on_progress) {
        on_progress(static_cast<std::uint64_t>(value) * 16, sc_core::sc_time_stamp() + delay);
      }
      break;
    case INVAR_HOST_REG_EXIT:
      actions_.after(delay, [this, value] {
        if (on_exit) {
          on_exit(value);
        }
      });
      break;
    default:
      break;
  }
  return true;
}

}  // namespace invar::bus
