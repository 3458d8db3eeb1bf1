#include <invar/sw/network/scratchpad.h>

#define ALIGNMENT 64u

void invar_scratchpad_init(struct invar_scratchpad* scratchpad, uint64_t capacity) {
  scratchpad->capacity = capacity;
  scratchpad->next = 0;
}

uint32_t invar_scratchpad_allocate(struct invar_scratchpad* scratchpad, uint64_t elements) {
  const uint64_t offset = scratchpad->next;
  scratchpad->next += (elements * 4 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  return (uint32_t)offset;
}

int invar_scratchpad_fits(const struct invar_scratchpad* scratchpad) {
  return scratchpad->next <= scratchpad->capacity;
}
