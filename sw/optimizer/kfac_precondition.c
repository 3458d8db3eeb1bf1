#include <invar/sw/optimizer/kfac.h>
#include <invar/sw/port/function_costs.h>

static struct invar_engine_job gemm(uint32_t m, uint32_t n, uint32_t k, uint32_t a, uint32_t b,
                                    uint32_t c) {
  return (struct invar_engine_job){.opcode = INVAR_ENGINE_GEMM,
                                   .phase = INVAR_PHASE_INVERSION,
                                   .m = m,
                                   .n = n,
                                   .k = k,
                                   .a = a,
                                   .b = b,
                                   .c = c,
                                   .alpha = 1.0f};
}

static uint32_t fetch_applied(struct invar_kfac* kfac, const struct invar_kfac_factor* factor) {
  return invar_plan_fetch(kfac->network->plan, INVAR_PHASE_INVERSION, &factor->applied);
}

/* With the explicit inverses: two products a layer, no round trip. */
static void multiply_by_inverses(struct invar_kfac* kfac) {
  struct invar_network* network = kfac->network;
  for (uint32_t i = 0; i < network->weighted_count; ++i) {
    const struct invar_layer* layer = network->weighted[i];
    const uint32_t place = layer->first_parameter * 4;
    const uint32_t between = kfac->exchange.offset + place;
    INVAR_COST(network->engine->port, kfac_precondition, multiply_by_inverses);
    const struct invar_engine_job left = gemm(layer->outputs, layer->inputs, layer->outputs,
                                              fetch_applied(kfac, &kfac->factors[2 * i + 1]),
                                              network->gradient.offset + place, between);
    invar_engine_append(network->engine, &left);
    const struct invar_engine_job right =
        gemm(layer->outputs, layer->inputs, layer->inputs, between,
             fetch_applied(kfac, &kfac->factors[2 * i]), kfac->preconditioned.offset + place);
    invar_engine_append(network->engine, &right);
  }
}

/* out <- solutions for the rows at `in`, by the engine. */
static void solve_digitally(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                            uint32_t columns, uint32_t in, uint32_t out) {
  const uint32_t applied = fetch_applied(kfac, factor);
  INVAR_COST(kfac->network->engine->port, kfac_precondition, solve_digitally);
  invar_engine_append(kfac->network->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_CHOLESKY_SOLVE,
                                                 .phase = INVAR_PHASE_INVERSION,
                                                 .m = factor->n,
                                                 .n = columns,
                                                 .a = applied,
                                                 .b = in,
                                                 .c = out});
  kfac->machine->counters->digital_right_hand_sides += columns;
}

/* Right-hand sides of a factor: A takes the rows of dW, Gamma its columns. */
static uint32_t columns_of(const struct invar_kfac* kfac, uint32_t i) {
  const struct invar_layer* layer = invar_kfac_layer(kfac, i);
  return i % 2 == 0 ? layer->outputs : layer->inputs;
}

static uint32_t place_of(const struct invar_kfac* kfac, uint32_t i) {
  return invar_kfac_layer(kfac, i)->first_parameter * 4;
}

/* Solves with what is digital; the right-hand sides of the others go to RAM, and the result tells
 * whether there are any. */
static int start_side(struct invar_kfac* kfac, uint32_t side, uint32_t in, uint32_t out) {
  struct invar_engine* engine = kfac->network->engine;
  int any = 0;
  for (uint32_t i = side; i < kfac->factor_count; i += 2) {
    struct invar_kfac_factor* factor = &kfac->factors[i];
    const uint32_t place = place_of(kfac, i);
    factor->is_submitted = !factor->digital;
    INVAR_COST(engine->port, kfac_precondition, start_side);
    if (factor->digital) {
      solve_digitally(kfac, factor, columns_of(kfac, i), in + place, out + place);
    } else {
      invar_engine_store(engine, INVAR_PHASE_INVERSION, in + place, kfac->rhs_ram.address + place,
                         factor->n * columns_of(kfac, i) * 4);
      any = 1;
    }
  }
  return any;
}

