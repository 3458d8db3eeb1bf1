#include <invar/sw/driver/heap.h>
#include <invar/sw/port/function_costs.h>

#define ALIGNMENT 64u

void invar_heap_init(struct invar_heap* heap, struct invar_port* port, uint64_t address,
                     uint64_t bytes) {
  heap->port = port;
  heap->next = address;
  heap->end = address + bytes < address ? address : address + bytes;
}

int invar_heap_allocate(struct invar_heap* heap, uint64_t bytes, struct invar_buffer* buffer) {
  const uint64_t start = (heap->next + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);
  INVAR_COST(heap->port, heap, invar_heap_allocate);
  if (start < heap->next || start > heap->end || bytes > heap->end - start) {
    return INVAR_RESULT_OUT_OF_MEMORY;
  }
  buffer->address = start;
  buffer->data = invar_port_memory(heap->port, start, bytes);
  if (buffer->data == NULL) {
    return INVAR_RESULT_OUT_OF_MEMORY;
  }
  heap->next = start + bytes;
  return INVAR_RESULT_OK;
}
