#include <invar/platform/soc/soc.h>
#include <invar/registers/accelerator_registers.h>
#include <invar/registers/digital_engine_registers.h>
#include <invar/registers/memory_map.h>
#include <invar/registers/peripheral_registers.h>
#include <invar/sequencer/command_queue.h>
#include <invar/state/archive.h>
#include <invar/sw/apps/firmware.h>
#include <invar/sw/boot/boot_block.h>
#include <invar/sw/port/platform_port.h>

#include <cstring>
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
  return {{"ram", INVAR_MAP_RAM, ram_bytes},
          {"uart", INVAR_MAP_UART, INVAR_UART_WINDOW_BYTES},
          {"timer", INVAR_MAP_TIMER, INVAR_TIMER_WINDOW_BYTES},
          {"interrupt_controller", INVAR_MAP_INTERRUPT_CONTROLLER, INVAR_INTC_WINDOW_BYTES},
          {"host_control", INVAR_MAP_HOST_CONTROL, INVAR_HOST_WINDOW_BYTES},
          {"accelerator", INVAR_MAP_ACCELERATOR, INVAR_ACCELERATOR_WINDOW_BYTES},
          {"engine", INVAR_MAP_ENGINE, INVAR_ENGINE_WINDOW_BYTES}};
}

/// What the accelerator sees of the engine's scratchpad.
accelerator::AcceleratorParameters with_operand_window(
    accelerator::AcceleratorParameters parameters) {
  parameters.operand_window = {INVAR_MAP_SCRATCHPAD, INVAR_MAP_SCRATCHPAD_BYTES};
  return parameters;
}

invar_port device_addresses() {
  invar_port port{};
  invar_port_use_memory_map(&port);
  return port;
}

}  // namespace

Soc::Soc(const sc_core::sc_module_name& name, const SocParameters& parameters)
    : sc_core::sc_module(name),
      bus("bus", k_initiators, address_map(parameters.memory.size_bytes), parameters.bus, &ledger_),
      ram("ram", parameters.memory, &ledger_),
      uart("uart", parameters.peripherals),
      timer("timer", parameters.peripherals),
      interrupt_controller("interrupt_controller", INVAR_MAP_IRQ_INPUTS, parameters.peripherals),
      host_control("host_control", &ledger_, parameters.peripherals),
      engine("engine", parameters.engine, &ledger_),
      accelerator("accelerator", with_operand_window(parameters.accelerator), &ledger_),
      device_irq_("device_irq", INVAR_MAP_IRQ_INPUTS),
      core_irq_("core_irq"),
      reset_("reset") {
  accelerator.dma.socket.bind(bus.target[k_accelerator_dma]);
  engine.dma.socket.bind(bus.target[k_engine_dma]);
  accelerator.operands.socket.bind(engine.scratchpad);
  bus.initiator[k_ram].bind(ram.socket);
  bus.initiator[k_uart].bind(uart.socket);
  bus.initiator[k_timer].bind(timer.socket);
  bus.initiator[k_interrupt_controller].bind(interrupt_controller.socket);
  bus.initiator[k_host_control].bind(host_control.socket);
  bus.initiator[k_accelerator].bind(accelerator.registers);
  bus.initiator[k_engine].bind(engine.registers);

  accelerator.irq(device_irq_[INVAR_MAP_IRQ_ACCELERATOR]);
  engine.irq(device_irq_[INVAR_MAP_IRQ_ENGINE]);
  timer.irq(device_irq_[INVAR_MAP_IRQ_TIMER]);
  for (std::uint32_t input = 0; input < INVAR_MAP_IRQ_INPUTS; ++input) {
    interrupt_controller.input[input](device_irq_[input]);
  }
  interrupt_controller.irq(core_irq_);
  accelerator.rst(reset_);
  engine.rst(reset_);

  uart.sink = [this](char character) {
    console_ += character;
    if (on_console) {
      on_console(character);
    }
  };
  make_core(parameters);
}

