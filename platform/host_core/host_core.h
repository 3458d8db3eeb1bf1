#ifndef INVAR_PLATFORM_HOST_CORE_HOST_CORE_H
#define INVAR_PLATFORM_HOST_CORE_HOST_CORE_H

#include <invar/ledger/ledger.h>
#include <invar/platform/host_core/host_core_parameters.h>
#include <invar/simulation/systemc_compatibility.h>
#include <invar/trace/activity_sink.h>
#include <invar/trace/signal_sink.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <tlm>
#include <utility>
#include <vector>

namespace invar::state {
class Archive;
}

namespace invar::platform {

/// An exception of the firmware, in words a programmer of firmware can use.
struct FirmwareFault {
  std::string cause;     ///< "store access fault"
  std::uint64_t pc = 0;  ///< of the instruction
  std::string function;  ///< "scribble+0x1c", of the pc; empty when unknown
  std::optional<std::uint64_t> address;
  std::string caller;  ///< of a function that is none (a call of address 0); empty otherwise

  /// One line.
  std::string text() const;
};

/// What every host core is: an initiator socket, an interrupt input, and an account of the time and
/// energy of its operations.
///
/// The core runs ahead of simulated time by at most the global quantum, which belongs to the top
/// level, and synchronises before register accesses and before it takes an interrupt. Energy and
/// busy time go to the ledger under the host's phase; waiting for an interrupt is free.
class HostCore : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<HostCore, 32> socket;
  /// Level; high while an interrupt is pending.
  sc_core::sc_in<bool> irq;

  /// Called once when the firmware returns or faults, after its last operation has taken its time.
  void on_finished(std::function<void(int exit_code)> callback) {
    finished_callback_ = std::move(callback);
  }
  const sc_core::sc_event& finished_event() const { return finished_event_; }
  bool is_finished() const { return finished_; }
  /// What the firmware returned; 0 before it has.
  int exit_code() const { return exit_code_; }
  /// The exception that ended the firmware.
  const std::optional<FirmwareFault>& fault() const { return fault_; }
  /// Where the firmware is, "spin+0x4 (pc 0x80000a10)"; empty when the core cannot tell.
  virtual std::string position() const { return {}; }

  /// Whether the core runs or sleeps until an interrupt.
  void trace(trace::SignalSink& sink);
  /// The simulation will end at `end`: the core does not run past it by more than the operation or
  /// basic block under way.
  void set_horizon(const sc_core::sc_time& end) { horizon_ = end; }
  /// Books what was spent and is not in the ledger yet; for whoever cuts a simulation off.
  void book();
  /// Offers a track to a timeline: running, or asleep until an interrupt.
  void trace(trace::ActivitySink& sink) { activity_.attach(sink, name(), "host"); }
  std::uint64_t register_accesses() const { return register_accesses_; }
  std::uint64_t bus_errors() const { return bus_errors_; }
  /// Interrupts that entered the firmware.
  std::uint64_t interrupts_taken() const { return interrupts_taken_; }
  /// These counters, for a checkpoint.
  virtual void exchange(state::Archive& archive);

 protected:
  struct DirectRegion {
    std::uint64_t first, last;
    unsigned char* data;
  };

  /// \throws std::invalid_argument on a parameter out of range.
  HostCore(const sc_core::sc_module_name& name, ledger::Ledger& ledger,
           const HostCoreParameters& parameters);

  /// Local time and the account go on by `count` operations; nothing waits.
  void spend(std::size_t operation, std::uint64_t count);
  /// How far the core may run ahead before it synchronises: to the end of its quantum, the next
  /// event of the simulation or the horizon, whichever comes first. Nothing but the core's own
  /// accesses can happen before then, so what it finds does not depend on the quantum.
  sc_core::sc_time lookahead() const;
  /// Lets simulated time catch up and books what was spent.
  void synchronise();
  /// An access of `bytes` bytes on the bus at the core's local time. \return 0, or 1 on a bus error
  int transport(tlm::tlm_command command, std::uint64_t address, void* data, unsigned bytes);
  /// RAM around `address` by pointer, if the bus grants it.
  const DirectRegion* direct_region(std::uint64_t address);
  /// Returns when the line is high; at once if it is.
  void wait_for_line();
  /// Asleep until `event`, and awake at its time.
  void sleep(const sc_core::sc_event& event);
  void note_interrupt() { ++interrupts_taken_; }
  void note_fault(FirmwareFault fault) { fault_ = std::move(fault); }
  void begin();
  void finish(int exit_code);
  sc_core::sc_time local_time() const { return sc_core::sc_time_stamp() + local_; }

  const HostCoreParameters parameters_;
  sc_core::sc_time period_;

 private:
  virtual void memory_invalidated(std::uint64_t, std::uint64_t) {}
  void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last);
  void reset_quantum();
  sc_core::sc_time operation_time(std::size_t operation, std::uint64_t count) const;

  ledger::Ledger& ledger_;
  std::array<ledger::Attojoules, INVAR_OPERATION_COUNT> energy_aj_{};
  ledger::Ledger::ComponentId component_ = 0;
  std::array<ledger::Ledger::EventId, INVAR_OPERATION_COUNT> operation_events_{};
  ledger::Ledger::EventId register_event_ = 0;

  /// Spent since the last synchronisation, not yet in the ledger.
  std::array<std::uint64_t, INVAR_OPERATION_COUNT> unbooked_{};

  void show_running(bool running);

  trace::ActivityState activity_;
  trace::TraceSignal<bool> running_trace_;
  sc_core::sc_time local_;  ///< how far the core is ahead of simulated time
  sc_core::sc_time horizon_ = sc_core::sc_max_time();
  sc_core::sc_time quantum_end_;  ///< as of the last synchronisation
  tlm::tlm_generic_payload payload_;
  std::vector<DirectRegion> regions_;
  std::function<void(int)> finished_callback_;
  sc_core::sc_event finished_event_;
  std::optional<FirmwareFault> fault_;
  bool finished_ = false;
  int exit_code_ = 0;
  std::uint64_t register_accesses_ = 0;
  std::uint64_t bus_errors_ = 0;
  std::uint64_t interrupts_taken_ = 0;
};

}  // namespace invar::platform

#endif
