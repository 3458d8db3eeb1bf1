/* SGD with momentum, and Adam (Kingma & Ba 2015), as engine jobs over the network's parameters.
 *
 * Weight decay is added to the gradient (L2), biases included.
 */
#ifndef INVAR_SW_OPTIMIZER_FIRST_ORDER_H
#define INVAR_SW_OPTIMIZER_FIRST_ORDER_H

#include <invar/sw/network/network.h>

#ifdef __cplusplus
extern "C" {
#endif

struct invar_first_order {
  struct invar_network* network;
  struct invar_operand first_moment;  /* SGD: the velocity */
  struct invar_operand second_moment; /* Adam only */
  double beta1_power, beta2_power;
};

/* Declares its operands. */
void invar_first_order_init(struct invar_first_order* optimizer, struct invar_network* network);
/* Once the plan is settled. */
void invar_first_order_start(struct invar_first_order* optimizer);
/* One update from the network's gradient. */
void invar_sgd_update(struct invar_first_order* optimizer, float learning_rate);
void invar_adam_update(struct invar_first_order* optimizer, float learning_rate);

#ifdef __cplusplus
}
#endif

#endif
