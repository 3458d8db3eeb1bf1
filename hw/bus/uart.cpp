#include <invar/bus/uart.h>
#include <invar/registers/peripheral_registers.h>

namespace invar::bus {
namespace {

using namespace simulation::register_access;
constexpr simulation::RegisterTable k_uart_table{INVAR_UART_REGISTERS(INVAR_REGISTER_ROW)};

}  // namespace

Uart::Uart(const sc_core::sc_module_name& name, const PeripheralParameters& parameters)
    : RegisterTarget(name, k_uart_table, INVAR_UART_WINDOW_BYTES, parameters) {
  registers().on_write(INVAR_UART_REG_DATA, [this](const simulation::RegisterWritten& write) {
    ++bytes_sent_;
    if (sink) {
      sink(static_cast<char>(write.value & 0xFFu));
    }
  });
}

}  // namespace invar::bus
