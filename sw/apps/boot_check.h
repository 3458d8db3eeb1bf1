/* Range checks of what the platform left in the boot block. */
#ifndef INVAR_SW_APPS_BOOT_CHECK_H
#define INVAR_SW_APPS_BOOT_CHECK_H

#include <invar/sw/boot/boot_block.h>
#include <invar/sw/port/port.h>

#ifdef __cplusplus
extern "C" {
#endif

/* NULL when all is well, or what is wrong. */
const char* invar_check_train(struct invar_port* port, const struct invar_train_parameters* p);
const char* invar_check_solve(struct invar_port* port, const struct invar_solve_parameters* p);
const char* invar_check_workload(struct invar_port* port,
                                 const struct invar_workload_parameters* p);

#ifdef __cplusplus
}
#endif

#endif
