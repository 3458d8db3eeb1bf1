/* The same by another path, for firmware that names it so. */
#ifndef INVAR_SW_APPS_BOOT_BLOCK_H
#define INVAR_SW_APPS_BOOT_BLOCK_H

#include <invar/sw/boot/boot_block.h>

#endif
