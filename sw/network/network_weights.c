#include <invar/sw/network/network.h>
#include <invar/sw/network/random.h>
#include <invar/sw/port/function_costs.h>

static void initialize_layer(const struct invar_network* network, const struct invar_layer* layer,
                             uint32_t stream) {
  float* weights = (float*)network->weights_ram.data + layer->first_parameter;
  const uint32_t fan_in = layer->inputs - ((layer->shape->flags & INVAR_LAYER_BIAS) != 0 ? 1 : 0);
  const float limit = __builtin_sqrtf(6.0f / (float)fan_in);
  struct invar_random random;
  invar_random_init(&random, network->parameters->seed, stream);
  for (uint32_t output = 0; output < layer->outputs; ++output) {
    for (uint32_t input = 0; input < fan_in; ++input) {
      *weights++ = limit * (2.0f * invar_random_uniform(&random) - 1.0f);
    }
    if (fan_in != layer->inputs) {
      *weights++ = 0.0f;
    }
  }
  struct invar_port* port = network->engine->port;
  const uint64_t count = (uint64_t)layer->outputs * layer->inputs;
  INVAR_COST(port, network_weights, initialize_layer, count);
}

void invar_network_initialize_weights(struct invar_network* network) {
  for (uint32_t i = 0; i < network->weighted_count; ++i) {
    initialize_layer(network, network->weighted[i], invar_stream_of_weights(i));
  }
  invar_engine_load(network->engine, INVAR_PHASE_HOST, network->weights_ram.address,
                    network->weights.offset, network->parameter_count * 4);
}

void invar_network_combine(struct invar_network* network, float alpha, uint32_t a, float beta,
                           uint32_t b, uint32_t c) {
  invar_engine_append(network->engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_AXPBY,
                                                                  .phase = INVAR_PHASE_UPDATE,
                                                                  .m = network->parameter_count,
                                                                  .a = a,
                                                                  .b = b,
                                                                  .c = c,
                                                                  .alpha = alpha,
                                                                  .beta = beta});
}

void invar_network_clear(struct invar_network* network, uint32_t c) {
  invar_engine_append(network->engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_FILL,
                                                                  .phase = INVAR_PHASE_UPDATE,
                                                                  .m = network->parameter_count,
                                                                  .c = c});
}

void invar_network_store_weights(struct invar_network* network) {
  invar_engine_store(network->engine, INVAR_PHASE_HOST, network->weights.offset,
                     network->weights_ram.address, network->parameter_count * 4);
}
