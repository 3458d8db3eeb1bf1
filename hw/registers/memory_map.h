/* The platform's memory map and interrupt numbers, shared by the SoC, the firmware and the docs.
 * The devices themselves know nothing of it: in another SoC they sit where that SoC says. */
#ifndef INVAR_REGISTERS_MEMORY_MAP_H
#define INVAR_REGISTERS_MEMORY_MAP_H

#define INVAR_MAP_UART 0x10000000                 /* serial port */
#define INVAR_MAP_TIMER 0x10001000                /* nanoseconds, one compare */
#define INVAR_MAP_INTERRUPT_CONTROLLER 0x10002000 /* all interrupts into one */
#define INVAR_MAP_HOST_CONTROL 0x10003000         /* phase, progress, exit code */
#define INVAR_MAP_ACCELERATOR 0x20000000          /* INV accelerator */
#define INVAR_MAP_ENGINE 0x20010000               /* digital engine */
#define INVAR_MAP_SCRATCHPAD 0x40000000           /* the engine's, for the accelerator alone */
#define INVAR_MAP_RAM 0x80000000                  /* RAM, as much as the boot block says */

#define INVAR_MAP_SCRATCHPAD_BYTES                              \
  0x40000000 /* room for it; what it has is the engine's affair \
              */

/* The first part of RAM belongs to the image of the firmware: code, data, C heap, stack. */
#define INVAR_MAP_FIRMWARE 0x80000000       /* entry point and image */
#define INVAR_MAP_FIRMWARE_BYTES 0x01000000 /* 16 MiB */
#define INVAR_MAP_BOOT_BLOCK 0x81000000     /* what the platform tells the firmware */

/* Inputs of the interrupt controller; CLAIM reads as input + 1. */
#define INVAR_MAP_IRQ_ACCELERATOR 0 /* INV accelerator */
#define INVAR_MAP_IRQ_ENGINE 1      /* digital engine */
#define INVAR_MAP_IRQ_TIMER 2       /* timer */
#define INVAR_MAP_IRQ_INPUTS 3

#endif
