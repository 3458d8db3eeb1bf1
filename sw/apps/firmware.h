/* The firmware's entry, the same for every host core. */
#ifndef INVAR_SW_APPS_FIRMWARE_H
#define INVAR_SW_APPS_FIRMWARE_H

#include <invar/sw/boot/boot_block.h>
#include <invar/sw/port/port.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Runs the app that the boot block at port->boot_block_address asks for. Returns enum invar_exit,
 * after writing it to INVAR_HOST_REG_EXIT. */
int firmware_main(struct invar_port* port);

#ifdef __cplusplus
}
#endif

#endif
