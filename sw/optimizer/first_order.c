#include <invar/sw/driver/register_access.h>
#include <invar/sw/optimizer/first_order.h>

static void fill_zero(struct invar_network* network, uint32_t offset) {
  invar_engine_append(network->engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_FILL,
                                                                  .phase = INVAR_PHASE_UPDATE,
                                                                  .m = network->parameter_count,
                                                                  .c = offset});
}

/* c <- alpha a + beta b over all parameters. */
static void combine(struct invar_network* network, float alpha, uint32_t a, float beta, uint32_t b,
                    uint32_t c) {
  invar_engine_append(network->engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_AXPBY,
                                                                  .phase = INVAR_PHASE_UPDATE,
                                                                  .m = network->parameter_count,
                                                                  .a = a,
                                                                  .b = b,
                                                                  .c = c,
                                                                  .alpha = alpha,
                                                                  .beta = beta});
}

static void add_weight_decay(struct invar_network* network) {
  if (network->parameters->weight_decay != 0.0f) {
    combine(network, network->parameters->weight_decay, network->weights, 1.0f, network->gradient,
            network->gradient);
  }
}

int invar_first_order_init(struct invar_first_order* optimizer, struct invar_network* network,
                           struct invar_scratchpad* scratchpad) {
  optimizer->network = network;
  optimizer->beta1_power = 1.0;
  optimizer->beta2_power = 1.0;
  optimizer->first_moment = invar_scratchpad_allocate(scratchpad, network->parameter_count);
  optimizer->second_moment = optimizer->first_moment;
  if (network->parameters->optimizer == INVAR_OPTIMIZER_ADAM) {
    optimizer->second_moment = invar_scratchpad_allocate(scratchpad, network->parameter_count);
  }
  if (!invar_scratchpad_fits(scratchpad)) {
    return INVAR_RESULT_OUT_OF_MEMORY;
  }
  fill_zero(network, optimizer->first_moment);
  fill_zero(network, optimizer->second_moment);
  return INVAR_RESULT_OK;
}

void invar_sgd_update(struct invar_first_order* optimizer, float learning_rate) {
  struct invar_network* network = optimizer->network;
  const uint32_t velocity = optimizer->first_moment;
  invar_charge(network->engine->port, 8, 6);
  add_weight_decay(network);
  combine(network, 1.0f, network->gradient, network->parameters->momentum, velocity, velocity);
  combine(network, -learning_rate, velocity, 1.0f, network->weights, network->weights);
}

void invar_adam_update(struct invar_first_order* optimizer, float learning_rate) {
  struct invar_network* network = optimizer->network;
  const struct invar_train_parameters* p = network->parameters;
  invar_charge(network->engine->port, 12, 9);
  add_weight_decay(network);
  combine(network, 1.0f - p->adam_beta1, network->gradient, p->adam_beta1, optimizer->first_moment,
          optimizer->first_moment);
  invar_engine_append(network->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_MULTIPLY_ACCUMULATE,
                                                 .phase = INVAR_PHASE_UPDATE,
                                                 .m = network->parameter_count,
                                                 .a = network->gradient,
                                                 .b = network->gradient,
                                                 .c = optimizer->second_moment,
                                                 .alpha = 1.0f - p->adam_beta2,
                                                 .beta = p->adam_beta2});
  /* The bias corrections of both moments, drawn into the step size and epsilon. */
  optimizer->beta1_power *= (double)p->adam_beta1;
  optimizer->beta2_power *= (double)p->adam_beta2;
  const double correction = __builtin_sqrt(1.0 - optimizer->beta2_power);
  const double step = (double)learning_rate * correction / (1.0 - optimizer->beta1_power);
  struct invar_port* port = network->engine->port;
  invar_port_charge(port, INVAR_OPERATION_FLOAT, 6);
  invar_port_charge(port, INVAR_OPERATION_FLOAT_DIVIDE, 2);
  invar_engine_append(network->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_ADAM_UPDATE,
                                                 .phase = INVAR_PHASE_UPDATE,
                                                 .m = network->parameter_count,
                                                 .a = optimizer->first_moment,
                                                 .b = optimizer->second_moment,
                                                 .c = network->weights,
                                                 .alpha = (float)step,
                                                 .beta = p->adam_epsilon * (float)correction});
}
