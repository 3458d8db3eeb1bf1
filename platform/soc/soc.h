#ifndef INVAR_PLATFORM_SOC_SOC_H
#define INVAR_PLATFORM_SOC_SOC_H

#include <invar/accelerator/inv_accelerator.h>
#include <invar/bus/host_bus.h>
#include <invar/bus/host_control.h>
#include <invar/bus/interrupt_controller.h>
#include <invar/bus/memory.h>
#include <invar/bus/timer.h>
#include <invar/bus/uart.h>
#include <invar/digital_engine/digital_engine.h>
#include <invar/ledger/ledger.h>
#include <invar/platform/host_core/host_core.h>
#include <invar/platform/host_core/native_host_core.h>
#include <invar/platform/host_core/riscv_host_core.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace invar::state {
class Archive;
}

namespace invar::platform {

/// Parameters of every part of the SoC.
struct SocParameters {
  accelerator::AcceleratorParameters accelerator;
  digital_engine::EngineParameters engine;
  bus::HostBusParameters bus;
  bus::MemoryParameters memory;
  bus::PeripheralParameters peripherals;
  HostCoreParameters host_core;
  HostCoreKind core = HostCoreKind::native;
  /// What the native core runs; the firmware of this project unless another is given.
  NativeHostCore::Firmware native_firmware;
  /// Of the RISC-V core: an image inside INVAR_MAP_FIRMWARE, and the simulator.
  RiscvHostCore::Image firmware;
  /// Whether the simulation stops when the firmware ends; several SoCs in one simulation may not.
  bool stop_at_end = true;
};

/// The composed machine: host core, bus, RAM, peripherals, digital engine, INV accelerator, and the
/// ledger that all of them report to.
///
/// With an external host core the SoC has none: bind your initiator to `host_target()`, your
/// interrupt input to `host_irq()`, and load RAM by `memory()` or through the bus. A write to the
/// EXIT register of the host control ends the simulation, whatever the core.
class Soc : public sc_core::sc_module {
 private:
  ledger::Ledger ledger_;

 public:
  bus::HostBus bus;
  bus::Memory ram;
  bus::Uart uart;
  bus::Timer timer;
  bus::InterruptController interrupt_controller;
  bus::HostControl host_control;
  digital_engine::DigitalEngine<> engine;
  accelerator::InvAccelerator<> accelerator;

  /// The firmware starts with the simulation.
  /// \throws std::runtime_error when image or simulator of a RISC-V core cannot be used
  Soc(const sc_core::sc_module_name& name, const SocParameters& parameters);

  /// Offers the signals of all parts to a trace.
  /// \param rows of each tile whose converter codes are traced
  void trace(trace::SignalSink& sink, const tile::TraceDetail& detail);
  /// Offers the tracks of all parts to a timeline.
  void trace(trace::ActivitySink& sink);

  /// Null with an external core.
  HostCore* core() { return core_.get(); }
  /// Null unless the core is native.
  NativeHostCore* native_core() { return native_; }
  /// Null unless the core is RISC-V.
  RiscvHostCore* riscv_core() { return riscv_; }
  /// Where an external host core binds its initiator socket.
  bus::HostBus::TargetSocket& host_target() { return bus.target[0]; }
  /// The interrupt that an external host core takes.
  sc_core::sc_signal<bool>& host_irq() { return core_irq_; }

  ledger::Ledger& ledger() { return ledger_; }
  const ledger::Ledger& ledger() const { return ledger_; }
  /// RAM at a bus address, from outside: costs nothing in the simulation.
  unsigned char* memory(std::uint64_t address, std::uint64_t bytes);
  /// What the accelerator would read there, in RAM or in the engine's scratchpad.
  std::vector<unsigned char> operand(std::uint64_t address, std::uint64_t bytes);
  template <typename T>
  T* memory_as(std::uint64_t address, std::uint64_t count = 1) {
    return reinterpret_cast<T*>(memory(address, count * sizeof(T)));
  }

  /// What the parts remember besides RAM and registers, for a checkpoint: while devices are idle
  /// and no matrix is stored. \throws std::runtime_error when what is read is of another machine
  void exchange(state::Archive& archive);

  bool has_ended() const { return exit_code_.has_value(); }
  /// What the firmware returned, any number; 0 while it runs.
  int exit_code() const { return exit_code_.value_or(0); }
  /// What the firmware wrote to the UART.
  const std::string& console() const { return console_; }
  /// Told of each character as it is written, if set.
  std::function<void(char)> on_console;

 private:
  void make_core(const SocParameters& parameters);
  void load(const ElfImage& image);

  std::unique_ptr<HostCore> core_;
  NativeHostCore* native_ = nullptr;
  RiscvHostCore* riscv_ = nullptr;
  sc_core::sc_vector<sc_core::sc_signal<bool>> device_irq_;
  sc_core::sc_signal<bool> core_irq_;
  sc_core::sc_signal<bool> reset_;
  std::string console_;
  std::optional<int> exit_code_;
};

}  // namespace invar::platform

#endif
