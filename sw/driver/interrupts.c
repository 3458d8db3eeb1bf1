#include <invar/registers/peripheral_registers.h>
#include <invar/sw/driver/interrupts.h>
#include <invar/sw/driver/register_access.h>
#include <invar/sw/port/function_costs.h>

/* What the port calls, in the trap handler where there is one. */
static void interrupt_entry(void* context) {
  struct invar_interrupts* interrupts = context;
  struct invar_port* port = interrupts->port;
  uint32_t claim = 0;
  int result =
      invar_register_read(port, port->interrupt_controller_base + INVAR_INTC_REG_CLAIM, &claim);
  INVAR_COST(port, interrupts, interrupt_entry);
  if (result == INVAR_RESULT_OK && claim != 0 && claim <= INVAR_INTERRUPT_INPUTS) {
    ++*interrupts->counter; /* otherwise the level fell before the claim */
    const invar_interrupt_handler handler = interrupts->handlers[claim - 1];
    if (handler != NULL) {
      result = handler(interrupts->contexts[claim - 1]);
    }
  }
  if (result != INVAR_RESULT_OK) {
    interrupts->result = result;
  }
}

int invar_interrupts_init(struct invar_interrupts* interrupts, struct invar_port* port,
                          uint64_t* counter) {
  interrupts->port = port;
  interrupts->counter = counter;
  interrupts->enabled = 0;
  interrupts->result = INVAR_RESULT_OK;
  port->interrupt_entry = interrupt_entry;
  port->interrupt_context = interrupts;
  for (uint32_t input = 0; input < INVAR_INTERRUPT_INPUTS; ++input) {
    interrupts->handlers[input] = NULL;
    interrupts->contexts[input] = NULL;
  }
  INVAR_COST(port, interrupts, invar_interrupts_init);
  return invar_register_write(port, port->interrupt_controller_base + INVAR_INTC_REG_ENABLE, 0);
}

int invar_interrupts_connect(struct invar_interrupts* interrupts, uint32_t input,
                             invar_interrupt_handler handler, void* context) {
  if (input >= INVAR_INTERRUPT_INPUTS) {
    return INVAR_RESULT_BAD_ARGUMENT;
  }
  INVAR_COST(interrupts->port, interrupts, invar_interrupts_connect);
  interrupts->handlers[input] = handler;
  interrupts->contexts[input] = context;
  interrupts->enabled |= UINT32_C(1) << input;
  return invar_register_write(interrupts->port,
                              interrupts->port->interrupt_controller_base + INVAR_INTC_REG_ENABLE,
                              interrupts->enabled);
}

int invar_interrupts_wait(struct invar_interrupts* interrupts) {
  INVAR_COST(interrupts->port, interrupts, invar_interrupts_wait);
  invar_port_wait_for_interrupt(interrupts->port);
  const int result = interrupts->result;
  interrupts->result = INVAR_RESULT_OK;
  return result;
}
