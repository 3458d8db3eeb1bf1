#ifndef INVAR_PLATFORM_RISCV_SIMULATOR_CODE_HOOKS_H
#define INVAR_PLATFORM_RISCV_SIMULATOR_CODE_HOOKS_H

#include <unicorn/unicorn.h>

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "simulated_memory.h"

namespace invar::platform::riscv {

/// Calls back before instructions at given addresses, and between neighbours among them.
///
/// Unicorn looks through all hooks at each call, so they are few: addresses that lie close together
/// share one, and the more there are, the farther apart.
class CodeHooks {
 public:
  CodeHooks(SimulatedMemory& memory, uc_cb_hookcode_t callback, void* data)
      : memory_(memory), callback_(callback), data_(data) {}

  /// For a new engine: no hooks.
  void attach(uc_engine* engine);
  bool covers(std::uint64_t pc) const { return addresses_.count(pc) != 0; }
  /// Not while the engine runs.
  uc_err add(const std::vector<std::uint64_t>& addresses);

 private:
  struct Range {
    std::uint64_t last;
    uc_hook hook;
  };
  using Ranges = std::map<std::uint64_t, Range>;

  Ranges wanted() const;
  uc_err install(std::uint64_t first, Range& range);

  static constexpr std::size_t k_maximum_ranges = 64;

  SimulatedMemory& memory_;
  uc_cb_hookcode_t callback_;
  void* data_;
  uc_engine* engine_ = nullptr;
  std::set<std::uint64_t> addresses_;
  Ranges ranges_;
  std::uint64_t gap_ = 16;  ///< bytes between two addresses that share a hook
};

}  // namespace invar::platform::riscv

#endif
