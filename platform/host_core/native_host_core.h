#ifndef INVAR_PLATFORM_HOST_CORE_NATIVE_HOST_CORE_H
#define INVAR_PLATFORM_HOST_CORE_NATIVE_HOST_CORE_H

#include <invar/ledger/ledger.h>
#include <invar/platform/host_core/native_host_core_parameters.h>
#include <invar/simulation/systemc_compatibility.h>
#include <invar/sw/port/port.h>
#include <invar/trace/activity_sink.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/tlm_quantumkeeper.h>

#include <array>
#include <cstdint>
#include <functional>
#include <tlm>
#include <vector>

namespace invar::platform {

/// A host core that runs the firmware as native code.
///
/// The firmware is a function that takes a port (sw/port/port.h). Each register access is a TLM
/// transaction; RAM is reached through a DMI pointer; computation takes the time and energy that
/// the firmware charges for it. The core runs ahead of simulated time by at most the global
/// quantum, which belongs to the top level, and synchronises before register accesses.
///
/// Energy and busy time go to the ledger under the host's phase. Waiting for an interrupt is free.
///
/// \code
/// NativeHostCore core{"core", ledger, addresses, firmware_main};
/// core.socket.bind(bus.target); core.irq(interrupt_line);
/// core.on_finished([](int exit_code) { sc_core::sc_stop(); });
/// \endcode
class NativeHostCore : public sc_core::sc_module {
 public:
  using Firmware = std::function<int(invar_port*)>;

  tlm_utils::simple_initiator_socket<NativeHostCore, 32> socket;
  /// Level; high while an interrupt is pending.
  sc_core::sc_in<bool> irq;

  /// \param addresses the machine's memory map: boot block, device bases, interrupt inputs. Its
  ///        functions and context are ignored.
  /// \throws std::invalid_argument on a parameter out of range.
  NativeHostCore(const sc_core::sc_module_name& name, ledger::Ledger& ledger,
                 const invar_port& addresses, Firmware firmware,
                 const NativeHostCoreParameters& parameters = {});

  /// Called once when the firmware returns, after its last operation has taken its time.
  void on_finished(std::function<void(int exit_code)> callback) {
    finished_callback_ = std::move(callback);
  }
  const sc_core::sc_event& finished_event() const { return finished_event_; }
  bool is_finished() const { return finished_; }
  /// What the firmware returned; 0 before it has.
  int exit_code() const { return exit_code_; }
  /// Offers a track to a timeline: running, or asleep until an interrupt.
  void trace(trace::ActivitySink& sink) { activity_.attach(sink, name(), "host"); }
  std::uint64_t register_accesses() const { return register_accesses_; }
  std::uint64_t bus_errors() const { return bus_errors_; }

 private:
  struct DirectRegion {
    std::uint64_t first, last;
    unsigned char* data;
  };

  void run();
  int access(tlm::tlm_command command, std::uint64_t address, std::uint32_t* value);
  void* memory(std::uint64_t address, std::uint64_t bytes);
  void charge(invar_operation operation, std::uint64_t count);
  void wait_for_interrupt();
  void synchronise();
  void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last);
  sc_core::sc_time operation_time(std::size_t operation, std::uint64_t count) const;
  void connect_port(const invar_port& addresses);

  NativeHostCoreParameters parameters_;
  ledger::Ledger& ledger_;
  Firmware firmware_;
  invar_port port_{};
  sc_core::sc_time period_;
  std::array<ledger::Attojoules, INVAR_OPERATION_COUNT> energy_aj_{};
  ledger::Ledger::ComponentId component_ = 0;
  std::array<ledger::Ledger::EventId, INVAR_OPERATION_COUNT> operation_events_{};
  ledger::Ledger::EventId register_event_ = 0;

  /// Charged since the last synchronisation, not yet in the ledger.
  std::array<std::uint64_t, INVAR_OPERATION_COUNT> unbooked_{};

  trace::ActivityState activity_;
  tlm_utils::tlm_quantumkeeper keeper_;
  tlm::tlm_generic_payload payload_;
  std::vector<DirectRegion> regions_;
  std::function<void(int)> finished_callback_;
  sc_core::sc_event finished_event_;
  bool finished_ = false;
  int exit_code_ = 0;
  std::uint64_t register_accesses_ = 0;
  std::uint64_t bus_errors_ = 0;
};

}  // namespace invar::platform

#endif
