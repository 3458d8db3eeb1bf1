/* The apps: each runs to its end and returns enum invar_exit. */
#ifndef INVAR_SW_APPS_APPS_H
#define INVAR_SW_APPS_APPS_H

#include <invar/sw/driver/machine.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Trains the network with the optimiser of the boot block. `resumed`: from the checkpoint at the
 * start of the heap. INVAR_EXIT_RESTART: to be called again so, on a machine that starts anew. */
int invar_train(struct invar_machine* machine, const struct invar_train_parameters* parameters,
                int resumed);
/* Solves for a batch of right-hand sides on the accelerator or the engine. */
int invar_solve(struct invar_machine* machine, const struct invar_solve_parameters* parameters);
/* Steps of K-FAC on a large network, without numbers. */
int invar_workload(struct invar_machine* machine,
                   const struct invar_workload_parameters* parameters);
/* The exit code for a driver's error; says on the console what went wrong. */
int invar_exit_of(struct invar_machine* machine, int result);

#ifdef __cplusplus
}
#endif

#endif
