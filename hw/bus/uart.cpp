#include <invar/bus/uart.h>
#include <invar/registers/peripheral_registers.h>

namespace invar::bus {

Uart::Uart(const sc_core::sc_module_name& name, const PeripheralParameters& parameters)
    : RegisterTarget(name, INVAR_UART_WINDOW_BYTES, parameters) {}

std::uint32_t Uart::read_register(std::uint64_t offset, const sc_core::sc_time&) {
  return offset == INVAR_UART_REG_STATUS ? 1u : 0u;
}

void Uart::take_effect(const simulation::TimedWrite& write) {
  if (write.offset == INVAR_UART_REG_DATA) {
    ++bytes_sent_;
    if (sink) {
      sink(static_cast<char>(write.value & 0xFFu));
    }
  }
}

}  // namespace invar::bus
