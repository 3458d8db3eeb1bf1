/* Arena allocator in RAM: hands out blocks that both the firmware and DMA can reach. Nothing is
 * given back; a run allocates what it needs when it starts.
 */
#ifndef INVAR_SW_DRIVER_HEAP_H
#define INVAR_SW_DRIVER_HEAP_H

#include <invar/sw/driver/result.h>
#include <invar/sw/port/port.h>

#ifdef __cplusplus
extern "C" {
#endif

struct invar_heap {
  struct invar_port* port;
  uint64_t next, end; /* bus addresses */
};

/* A block of RAM: as the devices see it and as the firmware sees it. */
struct invar_buffer {
  uint64_t address;
  void* data;
};

void invar_heap_init(struct invar_heap* heap, struct invar_port* port, uint64_t address,
                     uint64_t bytes);

/* A block of `bytes` aligned to 64 bytes. INVAR_RESULT_OUT_OF_MEMORY when it does not fit or is
 * not RAM. */
int invar_heap_allocate(struct invar_heap* heap, uint64_t bytes, struct invar_buffer* buffer);

#ifdef __cplusplus
}
#endif

#endif