void Soc::make_core(const SocParameters& parameters) {
  const auto ended = [this, stop = parameters.stop_at_end](int code) {
    exit_code_ = code;
    if (stop) {
      sc_core::sc_stop();
    }
  };
  switch (parameters.core) {
    case HostCoreKind::native: {
      auto native = std::make_unique<NativeHostCore>(
          "core", ledger_, device_addresses(),
          parameters.native_firmware ? parameters.native_firmware : &firmware_main,
          parameters.host_core);
      native_ = native.get();
      core_ = std::move(native);
      break;
    }
    case HostCoreKind::riscv: {
      auto riscv = std::make_unique<RiscvHostCore>("core", ledger_, parameters.firmware,
                                                   parameters.host_core);
      riscv_ = riscv.get();
      core_ = std::move(riscv);
      load(*parameters.firmware.elf);
      break;
    }
    case HostCoreKind::external:
      break;
  }
  if (parameters.core != HostCoreKind::native) {
    host_control.on_exit = [ended](std::uint32_t code) { ended(static_cast<int>(code)); };
  }
  if (core_) {
    core_->socket.bind(bus.target[k_core]);
    core_->irq(core_irq_);
    core_->on_finished(ended);
  }
}

void Soc::load(const ElfImage& image) {
  image.require_within(INVAR_MAP_FIRMWARE, INVAR_MAP_FIRMWARE_BYTES);
  for (const ElfImage::Segment& segment : image.segments()) {
    if (!segment.bytes.empty()) {
      std::memcpy(memory(segment.address, segment.bytes.size()), segment.bytes.data(),
                  segment.bytes.size());
    }
  }
}

void Soc::trace(trace::SignalSink& sink, const tile::TraceDetail& detail) {
  // In the order in which a viewer shows them.
  if (core_) {
    core_->trace(sink);
  }
  accelerator.trace(sink, detail);
  interrupt_controller.trace(sink);
  host_control.trace(sink);
  engine.trace(sink);
  timer.trace(sink);
  bus.trace(sink, {"core", "accelerator_dma", "engine_dma"});
}

void Soc::trace(trace::ActivitySink& sink) {
  if (core_) {
    core_->trace(sink);
  }
  accelerator.trace(sink);
  engine.trace(sink);
}

unsigned char* Soc::memory(std::uint64_t address, std::uint64_t bytes) {
  if (address < INVAR_MAP_RAM || address - INVAR_MAP_RAM > ram.size() ||
      bytes > ram.size() - (address - INVAR_MAP_RAM)) {
    throw std::runtime_error("the firmware named an address outside RAM");
  }
  return ram.data() + (address - INVAR_MAP_RAM);
}

std::vector<unsigned char> Soc::operand(std::uint64_t address, std::uint64_t bytes) {
  if (!accelerator.core().parameters().operand_window.holds(address, bytes)) {
    const unsigned char* const first = memory(address, bytes);
    return {first, first + bytes};
  }
  std::vector<unsigned char> copy(bytes);
  tlm::tlm_generic_payload payload;
  payload.set_command(tlm::TLM_READ_COMMAND);
  payload.set_address(address - INVAR_MAP_SCRATCHPAD);
  payload.set_data_ptr(copy.data());
  payload.set_data_length(static_cast<unsigned int>(bytes));
  payload.set_streaming_width(static_cast<unsigned int>(bytes));
  if (engine.core().debug_scratchpad(payload) != bytes) {
    throw std::runtime_error("the firmware named an address outside the scratchpad");
  }
  return copy;
}

void Soc::exchange(state::Archive& archive) {
  archive.part("machine");
  ledger_.exchange(archive);
  accelerator.core().queue().exchange(archive);
  engine.core().account().exchange(archive);
  core_->exchange(archive);
  archive.text(console_);
}

}  // namespace invar::platform
