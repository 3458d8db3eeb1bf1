#include <invar/sw/optimizer/kfac_jobs.h>
#include <invar/sw/port/function_costs.h>

/* The engine's own inverse may be in another format than FP32, one from the accelerator is not. */
static uint32_t inverse_flag(const struct invar_kfac_factor* factor, uint32_t flag) {
  return factor->digital ? flag : 0;
}

static uint32_t fetch_applied(struct invar_kfac* kfac, const struct invar_kfac_factor* factor) {
  return invar_plan_fetch(kfac->network->plan, INVAR_PHASE_INVERSION, &factor->applied);
}

/* Elements of a layer's gradient. */
static uint64_t elements_of(const struct invar_layer* layer) {
  return (uint64_t)layer->outputs * layer->inputs;
}

/* Offset of a layer's part of an operand of all parameters. */
static uint32_t fetch_layer(struct invar_kfac* kfac, const struct invar_operand* operand,
                            const struct invar_layer* layer) {
  return invar_plan_fetch_part(kfac->network->plan, INVAR_PHASE_INVERSION, operand,
                               layer->first_parameter, elements_of(layer));
}

static void commit_layer(struct invar_kfac* kfac, const struct invar_operand* operand,
                         const struct invar_layer* layer) {
  invar_plan_commit_part(kfac->network->plan, INVAR_PHASE_INVERSION, operand,
                         layer->first_parameter, elements_of(layer));
}

/* Where a job writes a layer's part. */
static uint32_t place_of(const struct invar_operand* operand, const struct invar_layer* layer) {
  return operand->offset + layer->first_parameter * 4;
}

/* out <- the inverse at `applied` times a layer's gradient */
static void multiply_left(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                          uint32_t applied, uint32_t in, uint32_t out) {
  const uint32_t columns = factor->layer->inputs;
  if (factor->blocks > 1) {
    invar_kfac_multiply_blocks_left(kfac, factor, applied, columns, in, out);
    return;
  }
  invar_kfac_append_product(kfac, inverse_flag(factor, INVAR_ENGINE_FLAG_INVERSE_A), factor->n,
                            columns, factor->n, applied, in, out);
}

/* out <- that times the inverse at `applied` */
static void multiply_right(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                           uint32_t applied, uint32_t in, uint32_t out) {
  const uint32_t rows = factor->layer->outputs;
  if (factor->blocks > 1) {
    invar_kfac_multiply_blocks_right(kfac, factor, applied, rows, in, out);
    return;
  }
  invar_kfac_append_product(kfac, inverse_flag(factor, INVAR_ENGINE_FLAG_INVERSE_B), rows,
                            factor->n, factor->n, in, applied, out);
}

/* With the explicit inverses: two products a layer, no round trip, and nothing in between leaves
 * the scratchpad. */
static void multiply_by_inverses(struct invar_kfac* kfac) {
  struct invar_network* network = kfac->network;
  for (uint32_t i = 0; i < kfac->factor_count; i += 2) {
    const struct invar_layer* layer = kfac->factors[i].layer;
    const uint32_t between = place_of(&kfac->exchange, layer);
    INVAR_COST(network->engine->port, kfac_precondition, multiply_by_inverses);
    const uint32_t gamma = fetch_applied(kfac, &kfac->factors[i + 1]);
    const uint32_t gradient = fetch_layer(kfac, &network->gradient, layer);
    multiply_left(kfac, &kfac->factors[i + 1], gamma, gradient, between);
    const uint32_t a = fetch_applied(kfac, &kfac->factors[i]);
    multiply_right(kfac, &kfac->factors[i], a, between, place_of(&kfac->preconditioned, layer));
    commit_layer(kfac, &kfac->preconditioned, layer);
  }
}

/* `preconditioned` <- the gradient, where a layer has no factors. */
static void copy_plain(struct invar_kfac* kfac) {
  for (uint32_t i = 0; i < kfac->network->weighted_count; ++i) {
    const struct invar_layer* layer = kfac->network->weighted[i];
    if ((layer->shape->flags & INVAR_LAYER_PLAIN) == 0) {
      continue;
    }
    const uint32_t gradient = fetch_layer(kfac, &kfac->network->gradient, layer);
    invar_engine_append(kfac->network->engine,
                        &(struct invar_engine_job){.opcode = INVAR_ENGINE_AXPBY,
                                                   .phase = INVAR_PHASE_INVERSION,
                                                   .m = (uint32_t)elements_of(layer),
                                                   .a = gradient,
                                                   .b = gradient,
                                                   .c = place_of(&kfac->preconditioned, layer),
                                                   .alpha = 1.0f});
    commit_layer(kfac, &kfac->preconditioned, layer);
  }
}

