#include <invar/registers/peripheral_registers.h>
#include <invar/sw/driver/machine.h>
#include <invar/sw/driver/register_access.h>
#include <invar/sw/port/function_costs.h>
#include <string.h>

int invar_machine_init(struct invar_machine* machine, struct invar_port* port,
                       const struct invar_boot_block* boot) {
  machine->port = port;
  machine->host_phase = INVAR_PHASE_HOST;
  machine->counters =
      invar_port_memory(port, boot->counters_address, sizeof(struct invar_driver_counters));
  if (machine->counters == NULL) {
    return INVAR_RESULT_BAD_ARGUMENT;
  }
  memset(machine->counters, 0, sizeof *machine->counters);
  INVAR_COST(port, machine, invar_machine_init);
  invar_heap_init(&machine->heap, port, boot->heap_address, boot->heap_bytes);
  const int result =
      invar_interrupts_init(&machine->interrupts, port, &machine->counters->interrupts);
  return result != INVAR_RESULT_OK
             ? result
             : invar_register_write(port, port->host_control_base + INVAR_HOST_REG_PHASE,
                                    INVAR_PHASE_HOST);
}

int invar_machine_set_phase(struct invar_machine* machine, uint32_t phase) {
  INVAR_COST(machine->port, machine, invar_machine_set_phase);
  if (machine->host_phase == phase) {
    return INVAR_RESULT_OK;
  }
  machine->host_phase = phase;
  return invar_register_write(machine->port,
                              machine->port->host_control_base + INVAR_HOST_REG_PHASE, phase);
}

int invar_machine_stop_requested(struct invar_machine* machine) {
  uint32_t stop = 0;
  INVAR_COST(machine->port, machine, invar_machine_stop_requested);
  const int result = invar_register_read(
      machine->port, machine->port->host_control_base + INVAR_HOST_REG_STOP, &stop);
  return result != INVAR_RESULT_OK || (stop & 1u) != 0;
}
