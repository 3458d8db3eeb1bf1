#ifndef INVAR_BUS_HOST_CONTROL_H
#define INVAR_BUS_HOST_CONTROL_H

#include <invar/bus/register_target.h>
#include <invar/ledger/ledger.h>
#include <invar/trace/signal_sink.h>

#include <atomic>
#include <cstdint>
#include <functional>

namespace invar::bus {

/// What the ledger and the outside learn from the firmware, and it from them.
///
/// PHASE sets the ledger's host phase when simulated time has reached the initiator's own; a value
/// that is no phase gets TLM_GENERIC_ERROR_RESPONSE. PROGRESS is told at once, before firmware that
/// runs ahead overwrites its record, with the time it belongs to. EXIT is told when simulated time
/// has reached it.
class HostControl : public RegisterTarget {
 public:
  /// \param ledger told of phases; may be null
  explicit HostControl(const sc_core::sc_module_name& name, ledger::Ledger* ledger = nullptr,
                       const PeripheralParameters& parameters = {});

  /// The phase as written, by name.
  void trace(trace::SignalSink& sink);

  /// Byte address of a progress record and when it was written.
  std::function<void(std::uint64_t address, const sc_core::sc_time& at)> on_progress;
  /// The same of a checkpoint record (sw/boot/boot_block.h), which may be changed then.
  std::function<void(std::uint64_t address, const sc_core::sc_time& at)> on_checkpoint;
  /// The firmware has ended with `code`.
  std::function<void(std::uint32_t code)> on_exit;
  /// Raises the STOP register. May be called from a signal handler.
  void request_stop() { stop_ = true; }

 private:
  using Told = std::function<void(std::uint64_t address, const sc_core::sc_time& at)>;
  /// Tells of the record whose address was written to a register.
  void announce_writes_to(std::uint64_t offset, const Told& told);
  void set_phase(std::uint32_t phase);

  ledger::Ledger* ledger_;
  trace::TraceSignal<std::uint32_t> phase_trace_;
  std::atomic<bool> stop_{false};
};

}  // namespace invar::bus

#endif
