#include <invar/sw/driver/register_access.h>
#include <invar/sw/optimizer/kfac.h>

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

/* With the explicit inverses: two products a layer, no round trip. */
static void multiply_by_inverses(struct invar_kfac* kfac) {
  struct invar_network* network = kfac->network;
  for (uint32_t i = 0; i < INVAR_NETWORK_LAYERS; ++i) {
    const struct invar_layer* layer = &network->layers[i];
    const uint32_t place = layer->first_parameter * 4;
    invar_charge(network->engine->port, 14, 11);
    const struct invar_engine_job left =
        gemm(layer->outputs, layer->inputs, layer->outputs, kfac->factors[2 * i + 1].applied,
             network->gradient + place, kfac->exchange + place);
    const struct invar_engine_job right =
        gemm(layer->outputs, layer->inputs, layer->inputs, kfac->exchange + place,
             kfac->factors[2 * i].applied, kfac->preconditioned + place);
    invar_engine_append(network->engine, &left);
    invar_engine_append(network->engine, &right);
  }
}

/* out <- solutions for the rows at `in`, by the engine. */
static void solve_digitally(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                            uint32_t columns, uint32_t in, uint32_t out) {
  invar_charge(kfac->network->engine->port, 12, 4);
  invar_engine_append(kfac->network->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_CHOLESKY_SOLVE,
                                                 .phase = INVAR_PHASE_INVERSION,
                                                 .m = factor->n,
                                                 .n = columns,
                                                 .a = factor->applied,
                                                 .b = in,
                                                 .c = out});
  kfac->machine->counters->digital_right_hand_sides += columns;
}

/* The rows of one side (0: A, 1: Gamma) of every layer through its factor: from `in` to `out`, both
 * parameter_count elements of the scratchpad. All layers are under way at once. */
static int solve_side(struct invar_kfac* kfac, uint32_t side, uint32_t in, uint32_t out) {
  struct invar_engine* engine = kfac->network->engine;
  uint32_t columns[INVAR_NETWORK_LAYERS];
  uint32_t bytes[INVAR_NETWORK_LAYERS];
  uint32_t tickets[INVAR_NETWORK_LAYERS];
  int submitted[INVAR_NETWORK_LAYERS];
  int any = 0;
  for (uint32_t i = 0; i < INVAR_NETWORK_LAYERS; ++i) {
    const struct invar_layer* layer = &kfac->network->layers[i];
    const struct invar_kfac_factor* factor = &kfac->factors[2 * i + side];
    const uint32_t place = layer->first_parameter * 4;
    columns[i] = side == 0 ? layer->outputs : layer->inputs;
    bytes[i] = layer->outputs * layer->inputs * 4;
    submitted[i] = !factor->digital;
    invar_charge(engine->port, 38, 26);
    invar_port_charge(engine->port, INVAR_OPERATION_MULTIPLY, 3);
    if (factor->digital) {
      solve_digitally(kfac, factor, columns[i], in + place, out + place);
    } else {
      invar_engine_store(engine, INVAR_PHASE_INVERSION, in + place, kfac->rhs_ram.address + place,
                         bytes[i]);
      any = 1;
    }
  }
  if (!any) {
    return engine->error;
  }
  int result = invar_engine_wait(engine);
  for (uint32_t i = 0; i < INVAR_NETWORK_LAYERS && result == INVAR_RESULT_OK; ++i) {
    const uint32_t place = kfac->network->layers[i].first_parameter * 4;
    invar_charge(engine->port, 80, 15);
    invar_port_charge(engine->port, INVAR_OPERATION_MULTIPLY, 3);
    if (submitted[i]) {
      result = invar_kfac_submit_solve(kfac, &kfac->factors[2 * i + side], columns[i],
                                       kfac->rhs_ram.address + place,
                                       kfac->solution_ram.address + place, &tickets[i]);
    }
  }
  for (uint32_t i = 0; i < INVAR_NETWORK_LAYERS && result == INVAR_RESULT_OK; ++i) {
    struct invar_kfac_factor* factor = &kfac->factors[2 * i + side];
    const uint32_t place = kfac->network->layers[i].first_parameter * 4;
    struct invar_completion completion;
    if (!submitted[i]) {
      continue;
    }
    result = invar_accelerator_wait(&kfac->machine->accelerator, tickets[i], &completion);
    if (result == INVAR_RESULT_OK && completion.status != INVAR_STATUS_OK) {
      result =
          invar_kfac_fall_back(kfac, factor, completion.status, columns[i],
                               kfac->rhs_ram.address + place, kfac->solution_ram.address + place);
    }
    if (result == INVAR_RESULT_OK && factor->digital) {
      solve_digitally(kfac, factor, columns[i], in + place, out + place);
    } else if (result == INVAR_RESULT_OK) {
      invar_engine_load(engine, INVAR_PHASE_INVERSION, kfac->solution_ram.address + place,
                        out + place, bytes[i]);
    }
  }
  invar_engine_flush(engine);
  return result != INVAR_RESULT_OK ? result : engine->error;
}

/* Every layer's matrix at `in` (outputs x inputs, or inputs x outputs when `back`) transposed. */
static void transpose_layers(struct invar_kfac* kfac, uint32_t in, uint32_t out, int back) {
  for (uint32_t i = 0; i < INVAR_NETWORK_LAYERS; ++i) {
    const struct invar_layer* layer = &kfac->network->layers[i];
    const uint32_t place = layer->first_parameter * 4;
    invar_charge(kfac->network->engine->port, 16, 7);
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
  int result = invar_machine_set_phase(kfac->machine, INVAR_PHASE_INVERSION);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  if (kfac->parameters->kfac_apply == INVAR_KFAC_APPLY_INVERSE) {
    multiply_by_inverses(kfac);
    return kfac->network->engine->error;
  }
  /* The rows of dW are the right-hand sides of A, its columns those of Gamma. */
  result = solve_side(kfac, 0, kfac->network->gradient, kfac->exchange);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  transpose_layers(kfac, kfac->exchange, kfac->transposed, 0);
  result = solve_side(kfac, 1, kfac->transposed, kfac->exchange);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  transpose_layers(kfac, kfac->exchange, kfac->preconditioned, 1);
  return kfac->network->engine->error;
}
