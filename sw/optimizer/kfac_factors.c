#include <invar/sw/optimizer/kfac.h>
#include <invar/sw/port/function_costs.h>

/* Which of a layer's factors. */
enum side { SIDE_A, SIDE_GAMMA };

/* Weight of the old factor in the moving average. */
static float decay_of(const struct invar_kfac* kfac) {
  const float decay = 1.0f - 1.0f / (float)kfac->factor_updates;
  return decay > kfac->parameters->factor_decay ? kfac->parameters->factor_decay : decay;
}

/* moment <- decay moment + weight rows^T rows */
static void accumulate(struct invar_kfac* kfac, struct invar_kfac_factor* factor,
                       uint32_t rows_offset, uint32_t rows, float decay, float weight) {
  struct invar_memory_plan* plan = kfac->network->plan;
  const uint32_t moment = invar_plan_fetch(plan, INVAR_PHASE_FACTORS, &factor->moment);
  invar_engine_append(kfac->network->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_SYRK,
                                                 .phase = INVAR_PHASE_FACTORS,
                                                 .flags = INVAR_ENGINE_FLAG_TRANSPOSE_A,
                                                 .m = factor->n,
                                                 .k = rows,
                                                 .a = rows_offset,
                                                 .c = moment,
                                                 .alpha = weight,
                                                 .beta = decay});
  if (factor->moment.is_spilled) {
    invar_kfac_append_trace(kfac, factor, INVAR_PHASE_FACTORS, moment);
  }
  if (factor->is_in_place) { /* what is programmed stays as it was */
    invar_kfac_move(factor);
    factor->is_in_place = 0;
  }
  invar_plan_commit(plan, INVAR_PHASE_FACTORS, &factor->moment);
}

/* The group's part of one side's factors, of those that are spilled or of those that are not. */
static void accumulate_side(struct invar_kfac* kfac, enum side side, uint32_t group,
                            int is_spilled) {
  const float decay = kfac->decay;
  const float images = (float)kfac->parameters->batch;
  for (uint32_t i = side; i < kfac->factor_count; i += 2) {
    struct invar_kfac_factor* factor = &kfac->factors[i];
    const struct invar_layer* layer = factor->layer;
    if (factor->moment.is_spilled != is_spilled) {
      continue;
    }
    const struct invar_rows rows = invar_network_rows(kfac->network, layer, group);
    if (rows.count == 0) {
      continue;
    }
    INVAR_COST(kfac->machine->port, kfac_factors, accumulate_side);
    const uint32_t offset = side == SIDE_A ? invar_layer_activations(&rows.pass, layer)
                                           : invar_layer_output_gradient(&rows.pass, layer);
    accumulate(kfac, factor, offset, rows.count, rows.is_first ? decay : 1.0f,
               (1.0f - decay) / (side == SIDE_A ? (float)layer->rows : images));
  }
}

/* One target a row of class probabilities, drawn from it by inversion of the distribution. */
static void sample_targets(struct invar_kfac* kfac, uint64_t count) {
  const uint32_t classes = kfac->parameters->classes;
  const float* probabilities = kfac->probabilities_ram.data;
  uint32_t* targets = kfac->targets_ram.data;
  uint64_t looked_at = 0;
  for (uint64_t row = 0; row < count; ++row) {
    const float threshold = invar_random_uniform(&kfac->targets);
    float sum = 0.0f;
    uint32_t target = 0;
    for (; target + 1 < classes; ++target) {
      sum += probabilities[target];
      if (threshold < sum) {
        break;
      }
    }
    targets[row] = target;
    probabilities += kfac->next_probabilities;
    looked_at += target + 1;
  }
  struct invar_port* port = kfac->machine->port;
  INVAR_COST(port, kfac_factors, sample_targets, count, looked_at);
}

/* Gradients and factors of a group that has gone forward. */
static int update_factors(struct invar_kfac* kfac, const struct invar_batch_slot* slot,
                          uint32_t group) {
  struct invar_network* network = kfac->network;
  struct invar_engine* engine = network->engine;
  const uint32_t labels = invar_network_labels(network);
  const uint32_t count = invar_plan_images(network->plan, group) * labels;
  const uint32_t first = group * network->plan->group * labels;
  invar_plan_store(network->plan, INVAR_PHASE_FACTORS, invar_network_probabilities(network, group),
                   kfac->probabilities_ram.address, (uint64_t)count * kfac->parameters->classes);
  int result = invar_engine_wait(engine);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  struct invar_port* port = kfac->machine->port;
  INVAR_COST(port, kfac_factors, update_factors);
  /* The engine goes on with what needs no targets while the host samples them. */
  invar_network_backward(network, slot, group);
  accumulate_side(kfac, SIDE_A, group, 0);
  invar_engine_flush(engine);
  result = invar_machine_set_phase(kfac->machine, INVAR_PHASE_FACTORS);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  sample_targets(kfac, count);
  invar_engine_load(engine, INVAR_PHASE_FACTORS, kfac->targets_ram.address,
                    network->sampled_labels.offset + first * 4, count * 4);
  invar_network_backward_sampled(network, group);
  accumulate_side(kfac, SIDE_GAMMA, group, 0);
  return INVAR_RESULT_OK;
}

int invar_kfac_gradients(struct invar_kfac* kfac, const struct invar_batch_slot* slot, int update) {
  struct invar_network* network = kfac->network;
  struct invar_engine* engine = network->engine;
  const uint32_t groups = network->plan->groups;
  INVAR_COST(engine->port, kfac_factors, invar_kfac_gradients, update != 0, groups);
  int result = INVAR_RESULT_OK;
  if (!update) {
    invar_network_gradients(network, slot);
    return engine->error;
  }
  ++kfac->factor_updates;
  kfac->decay = decay_of(kfac);
  for (uint32_t group = 0; group < groups && result == INVAR_RESULT_OK; ++group) {
    if (group != 0) {
      invar_network_forward(network, slot, group);
    }
    result = update_factors(kfac, slot, group);
  }
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  /* The maps of the last group have left the workspace to the moments that need it. */
  accumulate_side(kfac, SIDE_A, groups - 1, 1);
  accumulate_side(kfac, SIDE_GAMMA, groups - 1, 1);
  invar_engine_flush(engine);
  return engine->error;
}
