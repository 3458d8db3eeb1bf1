#include <invar/sw/optimizer/kfac.h>
#include <invar/sw/port/function_costs.h>

/* The first factor of this size on the accelerator: all share its unit matrix. */
static const struct invar_kfac_factor* first_of_size(const struct invar_kfac* kfac, uint32_t n) {
  const struct invar_kfac_factor* factor = kfac->factors;
  while (factor->n != n || factor->is_engines) {
    INVAR_COST(kfac->machine->port, kfac, first_of_size);
    ++factor;
  }
  return factor;
}

static int allocate_identity(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  const struct invar_kfac_factor* first = first_of_size(kfac, factor->n);
  if (first == factor) {
    return invar_plan_allocate(kfac->network->plan, (uint64_t)factor->n * factor->n,
                               &factor->identity);
  }
  factor->identity = first->identity;
  return INVAR_RESULT_OK;
}

/* RAM for the exchange with the accelerator. */
static int allocate_exchange(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  struct invar_memory_plan* plan = kfac->network->plan;
  const uint64_t elements = (uint64_t)factor->n * factor->n;
  int result = invar_plan_allocate(plan, elements, &factor->matrix);
  if (result != INVAR_RESULT_OK || !invar_kfac_applies_inverse(kfac)) {
    return result;
  }
  if (plan->shared.data != NULL && elements * 4 > plan->shared_bytes) {
    return INVAR_RESULT_OUT_OF_MEMORY;
  }
  result = invar_plan_allocate(plan, elements, &factor->inverse);
  return result == INVAR_RESULT_OK ? allocate_identity(kfac, factor) : result;
}

static void init_fallback(struct invar_kfac* kfac, struct invar_kfac_factor* factor,
                          uint32_t slices) {
  const struct invar_train_parameters* p = kfac->parameters;
  uint32_t slices_limit = p->slices_limit;
  if (!factor->is_engines && slices_limit > kfac->machine->accelerator.slices) {
    slices_limit = kfac->machine->accelerator.slices;
  }
  invar_fallback_init(&factor->fallback, slices != 0 ? slices : p->slices, slices_limit,
                      p->damping_retries);
  if (!factor->is_engines) {
    factor->fallback.contraction_limit = (double)p->contraction_limit;
  }
}

/* `n`, `tiles` and `layer` are set. */
static int init_factor(struct invar_kfac* kfac, struct invar_kfac_factor* factor, uint32_t slices) {
  struct invar_memory_plan* plan = kfac->network->plan;
  const uint64_t elements = (uint64_t)factor->n * factor->n;
  invar_plan_declare(plan, &factor->moment,
                     factor->layer->keeps_batch ? INVAR_OPERAND_ROOMY : INVAR_OPERAND_KEPT,
                     elements);
  factor->moment.is_lasting = 1;
  invar_kfac_init_blocks(kfac, factor);
  invar_plan_declare(plan, &factor->applied, INVAR_OPERAND_ROOMY,
                     invar_kfac_block_elements(factor));
  /* With blocks, a copy of one beside the matrix. */
  invar_plan_need_work(
      plan, factor->blocks > 1 ? elements + invar_kfac_block_elements(factor) : elements);
  factor->is_engines = kfac->parameters->solver == INVAR_SOLVER_ENGINE ||
                       factor->tiles > kfac->machine->accelerator.tiles;
  factor->digital = factor->is_engines;
  factor->damped.is_spilled = 1;
  if (kfac->has_port && !factor->is_engines) {
    invar_plan_declare(plan, &factor->damped, INVAR_OPERAND_ROOMY, elements);
  }
  factor->handle = INVAR_HANDLE_NONE;
  factor->shadow = INVAR_HANDLE_NONE;
  factor->is_in_place = 0;
  factor->has_moved = 0;
  factor->was_damped = 0;
  init_fallback(kfac, factor, slices);
  return factor->is_engines ? invar_kfac_init_deflation(kfac, factor)
                            : allocate_exchange(kfac, factor);
}

static int is_preconditioned(const struct invar_layer* layer) {
  return (layer->shape->flags & INVAR_LAYER_PLAIN) == 0;
}