/* Right-hand sides of a factor: A takes the rows of dW, Gamma its columns. */
static uint32_t columns_of(const struct invar_kfac* kfac, uint32_t i) {
  const struct invar_layer* layer = kfac->factors[i].layer;
  return i % 2 == 0 ? layer->outputs : layer->inputs;
}

static void solve_whole(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                        uint32_t applied, uint32_t columns, uint32_t in, uint32_t out) {
  invar_engine_append(kfac->network->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_CHOLESKY_SOLVE,
                                                 .phase = INVAR_PHASE_INVERSION,
                                                 .m = factor->n,
                                                 .n = columns,
                                                 .a = applied,
                                                 .b = in,
                                                 .c = out});
}

/* out <- solutions for the rows of `in`, by the engine. */
static void solve_digitally(struct invar_kfac* kfac, uint32_t i, const struct invar_operand* in,
                            const struct invar_operand* out) {
  const struct invar_kfac_factor* factor = &kfac->factors[i];
  const uint32_t applied = fetch_applied(kfac, factor);
  const uint32_t rows = fetch_layer(kfac, in, factor->layer);
  INVAR_COST(kfac->network->engine->port, kfac_precondition, solve_digitally);
  if (factor->blocks > 1) {
    invar_kfac_solve_blocks(kfac, factor, applied, columns_of(kfac, i), rows,
                            place_of(out, factor->layer));
  } else {
    solve_whole(kfac, factor, applied, columns_of(kfac, i), rows, place_of(out, factor->layer));
  }
  commit_layer(kfac, out, factor->layer);
  kfac->machine->counters->digital_right_hand_sides += columns_of(kfac, i);
}

/* Where the accelerator takes a layer's part of an operand from, or leaves it: with the operand
 * port where it lives, in the scratchpad or in RAM; otherwise 0. */
static uint64_t address_of(const struct invar_kfac* kfac, const struct invar_operand* operand,
                           const struct invar_layer* layer) {
  if (!kfac->has_port) {
    return 0;
  }
  return operand->is_spilled
             ? invar_plan_address(kfac->network->plan, &operand->home, layer->first_parameter)
             : kfac->machine->port->scratchpad_base + place_of(operand, layer);
}

/* Asks for solutions for the rows of `in` where `out` is, by way of buffers in RAM unless the
 * accelerator reaches them where they live. */
static void ask(struct invar_kfac* kfac, uint32_t i, const struct invar_operand* in,
                const struct invar_operand* out) {
  INVAR_COST(kfac->machine->port, kfac_precondition, ask);
  struct invar_kfac_factor* factor = &kfac->factors[i];
  struct invar_memory_plan* plan = kfac->network->plan;
  const uint64_t first = factor->layer->first_parameter;
  factor->columns = columns_of(kfac, i);
  factor->source = address_of(kfac, in, factor->layer);
  factor->destination = address_of(kfac, out, factor->layer);
  if (factor->destination == 0) {
    factor->destination = invar_plan_address(plan, &kfac->solution_ram, first);
  }
  if (factor->source == 0) {
    const uint32_t rows = fetch_layer(kfac, in, factor->layer);
    factor->source = invar_plan_address(plan, &kfac->rhs_ram, first);
    invar_plan_store(plan, INVAR_PHASE_INVERSION, rows, factor->source, elements_of(factor->layer));
  }
}

/* Solves with what is digital; the result tells whether there are right-hand sides of others, which
 * are at hand for the accelerator afterwards or in RAM. */
static int start_side(struct invar_kfac* kfac, uint32_t side, const struct invar_operand* in,
                      const struct invar_operand* out) {
  struct invar_engine* engine = kfac->network->engine;
  int any = 0;
  for (uint32_t i = 0; i < kfac->factor_count; ++i) {
    struct invar_kfac_factor* factor = &kfac->factors[i];
    factor->is_submitted = i % 2 == side && !factor->digital;
    if (i % 2 != side) {
      continue;
    }
    INVAR_COST(engine->port, kfac_precondition, start_side);
    if (factor->digital) {
      solve_digitally(kfac, i, in, out);
    } else {
      ask(kfac, i, in, out);
      any = 1;
    }
  }
  return any;
}

