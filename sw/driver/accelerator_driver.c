#include <invar/sw/driver/accelerator_driver.h>
#include <invar/sw/driver/register_access.h>
#include <invar/sw/port/function_costs.h>

enum {
#define RESET_VALUE(name, offset, reset, access, effect) RESET_OF_##name = reset,
  INVAR_ACCELERATOR_REGISTERS(RESET_VALUE)
#undef RESET_VALUE
};

_Static_assert(sizeof(struct invar_descriptor) == 128, "descriptors are 128 bytes");
_Static_assert(sizeof(struct invar_completion) == 128, "completion records are 128 bytes");

enum slot_state { SLOT_FREE = 0, SLOT_SUBMITTED, SLOT_DETACHED, SLOT_DONE };

/* A command: the caller clears 128 bytes and fills its fields in (84 and 50 operations, memset
 * included); here they are copied. */
#define SUBMIT_INTEGERS (84 + 42)
#define SUBMIT_ACCESSES (50 + 57)
/* The way back, while the accelerator is at work already. */
#define SUBMITTED_INTEGERS 3
#define SUBMITTED_ACCESSES 9

static void write_register(struct invar_accelerator* accelerator, uint32_t offset, uint32_t value) {
  if (accelerator->error == INVAR_RESULT_OK) {
    const int result = invar_register_write(accelerator->port,
                                            accelerator->port->accelerator_base + offset, value);
    if (result != INVAR_RESULT_OK) { /* the interrupt of a doorbell may have stored another */
      accelerator->error = result;
    }
  }
}

static uint32_t read_register(struct invar_accelerator* accelerator, uint32_t offset) {
  uint32_t value = 0;
  const int result =
      invar_register_read(accelerator->port, accelerator->port->accelerator_base + offset, &value);
  if (result != INVAR_RESULT_OK) {
    accelerator->error = result;
  }
  return value;
}

static volatile struct invar_completion* record_of(const struct invar_accelerator* accelerator,
                                                   uint32_t slot) {
  return (volatile struct invar_completion*)accelerator->completions.data + slot;
}

static const struct invar_descriptor* descriptor_of(const struct invar_accelerator* accelerator,
                                                    uint32_t slot) {
  return (const struct invar_descriptor*)accelerator->ring.data + slot;
}

static int solves(const struct invar_descriptor* descriptor) {
  return descriptor->opcode == INVAR_OP_SOLVE || descriptor->opcode == INVAR_OP_PRECONDITION;
}

/* Adds one completion to the counters. */
static void count_completion(struct invar_accelerator* accelerator, uint32_t slot) {
  struct invar_driver_counters* counters = accelerator->counters;
  const volatile struct invar_completion* record = record_of(accelerator, slot);
  const uint32_t status = record->status;
  if (status < INVAR_STATUS_COUNT) { /* another one is of hardware that this driver does not know */
    ++counters->status_counts[status];
  }
  counters->retries += record->retries;
  counters->clipped += record->clipped;
  if (descriptor_of(accelerator, slot)->opcode == INVAR_OP_PROGRAM) {
    ++counters->programs;
    counters->program_failures += status != INVAR_STATUS_OK;
    counters->failed_cells += record->failed_cells;
  }
  if (solves(descriptor_of(accelerator, slot))) {
    ++counters->solves;
    /* What an attempt that failed has solved is solved again by the next. */
    counters->right_hand_sides += status == INVAR_STATUS_OK ? record->converged : 0;
    counters->single_shots +=
        status == INVAR_STATUS_OK && record->service == INVAR_SERVICE_SINGLE_SHOT
            ? record->converged
            : 0;
    counters->refined_columns += record->refined_columns;
    counters->total_iterations += record->total_iterations;
    counters->sum_seed_effective_bits += (double)record->seed_effective_bits;
    if (record->iterations > counters->max_iterations) {
      counters->max_iterations = record->iterations;
    }
    if (status == INVAR_STATUS_NOT_CONVERGED && record->residual > counters->missed_residual) {
      counters->missed_residual = record->residual;
    }
    if (status == INVAR_STATUS_OK && record->residual > counters->max_residual) {
      counters->max_residual = record->residual;
    }
  }
  INVAR_COST(accelerator->port, accelerator_driver, count_completion,
             descriptor_of(accelerator, slot)->opcode == INVAR_OP_PROGRAM,
             solves(descriptor_of(accelerator, slot)));
}

/* Looks for the records that COMPLETED counts and were not seen before; commands finish in any
 * order, so all that are under way are asked. Never more than COMPLETED says: what the core finds
 * in memory must not depend on how far it runs ahead of the other devices. */
