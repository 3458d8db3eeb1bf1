#include <invar/sw/driver/register_access.h>
#include <invar/sw/optimizer/kfac.h>
#include <string.h>

static uint32_t larger(uint32_t a, uint32_t b) {
  return a > b ? a : b;
}

uint64_t invar_kfac_workspace(const struct invar_train_parameters* p) {
  const uint32_t pool_height = ((p->height - p->kernel) / p->stride + 1) / 2;
  const uint32_t pool_width = ((p->width - p->kernel) / p->stride + 1) / 2;
  const uint32_t largest = larger(larger(p->kernel * p->kernel + 1, p->channels),
                                  larger(pool_height * pool_width * p->channels + 1, p->classes));
  return 2 * (uint64_t)largest * largest;
}

/* RAM for the exchange with the accelerator. */
static int allocate_exchange(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  struct invar_heap* heap = &kfac->machine->heap;
  const uint64_t elements = (uint64_t)factor->n * factor->n;
  int result = invar_heap_allocate(heap, elements * 4, &factor->matrix);
  if (result != INVAR_RESULT_OK || kfac->parameters->kfac_apply != INVAR_KFAC_APPLY_INVERSE) {
    return result;
  }
  result = invar_heap_allocate(heap, elements * 4, &factor->inverse);
  if (result == INVAR_RESULT_OK) {
    result = invar_heap_allocate(heap, elements * 4, &factor->identity);
  }
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  float* identity = factor->identity.data;
  memset(identity, 0, elements * 4);
  for (uint64_t i = 0; i < elements; i += factor->n + 1) {
    identity[i] = 1.0f;
  }
  invar_charge_clear(kfac->machine->port, elements * 4);
  invar_charge(kfac->machine->port, 3 * factor->n, factor->n);
  return INVAR_RESULT_OK;
}

static int init_factor(struct invar_kfac* kfac, struct invar_kfac_factor* factor, uint32_t n,
                       struct invar_scratchpad* scratchpad) {
  const struct invar_train_parameters* p = kfac->parameters;
  const uint64_t elements = (uint64_t)n * n;
  uint32_t slices_limit = p->slices_limit;
  factor->n = n;
  factor->moment = invar_scratchpad_allocate(scratchpad, elements);
  factor->applied = invar_scratchpad_allocate(scratchpad, elements);
  factor->digital = p->solver == INVAR_SOLVER_ENGINE;
  factor->handle = INVAR_HANDLE_NONE;
  factor->was_damped = 0;
  if (factor->digital) {
    invar_fallback_init(&factor->fallback, p->slices, slices_limit, p->damping_retries);
    return INVAR_RESULT_OK;
  }
  if (slices_limit > kfac->machine->accelerator.slices) {
    slices_limit = kfac->machine->accelerator.slices;
  }
  invar_fallback_init(&factor->fallback, p->slices, slices_limit, p->damping_retries);
  factor->fallback.contraction_limit = (double)p->contraction_limit;
  return allocate_exchange(kfac, factor);
}

int invar_kfac_init(struct invar_kfac* kfac, struct invar_machine* machine,
                    struct invar_network* network, struct invar_scratchpad* scratchpad) {
  invar_charge(machine->port, 250, 190);
  invar_port_charge(machine->port, INVAR_OPERATION_DIVIDE, 2);
  kfac->machine = machine;
  kfac->network = network;
  kfac->parameters = network->parameters;
  kfac->factor_updates = 0;
  kfac->was_damped = 0;
  invar_random_init(&kfac->targets, kfac->parameters->seed, INVAR_STREAM_TARGETS);
  const uint32_t count = network->parameter_count;
  int result = INVAR_RESULT_OK;
  uint32_t largest = 0;
  for (uint32_t i = 0; i < INVAR_NETWORK_LAYERS && result == INVAR_RESULT_OK; ++i) {
    const struct invar_layer* layer = &network->layers[i];
    result = init_factor(kfac, &kfac->factors[2 * i], layer->inputs, scratchpad);
    if (result == INVAR_RESULT_OK) {
      result = init_factor(kfac, &kfac->factors[2 * i + 1], layer->outputs, scratchpad);
    }
    largest = larger(largest, larger(layer->inputs, layer->outputs));
  }
  kfac->preconditioned = invar_scratchpad_allocate(scratchpad, count);
  kfac->velocity = invar_scratchpad_allocate(scratchpad, count);
  kfac->exchange = invar_scratchpad_allocate(scratchpad, count);
  kfac->transposed = invar_scratchpad_allocate(scratchpad, count);
  kfac->scalars = invar_scratchpad_allocate(scratchpad, INVAR_KFAC_FACTORS);
  kfac->work = network->workspace;
  kfac->work_2 = network->workspace + largest * largest * 4;
  if (!invar_scratchpad_fits(scratchpad)) {
    return INVAR_RESULT_OUT_OF_MEMORY;
  }
  const struct {
    struct invar_buffer* buffer;
    uint64_t elements;
  } blocks[] = {
      {&kfac->scalars_ram, INVAR_KFAC_FACTORS},
      {&kfac->probabilities_ram, (uint64_t)kfac->parameters->batch * kfac->parameters->classes},
      {&kfac->targets_ram, kfac->parameters->batch},
      {&kfac->rhs_ram, count},
      {&kfac->solution_ram, count},
  };
  for (uint32_t i = 0; i < sizeof blocks / sizeof blocks[0] && result == INVAR_RESULT_OK; ++i) {
    result = invar_heap_allocate(&machine->heap, blocks[i].elements * 4, blocks[i].buffer);
  }
  invar_engine_append(network->engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_FILL,
                                                                  .phase = INVAR_PHASE_UPDATE,
                                                                  .m = count,
                                                                  .c = kfac->velocity});
  return result;
}

