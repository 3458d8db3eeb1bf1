#ifndef INVAR_PLATFORM_SOC_MEMORY_LAYOUT_H
#define INVAR_PLATFORM_SOC_MEMORY_LAYOUT_H

#include <invar/registers/memory_map.h>

#include <cstdint>

namespace invar::platform {

/// Hands out RAM in order, for what the platform leaves there before the firmware starts: behind
/// the firmware's image, the boot block first.
class RamPlanner {
 public:
  /// \return bus address of `bytes` bytes, on a 64-byte boundary
  std::uint64_t reserve(std::uint64_t bytes) {
    const std::uint64_t address = INVAR_MAP_RAM + used_;
    used_ += (bytes + 63) / 64 * 64;
    return address;
  }
  std::uint64_t used() const { return used_; }

 private:
  std::uint64_t used_ = INVAR_MAP_BOOT_BLOCK - INVAR_MAP_RAM;
};

}  // namespace invar::platform

#endif