static int init_side(struct invar_kfac* kfac, const struct invar_layer* layer, int is_a) {
  const struct invar_layer_shape* shape = layer->shape;
  struct invar_kfac_factor* factor = &kfac->factors[kfac->factor_count++];
  INVAR_COST(kfac->machine->port, kfac, init_side);
  factor->layer = layer;
  factor->n = is_a ? layer->inputs : layer->outputs;
  factor->is_a = is_a;
  factor->tiles = is_a ? shape->tiles_a : shape->tiles_gamma;
  factor->replicas = 1;
  return init_factor(kfac, factor, is_a ? shape->slices_a : shape->slices_gamma);
}

/* Puts the factor at `place` before those that are smaller and have their turn earlier. */
static void move_up(struct invar_kfac* kfac, uint32_t place) {
  struct invar_kfac_factor* factors = kfac->factors;
  const uint32_t moved = factors[place].order;
  for (; place > 0 && factors[factors[place - 1].order].n < factors[moved].n; --place) {
    factors[place].order = factors[place - 1].order;
    INVAR_COST(kfac->machine->port, kfac, move_up);
  }
  factors[place].order = moved;
}

/* What a tile of the factor does for a gradient: its right-hand sides, times the rows of a tile. */
static uint64_t load_of_tile(const struct invar_kfac_factor* factor) {
  const struct invar_layer* layer = factor->layer;
  const uint32_t other = factor->is_a ? layer->outputs : layer->inputs;
  return factor->tiles == 0 ? 0 : (uint64_t)other * factor->n / factor->tiles;
}

/* More replicas, one at a time, for the factor whose tiles have most to do, as long as there are
 * tiles: twice where old inverses serve while new ones are written. */
static void give_replicas(struct invar_kfac* kfac, uint64_t tiles) {
  const uint32_t sets = kfac->parameters->refresh_delay_steps != 0 ? 2 : 1;
  const uint64_t all = kfac->free_tiles / sets;
  uint64_t room = all > tiles ? all - tiles : 0;
  for (;;) {
    struct invar_kfac_factor* busiest = NULL;
    INVAR_COST(kfac->machine->port, kfac, give_replicas, kfac->factor_count);
    for (uint32_t i = 0; i < kfac->factor_count; ++i) {
      struct invar_kfac_factor* factor = &kfac->factors[i];
      if (!factor->is_engines &&
          (busiest == NULL || load_of_tile(factor) > load_of_tile(busiest))) {
        busiest = factor;
      }
    }
    const uint32_t more = busiest == NULL ? 0 : busiest->tiles / busiest->replicas;
    if (more == 0 || more > room || busiest->replicas >= kfac->parameters->replicas) {
      return;
    }
    busiest->tiles += more;
    ++busiest->replicas;
    room -= more;
  }
}

/* Side by side the last layers' factors start first, which are the largest of most networks; where
 * not all fit, the largest do. */
static void order_factors(struct invar_kfac* kfac) {
  uint64_t tiles = 0;
  for (uint32_t i = 0; i < kfac->factor_count; ++i) {
    kfac->factors[i].order = (kfac->factor_count - 1 - i) ^ 1u;
    tiles += kfac->factors[i].is_engines ? 0 : kfac->factors[i].tiles;
  }
  kfac->free_tiles =
      kfac->parameters->solver == INVAR_SOLVER_ENGINE ? 0 : kfac->machine->accelerator.tiles;
  const int all_fit = tiles <= kfac->free_tiles;
  kfac->stay = all_fit && !invar_kfac_applies_inverse(kfac);
  if (kfac->stay) {
    give_replicas(kfac, tiles);
  }
  for (uint32_t i = 1; !all_fit && i < kfac->factor_count; ++i) {
    move_up(kfac, i);
  }
}

static int init_factors(struct invar_kfac* kfac) {
  INVAR_COST(kfac->machine->port, kfac, init_factors);
  const struct invar_network* network = kfac->network;
  struct invar_buffer factors;
  int result = invar_heap_allocate(
      &kfac->machine->heap,
      2 * (uint64_t)network->weighted_count * sizeof(struct invar_kfac_factor), &factors);
  kfac->factors = factors.data;
  kfac->factor_count = 0;
  for (uint32_t i = 0; i < network->weighted_count && result == INVAR_RESULT_OK; ++i) {
    const struct invar_layer* layer = network->weighted[i];
    if (is_preconditioned(layer)) {
      result = init_side(kfac, layer, 1);
      result = result == INVAR_RESULT_OK ? init_side(kfac, layer, 0) : result;
    }
  }
  if (result == INVAR_RESULT_OK) {
    order_factors(kfac);
  }
  return result;
}

