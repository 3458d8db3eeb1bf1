/* What outlives a restart of the firmware: operands whose owners have set `is_lasting`. Those that
 * the plan has spilled are in RAM anyway; the others wait there, each at its `home`.
 */
#ifndef INVAR_SW_NETWORK_LASTING_OPERANDS_H
#define INVAR_SW_NETWORK_LASTING_OPERANDS_H

#include <invar/sw/network/memory_plan.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Once the plan is settled: room in RAM. INVAR_RESULT_OUT_OF_MEMORY without it. */
int invar_lasting_allocate(struct invar_memory_plan* plan);
/* Appends the jobs that take them out of the scratchpad, and back. */
void invar_lasting_store(struct invar_memory_plan* plan);
void invar_lasting_load(struct invar_memory_plan* plan);

#ifdef __cplusplus
}
#endif

#endif
