#ifndef INVAR_PLATFORM_SOC_MEMORY_LAYOUT_H
#define INVAR_PLATFORM_SOC_MEMORY_LAYOUT_H

#include <cstdint>

namespace invar::platform {

/// Where things are on the host bus.
constexpr std::uint64_t k_uart_base = 0x1000'0000;
constexpr std::uint64_t k_timer_base = 0x1000'1000;
constexpr std::uint64_t k_interrupt_controller_base = 0x1000'2000;
constexpr std::uint64_t k_host_control_base = 0x1000'3000;
constexpr std::uint64_t k_accelerator_base = 0x2000'0000;
constexpr std::uint64_t k_engine_base = 0x2001'0000;
constexpr std::uint64_t k_ram_base = 0x8000'0000;

/// Inputs of the interrupt controller.
constexpr std::uint32_t k_accelerator_irq = 0;
constexpr std::uint32_t k_engine_irq = 1;
constexpr std::uint32_t k_timer_irq = 2;
constexpr std::uint32_t k_irq_inputs = 3;

/// Hands out RAM in order, for what the platform leaves there before the firmware starts.
class RamPlanner {
 public:
  /// \return bus address of `bytes` bytes, on a 64-byte boundary
  std::uint64_t reserve(std::uint64_t bytes) {
    const std::uint64_t address = k_ram_base + used_;
    used_ += (bytes + 63) / 64 * 64;
    return address;
  }
  std::uint64_t used() const { return used_; }

 private:
  std::uint64_t used_ = 0;
};

}  // namespace invar::platform

#endif
