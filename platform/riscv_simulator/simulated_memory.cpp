#include "simulated_memory.h"

#include <algorithm>
#include <iterator>

namespace invar::platform::riscv {

namespace {

constexpr std::uint64_t k_in_page = SimulatedMemory::k_page_bytes - 1;

}  // namespace

void SimulatedMemory::attach(uc_engine* engine) {
  engine_ = engine;
  for (auto mapping = mappings_.begin(); mapping != mappings_.end();) {
    const bool known =
        mapping->second.data != nullptr &&
        uc_mem_map_ptr(engine_, mapping->first, mapping->second.last - mapping->first + 1,
                       UC_PROT_ALL, mapping->second.data) == UC_ERR_OK;
    mapping = known ? std::next(mapping) : mappings_.erase(mapping);
  }
  io_pages_ = 0;
}

bool SimulatedMemory::map_memory(std::uint64_t address) {
  invar_iss_memory memory{};
  if (host_.find_memory(host_.context, address, &memory) == 0 || memory.data == nullptr) {
    return false;
  }
  // Whole pages alone can be mapped: what is left over at the ends goes by load and store.
  const std::uint64_t page = address & ~k_in_page;
  if (memory.first > page || memory.last < (page | k_in_page)) {
    return false;
  }
  std::uint64_t first = (memory.first + k_in_page) & ~k_in_page;
  std::uint64_t last =
      (memory.last & k_in_page) == k_in_page ? memory.last : (memory.last & ~k_in_page) - 1;
  // Neighbours that are known already stay as they are.
  const auto above = mappings_.upper_bound(page);
  if (above != mappings_.end()) {
    last = std::min(last, above->first - 1);
  }
  if (above != mappings_.begin()) {
    first = std::max(first, std::prev(above)->second.last + 1);
  }
  unsigned char* const data = memory.data + (first - memory.first);
  if (uc_mem_map_ptr(engine_, first, last - first + 1, UC_PROT_ALL, data) != UC_ERR_OK) {
    return false;
  }
  mappings_.emplace(first, Mapping{last, data, nullptr});
  return true;
}

bool SimulatedMemory::map_io(std::uint64_t address) {
  const std::uint64_t first = address & ~k_in_page;
  auto page = std::make_unique<IoPage>(IoPage{io_.context, first});
  if (uc_mmio_map(engine_, first, k_page_bytes, io_.load, page.get(), io_.store, page.get()) !=
      UC_ERR_OK) {
    return false;
  }
  mappings_.emplace(first, Mapping{first | k_in_page, nullptr, std::move(page)});
  ++io_pages_;
  return true;
}

const unsigned char* SimulatedMemory::find(std::uint64_t address, std::uint64_t& available) const {
  auto mapping = mappings_.upper_bound(address);
  if (mapping == mappings_.begin()) {
    return nullptr;
  }
  --mapping;
  if (mapping->second.data == nullptr || mapping->second.last < address) {
    return nullptr;
  }
  available = mapping->second.last - address + 1;
  return mapping->second.data + (address - mapping->first);
}

SimulatedMemory::Mappings::iterator SimulatedMemory::unmap(Mappings::iterator mapping) {
  uc_mem_unmap(engine_, mapping->first, mapping->second.last - mapping->first + 1);
  io_pages_ -= mapping->second.io ? 1 : 0;
  return mappings_.erase(mapping);
}

void SimulatedMemory::drop_translations(std::uint64_t first, std::uint64_t last) {
  for (const auto& [mapping_first, mapping] : mappings_) {
    if (mapping.data != nullptr && mapping_first <= last && mapping.last >= first) {
      uc_ctl_remove_cache(engine_, std::max(first, mapping_first),
                          std::min(last, mapping.last) + 1);
    }
  }
}

void SimulatedMemory::forget(std::uint64_t first, std::uint64_t last) {
  for (auto mapping = mappings_.begin(); mapping != mappings_.end();) {
    const bool overlaps = mapping->first <= last && mapping->second.last >= first;
    mapping = overlaps ? unmap(mapping) : std::next(mapping);
  }
}

void SimulatedMemory::forget_io() {
  for (auto mapping = mappings_.begin(); mapping != mappings_.end();) {
    mapping = mapping->second.io ? unmap(mapping) : std::next(mapping);
  }
}

}  // namespace invar::platform::riscv