static void collect(struct invar_accelerator* accelerator, uint32_t completed) {
  uint64_t passed = 0, looked_at = 0;
  int all_before = 1;
  for (uint32_t ticket = accelerator->first_open;
       ticket != accelerator->submitted && accelerator->collected != completed; ++ticket) {
    const uint32_t slot = ticket & (accelerator->ring_size - 1);
    uint8_t* state = &accelerator->slots[slot];
    ++passed;
    if (*state == SLOT_SUBMITTED || *state == SLOT_DETACHED) {
      ++looked_at;
      if (record_of(accelerator, slot)->status != INVAR_STATUS_PENDING) {
        count_completion(accelerator, slot);
        *state = *state == SLOT_DETACHED ? SLOT_FREE : SLOT_DONE;
        ++accelerator->collected;
      } else {
        all_before = 0;
      }
    }
    accelerator->first_open += (uint32_t)all_before;
  }
  INVAR_COST(accelerator->port, accelerator_driver, collect, passed, looked_at);
}

static int handle_interrupt(void* context) {
  struct invar_accelerator* accelerator = context;
  INVAR_COST(accelerator->port, accelerator_driver, handle_interrupt);
  const uint32_t pending = read_register(accelerator, INVAR_REG_IRQ_STATUS);
  write_register(accelerator, INVAR_REG_IRQ_STATUS, pending);
  /* Read after the acknowledge: a record written in between raises the line again. */
  collect(accelerator, read_register(accelerator, INVAR_REG_COMPLETED));
  if ((pending & INVAR_IRQ_FAULT) != 0 && accelerator->error == INVAR_RESULT_OK &&
      (read_register(accelerator, INVAR_REG_STATUS) & INVAR_STATUS_HALTED) != 0) {
    accelerator->error = INVAR_RESULT_RING_FAULT;
  }
  return accelerator->error == INVAR_RESULT_BUS_ERROR ? INVAR_RESULT_BUS_ERROR : INVAR_RESULT_OK;
}

static int start(struct invar_accelerator* accelerator) {
  const uint32_t interrupts = INVAR_IRQ_COMPLETION | INVAR_IRQ_FAULT;
  const uint64_t ring = accelerator->ring.address;
  const uint64_t completions = accelerator->completions.address;
  write_register(accelerator, INVAR_REG_CONTROL, INVAR_CONTROL_RESET);
  write_register(accelerator, INVAR_REG_RING_BASE_LO, (uint32_t)ring);
  write_register(accelerator, INVAR_REG_RING_BASE_HI, (uint32_t)(ring >> 32));
  write_register(accelerator, INVAR_REG_RING_SIZE, accelerator->ring_size);
  write_register(accelerator, INVAR_REG_COMPLETION_BASE_LO, (uint32_t)completions);
  write_register(accelerator, INVAR_REG_COMPLETION_BASE_HI, (uint32_t)(completions >> 32));
  write_register(accelerator, INVAR_REG_IRQ_STATUS, interrupts);
  write_register(accelerator, INVAR_REG_IRQ_ENABLE, interrupts);
  write_register(accelerator, INVAR_REG_CONTROL, INVAR_CONTROL_ENABLE);
  return accelerator->error;
}

static int allocate_ring(struct invar_accelerator* accelerator, struct invar_heap* heap) {
  const uint64_t size = accelerator->ring_size;
  struct invar_buffer slots;
  int result =
      invar_heap_allocate(heap, size * sizeof(struct invar_descriptor), &accelerator->ring);
  if (result == INVAR_RESULT_OK) {
    result = invar_heap_allocate(heap, size * sizeof(struct invar_completion),
                                 &accelerator->completions);
  }
  if (result == INVAR_RESULT_OK) {
    result = invar_heap_allocate(heap, size, &slots);
  }
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  accelerator->slots = slots.data;
  for (uint32_t i = 0; i < size; ++i) {
    accelerator->slots[i] = SLOT_FREE;
  }
  return INVAR_RESULT_OK;
}

int invar_accelerator_init(struct invar_accelerator* accelerator, struct invar_port* port,
                           struct invar_interrupts* interrupts, struct invar_heap* heap,
                           struct invar_driver_counters* counters, uint32_t ring_size) {
  INVAR_COST(port, accelerator_driver, invar_accelerator_init, ring_size);
  accelerator->port = port;
  accelerator->interrupts = interrupts;
  accelerator->counters = counters;
  accelerator->ring_size = ring_size;
  accelerator->submitted = 0;
  accelerator->collected = 0;
  accelerator->first_open = 0;
  accelerator->error = INVAR_RESULT_OK;
  if (ring_size < 2 || ring_size > INVAR_ACCELERATOR_RING_LIMIT ||
      (ring_size & (ring_size - 1)) != 0) {
    return accelerator->error = INVAR_RESULT_BAD_ARGUMENT;
  }
  const uint32_t id = read_register(accelerator, INVAR_REG_ID);
  const uint32_t capability = read_register(accelerator, INVAR_REG_CAPABILITY);
  if (accelerator->error != INVAR_RESULT_OK) {
    return accelerator->error;
  }
  if (id != RESET_OF_ID) {
    return accelerator->error = INVAR_RESULT_NO_DEVICE;
  }
  accelerator->tiles = read_register(accelerator, INVAR_REG_TILES);
  if (accelerator->error != INVAR_RESULT_OK) {
    return accelerator->error;
  }
  accelerator->rows = capability >> 8 & 0xFFFFu;
  accelerator->slices = capability >> 24;
  accelerator->error = allocate_ring(accelerator, heap);
  if (accelerator->error == INVAR_RESULT_OK) {
    accelerator->error =
        invar_interrupts_connect(interrupts, port->accelerator_irq, handle_interrupt, accelerator);
  }
  return accelerator->error == INVAR_RESULT_OK ? start(accelerator) : accelerator->error;
}

