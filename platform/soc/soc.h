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
#include <invar/platform/host_core/native_host_core.h>

#include <cstdint>
#include <functional>
#include <string>

namespace invar::platform {

/// Parameters of every part of the SoC.
struct SocParameters {
  accelerator::AcceleratorParameters accelerator;
  digital_engine::EngineParameters engine;
  bus::HostBusParameters bus;
  bus::MemoryParameters memory;
  bus::PeripheralParameters peripherals;
  NativeHostCoreParameters host_core;
};

/// The composed machine: host core, bus, RAM, peripherals, digital engine, INV accelerator, and the
/// ledger that all of them report to.
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
  NativeHostCore core;

  /// The firmware starts with simulation; the simulation stops when it ends.
  Soc(const sc_core::sc_module_name& name, const SocParameters& parameters);

  /// Offers the signals of all parts to a trace.
  /// \param rows of each tile whose converter codes are traced
  void trace(trace::SignalSink& sink, const tile::TraceDetail& detail);
  /// Offers the tracks of all parts to a timeline.
  void trace(trace::ActivitySink& sink);

  ledger::Ledger& ledger() { return ledger_; }
  const ledger::Ledger& ledger() const { return ledger_; }
  /// RAM at a bus address, from outside: costs nothing in the simulation.
  unsigned char* memory(std::uint64_t address, std::uint64_t bytes);
  template <typename T>
  T* memory_as(std::uint64_t address, std::uint64_t count = 1) {
    return reinterpret_cast<T*>(memory(address, count * sizeof(T)));
  }

  /// What the firmware returned; -1 while it runs.
  int exit_code() const { return exit_code_; }
  /// What the firmware wrote to the UART.
  const std::string& console() const { return console_; }

 private:
  sc_core::sc_vector<sc_core::sc_signal<bool>> device_irq_;
  sc_core::sc_signal<bool> core_irq_;
  sc_core::sc_signal<bool> reset_;
  std::string console_;
  int exit_code_ = -1;
};

}  // namespace invar::platform

#endif
