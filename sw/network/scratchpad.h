/* Memory plan of the engine's scratchpad: offsets are handed out once, when a run starts.
 */
#ifndef INVAR_SW_NETWORK_SCRATCHPAD_H
#define INVAR_SW_NETWORK_SCRATCHPAD_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct invar_scratchpad {
  uint64_t capacity; /* bytes */
  uint64_t next;     /* may run past the capacity: what the plan needs is told in full */
};

void invar_scratchpad_init(struct invar_scratchpad* scratchpad, uint64_t capacity);
/* Space for `elements` 32-bit elements, aligned to 64 bytes. */
uint32_t invar_scratchpad_allocate(struct invar_scratchpad* scratchpad, uint64_t elements);
/* Whether everything allocated so far exists. */
int invar_scratchpad_fits(const struct invar_scratchpad* scratchpad);

#ifdef __cplusplus
}
#endif

#endif