/* Takes a factor's solutions, or solves where it has become digital. */
static void take_solution(struct invar_kfac* kfac, uint32_t i, const struct invar_operand* in,
                          const struct invar_operand* out) {
  INVAR_COST(kfac->machine->port, kfac_precondition, take_solution);
  const struct invar_kfac_factor* factor = &kfac->factors[i];
  if (factor->digital) {
    solve_digitally(kfac, i, in, out);
    return;
  }
  if (address_of(kfac, out, factor->layer) == 0) {
    invar_plan_load(kfac->network->plan, INVAR_PHASE_INVERSION, factor->destination,
                    place_of(out, factor->layer), elements_of(factor->layer));
    commit_layer(kfac, out, factor->layer);
  }
}

/* Waits for a factor's solve and takes the solutions, with every fall-back. */
static int finish_solve(struct invar_kfac* kfac, uint32_t i, const struct invar_operand* in,
                        const struct invar_operand* out) {
  INVAR_COST(kfac->machine->port, kfac_precondition, finish_solve);
  struct invar_kfac_factor* factor = &kfac->factors[i];
  struct invar_completion completion;
  int result = invar_accelerator_wait(&kfac->machine->accelerator, factor->ticket, &completion);
  if (result == INVAR_RESULT_OK && completion.status != INVAR_STATUS_OK) {
    result = invar_kfac_fall_back(kfac, factor, completion.status);
  }
  if (result == INVAR_RESULT_OK) {
    take_solution(kfac, i, in, out);
  }
  return result;
}

/* All layers are under way at once, as far as the ring has room. */
static int solve_where_they_stay(struct invar_kfac* kfac, uint32_t side,
                                 const struct invar_operand* in, const struct invar_operand* out) {
  struct invar_accelerator* accelerator = &kfac->machine->accelerator;
  int result = INVAR_RESULT_OK;
  uint32_t next = side;
  for (uint32_t i = side; i < kfac->factor_count && result == INVAR_RESULT_OK; i += 2) {
    struct invar_kfac_factor* factor = &kfac->factors[i];
    INVAR_COST(kfac->machine->port, kfac_precondition, solve_where_they_stay);
    for (; result == INVAR_RESULT_OK && next < i && !invar_accelerator_can_submit(accelerator);
         next += 2) {
      result = kfac->factors[next].is_submitted ? finish_solve(kfac, next, in, out) : result;
    }
    if (result == INVAR_RESULT_OK && factor->is_submitted) {
      result = invar_kfac_submit_solve(kfac, factor, &factor->ticket);
    }
  }
  for (; next < kfac->factor_count && result == INVAR_RESULT_OK; next += 2) {
    result = kfac->factors[next].is_submitted ? finish_solve(kfac, next, in, out) : result;
  }
  return result;
}

static int solve_in_turn(struct invar_kfac* kfac, uint32_t side, const struct invar_operand* in,
                         const struct invar_operand* out) {
  const int result = invar_kfac_solve_in_turn(kfac);
  for (uint32_t i = side; i < kfac->factor_count && result == INVAR_RESULT_OK; i += 2) {
    if (kfac->factors[i].is_submitted) {
      take_solution(kfac, i, in, out);
    }
  }
  return result;
}

/* The rows of one side (0: A, 1: Gamma) of every layer through its factor: from `in` to `out`. */
static int solve_side(struct invar_kfac* kfac, uint32_t side, const struct invar_operand* in,
                      const struct invar_operand* out) {
  struct invar_engine* engine = kfac->network->engine;
  INVAR_COST(engine->port, kfac_precondition, solve_side);
  if (!start_side(kfac, side, in, out)) {
    return engine->error;
  }
  int result = invar_engine_wait(engine);
  if (result == INVAR_RESULT_OK) {
    result = kfac->stay ? solve_where_they_stay(kfac, side, in, out)
                        : solve_in_turn(kfac, side, in, out);
  }
  invar_engine_flush(engine);
  return result != INVAR_RESULT_OK ? result : engine->error;
}

/* Every layer's matrix of `in` (outputs x inputs, or inputs x outputs when `back`) transposed. */
static void transpose_layers(struct invar_kfac* kfac, const struct invar_operand* in,
                             const struct invar_operand* out, int back) {
  for (uint32_t i = 0; i < kfac->factor_count; i += 2) {
    const struct invar_layer* layer = kfac->factors[i].layer;
    const uint32_t from = fetch_layer(kfac, in, layer);
    INVAR_COST(kfac->network->engine->port, kfac_precondition, transpose_layers);
    invar_engine_append(kfac->network->engine,
                        &(struct invar_engine_job){.opcode = INVAR_ENGINE_TRANSPOSE,
                                                   .phase = INVAR_PHASE_INVERSION,
                                                   .m = back ? layer->inputs : layer->outputs,
                                                   .n = back ? layer->outputs : layer->inputs,
                                                   .a = from,
                                                   .c = place_of(out, layer)});
    commit_layer(kfac, out, layer);
  }
}

