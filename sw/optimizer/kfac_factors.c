#include <invar/sw/driver/register_access.h>
#include <invar/sw/optimizer/kfac.h>

/* moment <- decay moment + weight rows^T rows */
static void accumulate(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                       uint32_t rows_offset, uint32_t rows, float decay, float weight) {
  invar_engine_append(kfac->network->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_GEMM,
                                                 .phase = INVAR_PHASE_FACTORS,
                                                 .flags = INVAR_ENGINE_FLAG_TRANSPOSE_A,
                                                 .m = factor->n,
                                                 .n = factor->n,
                                                 .k = rows,
                                                 .a = rows_offset,
                                                 .b = rows_offset,
                                                 .c = factor->moment,
                                                 .alpha = weight,
                                                 .beta = decay});
}

/* One target an image, drawn from its class probabilities, by inversion of the distribution. */
static void sample_targets(struct invar_kfac* kfac) {
  const uint32_t classes = kfac->parameters->classes;
  const uint32_t batch = kfac->parameters->batch;
  const float* probabilities = kfac->probabilities_ram.data;
  uint32_t* targets = kfac->targets_ram.data;
  uint64_t looked_at = 0;
  for (uint32_t image = 0; image < batch; ++image) {
    const float threshold = invar_random_uniform(&kfac->targets);
    float sum = 0.0f;
    uint32_t target = 0;
    for (; target + 1 < classes; ++target) {
      sum += probabilities[target];
      if (threshold < sum) {
        break;
      }
    }
    targets[image] = target;
    probabilities += classes;
    looked_at += target + 1;
  }
  struct invar_port* port = kfac->machine->port;
  invar_charge_random(port, batch);
  invar_charge(port, 8 * batch + 5 * looked_at, batch + looked_at);
  invar_port_charge(port, INVAR_OPERATION_FLOAT, 3 * batch + 2 * looked_at);
}

int invar_kfac_gradients(struct invar_kfac* kfac, const struct invar_batch_slot* slot, int update) {
  struct invar_network* network = kfac->network;
  struct invar_engine* engine = network->engine;
  const struct invar_train_parameters* p = kfac->parameters;
  if (!update) {
    invar_network_backward(network, slot);
    return engine->error;
  }

  invar_engine_store(engine, INVAR_PHASE_FACTORS, network->probabilities,
                     kfac->probabilities_ram.address, p->batch * p->classes * 4);
  int result = invar_engine_wait(engine);
  if (result != INVAR_RESULT_OK) {
    return result;
  }

  struct invar_port* port = kfac->machine->port;
  invar_charge(port, 81, 57);
  invar_port_charge(port, INVAR_OPERATION_FLOAT, 9);
  invar_port_charge(port, INVAR_OPERATION_FLOAT_DIVIDE, 5);
  /* The engine goes on with what needs no targets while the host samples them. */
  ++kfac->factor_updates;
  float decay = 1.0f - 1.0f / (float)kfac->factor_updates;
  if (decay > p->factor_decay) {
    decay = p->factor_decay;
  }
  invar_network_backward(network, slot);
  for (uint32_t i = 0; i < INVAR_NETWORK_LAYERS; ++i) {
    const struct invar_layer* layer = &network->layers[i];
    accumulate(kfac, &kfac->factors[2 * i], layer->activations, layer->rows, decay,
               (1.0f - decay) / (float)layer->rows);
  }
  invar_engine_flush(engine);
  result = invar_machine_set_phase(kfac->machine, INVAR_PHASE_FACTORS);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  sample_targets(kfac);

  invar_engine_load(engine, INVAR_PHASE_FACTORS, kfac->targets_ram.address, network->sampled_labels,
                    p->batch * 4);
  invar_network_backward_sampled(network);
  for (uint32_t i = 0; i < INVAR_NETWORK_LAYERS; ++i) {
    const struct invar_layer* layer = &network->layers[i];
    accumulate(kfac, &kfac->factors[2 * i + 1], layer->output_gradient, layer->rows, decay,
               (1.0f - decay) / (float)p->batch);
  }
  invar_engine_flush(engine);
  return engine->error;
}
