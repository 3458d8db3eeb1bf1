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
  struct invar_operand second_moment; /* of those that keep two */
  double beta1_power, beta2_power;
};

/* Declares its operands. */
void invar_first_order_init(struct invar_first_order* optimizer, struct invar_network* network);
/* Once the plan is settled. */
void invar_first_order_start(struct invar_first_order* optimizer);
/* One update from the network's gradient; and those of the optimisers of optimizers.h. */
void invar_first_order_update(struct invar_first_order* optimizer, float learning_rate);
#define INVAR_UPDATE(name, number, key, ...) \
  void invar_##key##_update(struct invar_first_order* optimizer, float learning_rate);
INVAR_FIRST_ORDER_OPTIMIZERS(INVAR_UPDATE)
#undef INVAR_UPDATE

#ifdef __cplusplus
}
#endif

#endif