/* By solving: the rows of dW are the right-hand sides of A, its columns those of Gamma. */
static int solve_for_gradients(struct invar_kfac* kfac) {
  const struct invar_operand* between = &kfac->exchange;
  const struct invar_operand* last = &kfac->preconditioned;
  int result = solve_side(kfac, 0, &kfac->network->gradient, between);
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

/* Whether every layer's gradient may go through both factors at once: all of them are on tiles, and
 * the accelerator takes it where it lies. */
static int works_in_pairs(const struct invar_kfac* kfac) {
  int all = kfac->stay && kfac->has_port;
  for (uint32_t i = 0; i < kfac->factor_count; ++i) {
    all = all && !kfac->factors[i].digital;
  }
  INVAR_COST(kfac->machine->port, kfac_precondition, works_in_pairs, kfac->factor_count);
  return all;
}

static int start_pair(struct invar_kfac* kfac, uint32_t i) {
  const struct invar_layer* layer = kfac->factors[i].layer;
  INVAR_COST(kfac->machine->port, kfac_precondition, start_pair);
  return invar_kfac_submit_pair(kfac, &kfac->factors[i], &kfac->factors[i + 1],
                                address_of(kfac, &kfac->network->gradient, layer),
                                address_of(kfac, &kfac->preconditioned, layer),
                                &kfac->factors[i].ticket);
}

/* `solved` stays if the command ended well. */
static int finish_pair(struct invar_kfac* kfac, uint32_t i, int* solved) {
  struct invar_completion completion;
  INVAR_COST(kfac->machine->port, kfac_precondition, finish_pair);
  const int result =
      invar_accelerator_wait(&kfac->machine->accelerator, kfac->factors[i].ticket, &completion);
  *solved = *solved && result == INVAR_RESULT_OK && completion.status == INVAR_STATUS_OK;
  return result;
}

/* One command a layer, as many under way as the ring has room for. `solved`: whether all went well;
 * if not, all layers are solved for once more, side by side and with every fall-back. */
static int solve_in_pairs(struct invar_kfac* kfac, int* solved) {
  struct invar_accelerator* accelerator = &kfac->machine->accelerator;
  uint32_t next = 0;
  *solved = 1;
  int result = invar_engine_wait(kfac->network->engine);
  for (uint32_t i = 0; i < kfac->factor_count && result == INVAR_RESULT_OK; i += 2) {
    INVAR_COST(kfac->machine->port, kfac_precondition, solve_in_pairs);
    for (; result == INVAR_RESULT_OK && next < i && !invar_accelerator_can_submit(accelerator);
         next += 2) {
      result = finish_pair(kfac, next, solved);
    }
    result = result == INVAR_RESULT_OK ? start_pair(kfac, i) : result;
  }
  for (; next < kfac->factor_count && result == INVAR_RESULT_OK; next += 2) {
    result = finish_pair(kfac, next, solved);
  }
  return result;
}

/* By solving, in the way that is there. */
static int solve(struct invar_kfac* kfac) {
  int solved = 0;
  const int result = works_in_pairs(kfac) ? solve_in_pairs(kfac, &solved) : INVAR_RESULT_OK;
  return result == INVAR_RESULT_OK && !solved ? solve_for_gradients(kfac) : result;
}

int invar_kfac_precondition(struct invar_kfac* kfac) {
  INVAR_COST(kfac->machine->port, kfac_precondition, invar_kfac_precondition,
             !invar_kfac_applies_inverse(kfac));
  int result = invar_machine_set_phase(kfac->machine, INVAR_PHASE_INVERSION);
  if (result == INVAR_RESULT_OK && invar_kfac_applies_inverse(kfac)) {
    multiply_by_inverses(kfac);
    result = kfac->network->engine->error;
  } else if (result == INVAR_RESULT_OK) {
    result = solve(kfac);
  }
  if (result == INVAR_RESULT_OK) {
    copy_plain(kfac);
  }
  return result != INVAR_RESULT_OK ? result : kfac->network->engine->error;
}
