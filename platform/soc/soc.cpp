#include <invar/platform/soc/memory_layout.h>
#include <invar/platform/soc/soc.h>
#include <invar/registers/accelerator_registers.h>
#include <invar/registers/digital_engine_registers.h>
#include <invar/registers/peripheral_registers.h>
#include <invar/sw/apps/firmware.h>

#include <stdexcept>

namespace invar::platform {
namespace {

enum Initiator : std::size_t { k_core, k_accelerator_dma, k_engine_dma, k_initiators };
enum Target : std::size_t {
  k_ram,
  k_uart,
  k_timer,
  k_interrupt_controller,
  k_host_control,
  k_accelerator,
  k_engine
};

std::vector<bus::AddressRange> address_map(std::uint64_t ram_bytes) {
  return {{"ram", k_ram_base, ram_bytes},
          {"uart", k_uart_base, INVAR_UART_WINDOW_BYTES},
          {"timer", k_timer_base, INVAR_TIMER_WINDOW_BYTES},
          {"interrupt_controller", k_interrupt_controller_base, INVAR_INTC_WINDOW_BYTES},
          {"host_control", k_host_control_base, INVAR_HOST_WINDOW_BYTES},
          {"accelerator", k_accelerator_base, INVAR_ACCELERATOR_WINDOW_BYTES},
          {"engine", k_engine_base, INVAR_ENGINE_WINDOW_BYTES}};
}

invar_port device_addresses() {
  invar_port port{};
  port.boot_block_address = k_ram_base;
  port.accelerator_base = k_accelerator_base;
  port.engine_base = k_engine_base;
  port.uart_base = k_uart_base;
  port.timer_base = k_timer_base;
  port.interrupt_controller_base = k_interrupt_controller_base;
  port.host_control_base = k_host_control_base;
  port.accelerator_irq = k_accelerator_irq;
  port.engine_irq = k_engine_irq;
  port.timer_irq = k_timer_irq;
  return port;
}

}  // namespace

Soc::Soc(const sc_core::sc_module_name& name, const SocParameters& parameters)
    : sc_core::sc_module(name),
      bus("bus", k_initiators, address_map(parameters.memory.size_bytes), parameters.bus, &ledger_),
      ram("ram", parameters.memory, &ledger_),
      uart("uart", parameters.peripherals),
      timer("timer", parameters.peripherals),
      interrupt_controller("interrupt_controller", k_irq_inputs, parameters.peripherals),
      host_control("host_control", &ledger_, parameters.peripherals),
      engine("engine", parameters.engine, &ledger_),
      accelerator("accelerator", parameters.accelerator, &ledger_),
      core("core", ledger_, device_addresses(), &firmware_main, parameters.host_core),
      device_irq_("device_irq", k_irq_inputs),
      core_irq_("core_irq"),
      reset_("reset") {
  core.socket.bind(bus.target[k_core]);
  accelerator.dma.socket.bind(bus.target[k_accelerator_dma]);
  engine.dma.socket.bind(bus.target[k_engine_dma]);
  bus.initiator[k_ram].bind(ram.socket);
  bus.initiator[k_uart].bind(uart.socket);
  bus.initiator[k_timer].bind(timer.socket);
  bus.initiator[k_interrupt_controller].bind(interrupt_controller.socket);
  bus.initiator[k_host_control].bind(host_control.socket);
  bus.initiator[k_accelerator].bind(accelerator.registers);
  bus.initiator[k_engine].bind(engine.registers);

  accelerator.irq(device_irq_[k_accelerator_irq]);
  engine.irq(device_irq_[k_engine_irq]);
  timer.irq(device_irq_[k_timer_irq]);
  for (std::uint32_t input = 0; input < k_irq_inputs; ++input) {
    interrupt_controller.input[input](device_irq_[input]);
  }
  interrupt_controller.irq(core_irq_);
  core.irq(core_irq_);
  accelerator.rst(reset_);
  engine.rst(reset_);

  uart.sink = [this](char character) { console_ += character; };
  core.on_finished([this](int code) {
    exit_code_ = code;
    sc_core::sc_stop();
  });
}

void Soc::trace(trace::SignalSink& sink, const tile::TraceDetail& detail) {
  // In the order in which a viewer shows them.
  accelerator.trace(sink, detail);
  interrupt_controller.trace(sink);
  host_control.trace(sink);
  engine.trace(sink);
  timer.trace(sink);
  bus.trace(sink, {"core", "accelerator_dma", "engine_dma"});
}

void Soc::trace(trace::ActivitySink& sink) {
  core.trace(sink);
  accelerator.trace(sink);
  engine.trace(sink);
}

unsigned char* Soc::memory(std::uint64_t address, std::uint64_t bytes) {
  if (address < k_ram_base || address - k_ram_base > ram.size() ||
      bytes > ram.size() - (address - k_ram_base)) {
    throw std::runtime_error("the firmware named an address outside RAM");
  }
  return ram.data() + (address - k_ram_base);
}

}  // namespace invar::platform
