/* A network, its optimiser and the memory plan of both: what `train` trains and `workload` times.
 */
#ifndef INVAR_SW_APPS_TRAINING_H
#define INVAR_SW_APPS_TRAINING_H

#include <invar/sw/driver/machine.h>
#include <invar/sw/network/network.h>
#include <invar/sw/optimizer/first_order.h>
#include <invar/sw/optimizer/kfac.h>

#ifdef __cplusplus
extern "C" {
#endif

struct invar_training {
  struct invar_machine* machine;
  const struct invar_train_parameters* parameters;
  struct invar_memory_plan plan;
  struct invar_network network;
  struct invar_first_order first_order;
  struct invar_kfac kfac;
};

/* The devices that it takes, and an empty plan. */
int invar_training_init(struct invar_training* training, struct invar_machine* machine,
                        const struct invar_train_parameters* parameters);
/* Network and optimiser, each with its place; says on the console what of the scratchpad lacks. */
int invar_training_settle(struct invar_training* training);
/* The optimiser's state before the first step. */
void invar_training_start(struct invar_training* training);

#ifdef __cplusplus
}
#endif

#endif
