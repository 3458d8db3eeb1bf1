#include <invar/sw/optimizer/kfac.h>
#include <invar/sw/port/function_costs.h>
#include <string.h>

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
  INVAR_COST(kfac->machine->port, kfac, allocate_exchange, elements);
  return INVAR_RESULT_OK;
}

static int init_factor(struct invar_kfac* kfac, struct invar_kfac_factor* factor, uint32_t n,
                       const struct invar_layer* layer) {
  const struct invar_train_parameters* p = kfac->parameters;
  struct invar_memory_plan* plan = kfac->network->plan;
  const uint64_t elements = (uint64_t)n * n;
  uint32_t slices_limit = p->slices_limit;
  factor->n = n;
  invar_plan_declare(plan, &factor->moment,
                     layer->keeps_batch ? INVAR_OPERAND_ROOMY : INVAR_OPERAND_KEPT, elements);
  invar_plan_declare(plan, &factor->applied, INVAR_OPERAND_ROOMY, elements);
  invar_plan_need_work(plan, elements);
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

static int init_factors(struct invar_kfac* kfac) {
  struct invar_buffer factors;
  kfac->factor_count = 2 * kfac->network->weighted_count;
  int result = invar_heap_allocate(&kfac->machine->heap,
                                   kfac->factor_count * sizeof(struct invar_kfac_factor), &factors);
  kfac->factors = factors.data;
  for (uint32_t i = 0; i < kfac->factor_count && result == INVAR_RESULT_OK; ++i) {
    const struct invar_layer* layer = invar_kfac_layer(kfac, i);
    INVAR_COST(kfac->machine->port, kfac, init_factors);
    result =
        init_factor(kfac, &kfac->factors[i], i % 2 == 0 ? layer->inputs : layer->outputs, layer);
  }
  return result;
}

static int allocate_buffers(struct invar_kfac* kfac) {
  const uint64_t count = kfac->network->parameter_count;
  const struct {
    struct invar_buffer* buffer;
    uint64_t elements;
  } blocks[] = {
      {&kfac->scalars_ram, kfac->factor_count},
      {&kfac->probabilities_ram, (uint64_t)kfac->parameters->batch * kfac->parameters->classes},
      {&kfac->targets_ram, kfac->parameters->batch},
      {&kfac->rhs_ram, count},
      {&kfac->solution_ram, count},
  };
  int result = INVAR_RESULT_OK;
  for (uint32_t i = 0; i < sizeof blocks / sizeof blocks[0] && result == INVAR_RESULT_OK; ++i) {
    result = invar_heap_allocate(&kfac->machine->heap, blocks[i].elements * 4, blocks[i].buffer);
  }
  return result;
}

int invar_kfac_init(struct invar_kfac* kfac, struct invar_machine* machine,
                    struct invar_network* network) {
  INVAR_COST(machine->port, kfac, invar_kfac_init);
  kfac->machine = machine;
  kfac->network = network;
  kfac->parameters = network->parameters;
  kfac->factor_updates = 0;
  kfac->was_damped = 0;
  invar_random_init(&kfac->targets, kfac->parameters->seed, INVAR_STREAM_TARGETS);
  struct invar_memory_plan* plan = network->plan;
  const uint32_t count = network->parameter_count;
  const int result = init_factors(kfac);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  invar_plan_declare(plan, &kfac->preconditioned, INVAR_OPERAND_KEPT, count);
  invar_plan_declare(plan, &kfac->exchange, INVAR_OPERAND_KEPT, count);
  invar_plan_declare(plan, &kfac->velocity, INVAR_OPERAND_ROOMY, count);
  invar_plan_declare(plan, &kfac->scalars, INVAR_OPERAND_KEPT, kfac->factor_count);
  return allocate_buffers(kfac);
}

void invar_kfac_start(struct invar_kfac* kfac) {
  kfac->work = kfac->network->plan->workspace;
  invar_engine_append(kfac->network->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_FILL,
                                                 .phase = INVAR_PHASE_UPDATE,
                                                 .m = kfac->network->parameter_count,
                                                 .c = kfac->velocity.offset});
  invar_plan_commit(kfac->network->plan, INVAR_PHASE_UPDATE, &kfac->velocity);
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
                                                         .a = kfac->network->gradient.offset,
                                                         .b = kfac->preconditioned.offset,
                                                         .c = kfac->scalars.offset,
                                                         .alpha = learning_rate * learning_rate});
  invar_engine_store(engine, INVAR_PHASE_UPDATE, kfac->scalars.offset, kfac->scalars_ram.address,
                     4);
  const int result = invar_engine_wait(engine);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  const float divergence = *(const float*)kfac->scalars_ram.data;
  if (!__builtin_isfinite(divergence)) {
    return INVAR_RESULT_NOT_FINITE;
  }
  INVAR_COST(kfac->machine->port, kfac, kl_clip, divergence > kfac->parameters->kl_clip);
  if (divergence > kfac->parameters->kl_clip) {
    *scale = __builtin_sqrtf(kfac->parameters->kl_clip / divergence);
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
  struct invar_memory_plan* plan = kfac->network->plan;
  const uint32_t weights = kfac->network->weights.offset;
  float scale = 1.0f;
  INVAR_COST(kfac->machine->port, kfac, update);
  const int result = kl_clip(kfac, learning_rate, &scale);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  const uint32_t velocity = invar_plan_fetch(plan, INVAR_PHASE_UPDATE, &kfac->velocity);
  combine(kfac, scale, kfac->preconditioned.offset, p->momentum, velocity, velocity);
  if (p->weight_decay != 0.0f) {
    combine(kfac, p->weight_decay, weights, 1.0f, velocity, velocity);
  }
  combine(kfac, -learning_rate, velocity, 1.0f, weights, weights);
  invar_plan_commit(plan, INVAR_PHASE_UPDATE, &kfac->velocity);
  return kfac->network->engine->error;
}

/* Whether a step was the configured optimiser's: no factor had more damping. */
static void count_damping(struct invar_kfac* kfac) {
  struct invar_driver_counters* counters = kfac->machine->counters;
  int any = 0;
  for (uint32_t i = 0; i < kfac->factor_count; ++i) {
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
  INVAR_COST(kfac->machine->port, kfac, count_damping, kfac->factor_count);
}

int invar_kfac_step(struct invar_kfac* kfac, const struct invar_batch_slot* slot, uint64_t step,
                    float learning_rate) {
  const struct invar_train_parameters* p = kfac->parameters;
  INVAR_COST(kfac->machine->port, kfac, invar_kfac_step);
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
