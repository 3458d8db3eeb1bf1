#include <invar/sw/optimizer/first_order.h>
#include <invar/sw/port/function_costs.h>

static void add_weight_decay(struct invar_network* network) {
  if (network->parameters->weight_decay != 0.0f) {
    invar_network_combine(network, network->parameters->weight_decay, network->weights.offset, 1.0f,
                          network->gradient.offset, network->gradient.offset);
  }
}

static int has_second_moment(const struct invar_first_order* optimizer) {
  switch (optimizer->network->parameters->optimizer) {
#define MOMENTS(name, number, key, parameters, learning_rate, moments, ...) \
  case number:                                                              \
    return (moments) == 2;
    INVAR_FIRST_ORDER_OPTIMIZERS(MOMENTS)
#undef MOMENTS
    default:
      return 0;
  }
}

void invar_first_order_init(struct invar_first_order* optimizer, struct invar_network* network) {
  optimizer->network = network;
  optimizer->beta1_power = 1.0;
  optimizer->beta2_power = 1.0;
  invar_plan_declare(network->plan, &optimizer->first_moment, INVAR_OPERAND_KEPT,
                     network->parameter_count);
  optimizer->first_moment.is_lasting = 1;
  if (has_second_moment(optimizer)) {
    invar_plan_declare(network->plan, &optimizer->second_moment, INVAR_OPERAND_KEPT,
                       network->parameter_count);
    optimizer->second_moment.is_lasting = 1;
  }
}

void invar_first_order_start(struct invar_first_order* optimizer) {
  invar_network_clear(optimizer->network, optimizer->first_moment.offset);
  if (has_second_moment(optimizer)) {
    invar_network_clear(optimizer->network, optimizer->second_moment.offset);
  }
}

void invar_sgd_update(struct invar_first_order* optimizer, float learning_rate) {
  struct invar_network* network = optimizer->network;
  const uint32_t velocity = optimizer->first_moment.offset;
  INVAR_COST(network->engine->port, first_order, invar_sgd_update);
  add_weight_decay(network);
  invar_network_combine(network, 1.0f, network->gradient.offset, network->parameters->momentum,
                        velocity, velocity);
  invar_network_combine(network, -learning_rate, velocity, 1.0f, network->weights.offset,
                        network->weights.offset);
}

void invar_adam_update(struct invar_first_order* optimizer, float learning_rate) {
  struct invar_network* network = optimizer->network;
  const struct invar_train_parameters* p = network->parameters;
  INVAR_COST(network->engine->port, first_order, invar_adam_update);
  add_weight_decay(network);
  const uint32_t gradient = network->gradient.offset;
  const uint32_t first = optimizer->first_moment.offset;
  const uint32_t second = optimizer->second_moment.offset;
  invar_network_combine(network, 1.0f - p->adam_beta1, gradient, p->adam_beta1, first, first);
  invar_engine_append(network->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_MULTIPLY_ACCUMULATE,
                                                 .phase = INVAR_PHASE_UPDATE,
                                                 .m = network->parameter_count,
                                                 .a = gradient,
                                                 .b = gradient,
                                                 .c = second,
                                                 .alpha = 1.0f - p->adam_beta2,
                                                 .beta = p->adam_beta2});
  /* The bias corrections of both moments, drawn into the step size and epsilon. */
  optimizer->beta1_power *= (double)p->adam_beta1;
  optimizer->beta2_power *= (double)p->adam_beta2;
  const double correction = __builtin_sqrt(1.0 - optimizer->beta2_power);
  const double step = (double)learning_rate * correction / (1.0 - optimizer->beta1_power);
  invar_engine_append(network->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_ADAM_UPDATE,
                                                 .phase = INVAR_PHASE_UPDATE,
                                                 .m = network->parameter_count,
                                                 .a = first,
                                                 .b = second,
                                                 .c = network->weights.offset,
                                                 .alpha = (float)step,
                                                 .beta = p->adam_epsilon * (float)correction});
}

void invar_first_order_update(struct invar_first_order* optimizer, float learning_rate) {
  switch (optimizer->network->parameters->optimizer) {
#define UPDATE(name, number, key, ...)              \
  case number:                                      \
    invar_##key##_update(optimizer, learning_rate); \
    break;
    INVAR_FIRST_ORDER_OPTIMIZERS(UPDATE)
#undef UPDATE
    default:
      break;
  }
}
