/* The addresses of this project's platform (hw/registers/memory_map.h), for both of its cores. */
#ifndef INVAR_SW_PORT_PLATFORM_PORT_H
#define INVAR_SW_PORT_PLATFORM_PORT_H

#include <invar/registers/memory_map.h>
#include <invar/sw/port/port.h>

/* Fills in boot block, devices and interrupt inputs; all else stays as it is. */
static inline void invar_port_use_memory_map(struct invar_port* port) {
  port->boot_block_address = INVAR_MAP_BOOT_BLOCK;
  port->accelerator_base = INVAR_MAP_ACCELERATOR;
  port->engine_base = INVAR_MAP_ENGINE;
  port->scratchpad_base = INVAR_MAP_SCRATCHPAD;
  port->uart_base = INVAR_MAP_UART;
  port->timer_base = INVAR_MAP_TIMER;
  port->interrupt_controller_base = INVAR_MAP_INTERRUPT_CONTROLLER;
  port->host_control_base = INVAR_MAP_HOST_CONTROL;
  port->accelerator_irq = INVAR_MAP_IRQ_ACCELERATOR;
  port->engine_irq = INVAR_MAP_IRQ_ENGINE;
  port->timer_irq = INVAR_MAP_IRQ_TIMER;
}

#endif
