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
  uint32_t first_moment;  /* SGD: the velocity */
  uint32_t second_moment; /* Adam only */
  double beta1_power, beta2_power;
};

int invar_first_order_init(struct invar_first_order* optimizer, struct invar_network* network,
                           struct invar_scratchpad* scratchpad);
/* One update from the network's gradient. */
void invar_sgd_update(struct invar_first_order* optimizer, float learning_rate);
void invar_adam_update(struct invar_first_order* optimizer, float learning_rate);

#ifdef __cplusplus
}
#endif

#endif