static int submit(struct invar_accelerator* accelerator, const struct invar_descriptor* descriptor,
                  enum slot_state state, uint32_t* ticket) {
  const uint32_t slot = accelerator->submitted & (accelerator->ring_size - 1);
  while (accelerator->error == INVAR_RESULT_OK && (accelerator->slots[slot] == SLOT_SUBMITTED ||
                                                   accelerator->slots[slot] == SLOT_DETACHED)) {
    const int result = invar_interrupts_wait(accelerator->interrupts);
    if (result != INVAR_RESULT_OK) {
      return result;
    }
  }
  if (accelerator->error != INVAR_RESULT_OK) {
    return accelerator->error;
  }
  if (accelerator->slots[slot] != SLOT_FREE) {
    return INVAR_RESULT_RING_FULL;
  }
  *ticket = accelerator->submitted++;
  struct invar_descriptor* place = (struct invar_descriptor*)accelerator->ring.data + slot;
  *place = *descriptor;
  place->tag = *ticket;
  record_of(accelerator, slot)->status = INVAR_STATUS_PENDING;
  accelerator->slots[slot] = (uint8_t)state;
  INVAR_COST(accelerator->port, accelerator_driver, submit);
  write_register(accelerator, INVAR_REG_RING_TAIL, accelerator->submitted);
  return accelerator->error;
}

int invar_accelerator_submit(struct invar_accelerator* accelerator,
                             const struct invar_descriptor* descriptor, uint32_t* ticket) {
  return submit(accelerator, descriptor, SLOT_SUBMITTED, ticket);
}

int invar_accelerator_submit_detached(struct invar_accelerator* accelerator,
                                      const struct invar_descriptor* descriptor) {
  uint32_t ticket = 0;
  return submit(accelerator, descriptor, SLOT_DETACHED, &ticket);
}

int invar_accelerator_can_submit(const struct invar_accelerator* accelerator) {
  INVAR_COST(accelerator->port, accelerator_driver, invar_accelerator_can_submit);
  const uint8_t next = accelerator->slots[accelerator->submitted & (accelerator->ring_size - 1)];
  return next == SLOT_FREE || next == SLOT_DETACHED;
}

int invar_accelerator_poll(const struct invar_accelerator* accelerator, uint32_t ticket) {
  INVAR_COST(accelerator->port, accelerator_driver, invar_accelerator_poll);
  return accelerator->slots[ticket & (accelerator->ring_size - 1)] == SLOT_DONE;
}

int invar_accelerator_wait_any(struct invar_accelerator* accelerator) {
  const uint32_t collected = accelerator->collected;
  int result = accelerator->error;
  while (result == INVAR_RESULT_OK && accelerator->collected == collected) {
    INVAR_COST(accelerator->port, accelerator_driver, invar_accelerator_wait_any);
    result = invar_interrupts_wait(accelerator->interrupts);
    if (result == INVAR_RESULT_OK) {
      result = accelerator->error;
    }
  }
  return result;
}

int invar_accelerator_wait(struct invar_accelerator* accelerator, uint32_t ticket,
                           struct invar_completion* completion) {
  const uint32_t slot = ticket & (accelerator->ring_size - 1);
  if (accelerator->submitted - ticket - 1 >= accelerator->ring_size ||
      accelerator->slots[slot] == SLOT_FREE || accelerator->slots[slot] == SLOT_DETACHED) {
    return INVAR_RESULT_BAD_ARGUMENT;
  }
  INVAR_COST(accelerator->port, accelerator_driver, invar_accelerator_wait);
  while (accelerator->slots[slot] != SLOT_DONE) {
    const int result = invar_accelerator_wait_any(accelerator);
    if (result != INVAR_RESULT_OK) {
      return result;
    }
  }
  *completion = *record_of(accelerator, slot);
  accelerator->slots[slot] = SLOT_FREE;
  return INVAR_RESULT_OK;
}
