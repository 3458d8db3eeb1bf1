#ifndef INVAR_SIMULATION_RECORD_RING_H
#define INVAR_SIMULATION_RECORD_RING_H

#include <cstdint>

namespace invar::simulation {

// Rules of a ring of records in memory that a device is pointed to by registers: descriptors, jobs,
// completion records.

/// Whether a ring may have so many records: a power of two, so that free-running counts wrap with
/// it.
constexpr bool is_ring_size(std::uint32_t size) {
  constexpr std::uint32_t k_smallest = 2;
  constexpr std::uint32_t k_largest = 4096;
  return size >= k_smallest && size <= k_largest && (size & (size - 1)) == 0;
}

/// Whether so many records may lie there: aligned to 64 bytes, and inside the address space.
constexpr bool is_ring_base(std::uint64_t base, std::uint32_t size, std::uint64_t record_bytes) {
  constexpr std::uint64_t k_alignment = 64;
  return base % k_alignment == 0 && base <= ~std::uint64_t{0} - (size * record_bytes - 1);
}

}  // namespace invar::simulation

#endif