/* How much of the step the KL clip lets through. Waits for the engine. */
static int kl_clip(struct invar_kfac* kfac, float learning_rate, float* scale) {
  struct invar_engine* engine = kfac->network->engine;
  *scale = 1.0f;
  if (kfac->parameters->kl_clip <= 0.0f) {
    return INVAR_RESULT_OK;
  }
  invar_engine_append(engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_DOT,
                                                         .phase = INVAR_PHASE_UPDATE,
                                                         .m = kfac->network->parameter_count,
                                                         .a = kfac->network->gradient,
                                                         .b = kfac->preconditioned,
                                                         .c = kfac->scalars,
                                                         .alpha = learning_rate * learning_rate});
  invar_engine_store(engine, INVAR_PHASE_UPDATE, kfac->scalars, kfac->scalars_ram.address, 4);
  const int result = invar_engine_wait(engine);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  const float divergence = *(const float*)kfac->scalars_ram.data;
  if (!__builtin_isfinite(divergence)) {
    return INVAR_RESULT_NOT_FINITE;
  }
  struct invar_port* port = kfac->machine->port;
  invar_port_charge(port, INVAR_OPERATION_FLOAT, 10);
  if (divergence > kfac->parameters->kl_clip) {
    *scale = __builtin_sqrtf(kfac->parameters->kl_clip / divergence);
    invar_port_charge(port, INVAR_OPERATION_FLOAT_DIVIDE, 2);
  }
  return INVAR_RESULT_OK;
}

/* c <- alpha a + beta b over all parameters. */
static void combine(struct invar_kfac* kfac, float alpha, uint32_t a, float beta, uint32_t b,
                    uint32_t c) {
  invar_engine_append(kfac->network->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_AXPBY,
                                                 .phase = INVAR_PHASE_UPDATE,
                                                 .m = kfac->network->parameter_count,
                                                 .a = a,
                                                 .b = b,
                                                 .c = c,
                                                 .alpha = alpha,
                                                 .beta = beta});
}

static int update(struct invar_kfac* kfac, float learning_rate) {
  const struct invar_train_parameters* p = kfac->parameters;
  const uint32_t weights = kfac->network->weights;
  float scale = 1.0f;
  invar_charge(kfac->machine->port, 28, 20);
  const int result = kl_clip(kfac, learning_rate, &scale);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  combine(kfac, scale, kfac->preconditioned, p->momentum, kfac->velocity, kfac->velocity);
  if (p->weight_decay != 0.0f) {
    combine(kfac, p->weight_decay, weights, 1.0f, kfac->velocity, kfac->velocity);
  }
  combine(kfac, -learning_rate, kfac->velocity, 1.0f, weights, weights);
  return kfac->network->engine->error;
}

/* Whether a step was the configured optimiser's: no factor had more damping. */
static void count_damping(struct invar_kfac* kfac) {
  struct invar_driver_counters* counters = kfac->machine->counters;
  int any = 0;
  for (uint32_t i = 0; i < INVAR_KFAC_FACTORS; ++i) {
    struct invar_kfac_factor* factor = &kfac->factors[i];
    /* A factor gets the root of the damping. */
    const double root = (double)factor->fallback.damping_factor;
    if (root > 1.0) {
      any = 1;
      counters->damped_factors += !factor->was_damped;
      factor->was_damped = 1;
      if (root * root > counters->largest_damping) {
        counters->largest_damping = root * root;
      }
    }
  }
  counters->damped_steps += any;
  counters->damped_refreshes += any && !kfac->was_damped;
  kfac->was_damped |= any;
  invar_charge(kfac->machine->port, 6 + 3 * INVAR_KFAC_FACTORS, 6 + INVAR_KFAC_FACTORS);
  invar_port_charge(kfac->machine->port, INVAR_OPERATION_FLOAT, 2 * INVAR_KFAC_FACTORS);
}

int invar_kfac_step(struct invar_kfac* kfac, const struct invar_batch_slot* slot, uint64_t step,
                    float learning_rate) {
  const struct invar_train_parameters* p = kfac->parameters;
  invar_charge(kfac->machine->port, 3, 2);
  invar_port_charge(kfac->machine->port, INVAR_OPERATION_DIVIDE, 2);
  int result = invar_kfac_gradients(kfac, slot, step % p->factor_interval == 0);
  if (result == INVAR_RESULT_OK && step % p->inverse_interval == 0) {
    result = invar_kfac_refresh(kfac);
  }
  if (result == INVAR_RESULT_OK) {
    result = invar_kfac_precondition(kfac);
    count_damping(kfac);
  }
  if (result == INVAR_RESULT_OK) {
    invar_machine_set_phase(kfac->machine, INVAR_PHASE_UPDATE);
    result = update(kfac, learning_rate);
  }
  return result;
}
