#ifndef INVAR_PLATFORM_RISCV_SIMULATOR_SIMULATED_MEMORY_H
#define INVAR_PLATFORM_RISCV_SIMULATOR_SIMULATED_MEMORY_H

#include <invar/platform/host_core/instruction_set_simulator.h>
#include <unicorn/unicorn.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>

namespace invar::platform::riscv {

/// What of the address space the simulator knows. Nothing at first: each page is asked for when it
/// is touched, and mapped as memory with all that the host says lies around it, or alone as I/O.
class SimulatedMemory {
 public:
  /// `load` and `store` are called with an offset from `IoPage::first` and the page as user data.
  struct IoPage {
    void* context;
    std::uint64_t first;
  };
  struct IoCallbacks {
    uc_cb_mmio_read_t load;
    uc_cb_mmio_write_t store;
    void* context;
  };
  static constexpr std::uint64_t k_page_bytes = 4096;
  /// Pages of I/O beyond which all are forgotten between two blocks: a page takes the longer to map
  /// the more there are, and Unicorn ends the process beyond 4096 mappings.
  static constexpr std::size_t k_io_pages_limit = 256;

  SimulatedMemory(const invar_iss_host& host, const IoCallbacks& io) : host_(host), io_(io) {}

  /// Maps all known memory into a new engine. I/O is found again when it is touched.
  void attach(uc_engine* engine);
  /// Maps memory around `address`. False where there is none, or Unicorn refuses.
  bool map_memory(std::uint64_t address);
  /// Maps the page of `address` as I/O.
  bool map_io(std::uint64_t address);
  /// Bytes at `address` if it is in known memory, and how many follow.
  const unsigned char* find(std::uint64_t address, std::uint64_t& available) const;
  /// Makes Unicorn translate the code in first ... last again. (Its flush of all translations
  /// writes to the whole of its code buffer: 1 GiB.)
  void drop_translations(std::uint64_t first, std::uint64_t last);
  void forget(std::uint64_t first, std::uint64_t last);
  void forget_io();
  std::size_t io_pages() const { return io_pages_; }

 private:
  struct Mapping {
    std::uint64_t last;
    unsigned char* data;  // null for I/O
    std::unique_ptr<IoPage> io;
  };
  using Mappings = std::map<std::uint64_t, Mapping>;

  Mappings::iterator unmap(Mappings::iterator mapping);

  const invar_iss_host& host_;
  IoCallbacks io_;
  uc_engine* engine_ = nullptr;
  Mappings mappings_;
  std::size_t io_pages_ = 0;
};

}  // namespace invar::platform::riscv

#endif
