#include <invar/registers/peripheral_registers.h>
#include <invar/sw/apps/workload.h>
#include <invar/sw/driver/register_access.h>
#include <invar/sw/port/function_costs.h>

#define RING_DESCRIPTORS 64u

/* Tells the platform that a step has ended: everything is quiet then. */
static int announce(struct invar_workload_run* run, struct invar_buffer* record, uint64_t step) {
  struct invar_port* port = run->machine->port;
  struct invar_progress* progress = record->data;
  progress->step = step;
  progress->evaluate = 0;
  INVAR_COST(port, workload, announce);
  return invar_register_write(port, port->host_control_base + INVAR_HOST_REG_PROGRESS,
                              (uint32_t)(record->address / 16));
}

static int step(struct invar_workload_run* run, int update_factors, int refresh) {
  struct invar_machine* machine = run->machine;
  struct invar_engine* engine = &machine->engine;
  const int solving = run->parameters->kfac_apply == INVAR_KFAC_APPLY_SOLVE;
  INVAR_COST(machine->port, workload, step);
  invar_machine_set_phase(machine, INVAR_PHASE_FORWARD);
  invar_workload_forward(run);
  invar_engine_flush(engine);
  invar_machine_set_phase(machine, INVAR_PHASE_BACKWARD);
  invar_workload_backward(run);
  invar_engine_flush(engine);
  if (update_factors) {
    invar_machine_set_phase(machine, INVAR_PHASE_FACTORS);
    invar_workload_factors(run);
    invar_engine_flush(engine);
  }
  int result = invar_engine_wait(engine);
  if (refresh && result == INVAR_RESULT_OK) {
    result = invar_workload_refresh(run);
  }
  if (result == INVAR_RESULT_OK && solving) {
    result = invar_workload_solve(run);
  } else if (result == INVAR_RESULT_OK) {
    invar_machine_set_phase(machine, INVAR_PHASE_INVERSION);
    invar_workload_multiply_inverses(run);
    invar_engine_flush(engine);
  }
  invar_machine_set_phase(machine, INVAR_PHASE_UPDATE);
  invar_workload_update(run);
  const int last = invar_engine_wait(engine);
  return result != INVAR_RESULT_OK ? result : last;
}

static int prepare(struct invar_workload_run* run, struct invar_buffer* record) {
  struct invar_machine* machine = run->machine;
  int result = invar_engine_init(&machine->engine, machine->port, &machine->interrupts,
                                 &machine->heap, INVAR_ENGINE_RING_JOBS);
  if (result == INVAR_RESULT_OK && run->parameters->solver == INVAR_SOLVER_ACCELERATOR) {
    result = invar_accelerator_init(&machine->accelerator, machine->port, &machine->interrupts,
                                    &machine->heap, machine->counters, RING_DESCRIPTORS);
  }
  if (result == INVAR_RESULT_OK) {
    result = invar_heap_allocate(&machine->heap, sizeof(struct invar_progress), record);
  }
  return result == INVAR_RESULT_OK ? invar_workload_prepare(run) : result;
}

int invar_workload(struct invar_machine* machine,
                   const struct invar_workload_parameters* parameters) {
  struct invar_workload_run run = {.machine = machine, .parameters = parameters};
  struct invar_buffer record;
  run.layers =
      invar_port_memory(machine->port, parameters->layers_address,
                        (uint64_t)parameters->layer_count * sizeof(struct invar_workload_layer));
  int result = prepare(&run, &record);
  if (result == INVAR_RESULT_OK) {
    result = announce(&run, &record, 0);
  }
  for (uint32_t i = 0; i < INVAR_WORKLOAD_STEPS && result == INVAR_RESULT_OK; ++i) {
    if (invar_machine_stop_requested(machine)) {
      return INVAR_EXIT_STOPPED;
    }
    result = step(&run, i < 2, i == 0);
    if (result == INVAR_RESULT_OK) {
      result = announce(&run, &record, i + 1);
    }
  }
  invar_machine_set_phase(machine, INVAR_PHASE_HOST);
  return invar_exit_of(machine, result);
}
