#include <invar/registers/peripheral_registers.h>
#include <invar/sw/apps/apps.h>
#include <invar/sw/apps/training.h>
#include <invar/sw/driver/register_access.h>
#include <invar/sw/port/function_costs.h>

struct workload {
  struct invar_training training;
  struct invar_batch_slot slot;
  struct invar_buffer progress;
};

/* Tells the platform that a step has ended: everything is quiet then. */
static int announce(struct workload* workload, uint64_t ended) {
  struct invar_port* port = workload->training.machine->port;
  struct invar_progress* progress = workload->progress.data;
  progress->step = ended;
  progress->evaluate = 0;
  INVAR_COST(port, workload, announce);
  return invar_register_write(port, port->host_control_base + INVAR_HOST_REG_PROGRESS,
                              (uint32_t)(workload->progress.address / 16));
}

/* Room for one batch's numbers, which nobody draws, and its loss, which nobody reads. */
static int allocate_slot(struct workload* workload) {
  const struct invar_training* training = &workload->training;
  struct invar_heap* heap = &training->machine->heap;
  struct invar_buffer indices, losses;
  int result = invar_heap_allocate(heap, training->network.indices.elements * 4, &indices);
  if (result == INVAR_RESULT_OK) {
    result = invar_heap_allocate(heap, (uint64_t)training->plan.groups * 4, &losses);
  }
  if (result == INVAR_RESULT_OK) {
    workload->slot = (struct invar_batch_slot){.indices_address = indices.address,
                                               .loss_address = losses.address};
  }
  return result;
}

static int prepare(struct workload* workload, struct invar_machine* machine,
                   const struct invar_workload_parameters* parameters) {
  struct invar_training* training = &workload->training;
  int result = invar_training_init(training, machine, &parameters->training);
  if (result == INVAR_RESULT_OK) {
    result =
        invar_heap_allocate(&machine->heap, sizeof(struct invar_progress), &workload->progress);
  }
  if (result == INVAR_RESULT_OK) {
    result =
        invar_plan_share_home(&training->plan, parameters->data_address, parameters->data_bytes);
  }
  if (result == INVAR_RESULT_OK) {
    result = invar_training_settle(training);
  }
  if (result == INVAR_RESULT_OK) {
    result = allocate_slot(workload);
  }
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  /* It is not the first that is measured, whose inverses are the engine's and whose factors are
   * copies. */
  training->kfac.has_begun = 1;
  training->kfac.factor_updates = 1;
  invar_training_start(training);
  return invar_engine_wait(&machine->engine);
}

/* A step of the training, and everything that it has left to the engine. */
static int run_step(struct workload* workload, uint64_t step) {
  struct invar_training* training = &workload->training;
  struct invar_engine* engine = &training->machine->engine;
  INVAR_COST(training->machine->port, workload, run_step);
  int result = invar_machine_set_phase(training->machine, INVAR_PHASE_HOST);
  invar_network_forward(&training->network, &workload->slot, 0);
  invar_engine_flush(engine);
  if (result == INVAR_RESULT_OK) {
    result = invar_kfac_step(&training->kfac, &workload->slot, step,
                             training->parameters->learning_rate);
  }
  const int last = invar_engine_wait(engine);
  return result != INVAR_RESULT_OK ? result : last;
}

/* The steps from one that refreshes in the background to the one that uses what it wrote. `first`:
 * the number of the former. */
static int run_delay(struct workload* workload, const struct invar_workload_parameters* parameters,
                     uint64_t first) {
  int result = INVAR_RESULT_OK;
  for (uint32_t i = 1; i <= parameters->delay_steps && result == INVAR_RESULT_OK; ++i) {
    result = run_step(workload, first + 2 * (uint64_t)i - (i % parameters->factor_interval != 0));
  }
  return result;
}

static int warms_up(const struct invar_workload_parameters* parameters) {
  return parameters->warms_up || parameters->delay_steps != 0;
}

/* One of the steps that are measured: with a refresh, with factors alone, with neither. */
static int run_measured(struct workload* workload,
                        const struct invar_workload_parameters* parameters, uint32_t i) {
  const uint32_t delay = parameters->delay_steps;
  const uint64_t first = warms_up(parameters) ? INVAR_WORKLOAD_INVERSE_INTERVAL(delay) : 0;
  const uint64_t last = first + 2 * (uint64_t)delay;
  if (i != 0) {
    return run_step(workload, i == 1 ? last + 2 : last + (delay == 0 ? 1 : 3));
  }
  const int result = run_step(workload, first);
  return result == INVAR_RESULT_OK ? run_delay(workload, parameters, first) : result;
}

int invar_workload(struct invar_machine* machine,
                   const struct invar_workload_parameters* parameters) {
  struct workload workload;
  int result = prepare(&workload, machine, parameters);
  if (result == INVAR_RESULT_OK && warms_up(parameters)) {
    result = run_step(&workload, 0);
  }
  if (result == INVAR_RESULT_OK) {
    result = announce(&workload, 0);
  }
  for (uint32_t i = 0; i < INVAR_WORKLOAD_STEPS && result == INVAR_RESULT_OK; ++i) {
    if (invar_machine_stop_requested(machine)) {
      return INVAR_EXIT_STOPPED;
    }
    result = run_measured(&workload, parameters, i);
    if (result == INVAR_RESULT_OK) {
      result = announce(&workload, i + 1);
    }
  }
  invar_machine_set_phase(machine, INVAR_PHASE_HOST);
  return invar_exit_of(machine, result);
}
