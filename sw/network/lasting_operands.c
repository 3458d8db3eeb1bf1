#include <invar/sw/network/lasting_operands.h>

static int waits_in_ram(const struct invar_operand* operand) {
  return operand->is_lasting && !operand->is_spilled;
}

int invar_lasting_allocate(struct invar_memory_plan* plan) {
  int result = INVAR_RESULT_OK;
  for (struct invar_operand* operand = plan->first; operand != NULL && result == INVAR_RESULT_OK;
       operand = operand->next) {
    if (waits_in_ram(operand)) {
      result = invar_heap_allocate(plan->heap, operand->elements * 4, &operand->home);
    }
  }
  return result;
}

void invar_lasting_store(struct invar_memory_plan* plan) {
  for (const struct invar_operand* operand = plan->first; operand != NULL;
       operand = operand->next) {
    if (waits_in_ram(operand)) {
      invar_engine_store(plan->engine, INVAR_PHASE_DATA_MOVEMENT, operand->offset,
                         operand->home.address, (uint32_t)(operand->elements * 4));
    }
  }
}

void invar_lasting_load(struct invar_memory_plan* plan) {
  for (const struct invar_operand* operand = plan->first; operand != NULL;
       operand = operand->next) {
    if (waits_in_ram(operand)) {
      invar_engine_load(plan->engine, INVAR_PHASE_DATA_MOVEMENT, operand->home.address,
                        operand->offset, (uint32_t)(operand->elements * 4));
    }
  }
}
