#include <invar/sw/driver/engine_driver.h>
#include <invar/sw/driver/register_access.h>
#include <invar/sw/port/function_costs.h>

enum {
#define RESET_VALUE(name, offset, reset, access, effect) RESET_OF_##name = reset,
  INVAR_ENGINE_REGISTERS(RESET_VALUE)
#undef RESET_VALUE
};

_Static_assert(sizeof(struct invar_engine_job) == 64, "jobs are 64 bytes");

static void write_register(struct invar_engine* engine, uint32_t offset, uint32_t value) {
  if (engine->error == INVAR_RESULT_OK) {
    const int result =
        invar_register_write(engine->port, engine->port->engine_base + offset, value);
    if (result != INVAR_RESULT_OK) { /* the interrupt of a doorbell may have stored another */
      engine->error = result;
    }
  }
}

static uint32_t read_register(struct invar_engine* engine, uint32_t offset) {
  uint32_t value = 0;
  const int result = invar_register_read(engine->port, engine->port->engine_base + offset, &value);
  if (result != INVAR_RESULT_OK) {
    engine->error = result;
  }
  return value;
}

static int handle_interrupt(void* context) {
  struct invar_engine* engine = context;
  const uint32_t pending = read_register(engine, INVAR_ENGINE_REG_IRQ_STATUS);
  write_register(engine, INVAR_ENGINE_REG_IRQ_STATUS, pending);
  /* Read after the acknowledge: a ring that drains in between raises the line again. */
  engine->finished = read_register(engine, INVAR_ENGINE_REG_RING_HEAD);
  if ((pending & INVAR_ENGINE_IRQ_FAULT) != 0 && engine->error == INVAR_RESULT_OK) {
    engine->job_status = read_register(engine, INVAR_ENGINE_REG_ERROR_STATUS);
    engine->job_tag = read_register(engine, INVAR_ENGINE_REG_ERROR_TAG);
    engine->error = INVAR_RESULT_JOB_FAILED;
  }
  INVAR_COST(engine->port, engine_driver, handle_interrupt);
  return engine->error == INVAR_RESULT_BUS_ERROR ? INVAR_RESULT_BUS_ERROR : INVAR_RESULT_OK;
}

/* Resets the engine and points it to the empty ring. */
static int start(struct invar_engine* engine) {
  INVAR_COST(engine->port, engine_driver, start);
  engine->appended = 0;
  engine->started = 0;
  engine->finished = 0;
  engine->error = INVAR_RESULT_OK;
  write_register(engine, INVAR_ENGINE_REG_CONTROL, INVAR_ENGINE_CONTROL_RESET);
  write_register(engine, INVAR_ENGINE_REG_RING_BASE_LO, (uint32_t)engine->ring.address);
  write_register(engine, INVAR_ENGINE_REG_RING_BASE_HI, (uint32_t)(engine->ring.address >> 32));
  write_register(engine, INVAR_ENGINE_REG_RING_SIZE, engine->ring_size);
  write_register(engine, INVAR_ENGINE_REG_IRQ_STATUS,
                 INVAR_ENGINE_IRQ_IDLE | INVAR_ENGINE_IRQ_FAULT);
  write_register(engine, INVAR_ENGINE_REG_IRQ_ENABLE,
                 INVAR_ENGINE_IRQ_IDLE | INVAR_ENGINE_IRQ_FAULT);
  write_register(engine, INVAR_ENGINE_REG_CONTROL, INVAR_ENGINE_CONTROL_ENABLE);
  return engine->error;
}

int invar_engine_init(struct invar_engine* engine, struct invar_port* port,
                      struct invar_interrupts* interrupts, struct invar_heap* heap,
                      uint32_t ring_size) {
  INVAR_COST(port, engine_driver, invar_engine_init);
  engine->port = port;
  engine->interrupts = interrupts;
  engine->ring_size = ring_size;
  engine->error = INVAR_RESULT_OK;
  engine->job_status = INVAR_ENGINE_OK;
  engine->job_tag = 0;
  if (ring_size < 2 || ring_size > 4096 || (ring_size & (ring_size - 1)) != 0) {
    return engine->error = INVAR_RESULT_BAD_ARGUMENT;
  }
  const uint32_t found = read_register(engine, INVAR_ENGINE_REG_ID);
  engine->scratchpad_bytes = read_register(engine, INVAR_ENGINE_REG_SCRATCHPAD_BYTES);
  if (engine->error != INVAR_RESULT_OK) {
    return engine->error;
  }
  if (found != RESET_OF_ID) {
    return engine->error = INVAR_RESULT_NO_DEVICE;
  }
  engine->error = invar_heap_allocate(heap, (uint64_t)ring_size * sizeof(struct invar_engine_job),
                                      &engine->ring);
  if (engine->error == INVAR_RESULT_OK) {
    engine->error =
        invar_interrupts_connect(interrupts, port->engine_irq, handle_interrupt, engine);
  }
  return engine->error == INVAR_RESULT_OK ? start(engine) : engine->error;
}

uint32_t invar_engine_append(struct invar_engine* engine, const struct invar_engine_job* job) {
  const uint32_t ticket = engine->appended;
  if (engine->error == INVAR_RESULT_OK &&
      engine->appended - engine->finished == engine->ring_size) {
    invar_engine_wait(engine);
  }
  if (engine->error != INVAR_RESULT_OK) {
    return ticket;
  }
  struct invar_engine_job* slot =
      (struct invar_engine_job*)engine->ring.data + (ticket & (engine->ring_size - 1));
  *slot = *job;
  slot->tag = ticket;
  ++engine->appended;
  INVAR_COST(engine->port, engine_driver, invar_engine_append);
  return ticket;
}

void invar_engine_load(struct invar_engine* engine, uint32_t phase, uint64_t address,
                       uint32_t offset, uint32_t bytes) {
  INVAR_COST(engine->port, engine_driver, invar_engine_load);
  invar_engine_append(engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_LOAD,
                                                         .phase = phase,
                                                         .m = bytes,
                                                         .c = offset,
                                                         .address = address});
}

void invar_engine_store(struct invar_engine* engine, uint32_t phase, uint32_t offset,
                        uint64_t address, uint32_t bytes) {
  INVAR_COST(engine->port, engine_driver, invar_engine_store);
  invar_engine_append(engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_STORE,
                                                         .phase = phase,
                                                         .m = bytes,
                                                         .a = offset,
                                                         .address = address});
}

void invar_engine_flush(struct invar_engine* engine) {
  INVAR_COST(engine->port, engine_driver, invar_engine_flush);
  if (engine->error == INVAR_RESULT_OK && engine->started != engine->appended) {
    write_register(engine, INVAR_ENGINE_REG_RING_TAIL, engine->appended);
    engine->started = engine->appended;
  }
}

int invar_engine_is_finished(const struct invar_engine* engine, uint32_t ticket) {
  return (int32_t)(engine->finished - ticket) > 0;
}

int invar_engine_wait(struct invar_engine* engine) {
  invar_engine_flush(engine);
  INVAR_COST(engine->port, engine_driver, invar_engine_wait);
  /* Every doorbell ends in a ring-empty interrupt, whose handler reads the head. */
  while (engine->error == INVAR_RESULT_OK && engine->finished != engine->appended) {
    const int result = invar_interrupts_wait(engine->interrupts);
    if (result != INVAR_RESULT_OK) {
      engine->error = result;
    }
  }
  return engine->error;
}

int invar_engine_recover(struct invar_engine* engine) {
  return start(engine);
}