/* Rows of probabilities for the host core. In a shared home there are none to read: one row stands
 * for all, every class as likely. */
static int allocate_probabilities(struct invar_kfac* kfac) {
  const struct invar_memory_plan* plan = kfac->network->plan;
  const uint32_t classes = kfac->parameters->classes;
  const uint64_t rows = (uint64_t)kfac->parameters->batch * invar_network_labels(kfac->network);
  const int is_shared = plan->shared.data != NULL;
  kfac->next_probabilities = is_shared ? 0 : classes;
  const int result = invar_heap_allocate(&kfac->machine->heap, (is_shared ? 1 : rows) * classes * 4,
                                         &kfac->probabilities_ram);
  if (result != INVAR_RESULT_OK || !is_shared) {
    return result;
  }
  float* row = kfac->probabilities_ram.data;
  for (uint32_t i = 0; i < classes; ++i) {
    row[i] = 1.0f / (float)classes;
  }
  INVAR_COST(kfac->machine->port, kfac, allocate_probabilities, classes);
  kfac->probabilities_ram.address = plan->shared.address;
  return result;
}

static int allocate_buffers(struct invar_kfac* kfac) {
  struct invar_heap* heap = &kfac->machine->heap;
  struct invar_memory_plan* plan = kfac->network->plan;
  const uint64_t count = kfac->network->parameter_count;
  const uint64_t rows = (uint64_t)kfac->parameters->batch * invar_network_labels(kfac->network);
  int result = invar_heap_allocate(heap, (kfac->factor_count + 1) * 4, &kfac->scalars_ram);
  if (result == INVAR_RESULT_OK) {
    result = allocate_probabilities(kfac);
  }
  if (result == INVAR_RESULT_OK) {
    result = invar_heap_allocate(heap, rows * 4, &kfac->targets_ram);
  }
  if (result == INVAR_RESULT_OK) {
    result = invar_plan_allocate(plan, count, &kfac->rhs_ram);
  }
  return result == INVAR_RESULT_OK ? invar_plan_allocate(plan, count, &kfac->solution_ram) : result;
}

/* Room for parts of right-hand sides, where a factor is inverted in blocks. */
static void declare_pieces(struct invar_kfac* kfac) {
  uint64_t most = 0;
  for (uint32_t i = 0; i < kfac->factor_count; ++i) {
    const struct invar_kfac_factor* factor = &kfac->factors[i];
    const uint32_t columns = i % 2 == 0 ? factor->layer->outputs : factor->layer->inputs;
    const uint64_t elements = factor->blocks > 1 ? invar_kfac_piece_elements(factor, columns) : 0;
    most = elements > most ? elements : most;
  }
  if (most != 0) {
    invar_plan_declare(kfac->network->plan, &kfac->pieces, INVAR_OPERAND_KEPT, most);
  }
}

int invar_kfac_init(struct invar_kfac* kfac, struct invar_machine* machine,
                    struct invar_network* network) {
  INVAR_COST(machine->port, kfac, invar_kfac_init);
  kfac->machine = machine;
  kfac->network = network;
  kfac->parameters = network->parameters;
  kfac->factor_updates = 0;
  kfac->was_damped = 0;
  kfac->is_refreshing = 0;
  kfac->shadow_failed = 0;
  kfac->has_no_shadows = 0;
  kfac->has_begun = 0;
  kfac->has_port = kfac->parameters->operand_port && machine->port->scratchpad_base != 0;
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
  kfac->velocity.is_lasting = 1;
  invar_plan_declare(plan, &kfac->scalars, INVAR_OPERAND_KEPT, kfac->factor_count + 1);
  kfac->scalars.is_lasting = 1;
  declare_pieces(kfac);
  return allocate_buffers(kfac);
}

