#include <invar/sw/network/memory_plan.h>
#include <invar/sw/port/function_costs.h>

#define ALIGNMENT 64u
/* Images at once below which operands are spilled rather than groups made smaller: the rows of the
 * MAC array of today's engines, below which it idles in a dense layer (choice). */
#define WANTED_GROUP 16u
/* Elements of one load or store: 1 GiB, which a job counts in 32 bits. */
#define LARGEST_MOVE ((uint64_t)1 << 28)

static uint64_t aligned(uint64_t elements) {
  return (elements * 4 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

void invar_plan_init(struct invar_memory_plan* plan, struct invar_engine* engine,
                     struct invar_heap* heap, uint32_t batch) {
  *plan = (struct invar_memory_plan){.engine = engine, .heap = heap, .batch = batch};
}

int invar_plan_share_home(struct invar_memory_plan* plan, uint64_t address, uint64_t bytes) {
  plan->shared.address = address;
  plan->shared_bytes = bytes;
  plan->shared.data = invar_port_memory(plan->engine->port, address, bytes);
  return plan->shared.data == NULL ? INVAR_RESULT_BAD_ARGUMENT : INVAR_RESULT_OK;
}

int invar_plan_allocate(struct invar_memory_plan* plan, uint64_t elements,
                        struct invar_buffer* buffer) {
  if (plan->shared.data != NULL) {
    *buffer = plan->shared;
    return INVAR_RESULT_OK;
  }
  return invar_heap_allocate(plan->heap, elements * 4, buffer);
}

void invar_plan_declare(struct invar_memory_plan* plan, struct invar_operand* operand,
                        enum invar_operand_kind kind, uint64_t elements) {
  *operand = (struct invar_operand){.kind = kind, .elements = elements};
  if (plan->first == NULL) {
    plan->first = operand;
  } else {
    plan->last->next = operand;
  }
  plan->last = operand;
  INVAR_COST(plan->engine->port, memory_plan, invar_plan_declare);
}

void invar_plan_need_work(struct invar_memory_plan* plan, uint64_t elements) {
  const uint64_t bytes = aligned(elements);
  plan->work_bytes = bytes > plan->work_bytes ? bytes : plan->work_bytes;
}

static int is_kept(const struct invar_operand* operand) {
  return operand->kind != INVAR_OPERAND_BY_IMAGE && !operand->is_spilled;
}

static uint64_t kept_bytes(const struct invar_memory_plan* plan) {
  uint64_t sum = 0, all = 0, counted = 0;
  for (const struct invar_operand* operand = plan->first; operand != NULL;
       operand = operand->next, ++all) {
    if (is_kept(operand)) {
      sum += aligned(operand->elements);
      ++counted;
    }
  }
  INVAR_COST(plan->engine->port, memory_plan, kept_bytes, all, counted);
  return sum;
}

static uint64_t image_bytes(const struct invar_memory_plan* plan, uint32_t images) {
  uint64_t sum = 0, all = 0, counted = 0;
  for (const struct invar_operand* operand = plan->first; operand != NULL;
       operand = operand->next, ++all) {
    if (operand->kind == INVAR_OPERAND_BY_IMAGE) {
      sum += aligned(images * operand->elements);
      ++counted;
    }
  }
  INVAR_COST(plan->engine->port, memory_plan, image_bytes, all, counted);
  return sum;
}

static int fits(struct invar_memory_plan* plan, uint32_t images) {
  const uint64_t maps = image_bytes(plan, images);
  const uint64_t workspace = maps > plan->work_bytes ? maps : plan->work_bytes;
  plan->needed_bytes = kept_bytes(plan) + workspace;
  return plan->needed_bytes <= plan->engine->scratchpad_bytes;
}

/* Spills the largest operand that may be and that is not yet. Whether there was one. */
static int spill_largest(struct invar_memory_plan* plan) {
  struct invar_operand* largest = NULL;
  for (struct invar_operand* operand = plan->first; operand != NULL; operand = operand->next) {
    if (operand->kind == INVAR_OPERAND_ROOMY && !operand->is_spilled &&
        (largest == NULL || operand->elements > largest->elements)) {
      largest = operand;
    }
    INVAR_COST(plan->engine->port, memory_plan, spill_largest);
  }
  if (largest == NULL) {
    return 0;
  }
  largest->is_spilled = 1;
  invar_plan_need_work(plan, largest->elements);
  return 1;
}

/* Groups as large as fit, and all about as large. */
static void choose_groups(struct invar_memory_plan* plan) {
  uint32_t low = 1, high = plan->batch;
  while (low < high) {
    const uint32_t middle = low + (high - low + 1) / 2;
    if (fits(plan, middle)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  plan->groups = (plan->batch + low - 1) / low;
  plan->group = (plan->batch + plan->groups - 1) / plan->groups;
}

static int place(struct invar_memory_plan* plan) {
  uint64_t kept = 0;
  uint64_t by_image = kept_bytes(plan);
  plan->workspace = (uint32_t)by_image;
  for (struct invar_operand* operand = plan->first; operand != NULL; operand = operand->next) {
    INVAR_COST(plan->engine->port, memory_plan, place);
    if (is_kept(operand)) {
      operand->offset = (uint32_t)kept;
      kept += aligned(operand->elements);
    } else if (operand->is_spilled) {
      operand->offset = plan->workspace;
      const int result = invar_plan_allocate(plan, operand->elements, &operand->home);
      if (result != INVAR_RESULT_OK) {
        return result;
      }
    } else {
      operand->offset = (uint32_t)by_image;
      by_image += aligned(plan->group * operand->elements);
    }
  }
  return INVAR_RESULT_OK;
}

/* All operands to the shared home, all images at once. */
static void stream(struct invar_memory_plan* plan) {
  plan->streams = 1;
  plan->group = plan->batch;
  plan->groups = 1;
  for (struct invar_operand* operand = plan->first; operand != NULL; operand = operand->next) {
    operand->is_spilled = 1;
    operand->home = plan->shared;
    INVAR_COST(plan->engine->port, memory_plan, stream);
  }
}

int invar_plan_settle(struct invar_memory_plan* plan) {
  const uint32_t wanted = plan->batch < WANTED_GROUP ? plan->batch : WANTED_GROUP;
  while (!fits(plan, wanted) && spill_largest(plan)) {
  }
  if (fits(plan, 1)) {
    choose_groups(plan);
    return place(plan);
  }
  if (plan->shared.data == NULL) {
    return INVAR_RESULT_OUT_OF_MEMORY;
  }
  stream(plan);
  return INVAR_RESULT_OK;
}

uint32_t invar_plan_images(const struct invar_memory_plan* plan, uint32_t group) {
  const uint32_t left = plan->batch - group * plan->group;
  return left < plan->group ? left : plan->group;
}

uint64_t invar_plan_address(const struct invar_memory_plan* plan, const struct invar_buffer* buffer,
                            uint64_t first) {
  return buffer->address + (plan->shared.data == NULL ? first * 4 : 0);
}

/* In jobs that can count the elements. */
static void move(struct invar_memory_plan* plan, enum invar_engine_opcode opcode, uint32_t phase,
                 uint64_t address, uint32_t offset, uint64_t elements) {
  const struct invar_buffer start = {address, NULL};
  for (uint64_t first = 0; first < elements; first += LARGEST_MOVE) {
    const uint64_t left = elements - first;
    const uint32_t bytes = (uint32_t)(left < LARGEST_MOVE ? left : LARGEST_MOVE) * 4;
    const uint32_t there = offset + (uint32_t)first * 4;
    const uint64_t home = invar_plan_address(plan, &start, first);
    if (opcode == INVAR_ENGINE_LOAD) {
      invar_engine_load(plan->engine, phase, home, there, bytes);
    } else {
      invar_engine_store(plan->engine, phase, there, home, bytes);
    }
  }
}

void invar_plan_load(struct invar_memory_plan* plan, uint32_t phase, uint64_t address,
                     uint32_t offset, uint64_t elements) {
  INVAR_COST(plan->engine->port, memory_plan, invar_plan_load);
  move(plan, INVAR_ENGINE_LOAD, phase, address, offset, elements);
}

void invar_plan_store(struct invar_memory_plan* plan, uint32_t phase, uint32_t offset,
                      uint64_t address, uint64_t elements) {
  INVAR_COST(plan->engine->port, memory_plan, invar_plan_store);
  move(plan, INVAR_ENGINE_STORE, phase, address, offset, elements);
}

uint32_t invar_plan_fetch_part(struct invar_memory_plan* plan, uint32_t phase,
                               const struct invar_operand* operand, uint64_t first,
                               uint64_t count) {
  INVAR_COST(plan->engine->port, memory_plan, invar_plan_fetch_part, operand->is_spilled != 0);
  if (!operand->is_spilled) {
    return operand->offset + (uint32_t)first * 4;
  }
  invar_plan_load(plan, phase, invar_plan_address(plan, &operand->home, first), operand->offset,
                  count);
  return operand->offset;
}

void invar_plan_commit_part(struct invar_memory_plan* plan, uint32_t phase,
                            const struct invar_operand* operand, uint64_t first, uint64_t count) {
  INVAR_COST(plan->engine->port, memory_plan, invar_plan_commit_part, operand->is_spilled != 0);
  if (operand->is_spilled) {
    invar_plan_store(plan, phase, operand->offset, invar_plan_address(plan, &operand->home, first),
                     count);
  }
}

uint32_t invar_plan_fetch(struct invar_memory_plan* plan, uint32_t phase,
                          const struct invar_operand* operand) {
  return invar_plan_fetch_part(plan, phase, operand, 0, operand->elements);
}

void invar_plan_commit(struct invar_memory_plan* plan, uint32_t phase,
                       const struct invar_operand* operand) {
  invar_plan_commit_part(plan, phase, operand, 0, operand->elements);
}
