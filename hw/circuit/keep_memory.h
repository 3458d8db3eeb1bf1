#ifndef INVAR_CIRCUIT_KEEP_MEMORY_H
#define INVAR_CIRCUIT_KEEP_MEMORY_H

#include <cstdlib>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace invar::circuit {

/// For a program's main(): the allocator keeps freed memory instead of returning it to the system.
/// A circuit is built from some matrices that live for microseconds; asking the system for zeroed
/// pages each time takes up to half of the time. Does nothing with other C libraries.
inline void keep_freed_memory() {
#if defined(__GLIBC__)
  constexpr int k_bytes = 256 << 20;
  mallopt(M_TRIM_THRESHOLD, k_bytes);
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
#endif
}

}  // namespace invar::circuit

#endif