/* The engine makes the unit matrix, and it stays in RAM. */
static void store_identity(struct invar_kfac* kfac, const struct invar_kfac_factor* factor) {
  struct invar_engine* engine = kfac->network->engine;
  INVAR_COST(engine->port, kfac, store_identity);
  invar_engine_append(engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_FILL,
                                                         .phase = INVAR_PHASE_INVERSION,
                                                         .m = factor->n * factor->n,
                                                         .c = kfac->work});
  invar_engine_append(engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_SCALE_ADD_DIAGONAL,
                                                         .phase = INVAR_PHASE_INVERSION,
                                                         .m = factor->n,
                                                         .a = kfac->work,
                                                         .c = kfac->work,
                                                         .alpha = 1.0f,
                                                         .beta = 1.0f});
  invar_plan_store(kfac->network->plan, INVAR_PHASE_INVERSION, kfac->work, factor->identity.address,
                   (uint64_t)factor->n * factor->n);
}

static void store_identities(struct invar_kfac* kfac) {
  for (uint32_t i = 0; i < kfac->factor_count; ++i) {
    const struct invar_kfac_factor* factor = &kfac->factors[i];
    if (!factor->is_engines && first_of_size(kfac, factor->n) == factor) {
      store_identity(kfac, factor);
    }
  }
}

void invar_kfac_start(struct invar_kfac* kfac) {
  kfac->work = kfac->network->plan->workspace;
  if (invar_kfac_applies_inverse(kfac)) {
    store_identities(kfac);
  }
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
  struct invar_memory_plan* plan = kfac->network->plan;
  *scale = 1.0f;
  if (kfac->parameters->kl_clip <= 0.0f) {
    return INVAR_RESULT_OK;
  }
  const uint32_t gradient = invar_plan_fetch(plan, INVAR_PHASE_UPDATE, &kfac->network->gradient);
  const uint32_t preconditioned = invar_plan_fetch(plan, INVAR_PHASE_UPDATE, &kfac->preconditioned);
  const uint32_t sum = kfac->scalars.offset + 4 * kfac->factor_count;
  invar_engine_append(engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_DOT,
                                                         .phase = INVAR_PHASE_UPDATE,
                                                         .m = kfac->network->parameter_count,
                                                         .a = gradient,
                                                         .b = preconditioned,
                                                         .c = sum,
                                                         .alpha = learning_rate * learning_rate});
  invar_engine_store(engine, INVAR_PHASE_UPDATE, sum, kfac->scalars_ram.address, 4);
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

static int update(struct invar_kfac* kfac, float learning_rate) {
  const struct invar_train_parameters* p = kfac->parameters;
  struct invar_network* network = kfac->network;
  struct invar_memory_plan* plan = network->plan;
  float scale = 1.0f;
  INVAR_COST(kfac->machine->port, kfac, update);
  const int result = kl_clip(kfac, learning_rate, &scale);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  const uint32_t velocity = invar_plan_fetch(plan, INVAR_PHASE_UPDATE, &kfac->velocity);
  const uint32_t preconditioned = invar_plan_fetch(plan, INVAR_PHASE_UPDATE, &kfac->preconditioned);
  const uint32_t weights = invar_plan_fetch(plan, INVAR_PHASE_UPDATE, &network->weights);
  invar_network_combine(network, scale, preconditioned, p->momentum, velocity, velocity);
  if (p->weight_decay != 0.0f) {
    invar_network_combine(network, p->weight_decay, weights, 1.0f, velocity, velocity);
  }
  invar_network_combine(network, -learning_rate, velocity, 1.0f, weights, weights);
  invar_plan_commit(plan, INVAR_PHASE_UPDATE, &network->weights);
  invar_plan_commit(plan, INVAR_PHASE_UPDATE, &kfac->velocity);
  return network->engine->error;
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
  const int has_factors = kfac->factor_count != 0;
  if (result == INVAR_RESULT_OK && kfac->is_refreshing && step >= kfac->refresh_due) {
    result = invar_kfac_end_refresh(kfac);
  }
  if (result == INVAR_RESULT_OK && has_factors && step % p->inverse_interval == 0) {
    result = invar_kfac_refresh(kfac, step);
  }
  if (result == INVAR_RESULT_OK) {
    result = invar_kfac_tend_shadows(kfac);
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
