#include <invar/sw/driver/register_access.h>
#include <invar/sw/network/network.h>
#include <invar/sw/network/random.h>

static void initialize_layer(const struct invar_network* network, const struct invar_layer* layer,
                             enum invar_random_stream stream) {
  float* weights = (float*)network->weights_ram.data + layer->first_parameter;
  const float limit = __builtin_sqrtf(6.0f / (float)(layer->inputs - 1));
  struct invar_random random;
  invar_random_init(&random, network->parameters->seed, stream);
  for (uint32_t output = 0; output < layer->outputs; ++output) {
    for (uint32_t input = 0; input + 1 < layer->inputs; ++input) {
      *weights++ = limit * (2.0f * invar_random_uniform(&random) - 1.0f);
    }
    *weights++ = 0.0f;
  }
  struct invar_port* port = network->engine->port;
  const uint64_t count = (uint64_t)layer->outputs * layer->inputs;
  invar_charge_random(port, count);
  invar_charge(port, 5 * count, 2 * count);
  invar_port_charge(port, INVAR_OPERATION_FLOAT, 5 * count);
  invar_port_charge(port, INVAR_OPERATION_FLOAT_DIVIDE, 2);
}

void invar_network_initialize_weights(struct invar_network* network) {
  initialize_layer(network, &network->layers[0], INVAR_STREAM_CONV_WEIGHTS);
  initialize_layer(network, &network->layers[1], INVAR_STREAM_DENSE_WEIGHTS);
  invar_engine_load(network->engine, INVAR_PHASE_HOST, network->weights_ram.address,
                    network->weights, network->parameter_count * 4);
}

void invar_network_store_weights(struct invar_network* network) {
  invar_engine_store(network->engine, INVAR_PHASE_HOST, network->weights,
                     network->weights_ram.address, network->parameter_count * 4);
}
