#ifndef INVAR_PLATFORM_HOST_CORE_NATIVE_HOST_CORE_H
#define INVAR_PLATFORM_HOST_CORE_NATIVE_HOST_CORE_H

#include <invar/platform/host_core/function_profile.h>
#include <invar/platform/host_core/host_core.h>

#include <array>
#include <cstdint>

namespace invar::platform {

/// A host core that runs the firmware as native code.
///
/// The firmware is a function that takes a port (sw/port/port.h). Each register access is a TLM
/// transaction; RAM is reached through a DMI pointer; computation takes the time and energy that
/// the functions of the firmware cost (sw/port/function_costs.h). An interrupt enters the firmware
/// where it waits for one.
///
/// \code
/// NativeHostCore core{"core", ledger, addresses, firmware_main};
/// core.socket.bind(bus.target); core.irq(interrupt_line);
/// core.on_finished([](int exit_code) { sc_core::sc_stop(); });
/// \endcode
class NativeHostCore : public HostCore {
 public:
  using Firmware = std::function<int(invar_port*)>;

  /// \param addresses the machine's memory map: boot block, device bases, interrupt inputs. Its
  ///        functions and context are ignored.
  /// \throws std::invalid_argument on a parameter out of range.
  NativeHostCore(const sc_core::sc_module_name& name, ledger::Ledger& ledger,
                 const invar_port& addresses, Firmware firmware,
                 const HostCoreParameters& parameters = {});

  /// Counts calls and charges. Before the simulation starts; the profile must outlive it.
  void profile_functions(FunctionProfile& profile) { profile_ = &profile; }

  /// With what is charged and not yet spent.
  void exchange(state::Archive& archive) override;

 private:
  void run();
  int access(tlm::tlm_command command, std::uint64_t address, std::uint32_t* value);
  void* memory(std::uint64_t address, std::uint64_t bytes);
  void charge(const invar_function_cost& cost, std::uint64_t first, std::uint64_t second);
  void execute(invar_operation operation);
  void synchronise_if_due();
  void wait_for_interrupt();
  void connect_port(const invar_port& addresses);

  Firmware firmware_;
  invar_port port_{};
  FunctionProfile* profile_ = nullptr;
  /// Charged and not yet spent: parts of an operation, in thousandths.
  std::array<std::uint64_t, INVAR_OPERATION_COUNT> milli_operations_{};
};

}  // namespace invar::platform

#endif
