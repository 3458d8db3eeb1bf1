#ifndef INVAR_PLATFORM_HOST_CORE_RISCV_HOST_CORE_H
#define INVAR_PLATFORM_HOST_CORE_RISCV_HOST_CORE_H

#include <invar/platform/host_core/elf_image.h>
#include <invar/platform/host_core/host_core.h>
#include <invar/platform/host_core/instruction_trace.h>
#include <invar/platform/host_core/simulator_plugin.h>

#include <exception>
#include <memory>

namespace invar::platform {

/// A host core that executes a RISC-V image: RV64GC, machine and user mode, one hart.
///
/// Instructions come from an instruction-set simulator that is loaded at run time; this module
/// gives them time and energy by class, bus accesses, the external interrupt and wfi. RAM is
/// reached through a DMI pointer, like a cache that always hits; everything else goes over the bus.
/// The image must be in memory when the simulation starts.
///
/// Exceptions enter the firmware's trap handler when it has one (mtvec); otherwise, or when the
/// same one comes back for ever, the core reports the fault and ends with INVAR_EXIT_FAULT. A
/// handler that has no remedy clears mtvec and executes an ebreak, with mepc as it found it: the
/// core reports what the handler was entered for. Bus
/// errors are access faults whose pc is exact, but what follows in the same basic block has been
/// executed by then.
class RiscvHostCore : public HostCore {
 public:
  /// Where the core begins, and what it needs to run.
  struct Image {
    std::shared_ptr<const ElfImage> elf;
    std::string simulator;  ///< path of the plug-in
  };
  /// \throws std::invalid_argument on a parameter out of range, std::runtime_error when the plug-in
  /// cannot be used
  RiscvHostCore(const sc_core::sc_module_name& name, ledger::Ledger& ledger, const Image& image,
                const HostCoreParameters& parameters = {});

  /// Writes down every instruction. Before the simulation starts; the trace must outlive it.
  void trace_instructions(InstructionTrace& trace);
  std::string position() const override;

 private:
  void run();
  /// \return whether the core goes on
  bool handle(invar_iss_stop stop, const invar_iss_event& event);
  bool take_exception(const invar_iss_event& event);
  void take_interrupt();
  void wait_for_interrupt();
  /// Takes over what the simulator has counted.
  void account();
  /// Shows the simulator the interrupt line.
  void show_line();
  /// The same once simulated time has caught up.
  void look_at_line();
  std::uint64_t budget() const;
  int access(tlm::tlm_command command, std::uint64_t address, std::uint32_t* value, unsigned bytes);
  int find_memory(std::uint64_t address, invar_iss_memory& memory);
  std::uint64_t budget_spent();
  void clock(std::uint64_t& cycles, std::uint64_t& nanoseconds);
  int interrupt_line();
  void write_down(std::uint64_t pc, std::uint32_t instruction);
  FirmwareFault describe(const invar_iss_event& event) const;
  void memory_invalidated(std::uint64_t first, std::uint64_t last) override;
  invar_iss_host host();

  struct Destroy {
    void (*destroy)(invar_iss*) = nullptr;
    void operator()(invar_iss* hart) const { destroy(hart); }
  };

  Image image_;
  SimulatorPlugin plugin_;
  const invar_iss_functions& iss_;
  std::unique_ptr<invar_iss, Destroy> hart_{nullptr, Destroy{}};
  InstructionTrace* trace_ = nullptr;
  std::array<std::uint64_t, INVAR_OPERATION_COUNT> accounted_{};
  sc_core::sc_event never_{"never"};
  std::exception_ptr failure_;  // of a callback: it must not pass through the simulator
  invar_iss_event last_exception_{};
  FirmwareFault last_trap_;  // that the handler was entered for
  unsigned repeats_ = 0;
};

}  // namespace invar::platform

#endif