static int submit_side(struct invar_kfac* kfac, uint32_t side) {
  int result = invar_engine_wait(kfac->network->engine);
  for (uint32_t i = side; i < kfac->factor_count && result == INVAR_RESULT_OK; i += 2) {
    struct invar_kfac_factor* factor = &kfac->factors[i];
    const uint32_t place = place_of(kfac, i);
    INVAR_COST(kfac->machine->port, kfac_precondition, submit_side);
    if (factor->is_submitted) {
      result =
          invar_kfac_submit_solve(kfac, factor, columns_of(kfac, i), kfac->rhs_ram.address + place,
                                  kfac->solution_ram.address + place, &factor->ticket);
    }
  }
  return result;
}

/* Takes a factor's solutions to `out`, with every fall-back. */
static int finish_solve(struct invar_kfac* kfac, uint32_t i, uint32_t in, uint32_t out) {
  struct invar_kfac_factor* factor = &kfac->factors[i];
  const uint32_t place = place_of(kfac, i);
  const uint32_t columns = columns_of(kfac, i);
  struct invar_completion completion;
  INVAR_COST(kfac->machine->port, kfac_precondition, finish_solve);
  int result = invar_accelerator_wait(&kfac->machine->accelerator, factor->ticket, &completion);
  if (result == INVAR_RESULT_OK && completion.status != INVAR_STATUS_OK) {
    result =
        invar_kfac_fall_back(kfac, factor, completion.status, columns,
                             kfac->rhs_ram.address + place, kfac->solution_ram.address + place);
  }
  if (result == INVAR_RESULT_OK && factor->digital) {
    solve_digitally(kfac, factor, columns, in + place, out + place);
  } else if (result == INVAR_RESULT_OK) {
    invar_engine_load(kfac->network->engine, INVAR_PHASE_INVERSION,
                      kfac->solution_ram.address + place, out + place, factor->n * columns * 4);
  }
  return result;
}

/* The rows of one side (0: A, 1: Gamma) of every layer through its factor: from `in` to `out`, both
 * parameter_count elements of the scratchpad. All layers are under way at once. */
static int solve_side(struct invar_kfac* kfac, uint32_t side, uint32_t in, uint32_t out) {
  struct invar_engine* engine = kfac->network->engine;
  INVAR_COST(engine->port, kfac_precondition, solve_side);
  if (!start_side(kfac, side, in, out)) {
    return engine->error;
  }
  int result = submit_side(kfac, side);
  for (uint32_t i = side; i < kfac->factor_count && result == INVAR_RESULT_OK; i += 2) {
    if (kfac->factors[i].is_submitted) {
      result = finish_solve(kfac, i, in, out);
    }
  }
  invar_engine_flush(engine);
  return result != INVAR_RESULT_OK ? result : engine->error;
}

/* Every layer's matrix at `in` (outputs x inputs, or inputs x outputs when `back`) transposed. */
static void transpose_layers(struct invar_kfac* kfac, uint32_t in, uint32_t out, int back) {
  for (uint32_t i = 0; i < kfac->network->weighted_count; ++i) {
    const struct invar_layer* layer = kfac->network->weighted[i];
    const uint32_t place = layer->first_parameter * 4;
    INVAR_COST(kfac->network->engine->port, kfac_precondition, transpose_layers);
    invar_engine_append(kfac->network->engine,
                        &(struct invar_engine_job){.opcode = INVAR_ENGINE_TRANSPOSE,
                                                   .phase = INVAR_PHASE_INVERSION,
                                                   .m = back ? layer->inputs : layer->outputs,
                                                   .n = back ? layer->outputs : layer->inputs,
                                                   .a = in + place,
                                                   .c = out + place});
  }
}

int invar_kfac_precondition(struct invar_kfac* kfac) {
  INVAR_COST(kfac->machine->port, kfac_precondition, invar_kfac_precondition,
             kfac->parameters->kfac_apply == INVAR_KFAC_APPLY_SOLVE);
  int result = invar_machine_set_phase(kfac->machine, INVAR_PHASE_INVERSION);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  if (kfac->parameters->kfac_apply == INVAR_KFAC_APPLY_INVERSE) {
    multiply_by_inverses(kfac);
    return kfac->network->engine->error;
  }
  /* The rows of dW are the right-hand sides of A, its columns those of Gamma. */
  const uint32_t between = kfac->exchange.offset;
  const uint32_t last = kfac->preconditioned.offset;
  result = solve_side(kfac, 0, kfac->network->gradient.offset, between);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  transpose_layers(kfac, between, last, 0);
  result = solve_side(kfac, 1, last, between);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  transpose_layers(kfac, between, last, 1);
  return kfac->network->engine->error;
}
