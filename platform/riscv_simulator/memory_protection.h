#ifndef INVAR_PLATFORM_RISCV_SIMULATOR_MEMORY_PROTECTION_H
#define INVAR_PLATFORM_RISCV_SIMULATOR_MEMORY_PROTECTION_H

#include <array>
#include <cstdint>
#include <optional>

namespace invar::platform::riscv {

/// Physical memory protection (RISC-V Instruction Set Manual, volume II, 20211203, section 3.7):
/// 16 entries, of which the first 8 can be switched on; granularity 4 KiB, a page of the simulator.
///
/// As long as no entry is on, user mode may access everything.
class MemoryProtection {
 public:
  static constexpr unsigned k_entries = 16;
  static constexpr unsigned k_usable = 8;

  enum Permission : std::uint8_t { k_read = 1, k_write = 2, k_execute = 4 };

  struct Region {
    std::uint64_t first, last;
    std::uint8_t permissions;
    bool locked;
  };

  /// pmpcfg0: the entries that can be on.
  std::uint64_t configuration() const;
  void set_configuration(std::uint64_t value);
  std::uint64_t address(unsigned entry) const;
  void set_address(unsigned entry, std::uint64_t value);

  /// What an entry covers; nothing when it is off or empty.
  std::optional<Region> region(unsigned entry) const;
  /// Whether a page may be accessed at `address`.
  bool allows(std::uint64_t address, Permission permission, bool user) const;

 private:
  std::array<std::uint8_t, k_usable> configuration_{};
  std::array<std::uint64_t, k_entries> address_{};
};

}  // namespace invar::platform::riscv

#endif
